package report

import (
	"bufio"
	"encoding/xml"
	"strings"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

type (
	junitSuites struct {
		XMLName xml.Name   `xml:"testsuites"`
		Suite   junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitFailure `xml:"failure"`
		Skipped *junitSkipped `xml:"skipped"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
)

// writeJUnit is a test case a finding: failed, or skipped when it is a note. A
// run without findings is one case that passes, as an empty suite is an error
// to some readers.
func writeJUnit(w *bufio.Writer, r *lint.Result, _ Options) error {
	suite := junitSuite{Name: "gwlint", Tests: max(len(r.Findings), 1)}
	for i := range r.Findings {
		f := &r.Findings[i]
		text := strings.Join(prose(f), "\n")
		c := junitCase{Name: f.Rule() + " " + place(f.Primary), Class: pathOf(f.Primary)}
		if !f.Primary.IsZero() {
			c.File, c.Line = f.Primary.Source.Path, f.Primary.Begin().Line
		}
		if f.Severity == model.Note {
			suite.Skipped++
			c.Skipped = &junitSkipped{text}
		} else {
			suite.Failures++
			c.Failure = &junitFailure{clean(f.Message), f.Severity.String(), text}
		}
		suite.Cases = append(suite.Cases, c)
	}
	if len(suite.Cases) == 0 {
		suite.Cases = []junitCase{{Name: "no findings", Class: "gwlint"}}
	}
	return writeXML(w, junitSuites{Suite: suite})
}

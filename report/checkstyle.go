package report

import (
	"bufio"
	"encoding/xml"
	"strings"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

type (
	checkstyleDocument struct {
		XMLName xml.Name          `xml:"checkstyle"`
		Version string            `xml:"version,attr"`
		Files   []*checkstyleFile `xml:"file"`
	}
	checkstyleFile struct {
		Name   string            `xml:"name,attr"`
		Errors []checkstyleError `xml:"error"`
	}
	checkstyleError struct {
		Line     int    `xml:"line,attr"`
		Column   int    `xml:"column,attr"`
		Severity string `xml:"severity,attr"`
		Message  string `xml:"message,attr"`
		Source   string `xml:"source,attr"`
	}
)

// writeCheckstyle groups findings by file, in the order in which files are met.
func writeCheckstyle(w *bufio.Writer, r *lint.Result, _ Options) error {
	doc := checkstyleDocument{Version: "4.3"}
	files := map[string]*checkstyleFile{}
	for i := range r.Findings {
		f := &r.Findings[i]
		name := pathOf(f.Primary)
		file := files[name]
		if file == nil {
			file = &checkstyleFile{Name: name}
			files[name] = file
			doc.Files = append(doc.Files, file)
		}
		severity := f.Severity.String()
		if f.Severity == model.Note {
			severity = "info"
		}
		at := newJSONSpan(f.Primary).Start
		file.Errors = append(file.Errors, checkstyleError{
			at.Line, at.Column, severity, strings.Join(prose(f), "\n"), "gwlint." + f.Rule(),
		})
	}
	return writeXML(w, doc)
}

package checks_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/lab/proven"
	"github.com/gwlint/gwlint/model"
)

const document = "../docs/rules.md"

// TestDocument sees that docs/rules.md is what the pages make of it.
func TestDocument(t *testing.T) {
	want := rulesDocument(t)
	if *update {
		if err := os.WriteFile(document, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/rules.md is not what the pages make of it (rewrite it with go test ./checks -update):\n%s", diff)
	}
}

func rulesDocument(t *testing.T) string {
	var b strings.Builder
	b.WriteString(`# Rules

<!-- Made from the pages in checks/ by: go test ./checks -update -->

Every rule with what a client gets. *Error*: every matching request fails, or the server refuses to start. *Warning*: failures under an
ordinary event, such as a slow request, an idle gap, a deploy, one server down. *Note*: missing protection or weak evidence, shown
with ` + "`--profile audit`" + `. A rule may speak more quietly where its evidence is weaker.

*Proven* names the versions of real servers on which the lab saw the failure with the bad configuration, and none with the fixed one.
`)
	for _, topic := range checks.Topics() {
		fmt.Fprintf(&b, "\n## %s\n\n| rule | | outcome | languages | proven | |\n| --- | --- | --- | --- | --- | --- |\n", topic.Title)
		for _, c := range topic.Checks {
			fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s | %s | %s |\n", c.ID, c.ID, c.Severity, outcomes(c), strings.Join(languages(t, c), ", "), proven.Versions(proven.Of(c.ID)), c.Title)
		}
	}
	b.WriteString("\n## By outcome\n\n")
	for _, status := range []string{"502", "503", "504", "refuses to start", "500", "400"} {
		var ids []string
		for _, c := range checks.All() {
			if slices.ContainsFunc(c.Outcomes, func(o model.Outcome) bool { return o.String() == status }) {
				ids = append(ids, fmt.Sprintf("[%s](#%s)", c.ID, c.ID))
			}
		}
		if ids != nil {
			fmt.Fprintf(&b, "**%s**: %s\n\n", status, strings.Join(ids, ", "))
		}
	}
	b.WriteString("---\n")
	for _, c := range checks.All() {
		b.WriteString("\n" + demote(checks.Explain(c.ID)))
	}
	return b.String()
}

func outcomes(c *model.Check) string {
	var all []string
	for _, o := range c.Outcomes {
		all = append(all, o.String())
	}
	return strings.Join(all, ", ")
}

// languages are those of the examples that fire.
func languages(t *testing.T, c *model.Check) []string {
	var all []string
	for _, e := range parsePage(t, c, checks.Page(c.ID)).examples {
		if e.fires {
			all = append(all, e.langs...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// demote makes every heading of a page one level deeper.
func demote(page string) string {
	var b strings.Builder
	fenced := false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if !fenced && strings.HasPrefix(line, "#") {
			b.WriteByte('#')
		}
		b.WriteString(line)
	}
	return b.String()
}

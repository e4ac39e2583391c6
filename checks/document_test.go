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

<!-- Made from the pages in checks/ by: go test ./checks -run TestDocument -update -->

Every rule with what a client gets. *Error*: every matching request fails, or the server refuses to start. *Warning*: failures under an
ordinary event, such as a slow request, an idle gap, a deploy, one server down. *Note*: missing protection or weak evidence, shown
with ` + "`--profile audit`" + `. A rule may speak more quietly where its evidence is weaker. What the statuses mean in each product is in
[outcomes.md](outcomes.md); ` + "`gwlint explain`" + ` takes a rule, a status or a line of a log.

## By what happens

`)
	for _, status := range append(statuses(), "") {
		title := status
		if status == "" {
			title = "Other failures, and advice"
		}
		fmt.Fprintf(&b, "**%s**\n\n", title)
		for _, topic := range checks.Topics() {
			if ids := leadingTo(status, topic.Checks); ids != nil {
				fmt.Fprintf(&b, "- %s: %s\n", topic.Title, strings.Join(ids, ", "))
			}
		}
		b.WriteByte('\n')
	}
	b.WriteString(`## By topic

A mark says in whose files a rule has been tried: nginx, HAProxy, Terraform, and *app* for what runs behind them and what starts it
(containers, units, application servers). ✔: the lab saw the failure on the real server with the bad configuration, and none with the
fixed one. ●: the outcome is documented, not reproduced.
`)
	for _, topic := range checks.Topics() {
		fmt.Fprintf(&b, "\n### %s\n\n| rule | what is wrong | | a client gets | nginx | HAProxy | Terraform | app |\n|---|---|---|---|:-:|:-:|:-:|:-:|\n", topic.Title)
		for _, c := range topic.Checks {
			fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s | %s |\n", c.ID, c.ID, c.Title, c.Severity, outcomes(c), strings.Join(marks(t, c), " | "))
		}
	}
	b.WriteString("\n---\n")
	for _, topic := range checks.Topics() {
		for _, c := range topic.Checks {
			brief, _, _ := strings.Cut(checks.Brief(c.ID), "\n## Sources\n")
			fmt.Fprintf(&b, "\n%s\n\n[All examples and sources](../checks/%s/%s.md)\n", strings.TrimSuffix(demote(brief), "\n"), topic.Name, c.ID)
		}
	}
	return b.String()
}

// statuses are what clients may get by some rule, the gateway's own first.
func statuses() []string {
	first := []string{"502", "503", "504", "refuses to start"}
	var rest []string
	for _, c := range checks.All() {
		for _, o := range c.Outcomes {
			if s := o.String(); s != "" && !slices.Contains(first, s) {
				rest = append(rest, s)
			}
		}
	}
	slices.Sort(rest)
	return append(first, slices.Compact(rest)...)
}

// leadingTo are links to the rules with an outcome, or with none.
func leadingTo(status string, among []*model.Check) (ids []string) {
	for _, c := range among {
		if slices.ContainsFunc(c.Outcomes, func(o model.Outcome) bool { return o.String() == status }) || status == "" && len(c.Outcomes) == 0 {
			ids = append(ids, fmt.Sprintf("[%s](#%s)", c.ID, c.ID))
		}
	}
	return ids
}

func outcomes(c *model.Check) string {
	var all []string
	for _, o := range c.Outcomes {
		all = append(all, o.String())
	}
	return strings.Join(all, ", ")
}

// marks say of nginx, HAProxy, Terraform and the rest whether an example that
// fires has a file of theirs, and whether a lab case fails there.
func marks(t *testing.T, c *model.Check) []string {
	all := make([]string, 4)
	mark := func(of, with string) {
		switch of {
		case "nginx", "haproxy", "terraform":
			all[slices.Index([]string{"nginx", "haproxy", "terraform"}, of)] = with
		case "hcl", "http", "text": // settings, pages for errors, anything
		default:
			all[3] = with
		}
	}
	for _, e := range parsePage(t, c, checks.Page(c.ID)).examples {
		if e.fires {
			for _, lang := range e.langs {
				mark(lang, "●")
			}
		}
	}
	for _, p := range proven.Of(c.ID) {
		mark(p.Product, "✔")
	}
	return all
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

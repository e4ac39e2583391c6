package report

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/lint"
)

// writeMarkdown is a table of the findings, for the summary of a job or a
// comment. Text of configurations is escaped: it is no Markdown.
func writeMarkdown(w *bufio.Writer, r *lint.Result, opt Options) error {
	s := r.Summary
	fmt.Fprintf(w, "### gwlint: %s, %s, %s\n", many(s.Errors, "error"), many(s.Warnings, "warning"), many(s.Notes, "note"))
	if len(r.Findings) > 0 {
		w.WriteString("\n| | rule | place | client gets | finding |\n| --- | --- | --- | --- | --- |\n")
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		rule := escapeMarkdown(f.Rule())
		if opt.RuleURL != nil {
			if to := opt.RuleURL(f.Rule()); to != "" {
				rule = "[" + rule + "](" + to + ")"
			}
		}
		text := escapeMarkdown(f.Message)
		if f.When != "" {
			text += "<br>When: " + escapeMarkdown(f.When)
		}
		for _, p := range f.Related {
			text += "<br>" + codeSpan(place(p.Span)) + " " + escapeMarkdown(p.Message)
		}
		if f.Fix != nil {
			text += "<br>Fix: " + escapeMarkdown(f.Fix.Message)
		}
		if n := others(f); n > 0 {
			text += fmt.Sprintf("<br>and %d more", n)
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", f.Severity, rule, codeSpan(place(f.Primary)),
			escapeMarkdown(f.Outcome.String()), text)
	}
	fmt.Fprintf(w, "\n%s, %s", many(s.Files, "file"), many(s.Hops, "hop"))
	if s.Suppressed > 0 {
		fmt.Fprintf(w, ", %d suppressed", s.Suppressed)
	}
	if s.Baselined > 0 {
		fmt.Fprintf(w, ", %d in the baseline", s.Baselined)
	}
	if s.Hidden > 0 {
		fmt.Fprintf(w, ", %s hidden", many(s.Hidden, "note"))
	}
	w.WriteByte('\n')
	for _, path := range s.Unread {
		fmt.Fprintf(w, "\nNot read: %s\n", codeSpan(clean(path)))
	}
	return nil
}

// escapeMarkdown keeps text what it is inside a table's cell.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range clean(s) {
		if strings.ContainsRune("\\`*_[]<>#|~$@", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// codeSpan shows s as it is, in a table's cell.
func codeSpan(s string) string {
	s = strings.NewReplacer("|", "\\|", "`", "'").Replace(s)
	return "`" + s + "`"
}

package report

import (
	"bufio"
	"fmt"

	"github.com/gwlint/gwlint/lint"
)

// writeAgent is one line a finding that holds all a program needs to act on
// it: place, rule, outcome, message, causes, edits.
func writeAgent(w *bufio.Writer, r *lint.Result, _ Options) error {
	for i := range r.Findings {
		f := &r.Findings[i]
		fmt.Fprintf(w, "%s %s %s (", place(f.Primary), f.Severity, f.Rule())
		if o := f.Outcome.String(); o != "" {
			fmt.Fprintf(w, "%s, ", clean(o))
		}
		fmt.Fprintf(w, "%s) %s", f.Confidence, clean(f.Message))
		if f.When != "" {
			fmt.Fprintf(w, " | when: %s", clean(f.When))
		}
		for i, p := range f.Related {
			sep := ";"
			if i == 0 {
				sep = " | because"
			}
			fmt.Fprintf(w, "%s %s %s", sep, place(p.Span), clean(p.Message))
		}
		if f.Fix != nil {
			safe := "unsafe"
			if f.Fix.Safe {
				safe = "safe"
			}
			fmt.Fprintf(w, " | fix (%s): %s", safe, clean(f.Fix.Message))
			for _, e := range f.Fix.Edits {
				if !e.Span.IsZero() {
					end := e.Span.Finish()
					fmt.Fprintf(w, "; %s-%d:%d -> %q", place(e.Span), end.Line, end.Column, e.Text)
				}
			}
		}
		if n := others(f); n > 0 {
			fmt.Fprintf(w, " | and %d more", n)
		}
		w.WriteByte('\n')
	}
	return nil
}

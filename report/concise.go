package report

import (
	"bufio"
	"fmt"

	"github.com/gwlint/gwlint/lint"
)

// writeConcise is path:line:column: severity[rule] message (status).
func writeConcise(w *bufio.Writer, r *lint.Result, _ Options) error {
	for i := range r.Findings {
		f := &r.Findings[i]
		fmt.Fprintf(w, "%s: %s[%s] %s", place(f.Primary), f.Severity, f.Rule(), clean(f.Message))
		if s := f.Outcome.String(); s != "" {
			fmt.Fprintf(w, " (%s)", clean(s))
		}
		w.WriteByte('\n')
	}
	return nil
}

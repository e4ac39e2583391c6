package report

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

// writeGitHub is workflow commands that annotate the lines of a pull request.
// The worst come first: a step shows ten of each kind.
func writeGitHub(w *bufio.Writer, r *lint.Result, _ Options) error {
	worst := make([]*lint.Finding, len(r.Findings))
	for i := range r.Findings {
		worst[i] = &r.Findings[i]
	}
	slices.SortStableFunc(worst, func(a, b *lint.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.Confidence, a.Confidence))
	})
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, f := range worst {
		command := f.Severity.String()
		if f.Severity == model.Note {
			command = "notice"
		}
		w.WriteString("::" + command + " ")
		if !f.Primary.IsZero() {
			s := oneLine(f.Primary)
			from, to := s.Begin(), s.Finish()
			fmt.Fprintf(w, "file=%s,line=%d,endLine=%d,col=%d,endColumn=%d,",
				property.Replace(clean(s.Source.Path)), from.Line, to.Line, from.Column, to.Column)
		}
		fmt.Fprintf(w, "title=%s::%s\n", property.Replace(f.Rule()), data.Replace(strings.Join(prose(f), "\n")))
	}
	return nil
}

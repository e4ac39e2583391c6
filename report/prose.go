package report

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/lint"
)

// prose is a finding as lines of plain text, for formats that have one field
// for all there is to say: the message, what the client gets, the log line,
// and a line for each other place.
func prose(f *lint.Finding) []string {
	lines := []string{clean(f.Message)}
	outcome := clean(f.Outcome.String())
	if f.When != "" {
		outcome = strings.TrimPrefix(outcome+": "+clean(f.When), ": ")
	}
	if outcome != "" {
		outcome += " "
	}
	lines = append(lines, outcome+"(confidence "+f.Confidence.String()+")")
	if says := clean(f.Outcome.Says()); says != "" {
		lines = append(lines, "log: "+says)
	}
	for _, r := range f.Related {
		lines = append(lines, "see "+place(r.Span)+strings.TrimSuffix(": "+clean(r.Message), ": "))
	}
	if f.Fix != nil {
		lines = append(lines, "fix: "+clean(f.Fix.Message))
	}
	if n := others(f); n > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", n))
	}
	return lines
}

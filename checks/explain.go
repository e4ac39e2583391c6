package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/lab/proven"
)

// Explain is the page of a rule with what the lab recorded about it under
// "Proof"; "" for a rule that does not exist.
func Explain(id string) string {
	const heading = "\n## Proof\n\n"
	page := Page(id)
	proofs := proven.Of(id)
	if len(proofs) == 0 {
		return page
	}
	var cases []string
	for _, p := range proofs {
		if name := "`" + p.Case + "`"; !slices.Contains(cases, name) {
			cases = append(cases, name)
		}
	}
	line := fmt.Sprintf("Proven on %s: the failure with the bad configuration, none with the fixed one (testdata/lab/%s: %s).\n\n",
		proven.Versions(proofs), id, strings.Join(cases, ", "))
	return strings.Replace(page, heading, heading+line, 1)
}

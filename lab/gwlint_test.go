package lab_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/lab"
	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers"
)

// claims lets gwlint read the very files that the servers run: the bad side
// raises exactly the rule of the case, with its outcome, the fixed side does
// not raise it.
func claims(t *testing.T, c *lab.Case, servers []*lab.Server, ports *lab.Ports) {
	if !slices.ContainsFunc(checks.All(), func(k *model.Check) bool { return k.ID == c.Rule }) {
		t.Fatalf("%s: gwlint has no rule %s", c.Path, c.Rule)
	}
	for _, run := range c.Runs {
		if !slices.ContainsFunc(parsers.Gateways(), func(p parsers.Parser) bool {
			return strings.ReplaceAll(p.Name(), "-", "") == strings.ReplaceAll(run.Product, "-", "")
		}) {
			t.Skipf("gwlint does not read the configuration of %s", run.Product)
		}
	}
	bad := findings(t, c, "bad", servers, ports)
	raised := false
	for _, f := range bad {
		switch {
		case f.Rule() == c.Rule:
			raised = true
			if got := named(f.Outcome); got != c.Outcome {
				t.Errorf("%s: gwlint predicts %q, the case proves %q: %s", c.Path, got, c.Outcome, show(f))
			}
		case f.Severity > model.Note:
			t.Errorf("%s: the bad side raises another rule: %s", c.Path, show(f))
		}
	}
	if !raised {
		t.Errorf("%s: gwlint does not find %s in the bad side; it finds:\n%s", c.Path, c.Rule, list(bad))
	}
	for _, f := range findings(t, c, "fixed", servers, ports) {
		if f.Rule() == c.Rule || f.Severity > model.Note {
			t.Errorf("%s: the fixed side raises %s", c.Path, show(f))
		}
	}
}

// findings lints one side as it is set up for the servers, for the very
// versions that run it.
func findings(t *testing.T, c *lab.Case, side string, servers []*lab.Server, ports *lab.Ports) []lint.Finding {
	t.Helper()
	b, err := c.Set(side, ports)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	targets := map[string]string{}
	for _, s := range servers {
		targets[s.Name] = s.Version
	}
	r, err := lint.Run(context.Background(), b.FS(), lint.Options{Targets: targets, Audit: true})
	if err != nil {
		t.Fatal(err)
	}
	return r.Findings
}

// named is an outcome as a case writes it.
func named(o model.Outcome) string {
	if s := o.String(); s != "" {
		return s
	}
	return "-"
}

func show(f lint.Finding) string {
	return fmt.Sprintf("%s [%s, %s, %s] %s", f.Rule(), f.Severity, f.Confidence, named(f.Outcome), f.Message)
}

func list(all []lint.Finding) string {
	if len(all) == 0 {
		return "    nothing"
	}
	var lines []string
	for _, f := range all {
		lines = append(lines, "    "+show(f))
	}
	return strings.Join(lines, "\n")
}

// TestEveryRuleIsProvenOrSaysWhyNot: a rule that tells a status or a refusal has
// a case, or its page says under Proof, in the words "Not proven", why there is
// none.
func TestEveryRuleIsProvenOrSaysWhyNot(t *testing.T) {
	has := map[string]bool{}
	for _, c := range read(t) {
		has[c.Rule] = true
	}
	for _, k := range checks.All() {
		_, proof, _ := strings.Cut(checks.Page(k.ID), "\n## Proof\n")
		proof, _, _ = strings.Cut(proof, "\n## ")
		if len(k.Outcomes) > 0 && !has[k.ID] && !strings.Contains(proof, "Not proven") {
			t.Errorf("%s tells %v; it has no case in %s, and its page does not say why", k.ID, k.Outcomes, cases)
		}
	}
}

package health

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Any answer is a good one.
var checkAcceptsAll = &model.Check{
	ID:       "check-accepts-all",
	Title:    "The check takes any answer for a good one",
	Severity: model.Warning,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			for _, e := range h.Pool.Endpoints {
				expect := e.Health.Expect
				if !model.Is(e.Health.Active, true) || !expect.Known() || !anything(expect.V) {
					continue
				}
				report(model.Finding{
					Message: fmt.Sprintf("%s matches every answer, a 404 or a 500 as well: a broken server of %s keeps its requests", expect, h.Pool.Name),
					Because: []model.Fact{expect, e.Health.Active},
					When:    "while a server answers errors",
				})
				break
			}
		}
	},
}

// anything reports whether an expectation is a pattern that every text has.
func anything(expect string) bool {
	for _, kind := range []string{"rstring ", "rstatus "} {
		if _, pattern, ok := strings.Cut(" "+expect, " "+kind); ok {
			switch strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$") {
			case "", ".", ".*", ".+", "(.*)", "[0-9]+", `\d+`:
				return !strings.Contains(expect, "! "+kind)
			}
		}
	}
	return false
}

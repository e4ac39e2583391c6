package health

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// How to ask is written down, and nobody is told to ask.
var unusedHealthCheck = &model.Check{
	ID:       "unused-health-check",
	Title:    "A health check is described and switched on for no server",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 503}, model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
	next:
		for h := range w.Hops() {
			size, live := 0, serving(h.Pool)
			var because []model.Fact
			for _, e := range live {
				if !model.Is(e.Health.Active, false) || e.Health.Active.Written() {
					continue next
				}
				size += e.Count.V
				because = append(because, e.Health.Active)
			}
			if len(live) == 0 {
				continue
			}
			how := asks(&live[0].Health)
			if how == nil || meant(h.Pool.Node, live[0].Node) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s, but no server of %s has check, so none is ever asked", how, h.Pool.Name),
				Because: append([]model.Fact{how}, because...),
				Outcome: h.Outcome(model.Refused),
				When:    "while a server is down",
				Fix:     checked(live),
			}
			// In defaults it is for those that have check; of one server alone
			// the requests fail, checked or not.
			if size < 2 || how.Origin() != model.Explicit {
				f.AtMost = model.Note
			}
			report(f)
		}
	},
}

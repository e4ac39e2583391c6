package health

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// One lost packet, one pause for garbage, and the server is out.
var oneFailedCheck = &model.Check{
	ID:       "one-failed-check",
	Title:    "A single failed check takes a server out",
	Severity: model.Note,
	Outcomes: []model.Outcome{{Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			for _, e := range h.Pool.Endpoints {
				if !model.Is(e.Health.Active, true) || !model.Under(e.Health.Fall, 2) || !e.Health.Fall.Written() {
					continue
				}
				report(model.Finding{
					Message: fmt.Sprintf("%s: one check that is late or lost takes a server of %s out, and all of them when they pause together", e.Health.Fall, h.Pool.Name),
					Because: []model.Fact{e.Health.Fall, e.Health.Active},
					Outcome: h.Outcome(model.NoServer),
					When:    "after one failed check",
				})
				break
			}
		}
	},
}

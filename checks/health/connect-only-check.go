package health

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A process that hangs still accepts connections.
var connectOnlyCheck = &model.Check{
	ID:       "connect-only-check",
	Title:    "The check only connects, and a server that hangs accepts that",
	Severity: model.Note,
	Outcomes: []model.Outcome{{Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			live := serving(h.Pool)
			if len(live) == 0 {
				continue
			}
			e := live[0]
			if !model.Is(e.Health.Active, true) || !model.Is(e.Health.Path, "") || !model.Is(e.Health.Expect, "") || !model.Is(h.To(e).Protocol, "http") {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("check only connects to the servers of %s: one that hangs or answers 5xx keeps its requests", h.Pool.Name),
				Because: []model.Fact{e.Health.Active, e.Health.Path, e.Health.Expect},
				Outcome: h.Outcome(model.Silent),
				When:    "while a server accepts connections and does not answer",
			})
		}
	},
}

package timeouts

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A pool has more than one server, and a request meets only one of them.
var singleTry = &model.Check{
	ID:       "single-try",
	Title:    "A request is tried on one server although there are more",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}, {Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			tries, live := h.Retry.Tries, 0
			because := []model.Fact{tries, h.Retry.On}
			for _, e := range h.Pool.Endpoints {
				if model.Is(e.Down, false) && model.Over(e.Count, 0) {
					live += e.Count.V
					because = append(because, e.Count)
				}
			}
			if !model.Is(tries, 1) || live < 2 || !model.Has(h.Retry.On, model.Refused) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s: a request that meets a dead server fails, though %s has %d", tries, h.Pool.Name, live),
				Because: because,
				Outcome: h.Outcome(model.Refused),
				When:    "one server is down",
			}
			if edit := tries.To(2); edit != nil && model.Is(h.Retry.Same, false) {
				f.Fix = &model.Fix{Message: "try a second server", Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

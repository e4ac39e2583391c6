package drain

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// Every server is stopped before the first new one is there.
var deployStopsAll = &model.Check{
	ID:       "deploy-stops-all",
	Title:    "A deploy may stop every server before a new one serves",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
	next:
		for h := range w.Hops() {
			var because []model.Fact
			for _, e := range h.Pool.Endpoints {
				if !model.Is(e.Kept, 0) {
					continue next
				}
				because = append(because, e.Kept)
			}
			if len(because) == 0 {
				continue
			}
			kept := h.Pool.Endpoints[0].Kept
			f := model.Finding{
				Message: fmt.Sprintf("%s lets a deploy stop every server of %s before a new one answers", kept, h.Pool.Name),
				Because: because,
				Outcome: h.Outcome(model.Empty),
				When:    "at every deploy, until the first new server is healthy",
			}
			if edit := kept.To(100); edit != nil && kept.Written() {
				f.Fix = &model.Fix{Message: "start new servers first", Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

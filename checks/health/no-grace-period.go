package health

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A new server is stopped before it has started.
var noGracePeriod = &model.Check{
	ID:       "no-grace-period",
	Title:    "New servers are stopped when they fail their first checks",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			for _, e := range h.Pool.Endpoints {
				check, delay := e.Health, e.Health.Delay
				patience := model.Times(check.Fall, check.Every)
				if !model.Is(check.Active, true) || !model.Is(check.Replaces, true) || !model.Under(delay, quick) || !patience.Known() {
					continue
				}
				start := patience.V + delay.V
				f := model.Finding{
					Message: fmt.Sprintf("%s: a server of %s that takes longer than %s to start has failed %d checks by then, is stopped, and the next one has no more time", delay, h.Pool.Name, model.Plain(start), check.Fall.V),
					Because: []model.Fact{delay, patience, check.Active, check.Replaces},
					Outcome: h.Outcome(model.Empty),
					When:    "a deploy, when starting takes longer than " + model.Plain(start),
				}
				if start >= quick || !check.Every.Written() || delay.Written() {
					f.AtMost = model.Note // time enough for most, or meant so
				}
				if edit := delay.To(enough); edit != nil {
					f.Fix = &model.Fix{Message: "give it time to start", Edits: []model.Edit{*edit}}
				}
				report(f)
				break
			}
		}
	},
}

// quick is what most servers start within, enough what nearly all do.
const quick, enough = 30 * time.Second, time.Minute

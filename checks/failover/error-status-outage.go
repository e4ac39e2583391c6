package failover

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Answers that the application means count as failures of its servers.
var errorStatusOutage = &model.Check{
	ID:       "error-status-outage",
	Title:    "A few answers 5xx take every server out",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		const few = 3 // failures that one client causes in a moment
		for h := range w.Hops() {
			on, size, tries := h.Retry.On, h.Pool.Live(), h.Tries()
			live, _ := touchy(h.Pool, few)
			if len(live) < 2 || !model.Has(on, model.Status5xx) || !model.Over(tries, 1) || !size.Known() {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s: an answer 5xx counts as a failure, and with %s %d a few of them take all %d servers of %s out for %s",
					on, live[0].Fails.Key(), live[0].Fails.V, size.V, h.Pool.Name, live[0].Out.Plain()),
				Because: []model.Fact{on, live[0].Fails, live[0].Out, size},
				Outcome: h.Outcome(model.NoServer),
				When:    "after a few requests that the application answers with 5xx",
				Fix:     neverOut(live...),
			}
			if !strings.Contains(on.Text(), "500") || live[0].Out.V <= blink {
				f.AtMost = model.Note // 502 to 504 mostly tell of a server, 500 of a request
			}
			report(f)
		}
	},
}

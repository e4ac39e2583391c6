package timeouts

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A check that has less than a second for an answer takes out servers that
// are only busy.
var checkTimeoutShort = &model.Check{
	ID:       "check-timeout-short",
	Title:    "A health check waits less than a second for its answer",
	Severity: model.Note,
	Outcomes: []model.Outcome{{Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			health := l.Endpoint.Health
			wait, path := health.Conn.Patience(), health.Path
			if !model.Is(health.Active, true) || !model.Not(path, "") || !model.Under(wait, time.Second) {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s is all the time that a server of %s has to answer its check", wait, l.Endpoint.Pool.Name),
				Because: []model.Fact{wait, path, health.Active},
				Outcome: l.Hop.Outcome(model.NoServer),
				When:    "the checked page takes longer, on every server at once when all are busy",
			})
		}
	},
}

package timeouts

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// The gateway gives up on requests that the server would still have answered.
var readTimeoutBelowApp = &model.Check{
	ID:       "read-timeout-below-app",
	Title:    "The gateway gives up before the server may take its time",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		patient := map[*model.Bind]bool{} // some way to it waits long enough, or may
		for _, l := range w.Links {
			if !model.Less(l.Conn.Patience(), l.To.Limit) {
				patient[l.To] = true
			}
		}
		for _, l := range w.Links {
			wait, limit := l.Conn.Patience(), l.To.Limit
			if !model.AtLeast(limit, wait) || !model.Over(wait, 0) || !model.Under(limit, model.Forever) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s is shorter than the %s that %s may take (%s)", wait, limit.Plain(), l.To.Gateway.Name, limit.Key()),
				Because: []model.Fact{wait, limit, l},
				Outcome: l.Hop.Outcome(model.Silent),
				When:    "a request that takes longer than " + wait.Plain(),
			}
			if wait.V == limit.V {
				f.Message = fmt.Sprintf("%s ends just when %s cuts the request (%s), so either may come first", wait, l.To.Gateway.Name, limit)
			}
			slack := min(5*time.Second, limit.V/2) // so that the server's own answer comes first
			if patient[l.To] {
				f.AtMost = model.Note // short on purpose: another way to the same server waits
			} else if edit := wait.To(limit.V + slack); edit != nil && limit.V < model.Forever-slack {
				f.Fix = &model.Fix{Message: "wait a little longer than " + l.To.Gateway.Name + " may take", Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

package timeouts

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A reload or a stop ends what is still being answered.
var stopCuts = &model.Check{
	ID:       "stop-cuts",
	Title:    "A reload cuts requests that may still be answered",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			grace := g.Grace
			if !grace.Written() || !model.Over(grace, 0) {
				continue
			}
			var longest model.Value[time.Duration]
			var hop *model.Hop
			for _, l := range g.Listeners {
				for h := range l.Hops() {
					if read := h.Conn.Read; model.Under(read, model.Forever) && !model.AtLeast(longest, read) {
						longest, hop = read, h
					}
				}
			}
			if !model.Less(grace, longest) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s ends requests that %s lets run", grace, longest),
				Because: []model.Fact{grace, longest},
				Outcome: hop.Outcome(model.Stopped),
				When:    "a reload while a request takes longer than " + grace.Plain(),
			}
			if !model.Under(grace, 30*time.Second) {
				f.AtMost = model.Note // nearly all requests are over by then
			}
			report(f)
		}
	},
}

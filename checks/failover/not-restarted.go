package failover

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// What ends stays away, though what stands around it would come back.
var notRestarted = &model.Check{
	ID:       "not-restarted",
	Title:    "A server that ends is not started again",
	Severity: model.Note,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		comes := map[*model.Source]model.Value[bool]{} // what the same file starts again
		for _, p := range w.Places {
			if model.Is(p.Restarts, true) && p.Restarts.Written() && p.Source() != nil && !comes[p.Source()].Known() {
				comes[p.Source()] = p.Restarts
			}
		}
		said := map[*model.Place]bool{}
		for _, l := range w.Links {
			p := l.To.Gateway.Place
			again := p.Restarts
			if said[p] || !model.Is(again, false) || p == l.Hop.Gateway().Place {
				continue
			}
			because := []model.Fact{again, l}
			if !again.Written() {
				other := comes[p.Source()]
				if !other.Known() {
					continue // nobody here cares, as when somebody looks on
				}
				because = append(because, other)
			}
			said[p] = true
			set := again.Key() + " " + again.Text()
			if !again.Written() {
				set = again.Key() + " is not written"
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s for %s: when %s ends it stays away", set, p.Name, l.To.Gateway.Name),
				Because: because,
				Outcome: l.Hop.Outcome(model.Refused),
				When:    "after a crash, or when memory is short",
			})
		}
	},
}

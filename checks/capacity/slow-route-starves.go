package capacity

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// Slow requests may take every place that quick ones need.
var slowRouteStarves = &model.Check{
	ID:       "slow-route-starves",
	Title:    "A route that may be slow can take all places of a small server",
	Severity: model.Note,
	Outcomes: []model.Outcome{{Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			for _, l := range g.Listeners {
				slots := l.Slots
				if !slots.Written() || !model.Under(slots, 16) {
					continue
				}
				var slow, quick *model.Link
				for _, k := range w.Outer(l) {
					wait := k.Conn.Read
					if wait.Written() && !model.Under(wait, 2*time.Minute) && model.Under(wait, model.Forever) && model.AtLeast(l.Limit, wait) && (slow == nil || model.Less(slow.Conn.Read, wait)) {
						slow = k
					}
					if model.Under(wait, 2*time.Minute) && (quick == nil || model.Less(wait, quick.Conn.Read)) {
						quick = k
					}
				}
				if slow == nil || quick == nil {
					continue
				}
				report(model.Finding{
					Message: fmt.Sprintf("%s are shared by requests that %s lets run and by those that have %s: %d slow ones leave none", slots, slow.Conn.Read, quick.Conn.Read, slots.V),
					Because: []model.Fact{slots, slow.Conn.Read, quick.Conn.Read, quick},
					Outcome: quick.Hop.Outcome(model.Silent),
					When:    fmt.Sprintf("%d slow requests at once", slots.V),
				})
			}
		}
	},
}

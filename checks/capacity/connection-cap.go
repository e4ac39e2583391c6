package capacity

import (
	"fmt"
	"math"

	"github.com/gwlint/gwlint/model"
)

// Every server takes so many requests at once, and nobody waits for a place.
var connectionCap = &model.Check{
	ID:       "connection-cap",
	Title:    "Requests beyond max_conns are refused, not queued",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
	next:
		for h := range w.Hops() {
			if !h.Node.In("nginx") || !model.Is(h.Queue, 0) || h.Pool.Node.Find("queue") != nil {
				continue // NGINX Plus has one
			}
			all := 0
			var because []model.Fact
			for _, e := range h.Pool.Endpoints {
				switch {
				case model.Is(e.Down, true):
				case !model.Under(e.Limit, math.MaxInt) || !model.Over(e.Limit, 0) || !e.Limit.Written() || !model.Over(e.Count, 0) || !e.Down.Known():
					continue next // this one takes the rest
				default:
					all += e.Limit.V * e.Count.V
					because = append(because, e.Limit, e.Count)
				}
			}
			if all == 0 {
				continue
			}
			because = append(because, h.Queue)
			report(model.Finding{
				Message: fmt.Sprintf("%s: what exceeds %d requests at once to %s is answered at once, as open source nginx has no queue", because[0], all, h.Pool.Name),
				Because: because,
				Outcome: h.Outcome(model.Full),
				When:    fmt.Sprintf("more than %d requests at once (in each worker, without zone)", all),
			})
		}
	},
}

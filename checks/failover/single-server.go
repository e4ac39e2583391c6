package failover

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// Nobody takes over.
var singleServer = &model.Check{
	ID:       "single-server",
	Title:    "A pool has one server",
	Severity: model.Note,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			if len(h.Pool.Endpoints) != 1 || h.Pool.Node == h.Node || h.Pool.Endpoints[0].Node == h.Pool.Node {
				continue // an address that is written in place is no pool
			}
			e := h.Pool.Endpoints[0]
			if !model.Is(e.Count, 1) || !e.Addr.Known() || e.Addr.V.Named() || !model.Is(e.Down, false) {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s is the only server of %s: while it restarts, every request fails", e.Addr, h.Pool.Name),
				Because: []model.Fact{e.Addr, e.Count, e.Down},
				Outcome: h.Outcome(model.Refused),
				When:    "the server is down or restarts",
			})
		}
	},
}

package health

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// The checks do not reach the servers, which count as down therefore.
var checkBlocked = &model.Check{
	ID:       "check-blocked",
	Title:    "No firewall rule lets health checks in",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			for _, e := range h.Pool.Endpoints {
				open := e.Health.Conn.Allowed
				if !model.Is(open, false) || !model.Is(e.Health.Active, true) || open.Key() == "ingress" || open.Key() == "egress" {
					continue // groups of AWS are blocked-by-firewall's: there all servers are asked when all are down
				}
				report(model.Finding{
					Message: fmt.Sprintf("%s: %s, and the servers of %s count as down", open.Key(), open.Why(), h.Pool.Name),
					Because: []model.Fact{open, e.Health.Active},
					Outcome: h.Outcome(model.NoServer),
					When:    "every request, once the checks have failed",
				})
				break
			}
		}
	},
}

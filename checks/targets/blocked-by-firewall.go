package targets

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// Packets are dropped on the way to the server.
var blockedByFirewall = &model.Check{
	ID:       "blocked-by-firewall",
	Title:    "No firewall rule lets the load balancer reach its servers",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			traffic, check, addr := l.Conn.Allowed, l.Endpoint.Health.Conn.Allowed, l.Endpoint.Addr
			switch {
			case model.Is(traffic, false) && addr.Known():
				report(model.Finding{
					Message: fmt.Sprintf("%s: %s, where requests for %s go", traffic.Key(), traffic.Why(), l.Hop.Pool.Name),
					Because: []model.Fact{traffic, addr},
					Outcome: l.Hop.Outcome(model.NoSYN),
					When:    "every request",
				})
			case model.Is(check, false) && model.Is(l.Endpoint.Health.Active, true) && (check.Key() == "ingress" || check.Key() == "egress"):
				report(model.Finding{
					Message: fmt.Sprintf("%s: %s, where the health checks of %s go", check.Key(), check.Why(), l.Hop.Pool.Name),
					Because: []model.Fact{check, l.Endpoint.Health.Active},
					Outcome: l.Hop.Outcome(model.NoServer),
					When:    "every request, once the checks have failed",
					AtMost:  model.Warning,
				})
			}
		}
	},
}

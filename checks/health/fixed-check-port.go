package health

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A check of one port, while each server has a port of its own that nobody
// knows beforehand.
var fixedCheckPort = &model.Check{
	ID:       "fixed-check-port",
	Title:    "The check asks a port of its own, and the servers have changing ones",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		taken := map[int]bool{}
		for _, p := range w.Places {
			for _, port := range p.Ports {
				taken[port.Outer] = true
			}
		}
		for _, l := range w.Links {
			place, check := l.Endpoint.Place, l.Endpoint.Health
			if place == nil || place.Node == nil || l.Endpoint.Addr.Key() != "load_balancer container_port" ||
				!model.Is(check.Active, true) || !model.Over(check.Port, 0) || taken[check.Port.V] || !dynamic(place, l.Endpoint.Addr) {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s is asked on the instance, where %s has a port that changes with every task (hostPort 0)", check.Port, place.Name),
				Because: []model.Fact{check.Port, l.Endpoint.Addr, check.Active},
				Outcome: l.Hop.Outcome(model.Empty),
				When:    "from the first checks on: ECS replaces each task that fails them",
			})
		}
	},
}

// dynamic reports whether the port of a container is published to one that is
// chosen as it starts.
func dynamic(p *model.Place, at model.Value[model.Addr]) bool {
	for _, port := range p.Ports {
		if at.Known() && port.Inner == at.V.Port {
			return port.Outer == 0
		}
	}
	return false
}

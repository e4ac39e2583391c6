package targets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A service registers a port that its container does not have.
var containerPortUndefined = &model.Check{
	ID:       "container-port-undefined",
	Title:    "container_port is none of the container's ports",
	Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			place, at := l.Endpoint.Place, l.Endpoint.Addr
			if place == nil || !at.Known() || at.Key() != "load_balancer container_port" {
				continue
			}
			ports, because := mapped(place)
			if len(ports) == 0 || slices.Contains(ports, at.V.Port) {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("container_port %d is none of the ports of %s, which has %s", at.V.Port, place.Name, strings.Trim(fmt.Sprint(ports), "[]")),
				Because: append([]model.Fact{at}, because...),
				Outcome: model.RefusesToStart(fmt.Sprintf("did not have a container port %d defined", at.V.Port)),
				When:    "the service is made or changed",
			})
		}
	},
}

// mapped are the ports of a container; none when one of them is not told.
func mapped(p *model.Place) (ports []int, because []model.Fact) {
	for _, e := range p.Exposed {
		if !e.Known() {
			return nil, nil
		}
		ports, because = append(ports, e.V), append(because, e)
	}
	return ports, because
}

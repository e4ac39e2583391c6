package targets

import (
	"fmt"
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
			ports, because := unmapped(l)
			if len(ports) == 0 {
				continue
			}
			at := l.Endpoint.Addr
			report(model.Finding{
				Message: fmt.Sprintf("container_port %d is none of the ports of %s, which has %s", at.V.Port, l.Endpoint.Place.Name, strings.Trim(fmt.Sprint(ports), "[]")),
				Because: append([]model.Fact{at}, because...),
				Outcome: model.RefusesToStart(fmt.Sprintf("did not have a container port %d defined", at.V.Port)),
				When:    "the service is made or changed",
			})
		}
	},
}

// unmapped are the ports of a container to which a service is registered by
// another port: none when that is one of them, or one of them is not told.
func unmapped(l *model.Link) (ports []int, because []model.Fact) {
	place, at := l.Endpoint.Place, l.Endpoint.Addr
	if place == nil || !at.Known() || at.Key() != "load_balancer container_port" {
		return nil, nil
	}
	for _, e := range place.Exposed {
		if !e.Known() || e.V == at.V.Port {
			return nil, nil
		}
		ports, because = append(ports, e.V), append(because, e)
	}
	return ports, because
}

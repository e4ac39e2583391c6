package health

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A check that says no port asks that of its protocol, not that of the
// requests.
var checkDefaultPort = &model.Check{
	ID:       "check-default-port",
	Title:    "The check asks the port of its protocol, and requests go to another",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			check, target := l.Endpoint.Health, l.Endpoint.Addr
			port := check.Port
			if !model.Is(check.Active, true) || !model.Over(port, 0) || port.Written() || port.Origin() != model.Default ||
				!target.Written() || target.V.Port <= 0 || target.V.Port == port.V || model.Is(l.Endpoint.Count, 0) {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s is %d, as none is written, and requests for %s go to %d", port.Key(), port.V, l.Endpoint.Pool.Name, target.V.Port),
				Because: []model.Fact{port, target, check.Active},
				Outcome: l.Hop.Outcome(model.NoServer),
				When:    "nothing answers the check on that port",
			})
		}
	},
}

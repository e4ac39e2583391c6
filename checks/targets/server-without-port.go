package targets

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// The port of the client, on the own machine, is the own listener.
var serverWithoutPort = &model.Check{
	ID:       "server-without-port",
	Title:    "A local server without a port is the gateway itself",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 504}, model.NoAnswer, model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			for _, e := range h.Pool.Endpoints {
				if !e.Addr.Known() || e.Addr.V.Port != model.SamePort || !model.Is(e.Down, false) || !e.Count.Known() {
					continue
				}
				if e.Node.In("haproxy") && model.Is(e.Health.Active, true) && model.Is(e.Health.Port, 0) {
					report(model.Finding{
						Message: fmt.Sprintf("%s has no port, and its check has none either", e.Addr),
						Because: []model.Fact{e.Addr, e.Health.Active, e.Health.Port, e.Down},
						Outcome: model.RefusesToStart("[ALERT] ... server '" + e.Node.Arg(0) + "' has neither service port nor check port"),
					})
					continue
				}
				for _, b := range h.Route.Listener.Binds {
					if !b.Addr.Known() || !same(e.Addr.V, b.Addr.V) {
						continue
					}
					report(model.Finding{
						Message: fmt.Sprintf("%s has no port, so HAProxy connects to the one its client used: to itself, on %s", e.Addr, b.Addr.V),
						Because: []model.Fact{e.Addr, b.Addr, e.Down},
						Outcome: h.Outcome(model.Silent),
						When:    "every request",
					})
					break
				}
			}
		}
	},
}

// same reports whether a connection to a server's address, on the port of a
// bind, ends at that bind.
func same(server, bind model.Addr) bool {
	if server.Net != "" || bind.Net != "" || server.Path != "" || bind.Path != "" {
		return false
	}
	from, _ := server.IP()
	to, numeric := bind.IP()
	switch {
	case numeric && to.Is6() != from.Is6(): // "::" may be for IPv6 alone
		return false
	case bind.Any():
		return server.Loopback() || server.Any()
	}
	return server.Host == bind.Host
}

package health

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A server that has several sites knows none by the name of the loopback.
var checkLoopbackHost = &model.Check{
	ID:       "check-loopback-host",
	Title:    "The check asks a named server for the site 127.0.0.1",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			for _, e := range h.Pool.Endpoints {
				host := e.Health.Host
				if !model.Is(e.Health.Active, true) || !host.Known() || !(model.Addr{Host: host.V}).Loopback() || !e.Addr.Known() || !e.Addr.V.Named() || !e.Addr.Written() {
					continue
				}
				f := model.Finding{
					Message: fmt.Sprintf("%s is what the check asks %s for: a server with several sites has none of that name, answers 404 and counts as down", host, e.Addr.V.Host),
					Because: []model.Fact{host, e.Addr, e.Health.Active},
					Outcome: h.Outcome(model.NoServer),
					When:    "every request, once the checks have failed",
				}
				if !model.Shared(e.Addr.V.Host) {
					f.AtMost = model.Note // the server may have one site only
				}
				report(f)
				break
			}
		}
	},
}

package health

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A check to another port or address does not take ssl over.
var checkWithoutTLS = &model.Check{
	ID:       "check-without-tls",
	Title:    "The check speaks plain text to a TLS port",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			for _, e := range h.Pool.Endpoints {
				check, tls := e.Health, h.To(e).TLS.Enabled
				if !model.Is(check.Active, true) || !model.Is(tls, true) || !model.Is(check.Conn.TLS.Enabled, false) || check.Conn.TLS.Enabled.Written() {
					continue
				}
				if !check.Port.Known() || !e.Addr.Known() || !model.Not(check.Path, "") {
					continue // a check that only connects does so anywhere
				}
				f := model.Finding{
					Message: fmt.Sprintf("%s is not for the check, which goes to another address without check-ssl and speaks plain text there", tls.Text()),
					Because: []model.Fact{tls, check.Conn.TLS.Enabled, check.Active, e.Addr},
					Outcome: h.Outcome(model.NoServer),
					When:    "every request, once the checks have failed",
				}
				if port := check.Port.V; port != 0 {
					if port != e.Addr.V.Port && port%1000 != 443 { // 443, 8443, 9443
						continue // a port of its own, which may well be plain
					}
					f.Message = fmt.Sprintf("%s is not for the check, which goes to port %d without check-ssl and speaks plain text there", tls.Text(), port)
					f.Because = append([]model.Fact{check.Port}, f.Because...)
				}
				if e.Node.In("terraform") {
					f.Message = fmt.Sprintf("%s of %s is not for the check, which asks the same port in plain HTTP: health_check has a protocol of its own (%s)", tls, h.Pool.Name, check.Conn.TLS.Enabled.Why())
					f.Because = []model.Fact{tls, check.Conn.TLS.Enabled, check.Active, e.Addr, check.Port}
				}
				report(f)
				break
			}
		}
	},
}

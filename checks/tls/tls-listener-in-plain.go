package tls

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// Who comes to port 443 begins with a handshake.
var tlsListenerInPlain = &model.Check{
	ID:       "tls-listener-in-plain",
	Title:    "Port 443 speaks plain HTTP",
	Severity: model.Warning,
	Outcomes: []model.Outcome{model.NoAnswer, {Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			for _, l := range g.Listeners {
				for _, b := range l.Binds {
					if !model.Is(b.TLS.Enabled, false) || !model.Is(b.Protocol, "http") || !b.Addr.Known() || b.Addr.V.Port != 443 || !model.Is(b.Proxy, false) {
						continue
					}
					f := model.Finding{
						Message: fmt.Sprintf("%s speaks plain HTTP on port 443: ssl is not set", b.Node),
						Because: []model.Fact{b.Addr, b.TLS.Enabled, b.Protocol, b.Proxy},
						Outcome: model.NoAnswer,
						When:    "every client, as it begins with a TLS handshake",
					}
					for _, o := range w.Outer(l) {
						if model.Is(o.Conn.TLS.Enabled, true) {
							f.Outcome, f.Because = o.Hop.Outcome(model.BadTLS), append(f.Because, o)
						}
					}
					report(f)
				}
			}
		}
	},
}

package targets

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// Plain HTTP to a port that waits for a TLS handshake.
var tlsPortBehindHTTP = &model.Check{
	ID:       "tls-port-behind-http",
	Title:    "Plain HTTP is spoken to a TLS port",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 400}, {Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			target, tls := l.Endpoint.Addr, l.Conn.TLS.Enabled
			if !model.Is(tls, false) || !target.Known() || !model.Is(l.Conn.Protocol, "http") {
				continue
			}
			f := model.Finding{When: "every request"}
			said := target.Origin() > model.Assumed // not only supposed of servers that are registered elsewhere
			switch peer := l.To.TLS.Enabled; {
			case model.Is(peer, true):
				f.Message = fmt.Sprintf("%s is spoken to in plain HTTP, and %s wants TLS there", target, l.To.Gateway.Name)
				f.Because = []model.Fact{target, tls, peer, l}
				f.Outcome = l.Hop.Outcome(model.Closed)
				if l.To.Gateway.Product.Name == "nginx" {
					f.Outcome = model.Outcome{Status: 400, Native: "client sent plain HTTP request to HTTPS port while reading client request headers"}
				}
			case !l.Linked() && said && target.V.Port == 443:
				f.Message = fmt.Sprintf("%s is spoken to in plain HTTP, and 443 is the port of HTTPS", target)
				f.Because, f.AtMost = []model.Fact{target, tls}, model.Warning
			case !l.Linked() && said && target.V.Port == 8443:
				f.Message = fmt.Sprintf("%s is spoken to in plain HTTP, and 8443 is mostly a port of HTTPS", target)
				f.Because, f.AtMost = []model.Fact{target, tls}, model.Note
			default:
				continue
			}
			report(f)
		}
	},
}

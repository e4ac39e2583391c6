package tls

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// The two ends of a handshake share no version of the protocol.
var tlsVersionMismatch = &model.Check{
	ID:       "tls-version-mismatch",
	Title:    "The TLS versions of the two sides do not meet",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			own, peer := l.Conn.TLS, l.To.TLS
			if !model.Is(own.Enabled, true) {
				continue
			}
			f := model.Finding{Outcome: l.Hop.Outcome(model.BadTLS), When: "every request"}
			switch {
			case model.Is(peer.Enabled, true) && model.Less(own.Max, peer.Min):
				f.Message = fmt.Sprintf("%s is older than all that %s takes: %s", own.Max, l.To.Gateway.Name, peer.Min)
				f.Because = []model.Fact{own.Max, peer.Min, l, own.Enabled, peer.Enabled}
			case model.Is(peer.Enabled, true) && model.Less(peer.Max, own.Min):
				f.Message = fmt.Sprintf("%s is newer than all that %s takes: %s", own.Min, l.To.Gateway.Name, peer.Max)
				f.Because = []model.Fact{own.Min, peer.Max, l, own.Enabled, peer.Enabled}
			case own.Max.Written() && model.Under(own.Max, "TLSv1.2") && l.Endpoint.Addr.Known():
				f.Message = fmt.Sprintf("%s has nothing from TLSv1.2 on, and servers of today take nothing before", own.Max)
				f.Because = []model.Fact{own.Max, own.Enabled, l.Endpoint.Addr}
				f.AtMost, f.When = model.Warning, "every request, unless the server is as old"
				if a := l.Endpoint.Addr.V; !public(a.Host) {
					f.AtMost = model.Note
				}
			default:
				continue
			}
			report(f)
		}
	},
}

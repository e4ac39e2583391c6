package protocol

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Over TLS, HTTP/2 is agreed on in the handshake: who does not offer it there
// is answered in HTTP/1.1.
var h2WithoutALPN = &model.Check{
	ID:       "h2-without-alpn",
	Title:    "HTTP/2 over TLS that the handshake does not offer",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			c := l.Conn
			if !l.Endpoint.Node.In("haproxy") || !model.Is(c.Protocol, "h2") || c.Protocol.Key() != "proto" ||
				!model.Is(c.TLS.Enabled, true) || !c.TLS.ALPN.Known() || strings.Contains(c.TLS.ALPN.V, "h2") {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s over ssl is not offered in the handshake, so the server goes on in HTTP/1.1: alpn is not set", c.Protocol),
				Because: []model.Fact{c.Protocol, c.TLS.Enabled, c.TLS.ALPN},
				Outcome: l.Hop.Outcome(model.BadTLS),
				When:    "every request",
			}
			if at := c.Protocol.At(); c.TLS.ALPN.Written() {
				f.Message = fmt.Sprintf("%s over ssl is not offered in the handshake, so the server goes on in HTTP/1.1: %s", c.Protocol, c.TLS.ALPN)
			} else if !at.IsZero() {
				f.Fix = &model.Fix{Message: "offer HTTP/2 in the handshake", Edits: []model.Edit{{Span: at.Source.Span(at.End, at.End), Text: " alpn h2"}}}
			}
			report(f)
		}
	},
}

package protocol

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// One end sends the PROXY header and the other does not want it, or the other
// way round.
var proxyProtocolMismatch = &model.Check{
	ID:       "proxy-protocol-mismatch",
	Title:    "One end sends the PROXY header, and the other does not take it",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			sends, wants := l.Conn.Proxy, l.To.Proxy
			f := model.Finding{When: "every request", Because: []model.Fact{sends, wants, l}}
			switch {
			case model.Is(sends, true) && model.Is(wants, false):
				f.Fix = drop(sends)
				f.Message = fmt.Sprintf("%s begins each connection with a PROXY header, which %s takes for a part of the request: %s", written(sends, l.Endpoint.Node), l.To.Gateway.Name, l.To.Node)
			case model.Is(sends, false) && model.Is(wants, true):
				f.Message = fmt.Sprintf("%s does not begin with the PROXY header that %s waits for (%s)", address(l), l.To.Gateway.Name, written(wants, l.To.Node))
				f.Because = []model.Fact{wants, sends, l}
				f.Outcome = l.Hop.Outcome(model.Closed)
				f.Fix = send(l.Endpoint.Node, sends)
			default:
				continue
			}
			report(f)
		}
	},
}

// send adds the header to a server line of HAProxy.
func send(n *model.Node, sends model.Value[bool]) *model.Fix {
	if !n.In("haproxy") || n.Name.Text != "server" || sends.Written() {
		return nil
	}
	end := n.Head().End
	return &model.Fix{Message: "send the PROXY header", Edits: []model.Edit{{Span: n.Span.Source.Span(end, end), Text: " send-proxy-v2"}}}
}

// drop takes the word away that sends the header, where it is on the line of
// the server itself.
func drop(sends model.Value[bool]) *model.Fix {
	at := sends.At()
	if !sends.Owner().In("haproxy") || sends.Origin() != model.Explicit || at.IsZero() || at.Start == 0 {
		return nil
	}
	return &model.Fix{Message: "send no PROXY header", Edits: []model.Edit{{Span: at.Source.Span(at.Start-1, at.End)}}}
}

// written is a switch as it stands in its statement.
func written(v model.Value[bool], n *model.Node) string {
	if v.Written() && len(v.Text()) < 40 {
		return v.Text()
	}
	return n.String()
}

func address(l *model.Link) string {
	if l.Endpoint.Addr.Known() {
		return "the connection to " + l.Endpoint.Addr.V.String()
	}
	return "the connection to " + l.Hop.Pool.Name
}

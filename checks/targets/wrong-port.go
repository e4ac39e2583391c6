package targets

import (
	"fmt"
	"iter"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Something runs where the gateway connects to, and listens elsewhere.
var wrongPort = &model.Check{
	ID:       "wrong-port",
	Title:    "Nothing listens on the port that requests are sent to",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for l, binds := range unanswered(w) {
			if ports, _ := unmapped(l); len(ports) > 0 || len(binds) == 0 || listens(binds, l.Endpoint.Addr.V.Port) {
				continue // unmapped: the service is not made at all
			}
			report(nothingThere(l, binds))
		}
	},
}

// unanswered are the links to a port of a place in another network, where
// nothing is known to answer them, with all that listens there. A place in
// which an address is not known is left out.
func unanswered(w *model.Workspace) iter.Seq2[*model.Link, []*model.Bind] {
	return func(yield func(*model.Link, []*model.Bind) bool) {
		for _, l := range w.Links {
			at := l.Endpoint.Addr
			if l.Linked() || l.Place == nil || !at.Known() || at.V.Port <= 0 || l.Place.Network() == l.Hop.Gateway().Place.Network() {
				continue
			}
			if binds, all := reached(w.In(l.Place.Network())); all && !yield(l, binds) {
				return
			}
		}
	}
}

// reached are the binds that others can reach by a port; all is whether each
// address is known.
func reached(gateways []*model.Gateway) (binds []*model.Bind, all bool) {
	for _, g := range gateways {
		for _, l := range g.Listeners {
			for _, b := range l.Binds {
				switch {
				case !b.Addr.Known():
					return nil, false
				case b.Addr.V.Path == "" && b.Addr.V.Net != "udp" && b.Addr.V.Port > 0:
					binds = append(binds, b)
				}
			}
		}
	}
	return binds, true
}

func listens(binds []*model.Bind, port int) bool {
	for _, b := range binds {
		if b.Addr.V.Port == port {
			return true
		}
	}
	return false
}

func nothingThere(l *model.Link, binds []*model.Bind) model.Finding {
	at := l.Endpoint.Addr
	var ports []string
	because := []model.Fact{at, l}
	for _, b := range binds {
		ports = append(ports, fmt.Sprint(b.Addr.V.Port))
		because = append(because, b.Addr)
	}
	f := model.Finding{
		Message: fmt.Sprintf("%s %s leads to port %d of %s, which listens on %s", at.Key(), at.Text(), at.V.Port, l.Place.Name, strings.Join(ports, ", ")),
		Because: because,
		Outcome: l.Hop.Outcome(model.Refused),
		When:    "every request",
	}
	for _, p := range l.Place.Ports {
		if p.Outer == at.V.Port && p.Inner != p.Outer {
			f.Message += fmt.Sprintf("; %d is only where its host publishes %d", p.Outer, p.Inner)
			f.Because = append(f.Because, model.Mark{Span: p.At, Text: "published to the host"})
		}
	}
	for _, b := range binds {
		if b.Addr.Origin() <= model.Assumed { // a port that is exposed proves nothing
			f.AtMost = model.Warning
		}
	}
	if model.Over(l.Hop.Tries(), 1) {
		f.When = "a request that is sent to this server; the others hide it"
		f.AtMost = model.Warning
	}
	return f
}

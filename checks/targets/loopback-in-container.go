package targets

import (
	"fmt"
	"slices"

	"github.com/gwlint/gwlint/model"
)

// In a container localhost is the container.
var loopbackInContainer = &model.Check{
	ID:       "loopback-in-container",
	Title:    "localhost is the proxy's own container, where nothing else runs",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			at, here := l.Endpoint.Addr, l.Hop.Gateway().Place
			if l.Linked() || !at.Known() || !at.V.Loopback() || !model.Is(here.Whole, true) || here.Network() != here || inside(w, here) {
				continue
			}
			if _, all := reached(w.In(here)); !all {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s %s leads to the container %s itself, and nothing listens there", at.Key(), at.Text(), here.Name),
				Because: []model.Fact{at, here.Whole},
				Outcome: l.Hop.Outcome(model.Refused),
				When:    "every request",
			}
			if p, port := publishes(w, at.V.Port, here); p != nil {
				f.Message += fmt.Sprintf("; %d is where the host publishes %s, which is %s:%d from here", at.V.Port, p.Name, p.Names[0], port.Inner)
				f.Because = append(f.Because, model.Mark{Span: port.At, Text: "published to the host"})
			}
			report(f)
		}
	},
}

// inside reports whether another place shares the network of p.
func inside(w *model.Workspace, p *model.Place) bool {
	return slices.ContainsFunc(w.Places, func(q *model.Place) bool { return q != p && q.Network() == p })
}

// publishes is the only place beside this one that publishes a port.
func publishes(w *model.Workspace, outer int, beside *model.Place) (found *model.Place, at model.Port) {
	for _, p := range w.Places {
		for _, port := range p.Ports {
			if port.Outer != outer || len(p.Names) == 0 || p.Node == nil || beside.Node == nil || p.Node.Span.Source != beside.Node.Span.Source {
				continue
			}
			if found != nil {
				return nil, at
			}
			found, at = p, port
		}
	}
	return found, at
}

package targets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A name that no service of the compose file has resolves to nothing.
var unknownHost = &model.Check{
	ID:       "unknown-host",
	Title:    "No service has the name, or none that the proxy can reach",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}, model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		named := map[string][]*model.Place{}
		for _, p := range w.Places {
			for _, n := range p.Names {
				if strings.Contains(n, "$") {
					return // a name that cannot be told may be any
				}
				named[strings.ToLower(n)] = append(named[strings.ToLower(n)], p)
			}
		}
		for _, l := range w.Links {
			at, here := l.Endpoint.Addr, l.Hop.Gateway().Place.Network()
			if onHost(l.Hop.Gateway().Place) {
				here = l.Hop.Gateway().Place
			}
			if l.Linked() || l.Place != nil || !at.Known() || !at.V.Named() || strings.Contains(at.V.Host, ".") || !closed(here) && !onHost(here) || slices.Contains(here.Hosts, at.V.Host) {
				continue
			}
			who := named[strings.ToLower(at.V.Host)]
			if onHost(here) && len(who) == 0 {
				continue // the host may know it
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s %s names %s, and no service has that name", at.Key(), at.Text(), at.V.Host),
				Because: []model.Fact{at, model.Mark{Span: here.Node.Head(), Text: "asked from here"}},
				Outcome: l.Hop.Outcome(model.NoName),
				When:    "at start, or every request",
			}
			if model.Is(l.Conn.Lookup, model.Forever) {
				f.Outcome = model.RefusesToStart("")
			}
			if len(who) > 0 {
				if slices.ContainsFunc(who, func(p *model.Place) bool { return !apart(p, here) }) {
					continue
				}
				f.Message = fmt.Sprintf("%s %s names %s, which shares no network with %s", at.Key(), at.Text(), at.V.Host, here.Name)
				switch {
				case onHost(here):
					f.Message = fmt.Sprintf("%s %s names %s, and %s is in the network of the host, where the names of services mean nothing", at.Key(), at.Text(), at.V.Host, here.Name)
				case onHost(who[0]):
					f.Message = fmt.Sprintf("%s %s names %s, which is in the network of the host, and has no name for others", at.Key(), at.Text(), at.V.Host)
				}
				f.Because = append(f.Because, model.Mark{Span: who[0].Node.Head(), Text: "is there"})
			}
			report(f)
		}
	},
}

// closed reports whether every name that a place can reach is in the files: it
// is a service on networks of its own file alone.
func closed(p *model.Place) bool {
	return p.Node != nil && len(p.Nets) > 0 &&
		!slices.ContainsFunc(p.Nets, func(n string) bool { return strings.HasPrefix(n, "external/") })
}

// onHost reports whether a container is in the network of its host.
func onHost(p *model.Place) bool {
	return p.Node != nil && p.Node.In("compose") && p.Within != nil && p.Within.Node == nil
}

// apart reports whether two places certainly do not meet, though they are of
// the same file.
func apart(p, q *model.Place) bool {
	if p.Node != nil && q.Node != nil && p.Node.Span.Source == q.Node.Span.Source && onHost(p) != onHost(q) {
		return true
	}
	return p.Node != nil && q.Node != nil && p.Node.Span.Source == q.Node.Span.Source && len(p.Nets) > 0 &&
		!slices.ContainsFunc(p.Nets, func(n string) bool { return slices.Contains(q.Nets, n) })
}

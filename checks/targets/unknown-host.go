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
			if l.Linked() || l.Place != nil || !at.Known() || !at.V.Named() || strings.Contains(at.V.Host, ".") || !closed(here) || slices.Contains(here.Hosts, at.V.Host) {
				continue
			}
			who := named[strings.ToLower(at.V.Host)]
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

// apart reports whether two places certainly do not meet, though they are of
// the same file.
func apart(p, q *model.Place) bool {
	return p.Node != nil && q.Node != nil && p.Node.Span.Source == q.Node.Span.Source && len(p.Nets) > 0 &&
		!slices.ContainsFunc(p.Nets, func(n string) bool { return slices.Contains(q.Nets, n) })
}

package targets

import (
	"fmt"
	"slices"

	"github.com/gwlint/gwlint/model"
)

// A request comes back to where it came from, again and again.
var proxyLoop = &model.Check{
	ID:       "proxy-loop",
	Title:    "A request is forwarded to where it came from",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		open, done := map[*model.Listener]int{}, map[*model.Listener]bool{}
		var way []*model.Link
		var walk func(l *model.Listener)
		walk = func(l *model.Listener) {
			open[l] = len(way)
			for h := range l.Hops() {
				for _, k := range w.From(h) {
					if !passesOn(k) {
						continue
					}
					to := k.To.Listener
					from, circle := open[to]
					switch {
					case circle && from == len(way) && model.Is(k.Hop.Path, ""), circle && rest(k):
						report(looped(append(way[from:len(way):len(way)], k)))
					case !circle && !done[to] && rest(k):
						way = append(way, k)
						walk(to)
						way = way[:len(way)-1]
					}
				}
			}
			delete(open, l)
			done[l] = true
		}
		for _, g := range w.Gateways {
			for _, l := range g.Listeners {
				if !done[l] {
					walk(l)
				}
			}
		}
	},
}

// looped is the finding about a circle of links.
func looped(circle []*model.Link) model.Finding {
	target := circle[0].Endpoint.Addr
	f := model.Finding{
		Message: fmt.Sprintf("%s is where the request came in: it is forwarded to itself", target),
		Because: []model.Fact{target},
		Outcome: circle[0].Hop.Outcome(exhausted(circle[0].Hop)),
		When:    "every request",
	}
	if len(circle) > 1 {
		f.Message = fmt.Sprintf("%s leads back to where the request came in: from there on by %s", target, circle[1].Endpoint.Addr)
	}
	for _, k := range circle {
		f.Because = append(f.Because, k)
	}
	return f
}

// passesOn reports whether what a link brings can be understood and is taken
// as a request where it ends, the path unchanged.
func passesOn(k *model.Link) bool {
	same := model.Is(k.Conn.TLS.Enabled, true) && model.Is(k.To.TLS.Enabled, true) ||
		model.Is(k.Conn.TLS.Enabled, false) && model.Is(k.To.TLS.Enabled, false)
	return k.Linked() && same && model.Is(k.Endpoint.Down, false) && k.Conn.Protocol.Known() && model.Is(k.To.Protocol, k.Conn.Protocol.V) &&
		k.Endpoint.Addr.Known() && model.Is(k.Hop.Path, "") && !leaves(k.Hop.Route)
}

// exhausted is what a hop meets when the last connection is gone: nginx closes
// what it cannot take, others let it wait.
func exhausted(h *model.Hop) model.Event {
	if h.Node.In("nginx") {
		return model.Closed
	}
	return model.Silent
}

// rest reports whether the link takes whatever no other route takes.
func rest(k *model.Link) bool { return k.Hop.Route.Match == "" }

// leaves reports whether some requests do not come to the route's hop, or come
// to it by another path than their own: then the circle may end.
func leaves(r *model.Route) bool {
	if !r.Node.In("nginx") {
		return slices.ContainsFunc(r.Listener.Routes, func(o *model.Route) bool { return o.Match != "" && len(o.Hops) == 0 })
	}
	for b := r.Node; b != nil; b = b.Parent {
		if b.Find("if") != nil || b.Find("internal") != nil || b.Partial != "" {
			return true
		}
		switch b.Name.Text {
		case "if", "limit_except":
			return true
		case "location":
			if len(b.Args) > 0 && len(b.Args[0].Text) > 0 && b.Args[0].Text[0] == '@' {
				return true
			}
		case "server":
			return false
		}
	}
	return false
}

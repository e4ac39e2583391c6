package targets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A gateway that looks names up when it starts must not start before them.
var startOrder = &model.Check{
	ID:       "start-order",
	Title:    "The gateway may start before the server whose name it needs to start",
	Severity: model.Note,
	Outcomes: []model.Outcome{model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		early := map[*model.Place][]*model.Link{}
		for _, l := range w.Links {
			if p := l.Hop.Gateway().Place; tooEarly(l) && model.Is(p.Restarts, false) && !slices.ContainsFunc(early[p], func(k *model.Link) bool { return k.Place == l.Place }) {
				early[p] = append(early[p], l)
			}
		}
		for _, p := range w.Places {
			links := early[p]
			if len(links) == 0 {
				continue
			}
			g := links[0].Hop.Gateway()
			f := model.Finding{Because: []model.Fact{p.Restarts}, When: "a start at which " + p.Name + " is the faster one"}
			var names []string
			for _, l := range links {
				names = append(names, l.Place.Name)
				f.Because = append(f.Because, l.Endpoint.Addr, l.Conn.Lookup, l)
			}
			f.Message = fmt.Sprintf("%s does not wait for %s, which %s looks up when it starts; and nothing starts it again", p.Name, strings.Join(names, ", "), g.Name)
			f.Outcome = model.RefusesToStart(fmt.Sprintf("[emerg] host not found in upstream %q", links[0].Endpoint.Addr.V.Host))
			if g.Product.Name == "haproxy" {
				f.Outcome = model.RefusesToStart(fmt.Sprintf("could not resolve address '%s'", links[0].Endpoint.Addr.V.Host))
			}
			report(f)
		}
	},
}

// tooEarly reports whether a link's gateway looks the server's name up once,
// and nothing has the server started first.
func tooEarly(l *model.Link) bool {
	g, at := l.Hop.Gateway(), l.Endpoint.Addr
	p := g.Place
	return at.Known() && at.V.Named() && model.Is(l.Conn.Lookup, model.Forever) && l.Sure > model.Low && l.Place != nil &&
		(g.Product.Name == "nginx" || g.Product.Name == "haproxy") && p.Source() != nil && p.Source() == l.Place.Source() && !follows(p, l.Place)
}

// follows reports whether a place is started after another, perhaps by way of
// more.
func follows(p, other *model.Place) bool {
	seen := map[*model.Place]bool{p: true}
	for next := []*model.Place{p}; len(next) > 0; next = next[1:] {
		for _, q := range next[0].After {
			if q == other {
				return true
			}
			if !seen[q] {
				seen[q] = true
				next = append(next, q)
			}
		}
	}
	return false
}

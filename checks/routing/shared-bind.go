package routing

import (
	"fmt"
	"slices"

	"github.com/gwlint/gwlint/model"
)

// The kernel decides who gets a connection.
var sharedBind = &model.Check{
	ID:       "shared-bind",
	Title:    "Two frontends listen on one address, and get connections at random",
	Severity: model.Warning,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			if g.Product.Name != "haproxy" {
				continue
			}
			first := map[model.Addr]*model.Bind{}
			for _, l := range g.Listeners {
				for _, b := range l.Binds {
					if !b.Addr.Known() || b.Addr.Trust() != model.High || b.Addr.V.Net != "" || b.Addr.V.Path != "" || b.Addr.V.Port <= 0 || apart(b.Node) {
						continue
					}
					at := b.Addr.V
					if at.Any() {
						at.Host = ""
					}
					other := first[at]
					if other == nil {
						first[at] = b
						continue
					}
					if other.Listener == l {
						continue
					}
					report(model.Finding{
						Message: fmt.Sprintf("%s stands in %s and in %s: each gets some of the connections, at random", b.Addr, other.Listener.Node, l.Node),
						Because: []model.Fact{b.Addr, other.Addr},
						When:    "connections that the other one was meant to get",
					})
				}
			}
		}
	},
}

// apart reports whether a bind is on an interface, in a namespace or in a
// process of its own.
func apart(n *model.Node) bool {
	return slices.ContainsFunc(n.Args, func(a model.Word) bool {
		return a.Text == "interface" || a.Text == "namespace" || a.Text == "process" || a.Text == "transparent"
	})
}

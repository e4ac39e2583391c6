package targets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The host hands connections to a port that nothing listens on.
var publishedPortUnserved = &model.Check{
	ID:       "published-port-unserved",
	Title:    "A port is published where the gateway does not listen",
	Severity: model.Error,
	Outcomes: []model.Outcome{model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, p := range w.Places {
			gateways := w.In(p)
			if !model.Is(p.Whole, true) || p.Network() != p || !slices.ContainsFunc(gateways, forwards) || slices.ContainsFunc(gateways, mayListen) {
				continue
			}
			binds, all := reached(gateways)
			if !all || len(binds) == 0 {
				continue
			}
			var ports []string
			because := []model.Fact{p.Whole}
			for _, b := range binds {
				ports, because = append(ports, fmt.Sprint(b.Addr.V.Port)), append(because, b.Addr)
			}
			slices.Sort(ports)
			listening := strings.Join(slices.Compact(ports), ", ")
			for _, port := range p.Ports {
				if listens(binds, port.Inner) {
					continue
				}
				f := model.Finding{
					Message: fmt.Sprintf("port %d of the host leads to port %d of %s, where nothing listens: it listens on %s", port.Outer, port.Inner, p.Name, listening),
					Because: append([]model.Fact{model.Mark{Span: port.At, Text: "published here"}}, because...),
					Outcome: model.NoAnswer,
					When:    fmt.Sprintf("every connection to port %d of the host", port.Outer),
				}
				if port.Outer == 0 {
					f.Message = fmt.Sprintf("port %d of %s is published, where nothing listens: it listens on %s", port.Inner, p.Name, listening)
					f.When = "every connection to it"
				}
				served := func(o model.Port) bool { return listens(binds, o.Inner) }
				if p.Whole.Trust() < model.High || slices.ContainsFunc(p.Ports, served) {
					f.AtMost = model.Note // the image is guessed; or another port serves, and this one may wait for its time
				}
				report(f)
			}
		}
	},
}

// mayListen reports whether some block of a gateway's configuration may hold a
// listener that is not seen.
func mayListen(g *model.Gateway) bool {
	return g.Node == nil || g.Node.Partial != "" || g.Node.Fragment != "" || slices.ContainsFunc(g.Node.Kids, func(k *model.Node) bool { return k.Partial != "" })
}

// forwards reports whether a gateway passes requests on.
func forwards(g *model.Gateway) bool {
	return slices.ContainsFunc(g.Listeners, func(l *model.Listener) bool {
		for range l.Hops() {
			return true
		}
		return false
	})
}

package failover

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// The limit that grows with the load grows on a scale nobody chose.
var minconnWithoutFullconn = &model.Check{
	ID:       "minconn-without-fullconn",
	Title:    "A server takes fewer requests than its maxconn says",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 503}, model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			full, sure := h.Pool.Node.Held("fullconn")
			if full != nil || !sure || h.Gateway().Product.Name != "haproxy" {
				continue
			}
			for _, e := range h.Pool.Endpoints {
				least, ok := argument(e.Node, "minconn")
				if !ok || !model.Under(e.Limit, 1<<31) {
					continue
				}
				report(model.Finding{
					Message: fmt.Sprintf("%s without fullconn: the limit grows towards %s only with a tenth of all the connections that the frontends may have", least.Text, e.Limit),
					Because: []model.Fact{least, e.Limit},
					Outcome: h.Outcome(model.Full),
					When:    "more requests than the limit of the moment",
				})
				break
			}
		}
	},
}

// argument is a parameter of a server with the word behind it.
func argument(n *model.Node, name string) (model.Mark, bool) {
	for i, a := range n.Args {
		if a.Text == name && i+1 < len(n.Args) {
			at := a.Span
			at.End = n.Args[i+1].Span.End
			return model.Mark{Span: at, Text: name + " " + n.Args[i+1].Text}, true
		}
	}
	return model.Mark{}, false
}

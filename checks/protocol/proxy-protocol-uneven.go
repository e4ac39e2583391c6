package protocol

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// Servers of one pool are alike, and only some are sent the PROXY header.
var proxyProtocolUneven = &model.Check{
	ID:       "proxy-protocol-uneven",
	Title:    "Only some servers of a pool are sent the PROXY header",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			with, without := sentTo(h, true), sentTo(h, false)
			if len(with) == 0 || len(without) == 0 {
				continue
			}
			odd, rest, what := with[0], without[0], "is sent the PROXY header (%s), and %s is not, though both answer for %s"
			report(model.Finding{
				Message: fmt.Sprintf(name(odd)+" "+what, h.To(odd).Proxy.Text(), name(rest), h.Pool.Name),
				Because: []model.Fact{h.To(odd).Proxy, h.To(rest).Proxy, rest.Node},
				Outcome: h.Outcome(model.Closed),
				When:    "requests to one of the two, unless the servers differ",
			})
		}
	},
}

// sentTo are the servers of a hop that are sent the PROXY header, or not, and
// stand for the same as the others.
func sentTo(h *model.Hop, proxy bool) (all []*model.Endpoint) {
	for _, e := range h.Pool.Endpoints {
		if model.Is(h.To(e).Proxy, proxy) && model.Is(e.Backup, false) && model.Is(e.Down, false) && e.Addr.Known() && e.Addr.V.Path == "" {
			all = append(all, e)
		}
	}
	return all
}

func name(e *model.Endpoint) string { return e.Node.Name.Text + " " + e.Node.Arg(0) }

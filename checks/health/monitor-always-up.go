package health

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// The layer in front is told that all is well, whatever is behind.
var monitorAlwaysUp = &model.Check{
	ID:       "monitor-always-up",
	Title:    "monitor-uri answers 200 while every server is down",
	Severity: model.Note,
	Outcomes: []model.Outcome{{Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			if g.Product.Name != "haproxy" {
				continue
			}
			for _, l := range g.Listeners {
				uri := l.Node.Find("monitor-uri")
				if uri == nil || l.Node.Partial != "" || l.Node.Find("monitor", "fail") != nil {
					continue
				}
				for h := range l.Hops() {
					if len(serving(h.Pool)) == 0 {
						continue
					}
					report(model.Finding{
						Message: fmt.Sprintf("%s answers 200 without asking for servers, as there is no monitor fail: while every server of %s is down, the layer in front still sends requests here", uri, h.Pool.Name),
						Because: []model.Fact{uri, l.Node},
						Outcome: h.Outcome(model.NoServer),
						When:    "while every server is down",
					})
					break
				}
			}
		}
	},
}

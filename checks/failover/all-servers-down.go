package failover

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// There is nobody to ask.
var allServersDown = &model.Check{
	ID:       "all-servers-down",
	Title:    "Every server of a pool is marked down",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
	next:
		for h := range w.Hops() {
			var because []model.Fact
			for _, e := range h.Pool.Endpoints {
				if !model.Is(e.Down, true) {
					continue next
				}
				because = append(because, e.Down)
			}
			if len(because) == 0 {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s stands on every server of %s, so none is asked", literal(h.Pool.Endpoints[0].Down), h.Pool.Name),
				Because: because,
				Outcome: h.Outcome(model.NoServer),
				When:    "every request",
			}
			if commanded(h.Gateway()) {
				f.AtMost, f.When = model.Note, "every request, until a server is enabled"
			}
			report(f)
		}
	},
}

// literal is what takes a server out as it is written: down, disabled, or
// weight with its 0.
func literal(down model.Value[bool]) string {
	if text := down.At().Text(); text != "" && text != down.Key() {
		return down.Key() + " " + text
	}
	return down.Key()
}

// commanded reports whether servers may be enabled while the gateway runs:
// HAProxy takes commands on a socket, and servers that are disabled keep
// places for those to come.
func commanded(g *model.Gateway) bool {
	if g.Node == nil {
		return false
	}
	for _, global := range g.Node.All("global") {
		if global.Find("stats", "socket") != nil {
			return true
		}
	}
	return false
}

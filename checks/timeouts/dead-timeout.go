package timeouts

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The server cuts requests that the gateway was told to wait for. A gateway
// that waits a little longer than the server may take is as it should be.
var deadTimeout = &model.Check{
	ID:       "dead-timeout",
	Title:    "The server cuts requests long before the gateway's timeout",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			wait, cut := l.Conn.Read, l.To.Limit
			if !model.Over(cut, 0) || !model.Less(cut, wait) || !model.Less(cut, l.Conn.Total) || wait.V/2 < cut.V {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s never acts: %s cuts a request after %s (%s)", wait, l.To.Gateway.Name, cut.Plain(), cut.Key()),
				Because: []model.Fact{wait, cut, l},
				Outcome: l.Hop.Outcome(model.Closed),
				When:    "a request that takes longer than " + cut.Plain(),
			}
			if !wait.Written() {
				f.Message = fmt.Sprintf("%s of %s cuts requests that %s waits for", cut, l.To.Gateway.Name, wait)
				f.Because[0], f.Because[1] = cut, wait
			}
			if !wait.Written() || upgrades(l.Hop) {
				f.AtMost = model.Note // nobody asked for the wait, or it is meant for what follows an upgrade
			}
			report(f)
		}
	},
}

// upgrades reports whether the hop passes upgrades on, so that its read
// timeout is one of tunnels too.
func upgrades(h *model.Hop) bool {
	for _, k := range h.Headers.V {
		if strings.EqualFold(k.Name, "Upgrade") && k.Value != "" {
			return true
		}
	}
	return false
}

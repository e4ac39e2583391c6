package drain

import (
	"fmt"
	"slices"

	"github.com/gwlint/gwlint/model"
)

// Who is stopped in the middle of a request does not answer it.
var fastStop = &model.Check{
	ID:       "fast-stop",
	Title:    "Being stopped cuts the requests that are being answered",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			grace := g.Grace
			if !model.Is(grace, 0) || model.Is(g.Signalled, false) {
				continue
			}
			because, outcome := served(w, g)
			if outcome == (model.Outcome{}) && !answers(g) {
				continue // files: no request is lost for long
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s: requests in flight are cut when %s is stopped", grace, g.Name),
				Because: append([]model.Fact{grace}, because...),
				Outcome: outcome,
				When:    "at every stop, requests in flight",
			}
			if !grace.Written() {
				f.Message = fmt.Sprintf("%s cuts the requests in flight when it is stopped: %s", g.Name, grace)
				if grace.Key() == "signal" || grace.Key() == g.Place.Signal.Key() {
					f.Message = fmt.Sprintf("%s cuts the requests in flight when it is stopped: %s", g.Name, grace.Why())
				}
			}
			report(f)
		}
	},
}

// answers reports whether a gateway is a server of applications.
func answers(g *model.Gateway) bool {
	return len(g.Listeners) > 0 && !slices.ContainsFunc(g.Listeners, func(l *model.Listener) bool { return len(l.Routes) > 0 })
}

// served is what becomes of a request that a gateway does not answer, and what
// tells it: its own clients see that of a proxy, those of the gateway before it
// that of a server. None is told where no gateway is known before a server.
func served(w *model.Workspace, g *model.Gateway) (because []model.Fact, what model.Outcome) {
	for _, l := range g.Listeners {
		for h := range l.Hops() {
			return nil, h.Outcome(model.Stopped)
		}
	}
	for _, l := range g.Listeners {
		if outer := w.Outer(l); len(outer) > 0 {
			if outer[0].Sure > model.Low { // requests are cut, whoever sends them
				because = []model.Fact{outer[0]}
			}
			return because, outer[0].Hop.Outcome(model.Closed)
		}
	}
	return nil, what
}

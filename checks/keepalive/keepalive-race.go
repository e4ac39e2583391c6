package keepalive

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// The gateway sends a request on a connection that the server is just closing.
var keepaliveRace = &model.Check{
	ID:       "keepalive-race",
	Title:    "Connections are reused for longer than the server keeps them",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			hold, closes := l.Conn.Idle, l.To.Idle
			if !model.Over(hold, 0) || !model.Over(closes, 0) || !model.Under(closes, model.Forever) || hold.V <= below(closes.V) ||
				l.To.Listener == l.Hop.Route.Listener { // the last is proxy-loop
				continue
			}
			when := "a request on a reused connection"
			switch r := l.Hop.Retry; {
			case model.Lacks(r.On, model.Stale):
			case model.Has(r.On, model.Stale) && model.Is(r.Posts, false):
				when = "a POST on a reused connection" // others are sent again
			default:
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s outlives the %s after which %s closes an idle connection (%s)", hold, closes.Plain(), l.To.Gateway.Name, closes.Key()),
				Because: []model.Fact{hold, closes, l},
				Outcome: l.Hop.Outcome(model.Stale),
				When:    when,
			}
			if hold.V <= closes.V {
				f.Message = fmt.Sprintf("%s is too close to the %s after which %s closes an idle connection (%s)", hold, closes.Plain(), l.To.Gateway.Name, closes.Key())
			}
			if edit := hold.To(below(closes.V)); edit != nil {
				f.Fix = &model.Fix{Message: "forget a connection before the server closes it", Edits: []model.Edit{*edit}}
			}
			if n := l.Hop.Gateway().Node; l.Sure == model.High && certain(hold, closes, n) { // ships every day: see the page
				f.Because = append(f.Because, n)
			}
			if f.Outcome == model.NoAnswer { // what the layer in front makes of it
				for _, o := range w.Outer(l.Hop.Route.Listener) {
					f.Outcome, f.Because = o.Hop.Outcome(model.Closed), append(f.Because, o)
				}
			}
			report(f)
		}
	},
}

// certain reports whether both ends are as they come, of products whose ends
// do not depend on a version: a load balancer of a cloud, and a server that
// closes earlier by default.
func certain(hold, closes model.Setting, n *model.Node) bool {
	return hold.Origin() == model.Default && closes.Origin() == model.Default && n.In("terraform")
}

// below is the longest reuse that is safe: a second less than the server
// keeps a connection, or half of that where there are no two.
func below(closes time.Duration) time.Duration { return closes - min(time.Second, closes/2) }

package buffers

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// The gateway takes request heads that the server does not.
var requestHeadCut = &model.Check{
	ID:       "request-head-cut",
	Title:    "The gateway lets request heads through that are too large for the server",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			takes, room := l.Hop.Route.Listener.MaxHead, l.To.MaxHead
			if !model.Less(room, takes) || !l.To.Abrupt.Known() || l.Conn.Protocol.V == "tcp" {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s of %s is less than the %s that %s takes (%s): it closes on a larger head", room, l.To.Gateway.Name, takes.Plain(), l.Hop.Gateway().Name, takes.Key()),
				Because: []model.Fact{room, takes, l.To.Abrupt, l},
				Outcome: l.Hop.Outcome(model.Closed),
				When:    "requests with cookies, or an URI, of more than " + room.Plain(),
			}
			switch {
			case takes.Written():
				f.Message = fmt.Sprintf("%s lets heads through that are too large for %s: %s", takes, l.To.Gateway.Name, room)
				f.Because[0], f.Because[1] = takes, room
			case !room.Written() || !model.Under(room, 4096):
				f.AtMost = model.Note // few requests have so much
			}
			if !l.To.Abrupt.V {
				if !takes.Written() {
					continue // it says so itself: 4xx
				}
				f.Outcome, f.AtMost = model.Outcome{}, model.Note
			} else if edit := room.To(takes.V); edit != nil {
				f.Fix = &model.Fix{Message: "take what " + l.Hop.Gateway().Name + " takes", Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

package targets

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// The server listens on the loopback address of its own container.
var appOnLoopback = &model.Check{
	ID:       "app-on-loopback",
	Title:    "The server listens on loopback, and is asked from elsewhere",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for l, binds := range unanswered(w) {
			at := l.Endpoint.Addr
			if b := onLoopback(binds, at.V.Port); b != nil {
				f := model.Finding{
					Message: fmt.Sprintf("%s %s listens on the loopback address of %s, so a connection from %s to %s is refused", b.Addr.Key(), b.Addr.Text(), l.Place.Name, l.Hop.Gateway().Name, at.V),
					Because: []model.Fact{b.Addr, at, model.Mark{Span: at.Where(), Text: "asked from here"}},
					Outcome: l.Hop.Outcome(model.Refused),
					When:    "every request",
				}
				if b.Addr.Origin() == model.Assumed {
					f.AtMost = model.Warning // other code may decide
				}
				report(f)
			}
		}
	},
}

// onLoopback is the bind of a port on loopback, when no other one has it.
func onLoopback(binds []*model.Bind, port int) (found *model.Bind) {
	for _, b := range binds {
		switch {
		case b.Addr.V.Port != port:
		case !b.Addr.V.Loopback():
			return nil
		default:
			found = b
		}
	}
	return found
}

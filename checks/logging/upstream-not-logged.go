package logging

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A log without the servers shows a failure that was retried as a success, and
// no failure as whose it was.
var upstreamNotLogged = &model.Check{
	ID:       "upstream-not-logged",
	Title:    "The log does not tell which server answered what",
	Severity: model.Note,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			if !model.Is(h.Logged, false) {
				continue
			}
			const untold = "does not tell which server answered, with what, and how often was tried"
			f := model.Finding{
				Message: fmt.Sprintf("%s %s", h.Logged, untold),
				Because: []model.Fact{h.Logged},
			}
			if !h.Logged.Written() { // once for all routes of a listener
				if h.Logged.Origin() != model.Default {
					continue
				}
				f.Message = "access_log, with its default format combined, " + untold
				f.Because = []model.Fact{h.Route.Listener.Node}
			}
			report(f)
		}
	},
}

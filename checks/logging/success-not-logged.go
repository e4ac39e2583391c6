package logging

import "github.com/gwlint/gwlint/model"

// Without its good answers a log tells no share of failures, no times, and
// nothing of what was retried.
var successNotLogged = &model.Check{
	ID:       "success-not-logged",
	Title:    "Requests that were answered well are not logged",
	Severity: model.Note,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for n := range w.Nodes() {
			if n.In("haproxy") && n.Name.Text == "option" && n.Arg(0) == "dontlog-normal" {
				report(model.Finding{
					Message: "option dontlog-normal leaves out what was answered well: how long requests take, and which were retried, is not seen before they fail",
					Because: []model.Fact{n},
				})
			}
		}
	},
}

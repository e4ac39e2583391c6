package routing

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A request is handed to a location that is not there.
var missingNamedLocation = &model.Check{
	ID:       "missing-named-location",
	Title:    "A named location does not exist",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 500}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for n := range w.Statements("nginx", "try_files", "error_page", "post_action") {
			name := handsTo(n)
			if name == "" {
				continue
			}
			server := n.Within("server")
			if server == nil || server.Partial != "" || server.Find("location", name) != nil {
				continue
			}
			at := n.Args[len(n.Args)-1].Span
			report(model.Finding{
				Message: fmt.Sprintf("%s %s names a location that the server does not have", n.Name.Text, name),
				Because: []model.Fact{model.Mark{Span: at, Text: name}, server},
				Outcome: model.Outcome{Status: 500, Native: fmt.Sprintf("could not find named location %q", name)},
				When:    "every request that comes to it",
			})
		}
	},
}

// handsTo is the named location that a statement sends requests to, or "".
func handsTo(n *model.Node) string {
	if (n.Name.Text == "post_action") != (len(n.Args) == 1) {
		return ""
	}
	last := n.Arg(len(n.Args) - 1)
	if len(last) < 2 || last[0] != '@' || strings.ContainsAny(last, "$%{}<>") {
		return ""
	}
	return last
}

package capacity

import (
	"fmt"
	"strconv"

	"github.com/gwlint/gwlint/model"
)

// The limit of the process was raised, and the one that acts was not.
var frontendCap = &model.Check{
	ID:       "frontend-cap",
	Title:    "The frontends take far fewer connections than the process may",
	Severity: model.Note,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for global := range w.Statements("haproxy", "global") {
			whole, sure := global.Held("maxconn")
			most := connections(whole)
			if !sure || most == 0 {
				continue
			}
			sum, shared, facts := 0, (*model.Node)(nil), []model.Fact(nil)
			for f := range w.Statements("haproxy", "frontend", "listen") {
				if f.Root() != global.Root() || f.Find("bind") == nil {
					continue
				}
				limit, sure := f.Held("maxconn")
				if n := connections(limit); sure && n > 0 {
					sum += n
				} else {
					sum = most // it takes as many as the process, or cannot be told
				}
				if limit != nil && limit.Parent != f {
					shared, facts = limit, append(facts, f)
				}
			}
			if shared == nil || sum > most/4 {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s of defaults holds for each frontend: together they take %d of the %d connections of global", shared, sum, most),
				Because: append([]model.Fact{shared, whole}, facts...),
				When:    fmt.Sprintf("%d clients at once: more wait unseen until one leaves", sum),
			})
		}
	},
}

// connections is the number in a maxconn statement, 0 where there is none.
func connections(maxconn *model.Node) int {
	if maxconn == nil || maxconn.Doubt() != "" {
		return 0
	}
	n, _ := strconv.Atoi(maxconn.Arg(0))
	return n
}

package keepalive

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// The pool is to keep connections, and what is sent asks to close them.
var keepaliveUnused = &model.Check{
	ID:       "keepalive-unused",
	Title:    "keepalive keeps no connection open",
	Severity: model.Note,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			idle, n := h.Conn.Idle, h.Pool.Node
			if !model.Is(idle, 0) || !n.In("nginx") {
				continue
			}
			slots := n.Find("keepalive")
			if slots == nil || slots.Arg(0) == "0" || n.Name.Text != "upstream" {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s of upstream %s keeps no connection open: %s", slots, h.Pool.Name, idle.Why()),
				Because: []model.Fact{idle, slots},
				When:    "every request opens a connection of its own",
			})
		}
	},
}

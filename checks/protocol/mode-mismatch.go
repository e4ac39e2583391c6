package protocol

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// HAProxy refuses to pass what it read as HTTP to a backend in TCP mode.
var modeMismatch = &model.Check{
	ID:       "mode-mismatch",
	Title:    "A frontend in mode http uses a backend in mode tcp",
	Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			front, back := h.Route.Listener, h.Conn.Protocol
			if !front.Node.In("haproxy") || !model.Is(back, "tcp") || h.Pool.Node == front.Node || len(front.Binds) == 0 {
				continue
			}
			mode := front.Binds[0].Protocol
			if !model.Is(mode, "http") || strings.Contains(h.Route.Node.Arg(0), "%[") {
				continue // a name that is only known at run time is not checked at the start
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s leads from %s, in mode http, to %s, in mode tcp", h.Route.Node, front.Node, h.Pool.Node),
				Because: []model.Fact{h.Route.Node, mode, back},
				Outcome: model.RefusesToStart(fmt.Sprintf("http frontend '%s' tries to use incompatible tcp backend '%s'", front.Node.Arg(0), h.Pool.Name)),
			}
			if !back.Written() {
				f.Message += " by default"
				if edit := model.Insert(h.Pool.Node, "mode http"); edit != nil {
					f.Fix = &model.Fix{Message: "answer in HTTP", Edits: []model.Edit{*edit}}
				}
			}
			report(f)
		}
	},
}

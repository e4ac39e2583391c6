package buffers

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Somebody made room for large heads, and somebody took it away again.
var headerBufferShrunk = &model.Check{
	ID:       "header-buffer-shrunk",
	Title:    "A block makes the room for the head of an answer smaller again",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			head := h.Conn.Head
			if !h.Node.In("nginx") || !head.Written() || model.Under(head, page) {
				continue // less than a page is header-buffer-small
			}
			name := strings.TrimSuffix(h.Node.Name.Text, "pass") + "buffer_size"
			inner, sure := h.Route.Node.Up(name)
			if inner == nil || !sure || inner.Parent == nil || inner.Parent.Parent == nil {
				continue
			}
			outer := roomOf(inner.Parent.Parent, name, 0, 0)
			if outer.stmt == nil || !model.Less(head, outer.Value) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s is less than the %s that %s has around it", head, outer.Plain(), outer.stmt.Parent.Name.Text),
				Because: []model.Fact{head, outer.Value},
				Outcome: h.Outcome(model.BigHead),
				When:    "answers with a head larger than " + head.Plain(),
			}
			if model.Over(head, 8<<10) {
				f.AtMost = model.Note // still enough for nearly all
			}
			report(f)
		}
	},
}

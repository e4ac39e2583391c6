package keepalive

import (
	"fmt"
	"slices"

	"github.com/gwlint/gwlint/model"
)

// The same file does something else on a newer nginx.
var keepaliveByDefault = &model.Check{
	ID:       "keepalive-by-default",
	Title:    "nginx keeps connections open that it closed before 1.29.7",
	Severity: model.Note,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			idle, n, product := h.Conn.Idle, h.Pool.Node, h.Gateway().Product
			if product.Name != "nginx" || !product.From("1.29.7") || product.Versions.Origin <= model.Assumed || !model.Over(idle, 0) ||
				n == nil || n.Name.Text != "upstream" || n.Find("keepalive") != nil || n.Partial != "" || idle.Written() {
				continue
			}
			if slices.ContainsFunc(w.From(h), (*model.Link).Linked) {
				continue // keepalive-race compares
			}
			report(model.Finding{
				Message: fmt.Sprintf("upstream %s keeps its connections for %s since nginx 1.29.7, which closed each of them before", h.Pool.Name, idle.Plain()),
				Because: []model.Fact{n, idle, product},
				When:    "servers that close idle connections sooner, or have one worker for each connection",
			})
		}
	},
}

package capacity

import (
	"fmt"
	"strconv"

	"github.com/gwlint/gwlint/model"
)

// A kept FastCGI connection keeps a child of PHP-FPM busy with waiting.
var keepaliveTakesChildren = &model.Check{
	ID:       "keepalive-takes-children",
	Title:    "Idle connections hold every child of PHP-FPM",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			children, idle := l.To.Slots, l.Conn.Idle
			if !model.Over(children, 0) || !model.Over(idle, 0) || l.To.Gateway.Product.Name != "php-fpm" || l.Hop.Pool.Node == nil || l.Hop.Pool.Node.Partial != "" {
				continue
			}
			keeps := l.Hop.Pool.Node.Find("keepalive")
			n := number(keeps)
			workers := 1
			by := ""
			if p := l.Hop.Gateway().Node.Find("worker_processes"); number(p) > 1 {
				workers, by = number(p), " in each of "+p.String()
			}
			if n == 0 || n*workers < children.V {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s%s may hold all of %s: a child serves the connection that it has, and no other", keeps, by, children),
				Because: []model.Fact{keeps, children, idle, l},
				Outcome: l.Hop.Outcome(model.Silent),
				When:    fmt.Sprintf("after %d requests at once, until connections are closed", children.V),
			})
		}
	},
}

// number is the first argument of a statement; 0 where there is none.
func number(n *model.Node) int {
	if n == nil {
		return 0
	}
	v, err := strconv.Atoi(n.Arg(0))
	if err != nil || v < 0 {
		return 0
	}
	return v
}

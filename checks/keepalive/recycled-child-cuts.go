package keepalive

import (
	"fmt"
	"strconv"

	"github.com/gwlint/gwlint/model"
)

// A child that ends after so many requests closes a connection that is kept.
var recycledChildCuts = &model.Check{
	ID:       "recycled-child-cuts",
	Title:    "Children of PHP-FPM that are replaced cut kept connections",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			idle, posts, pool := l.Conn.Idle, l.Hop.Retry.Posts, l.To.Node
			if !model.Over(idle, 0) || !model.Is(posts, false) || l.To.Gateway.Product.Name != "php-fpm" || pool == nil || pool.Partial != "" {
				continue
			}
			most := pool.Find("pm.max_requests")
			if most == nil {
				continue
			}
			n, err := strconv.Atoi(most.Arg(0))
			if err != nil || n <= 0 {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s ends a child with the connection that %s keeps to it", most, l.Hop.Gateway().Name),
				Because: []model.Fact{most, idle, posts, l},
				Outcome: l.Hop.Outcome(model.Stale),
				When:    fmt.Sprintf("a POST that follows the last of %d requests of a connection", n),
			})
		}
	},
}

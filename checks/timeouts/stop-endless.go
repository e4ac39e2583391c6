package timeouts

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// The process that a reload replaces lives on as long as its connections do.
var stopEndless = &model.Check{
	ID:       "stop-endless",
	Title:    "A reload leaves the old process behind for as long as tunnels may live",
	Severity: model.Note,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			if g.Product.Name != "haproxy" || !model.Is(g.Grace, model.Forever) {
				continue
			}
			for _, l := range g.Listeners {
				for h := range l.Hops() {
					tunnel := h.Conn.Tunnel
					if !tunnel.Written() || tunnel.At() == h.Conn.Read.At() || model.Under(tunnel, time.Hour) {
						continue
					}
					report(model.Finding{
						Message: fmt.Sprintf("%s keeps the old process of a reload as long: hard-stop-after is not set", tunnel),
						Because: []model.Fact{tunnel, g.Grace},
						When:    "each reload while a connection is upgraded, or in mode tcp",
					})
				}
			}
		}
	},
}

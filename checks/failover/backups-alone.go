package failover

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// Of servers that are all backups HAProxy asks the first alone.
var backupsAlone = &model.Check{
	ID:       "backups-alone",
	Title:    "All servers of a pool are backups, and one of them takes every request",
	Severity: model.Note,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		seen := map[*model.Pool]bool{}
		for h := range w.Hops() {
			p := h.Pool
			if seen[p] || h.Gateway().Product.Name != "haproxy" || len(p.Endpoints) < 2 || p.Node == nil || p.Node.Partial != "" {
				continue
			}
			seen[p] = true
			because := []model.Fact{}
			for _, e := range p.Endpoints {
				if !model.Is(e.Backup, true) || !e.Backup.Written() || !model.Is(e.Down, false) {
					because = nil
					break
				}
				because = append(because, e.Backup)
			}
			if len(because) == 0 || allBackups(p.Node) {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("backup stands on all %d servers of %s without option allbackups: the first that is up takes every request", len(because), p.Name),
				Because: because,
			})
		}
	},
}

// allBackups reports whether option allbackups is on for a backend, or may be.
func allBackups(backend *model.Node) bool {
	for n := backend; n != nil; n = n.Base {
		if n.Partial != "" {
			return true
		}
		for _, o := range n.All("option") {
			if o.Arg(0) == "allbackups" {
				return true
			}
		}
	}
	return false
}

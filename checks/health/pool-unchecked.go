package health

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Nobody asks the servers of a load balancer how they are.
var poolUnchecked = &model.Check{
	ID:       "pool-unchecked",
	Title:    "A load balancer does not check the servers of a pool",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 521}, {Status: 502}, model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
	next:
		for h := range w.Hops() {
			if !h.Node.In("terraform") || len(h.Pool.Endpoints) == 0 || h.Pool.Node == nil {
				continue
			}
			for _, e := range h.Pool.Endpoints {
				if !model.Is(e.Health.Active, false) || !e.Down.Known() || !model.Is(e.Backup, false) && e.Backup.Known() {
					continue next
				}
			}
			first := h.Pool.Endpoints[0].Health.Active
			said := first.Key() + " is not set for"
			switch {
			case first.Written():
				said = first.String() + " is that of"
			case strings.HasPrefix(h.Gateway().Product.Name, "aws-"):
				continue // functions, which are not checked unless one asks for it
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s %s: a server that is down keeps its share of the requests", said, h.Pool.Name),
				Because: []model.Fact{first, h.Pool.Node},
				Outcome: h.Outcome(model.Refused),
				When:    "while a server is down",
			}
			size := h.Pool.Live()
			if model.Is(size, 0) {
				continue
			}
			if model.Under(size, 2) {
				f.Message = fmt.Sprintf("%s %s: nobody learns that its server is down", said, h.Pool.Name)
				f.AtMost = model.Note
			} else if !size.Known() {
				f.AtMost = model.Note // members are registered elsewhere
			}
			report(f)
		}
	},
}

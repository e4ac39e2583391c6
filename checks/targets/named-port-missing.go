package targets

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A port is asked for by a name that the group does not have.
var namedPortMissing = &model.Check{
	ID:       "named-port-missing",
	Title:    "A backend has no port of the name that is asked for",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			live := false
			for _, e := range h.Pool.Endpoints {
				live = live || !model.Is(e.Count, 0)
			}
			for _, e := range h.Pool.Endpoints {
				if !model.Is(e.Count, 0) || !e.Count.Written() || e.Count.Key() != "port_name" {
					continue
				}
				f := model.Finding{
					Message: fmt.Sprintf("%s: no request goes there", e.Count),
					Because: []model.Fact{e.Count, e.Node},
					Outcome: h.Outcome(model.NoServer),
					When:    "every request",
				}
				if e.Place != nil && e.Place.Node != nil {
					for _, has := range e.Place.Node.All("named_port") {
						f.Because = append(f.Because, has)
					}
				}
				if live {
					f.AtMost, f.Outcome, f.When = model.Warning, model.Outcome{}, "while the other backends are down or full"
				}
				report(f)
			}
		}
	},
}

package failover

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// There are more servers, and a request that meets a dead one is not for them.
var retryOff = &model.Check{
	ID:       "retry-off",
	Title:    "A request that meets a dead server is not tried on another",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			on, size := h.Retry.On, h.Pool.Live()
			if !h.Node.In("nginx") || !on.Written() || !model.Lacks(on, model.Refused) || !model.Over(size, 1) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s: a request that meets a dead server fails, though %s has %d", on, h.Pool.Name, size.V),
				Because: []model.Fact{on, size},
				Outcome: h.Outcome(model.Refused),
				When:    "one server is down: some requests, until it is out, and again whenever it is tried",
			}
			text := "error " + on.Text()
			if on.V == 0 {
				text = "error"
			}
			if at := on.At(); !strings.Contains(text, "off") {
				f.Fix = &model.Fix{Message: "try the next server when one cannot be reached", Edits: []model.Edit{{Span: at, Text: text}}}
			} else {
				f.Fix = &model.Fix{Message: "try the next server when one cannot be reached", Edits: []model.Edit{{Span: at, Text: "error"}}}
			}
			report(f)
		}
	},
}

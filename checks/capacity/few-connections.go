package capacity

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// What is too many is closed without a word.
var fewConnections = &model.Check{
	ID:       "few-connections",
	Title:    "A worker takes few connections",
	Severity: model.Note,
	Outcomes: []model.Outcome{model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		seen := map[*model.Node]bool{}
		for h := range w.Hops() {
			root := h.Gateway().Node
			if root == nil || seen[root] || !h.Node.In("nginx") {
				continue
			}
			seen[root] = true
			events := root.Find("events")
			if events == nil || events.Partial != "" || events.Find("worker_connections") == nil {
				continue
			}
			if n, by := workerConnections(events); n > 0 && n < 512 {
				report(model.Finding{
					Message: fmt.Sprintf("%s is less than by default: a request that is forwarded takes two of them", by),
					Because: []model.Fact{by, h.Node},
					Outcome: model.NoAnswer,
					When:    fmt.Sprintf("%d requests at once in one worker", n/2),
				})
			}
		}
	},
}

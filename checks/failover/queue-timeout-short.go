package failover

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// Whoever waits for a free slot is sent away as if the server were dead.
var queueTimeoutShort = &model.Check{
	ID:       "queue-timeout-short",
	Title:    "A request waits for a slot no longer than for a connection",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 503}, model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		const short, many = 5 * time.Second, 10000
		for h := range w.Hops() {
			for _, e := range h.Pool.Endpoints {
				connect := h.To(e).Connect
				// Written twice is meant; only what falls back was not thought of.
				if !model.Under(e.Limit, many) || !model.Under(h.Queue, short) || !connect.Written() || connect.At() != h.Queue.At() || h.Queue.Key() == connect.Key() {
					continue
				}
				f := model.Finding{
					Message: fmt.Sprintf("timeout queue is not set, so a request waits for one of the slots of %s (%s) no longer than timeout connect, %s", h.Pool.Name, e.Limit, h.Queue.Plain()),
					Because: []model.Fact{h.Queue, e.Limit, connect},
					Outcome: h.Outcome(model.Full),
					When:    "more requests than slots",
				}
				if h.Queue.V > time.Second {
					f.AtMost = model.Note
				}
				if edit := model.Insert(h.Pool.Node, "timeout queue 30s"); edit != nil {
					f.Fix = &model.Fix{Message: "let requests wait for a slot", Edits: []model.Edit{*edit}}
				}
				report(f)
				break
			}
		}
	},
}

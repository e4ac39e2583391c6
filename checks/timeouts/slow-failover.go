package timeouts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A server that is gone without a word is waited for, again and again.
var slowFailover = &model.Check{
	ID:       "slow-failover",
	Title:    "A dead server is waited for before the next one is tried",
	Severity: model.Note,
	Outcomes: []model.Outcome{{Status: 504}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		const long = 10 * time.Second
		for h := range w.Hops() {
			connect, size := h.Conn.Connect, h.Pool.Live()
			if !model.Over(connect, long) || !model.Over(size, 1) || !model.Over(h.Tries(), 1) || !model.Has(h.Retry.On, model.NoSYN) ||
				!model.Less(connect, h.Retry.Total) || !slices.ContainsFunc(h.Pool.Endpoints, machine) {
				continue
			}
			given := func(o *model.Link) bool { return model.Less(o.Conn.Patience(), connect) }
			if slices.ContainsFunc(w.Outer(h.Route.Listener), given) {
				continue // outer-gives-up
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s is how long a request waits for a server of %s that is gone, before the next of %d is tried", connect, h.Pool.Name, size.V),
				Because: []model.Fact{connect, size, h.Retry.On},
				Outcome: h.Outcome(model.NoSYN),
				When:    "a host is gone: the first request, and one whenever the server is tried again",
			}
			if edit := connect.To(5 * time.Second); edit != nil {
				f.Fix = &model.Fix{Message: "5s are plenty to connect", Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

// machine reports whether an endpoint is on a machine that can be gone without
// a word. A container that is stopped is told of by the host it was on.
func machine(e *model.Endpoint) bool {
	return elsewhere(e) && (!e.Addr.V.Named() || strings.Contains(e.Addr.V.Host, "."))
}

package failover

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// Each further try goes where the first one failed.
var retriesSameServer = &model.Check{
	ID:       "retries-same-server",
	Title:    "A request is tried again on the server that failed",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}, {Status: 504}, model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			live := h.Pool.Live()
			if !model.Is(h.Retry.Same, true) || !model.Over(h.Retry.Tries, 1) || !model.Over(live, 1) || !h.Retry.On.Known() {
				continue
			}
			f := model.Finding{
				Because: []model.Fact{h.Retry.Same, h.Retry.Tries, live, h.Pool.Node},
				Fix:     redispatch(h),
			}
			if again := beyondConnecting(h.Retry.On); again != 0 && h.Retry.On.Written() {
				f.Message = fmt.Sprintf("%s: a request is tried again on the server of %s that failed, as option redispatch is not on", h.Retry.On, h.Pool.Name)
				f.Because = append([]model.Fact{h.Retry.On}, f.Because...)
				f.Outcome = h.Outcome(again)
				f.When = "a request that meets the failing server"
				report(f)
				continue
			}
			window, ok := unnoticed(h.Pool)
			if !ok {
				continue
			}
			f.Message = fmt.Sprintf("option redispatch is not on: until the checks of %s have noticed a dead server, which takes %s, its requests are tried again there and fail", h.Pool.Name, window.Plain())
			f.Because = append(f.Because, window)
			f.Outcome = h.Outcome(model.Refused)
			f.When = "until a dead server is noticed"
			if sticky := h.Pool.Sticky; model.Is(sticky, true) && sticky.Written() && model.Over(window, time.Second) {
				f.Because = append(f.Because, sticky)
				f.When = "all requests of the clients whose server is dead, until that is noticed"
			} else {
				f.AtMost = model.Note // other requests go elsewhere at once, or it is over soon
			}
			report(f)
		}
	},
}

// beyondConnecting is the first failure of a request that was sent which leads
// to another try; 0 for none.
func beyondConnecting(on model.Value[model.Event]) model.Event {
	for _, e := range []model.Event{model.Closed, model.Silent, model.Status5xx} {
		if model.Has(on, e) {
			return e
		}
	}
	return 0
}

// unnoticed is for how long a dead server of the pool is asked, where all are
// checked.
func unnoticed(p *model.Pool) (longest model.Value[time.Duration], ok bool) {
	for _, e := range p.Endpoints {
		if model.Is(e.Down, true) {
			continue
		}
		d := model.Times(e.Health.Fall, e.Health.Every)
		if !model.Is(e.Health.Active, true) || !d.Known() {
			return longest, false
		}
		longest = model.Longest(longest, d)
	}
	return longest, longest.Known()
}

// redispatch lets a further try go to another server. A section is the owner
// where nothing is written.
func redispatch(h *model.Hop) *model.Fix {
	n := h.Pool.Node
	if h.Retry.Same.Written() || !n.In("haproxy") {
		return nil
	}
	edit := model.Insert(n, "option redispatch 1")
	if edit == nil {
		return nil
	}
	return &model.Fix{Message: "try another server", Edits: []model.Edit{*edit}}
}

package failover

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// What is lost with a reused connection is lost.
var reuseUnretried = &model.Check{
	ID:       "reuse-unretried",
	Title:    "A request that is lost on a reused connection is not sent again",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
	next:
		for h := range w.Hops() {
			if h.Gateway().Product.Name != "haproxy" || !model.Lacks(h.Retry.On, model.Stale) || len(w.From(h)) == 0 {
				continue
			}
			for _, k := range w.From(h) {
				// What is known of the server decides in keepalive-race.
				if !model.Over(k.Conn.Idle, 0) || !model.Is(k.Conn.Protocol, "http") || k.To.Idle.Known() {
					continue next
				}
			}
			reuse, sure := h.Pool.Node.Held("http-reuse")
			if !sure {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("retry-on is not set: a request of %s on an idle connection that the server has just closed is lost, and not logged", h.Pool.Name),
				Because: []model.Fact{h.Retry.On, w.From(h)[0].Conn.Idle},
				Outcome: h.Outcome(model.Stale),
				When:    "a request on a reused connection",
				AtMost:  model.Note,
			}
			if h.Retry.On.Written() {
				f.Message = fmt.Sprintf("%s is without empty-response: a request of %s on an idle connection that the server has just closed is lost", h.Retry.On, h.Pool.Name)
			}
			if reuse != nil && (reuse.Arg(0) == "always" || reuse.Arg(0) == "aggressive") {
				f.Message = fmt.Sprintf("%s puts first requests of clients on idle connections too, and one that the server has just closed is lost, as retry-on is without empty-response", reuse)
				f.Because = append([]model.Fact{reuse}, f.Because...)
				f.AtMost = 0
			}
			front := false // one that keeps connections to here: its later requests are those of one client
			if f.Outcome == model.NoAnswer {
				for _, o := range w.Outer(h.Route.Listener) {
					if model.Over(o.Conn.Idle, 0) {
						front, f.Outcome = true, o.Hop.Outcome(model.Closed)
						f.Because = append(f.Because, o.Conn.Idle, o)
					}
				}
			}
			if f.AtMost == model.Note && !front {
				continue // browsers ask again
			}
			f.Fix = retryLost(h)
			report(f)
		}
	},
}

// retryLost sends lost requests again.
func retryLost(h *model.Hop) *model.Fix {
	if h.Retry.On.Written() {
		return nil
	}
	edit := model.Insert(h.Pool.Node, "retry-on conn-failure empty-response")
	if edit == nil {
		return nil
	}
	return &model.Fix{Message: "send it again, also a POST", Edits: []model.Edit{*edit}}
}

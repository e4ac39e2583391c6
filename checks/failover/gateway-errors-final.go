package failover

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A server that is a proxy itself never refuses: it answers that its own
// server is gone.
var gatewayErrorsFinal = &model.Check{
	ID:       "gateway-errors-final",
	Title:    "A 502 or 503 of one server is not tried on another",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			on, size := h.Retry.On, h.Pool.Live()
			if !h.Node.In("nginx") || !model.Is(h.Conn.Protocol, "http") || !model.Lacks(on, model.Status5xx) || !model.Has(on, model.Refused) ||
				!model.Over(size, 1) || !model.Over(h.Tries(), 1) {
				continue
			}
			f := model.Finding{
				Because: []model.Fact{on, size},
				When:    "one server answers that its application is gone",
			}
			links := w.From(h)
			proxies := len(links) > 1 && !slices.ContainsFunc(links, func(l *model.Link) bool { return !proxy(l) })
			switch {
			case proxies:
				inner := links[0].To.Routes
				for _, r := range inner {
					for _, k := range r.Hops {
						f.Outcome = k.Outcome(model.Refused)
					}
				}
				f.Message = fmt.Sprintf("%s: the servers of %s are proxies, and what one answers when its own server is gone is not tried on another", on, h.Pool.Name)
				f.Because = append(f.Because, links[0])
				if !on.Written() {
					f.Because = append([]model.Fact{links[0].Endpoint.Addr}, f.Because...)
				}
			case on.Written() && !strings.Contains(on.Text(), "http_"):
				f.Message = fmt.Sprintf("%s: a 502 or 503 that one server of %s answers is final, though %d are there", on, h.Pool.Name, size.V)
				f.AtMost = model.Note
			default:
				continue
			}
			report(f)
		}
	},
}

// proxy reports whether a link ends at a gateway that only forwards.
func proxy(l *model.Link) bool {
	if !l.Linked() || len(l.To.Routes) == 0 {
		return false
	}
	return slices.ContainsFunc(l.To.Routes, func(r *model.Route) bool { return r.Match == "" && len(r.Hops) > 0 })
}

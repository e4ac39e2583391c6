package drain

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A server is taken out with its requests.
var drainTooShort = &model.Check{
	ID:       "drain-too-short",
	Title:    "A server that is taken out loses the requests it is working on",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			drain, says := h.Pool.Drain, h.Conn.Protocol
			if !model.Under(drain, ordinary) || !says.Known() || says.V == "udp" {
				continue
			}
			set := drain.String()
			switch {
			case drain.Written(): // copies of a module say the same
				set = drain.Key() + " " + drain.Text()
			case drain.V == 0:
				set = drain.Key() + " is off (" + drain.Why() + "), which"
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s cuts requests of %s that take longer, whenever a server is taken out", set, h.Pool.Name),
				Because: []model.Fact{drain, says},
				Outcome: h.Outcome(model.Closed),
				When:    "at every deploy, requests that take longer than " + drain.Plain(),
				AtMost:  model.Note,
			}
			if drain.V == 0 {
				f.Message = fmt.Sprintf("%s cuts the requests that a server of %s is working on, whenever it is taken out", set, h.Pool.Name)
				f.When = "at every deploy, requests in flight"
				if drain.Written() && says.V != "tcp" { // whose connections go on while the server lives
					f.AtMost = 0
				}
			}
			if edit := drain.To(2 * ordinary); edit != nil && drain.Written() {
				f.Fix = &model.Fix{Message: "let requests end", Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

// ordinary is what nearly all requests end within.
const ordinary = 15 * time.Second

package timeouts

import (
	"fmt"
	"slices"
	"time"

	"github.com/gwlint/gwlint/model"
)

// The time for all tries is over when the first attempt to connect gives up.
var retryWindow = &model.Check{
	ID:       "retry-window",
	Title:    "The time for all tries is over before the second server's turn",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			total, size := h.Retry.Total, h.Pool.Live()
			connect := h.Conn.Connect
			if !model.Under(total, model.Forever) || !model.AtLeast(connect, total) || !model.Over(size, 1) ||
				!model.Over(h.Tries(), 1) || !model.Has(h.Retry.On, model.NoSYN) || !slices.ContainsFunc(h.Pool.Endpoints, overNet) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s is over before %s has given up one server, so no other one of %s is tried", total, connect, h.Pool.Name),
				Because: []model.Fact{total, connect, size},
				Outcome: h.Outcome(model.NoSYN),
				When:    "one server does not accept connections",
			}
			if !slices.ContainsFunc(h.Pool.Endpoints, elsewhere) {
				f.AtMost = model.Note // a program that is down on this host refuses at once
			}
			if edit := connect.To((total.V / 2).Truncate(time.Second)); edit != nil && total.V >= 2*time.Second {
				f.Fix = &model.Fix{Message: "give up connecting in time for a second try", Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

// overNet and elsewhere: whether connecting to the endpoint can time out, and
// whether it commonly does.
func overNet(e *model.Endpoint) bool {
	return e.Addr.Known() && e.Addr.V.Path == ""
}
func elsewhere(e *model.Endpoint) bool {
	return overNet(e) && !e.Addr.V.Loopback()
}

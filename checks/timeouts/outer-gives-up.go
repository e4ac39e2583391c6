package timeouts

import (
	"fmt"
	"slices"
	"time"

	"github.com/gwlint/gwlint/model"
)

// The outer layer gives up before the inner one has tried a second server, so
// the inner one never learns that the first is dead.
var outerGivesUp = &model.Check{
	ID:       "outer-gives-up",
	Title:    "The layer in front gives up before a second server is tried",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 504}, {Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			connect, size := h.Conn.Connect, h.Pool.Live()
			if !connect.Known() || !model.Over(size, 1) || !model.Over(h.Tries(), 1) || !model.Has(h.Retry.On, model.NoSYN) || !slices.ContainsFunc(h.Pool.Endpoints, overNet) {
				continue
			}
			for _, o := range w.Outer(h.Route.Listener) {
				wait := o.Conn.Patience()
				if !model.Less(wait, connect) {
					continue
				}
				f := model.Finding{
					Message: fmt.Sprintf("%s has not given up a dead server of %s when %s in front does, after %s: no other one is tried, now or next time", connect, h.Pool.Name, o.Hop.Gateway().Name, wait),
					Because: []model.Fact{connect, wait, o, size},
					Outcome: o.Hop.Outcome(model.Silent),
					When:    "one server does not accept connections",
				}
				if !connect.Written() && wait.Written() {
					f.Message = fmt.Sprintf("%s of %s in front is over before %s has given up a dead server of %s: no other one is tried, now or next time", wait, o.Hop.Gateway().Name, connect, h.Pool.Name)
					f.Because[0], f.Because[1] = wait, connect
				}
				if !slices.ContainsFunc(h.Pool.Endpoints, elsewhere) {
					f.AtMost = model.Note // a program that is down on this host refuses at once
				}
				if edit := connect.To((wait.V / 3).Truncate(time.Second)); edit != nil && wait.V >= 3*time.Second {
					f.Fix = &model.Fix{Message: "give up connecting in time for a second try", Edits: []model.Edit{*edit}}
				}
				report(f)
			}
		}
	},
}

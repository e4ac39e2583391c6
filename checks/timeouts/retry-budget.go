package timeouts

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// Every retry of a slow request waits as long again and runs it once more.
var retryBudget = &model.Check{
	ID:       "retry-budget",
	Title:    "Retries of a slow request take longer than anybody waits",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			read, tries := h.Conn.Read, h.Tries()
			total := model.Min(model.Times(tries, read), model.Plus(h.Retry.Total, read)) // the last try may begin just before
			if !model.Has(h.Retry.On, model.Silent) || !model.Over(tries, 1) || !model.Less(read, h.Retry.Total) {
				continue
			}
			f := model.Finding{
				Because: []model.Fact{read, h.Retry.On, total},
				Outcome: h.Outcome(model.Silent),
				When:    "a request that no server answers in time",
			}
			front := false
			for _, o := range w.Outer(h.Route.Listener) {
				if wait := o.Conn.Patience(); model.Less(wait, total) && model.AtLeast(wait, read) {
					front = true
					f := f
					f.Message = fmt.Sprintf("%s for each of %d tries makes %s, but %s in front waits %s", read, tries.V, total.Plain(), o.Hop.Gateway().Name, wait)
					f.Because = append([]model.Fact{wait, o}, f.Because...)
					f.Outcome = o.Hop.Outcome(model.Silent)
					report(f)
				}
			}
			if !front && read.Written() && model.Over(total, time.Minute) {
				f.Message = fmt.Sprintf("%s for each of %d tries makes %s, and the request runs on each server", read, tries.V, total.Plain())
				f.AtMost = model.Note
				report(f)
			}
		}
	},
}

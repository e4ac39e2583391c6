package timeouts

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A wait of nothing is over before the server can answer.
var zeroTimeout = &model.Check{
	ID:       "zero-timeout",
	Title:    "A timeout of 0 ends every request at once",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			for _, wait := range []model.Value[time.Duration]{l.Conn.Connect, l.Conn.Read} {
				if !model.Is(wait, 0) {
					continue
				}
				f := model.Finding{
					Message: fmt.Sprintf("%s is over at once: 0 is not \"no limit\" here", wait),
					Because: []model.Fact{wait},
					Outcome: l.Hop.Outcome(model.Silent),
					When:    "every request",
				}
				if edit := wait.To(time.Minute); edit != nil {
					f.Fix = &model.Fix{Message: "wait for a minute, as by default", Edits: []model.Edit{*edit}}
				}
				report(f)
			}
		}
	},
}

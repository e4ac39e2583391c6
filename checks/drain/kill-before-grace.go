package drain

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// Who is killed has no time left for what it was given time for.
var killBeforeGrace = &model.Check{
	ID:       "kill-before-grace",
	Title:    "A server is killed before its requests have had their time to end",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			kill, grace := soonest(g.Place), g.Grace
			if !model.Less(kill, grace) || !model.Under(grace, model.Forever) || model.Is(g.Signalled, false) {
				continue
			}
			because, outcome := served(w, g)
			f := model.Finding{
				Message: fmt.Sprintf("%s is more than the time until %s is killed: %s", grace, g.Name, kill),
				Because: append([]model.Fact{grace, kill}, because...),
				Outcome: outcome,
				When:    "at every stop, requests that take longer than " + kill.Plain(),
			}
			if kill.Written() && !grace.Written() {
				f.Message = fmt.Sprintf("%s kills %s before its requests have had their time: %s", kill, g.Name, grace)
				f.Because[0], f.Because[1] = kill, grace
			}
			if kill.Origin() == model.Assumed {
				f.AtMost = model.Note // whoever starts it may give more
			}
			if edit := kill.To(grace.V + 5*time.Second); edit != nil && kill.Written() {
				f.Fix = &model.Fix{Message: "wait a little longer than " + g.Name, Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

// soonest is when what runs in a place is killed: by who starts it, or together
// with the machine that this one runs on.
func soonest(p *model.Place) (kill model.Value[time.Duration]) {
	for range 8 { // two places can name each other
		if p == nil {
			break
		}
		kill = model.Shortest(kill, p.Kill)
		p = p.On
	}
	return kill
}

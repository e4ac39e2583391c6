package timeouts

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// The layer behind was told to wait for long answers, and the one in front was
// not.
var timeoutInversion = &model.Check{
	ID:       "timeout-inversion",
	Title:    "The layer in front gives up on answers that the one behind waits for",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 504}, {Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			wait := l.Conn.Patience()
			inner, sure := waits(l.To.Listener)
			if !model.Over(wait, 0) || !model.Less(wait, inner) || !inner.Written() || !model.Under(inner, model.Forever) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s of %s ends before %s of %s behind it: longer answers never arrive", wait, l.Hop.Gateway().Name, inner, l.To.Gateway.Name),
				Because: []model.Fact{wait, inner, l},
				Outcome: l.Hop.Outcome(model.Silent),
				When:    "requests that take longer than " + wait.Plain(),
			}
			if !sure || upgrades(l.Hop) {
				f.AtMost = model.Note // other requests may take that way
			}
			if edit := wait.To(inner.V + 5*time.Second); edit != nil && l.Hop.Gateway().Product.Name != "aws-cloudfront" { // which has a limit of 120s
				f.Fix = &model.Fix{Message: "wait longer than the layer behind", Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

// waits is the longest that a listener waits for an answer; sure when it does
// so for every request that it passes on.
func waits(l *model.Listener) (longest model.Value[time.Duration], sure bool) {
	sure = true
	for h := range l.Hops() {
		read := h.Conn.Patience()
		sure = sure && read.Known() && (!longest.Known() || read.V == longest.V) && !upgrades(h)
		longest = model.Longest(longest, read)
	}
	return longest, sure
}

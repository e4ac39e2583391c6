package capacity

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// What waits to be accepted waits in a row that somebody made short.
var smallBacklog = &model.Check{
	ID:       "small-backlog",
	Title:    "Few connections may wait for a server that is busy",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}, {Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		said := map[*model.Bind]bool{}
		for _, l := range w.Links {
			b := l.To
			row, slots := b.Backlog, b.Slots
			if said[b] || !row.Written() || !model.Under(row, ordinaryBacklog) || !b.Addr.Known() {
				continue
			}
			said[b] = true
			f := model.Finding{
				Message: fmt.Sprintf("%s lets few connections wait while %s is busy", row, b.Gateway.Name),
				Because: []model.Fact{row, b.Addr, l},
				When:    fmt.Sprintf("more than %d connections at once beside those that are worked on", row.V),
			}
			if slots.Known() {
				f.Message = fmt.Sprintf("%s is all that may wait while %s are busy", row, slots)
				f.Because = append(f.Because, slots)
			}
			if b.Addr.V.Path != "" { // at once; on a port the kernel lets the client try again
				f.Outcome = l.Hop.Outcome(model.Refused)
				if f.Outcome.Status == 502 && l.Hop.Gateway().Product.Name == "nginx" {
					f.Outcome.Native = "connect() to unix:" + b.Addr.V.Path + " failed (11: Resource temporarily unavailable) while connecting to upstream"
				}
			} else {
				f.Outcome = l.Hop.Outcome(model.NoSYN)
			}
			if b.Addr.V.Path == "" || !model.Under(row, 128) {
				f.AtMost = model.Note
			}
			if edit := row.To(ordinaryBacklog); edit != nil {
				f.Fix = &model.Fix{Message: "let as many wait as servers do by default", Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

// ordinaryBacklog is that of PHP-FPM and nginx without a setting.
const ordinaryBacklog = 511

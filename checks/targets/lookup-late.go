package targets

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A name is looked up again, and later than the DNS says.
var lookupLate = &model.Check{
	ID:       "lookup-late",
	Title:    "A name is kept for longer than its addresses are",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			target, valid := l.Endpoint.Addr, l.Conn.Lookup
			if !l.Hop.Node.In("nginx") || !target.Known() || !target.V.Named() || !valid.Written() || valid.Key() != "resolver" ||
				!model.Over(valid, time.Minute) || !model.Under(valid, model.Forever) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s keeps the addresses of %s for so long, whatever the DNS says", valid, target.V.Host),
				Because: []model.Fact{valid, target},
				Outcome: l.Hop.Outcome(model.Refused),
				When:    "every request, once the address has changed, until the time is over",
				AtMost:  model.Note,
			}
			if who := moving(target.V.Host); who != "" {
				f.Message = fmt.Sprintf("%s keeps the addresses of %s for so long, and those of %s change", valid, target.V.Host, who)
				f.AtMost = 0
			}
			at := valid.At()
			if text := at.Text(); len(text) > 6 && text[:6] == "valid=" {
				at.Start += 6
				f.Fix = &model.Fix{Message: "ask again before anybody misses it", Edits: []model.Edit{{Span: at, Text: "30s"}}}
			}
			report(f)
		}
	},
}

package targets

import (
	"fmt"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// What looks like one server is two, and two can be out.
var localhostTwoAddresses = &model.Check{
	ID:       "localhost-two-addresses",
	Title:    "localhost is two servers, which one bad answer takes out",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			e := l.Endpoint
			if len(e.Pool.Endpoints) != 1 || !e.Addr.Known() || e.Addr.V.Host != "localhost" || !model.Over(e.Count, 1) || !model.Over(e.Fails, 0) {
				continue
			}
			if l.To.Listener == l.Hop.Route.Listener {
				continue // proxy-loop
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s is two servers where localhost is 127.0.0.1 and ::1: a request that fails on both takes both out for %s", e.Addr, e.Out.Plain()),
				Because: []model.Fact{e.Addr, e.Count, e.Out},
				Outcome: l.Hop.Outcome(model.NoServer),
				When:    "every request, after one that failed",
				Fix:     fourOnly(e.Addr),
			}
			on, wait := l.Hop.Retry.On, l.Conn.Read
			switch {
			case !e.Out.Known():
				continue
			case on.Written() && model.Has(on, model.Status5xx):
				f.Because = append(f.Because, on)
			case wait.Written() && model.Under(wait, 30*time.Second) && model.Has(on, model.Silent):
				f.Because = append(f.Because, wait)
			default:
				f.AtMost = model.Note
			}
			report(f)
		}
	},
}

// fourOnly writes 127.0.0.1 for localhost.
func fourOnly(target model.Value[model.Addr]) *model.Fix {
	at := target.At()
	i := strings.Index(at.Text(), "localhost")
	if i < 0 {
		return nil
	}
	at.Start += i
	at.End = at.Start + len("localhost")
	return &model.Fix{Message: "one address is one server, which is never taken out",
		Edits: []model.Edit{{Span: at, Text: "127.0.0.1"}}}
}

package failover

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A server listed twice is no second server, but it is a pool.
var duplicateServer = &model.Check{
	ID:       "duplicate-server",
	Title:    "A server is listed twice as if it were two",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			live, entries := 0, map[model.Addr][]*model.Endpoint{}
			for _, e := range h.Pool.Endpoints {
				if model.Is(e.Down, true) {
					continue
				}
				live++
				if e.Addr.Known() && model.Is(e.Down, false) && (e.Addr.V.Host != "" || e.Addr.V.Path != "") { // one that is referred to has no address of its own
					entries[e.Addr.V] = append(entries[e.Addr.V], e)
				}
			}
			for _, e := range h.Pool.Endpoints {
				same := entries[e.Addr.V]
				if len(same) < 2 || e != same[0] {
					continue
				}
				last := same[len(same)-1]
				f := model.Finding{
					Message: fmt.Sprintf("%s stands %d times in %s, which is no second server to try", last.Addr, len(same), h.Pool.Name),
					Because: []model.Fact{last.Addr, e.Addr},
					AtMost:  model.Note,
					Fix:     without(same[1:]),
				}
				if len(same) == live && model.Over(e.Fails, 0) && model.Over(last.Fails, 0) && e.Out.Known() {
					f.Message = fmt.Sprintf("%s stands %d times in %s and is its only server: as a pool, one failure takes it out for %s", last.Addr, live, h.Pool.Name, e.Out.Plain())
					f.Because = append(f.Because, e.Fails, last.Fails, e.Out)
					f.Outcome = h.Outcome(model.NoServer)
					f.When = "after a request that the server did not answer in time, refused or closed"
					f.AtMost = 0
				}
				report(f)
			}
		}
	},
}

// without removes servers that have a line of their own; nil where one has
// none.
func without(all []*model.Endpoint) *model.Fix {
	fix := &model.Fix{Message: "list it once"}
	for _, e := range all {
		at := e.Node.Span
		if at.IsZero() {
			return nil
		}
		s, n := at.Source, at.Begin().Line
		line := s.LineSpan(n)
		if strings.TrimSpace(line.Text()) != strings.TrimSpace(at.Text()) || n >= s.Lines() {
			return nil
		}
		fix.Edits = append(fix.Edits, model.Edit{Span: s.Span(line.Start, s.LineSpan(n+1).Start)})
	}
	return fix
}

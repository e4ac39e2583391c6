package health

import (
	"fmt"
	"slices"

	"github.com/gwlint/gwlint/model"
)

// A server that nobody looks at gets its share of the requests, dead or alive.
var uncheckedServer = &model.Check{
	ID:       "unchecked-server",
	Title:    "Nobody notices that a server of the pool is down",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 503}, model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			if model.Is(h.Retry.Same, true) && model.Has(h.Retry.On, model.Refused) {
				if f, ok := unchecked(h); ok {
					report(f)
				}
			}
		}
	},
}

func unchecked(h *model.Hop) (f model.Finding, ok bool) {
	var blind []*model.Endpoint // that nobody looks at
	var backup *model.Endpoint
	size, primaries := 0, 0
	live := serving(h.Pool)
	for _, e := range live {
		size += e.Count.V
		active := e.Health.Active
		switch {
		case !active.Known() || !e.Backup.Known() || model.Is(active, false) && (active.Written() || !model.Is(e.Fails, 0) || asks(&e.Health) != nil):
			return f, false // not told, meant so, or noticed in another way
		case model.Is(active, false):
			blind = append(blind, e)
		}
		switch {
		case model.Is(e.Backup, false):
			primaries++
		case backup == nil:
			backup = e
		}
	}
	if size < 2 || len(blind) == 0 {
		return f, false
	}
	first := blind[0]
	if meant(h.Pool.Node, first.Node) {
		return f, false
	}
	f = model.Finding{
		Message: fmt.Sprintf("check is on none of the %d servers of %s: while one is down, requests still go to it and fail", size, h.Pool.Name),
		Because: []model.Fact{first.Health.Active, h.Retry.Same, first.Node},
		Outcome: h.Outcome(model.Refused),
		When:    "while a server is down",
		AtMost:  model.Note,
		Fix:     checked(blind),
	}
	switch {
	case backup != nil && primaries > 0 && len(blind) == len(live):
		f.Message = fmt.Sprintf("check is on no server of %s, so the others never count as down and the backup %s is never asked", h.Pool.Name, backup.Node.Arg(0))
		f.Because = append(f.Because, backup.Backup)
		f.AtMost = 0
	case len(blind) < len(live):
		f.Message = fmt.Sprintf("check is on other servers of %s, but not on %s: while it is down, requests still go to it and fail", h.Pool.Name, first.Node.Arg(0))
		f.AtMost = 0
	case model.Is(h.Pool.Sticky, true) && h.Pool.Sticky.Written():
		f.Message = fmt.Sprintf("check is on none of the %d servers of %s, and %s keeps clients on one: while it is down, all their requests fail", size, h.Pool.Name, h.Pool.Sticky)
		f.Because = append(f.Because, h.Pool.Sticky)
		f.AtMost = 0
	}
	for _, e := range blind[1:] {
		f.Because = append(f.Because, e.Health.Active)
	}
	return f, true
}

// meant reports whether a check is written, and has no effect where it stands:
// default-server-below and empty-word-ends-line say that.
func meant(pool, server *model.Node) bool {
	check := func(w model.Word) bool { return w.Text == "check" }
	below := func(d *model.Node) bool { return slices.ContainsFunc(d.Args, check) }
	return slices.ContainsFunc(pool.All("default-server"), below) || slices.ContainsFunc(server.Args, check)
}

// checked adds a check to lines of HAProxy.
func checked(all []*model.Endpoint) *model.Fix {
	fix := &model.Fix{Message: "check that they can be connected to"}
	for _, e := range all {
		n := e.Node
		if !n.In("haproxy") || n.Name.Text != "server" || !e.Addr.Known() || e.Addr.V.Port <= 0 {
			return nil
		}
		end := n.Head().End
		fix.Edits = append(fix.Edits, model.Edit{Span: n.Span.Source.Span(end, end), Text: " check"})
	}
	return fix
}

package failover

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// nginx does not start with an upstream block whose servers it cannot use.
var upstreamServersRefused = &model.Check{
	ID:       "upstream-servers-refused",
	Title:    "nginx refuses the servers of an upstream block",
	Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for n := range w.Statements("nginx", "upstream") {
			if n.Body.IsZero() || n.Doubt() != "" || !onlyServers(n) {
				continue
			}
			if n.Partial == "" {
				reserves(n, report)
			}
			backups(n, report)
		}
	},
}

// onlyServers reports whether nothing but server statements can bring servers
// to a block: other modules have statements of their own for that.
func onlyServers(upstream *model.Node) bool {
	for _, k := range upstream.Kids {
		switch k.Name.Text {
		case "server", "zone", "keepalive", "keepalive_timeout", "keepalive_requests", "keepalive_time",
			"least_conn", "ip_hash", "hash", "random", "sticky", "resolver", "resolver_timeout":
		default:
			return false
		}
	}
	return true
}

// reserves: a block needs a server that is not kept for when others fail
// (ngx_http_upstream_init_round_robin).
func reserves(upstream *model.Node, report func(model.Finding)) {
	all := upstream.All("server")
	because, fix := []model.Fact{upstream}, &model.Fix{Message: "a server that takes requests from the start"}
	for _, s := range all {
		k := parameter(s, "backup")
		if k == 0 || s.Doubt() != "" {
			return
		}
		at := s.Args[k].Span
		because = append(because, model.Mark{Span: at, Text: "backup"})
		if before := s.Args[k-1].Span; before.Source == at.Source {
			fix.Edits = append(fix.Edits, model.Edit{Span: at.Source.Span(before.End, at.End)})
		}
	}
	switch {
	case len(all) == 0 && upstream.Find("zone") != nil:
		return // NGINX Plus adds servers to it while it runs
	case len(all) == 0:
		report(model.Finding{
			Message: fmt.Sprintf("upstream %s has no server", upstream.Arg(0)),
			Because: because,
			Outcome: model.RefusesToStart("[emerg] no servers are inside upstream"),
		})
		return
	}
	f := model.Finding{
		Message: fmt.Sprintf("upstream %s has no server but those marked backup", upstream.Arg(0)),
		Because: because,
		Outcome: model.RefusesToStart(fmt.Sprintf("[emerg] no servers in upstream %q", upstream.Arg(0))),
	}
	if len(fix.Edits) == len(all) {
		f.Fix = fix
	}
	report(f)
}

// backups: methods that choose by a key know none. The parameter is refused
// where the method stands before the server (ngx_http_upstream_server).
func backups(upstream *model.Node, report func(model.Finding)) {
	var method *model.Node
	for _, k := range upstream.Kids {
		switch k.Name.Text {
		case "ip_hash", "hash", "random":
			method = k
		case "least_conn":
			method = nil
		case "server":
			if i := parameter(k, "backup"); i > 0 && method != nil && k.Doubt() == "" {
				report(model.Finding{
					Message: fmt.Sprintf("backup on server %s is refused: %s knows no servers in reserve", k.Arg(0), method.Name.Text),
					Because: []model.Fact{model.Mark{Span: k.Args[i].Span, Text: "backup"}, method},
					Outcome: model.RefusesToStart(`[emerg] balancing method does not support parameter "backup"`),
				})
			}
		}
	}
}

// parameter is the index of a bare parameter of a server, or 0.
func parameter(server *model.Node, name string) int {
	for i := 1; i < len(server.Args); i++ {
		if server.Args[i].Text == name {
			return i
		}
	}
	return 0
}

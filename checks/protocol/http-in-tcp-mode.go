package protocol

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// Rules about HTTP in a proxy that passes bytes on.
var httpInTCPMode = &model.Check{
	ID:       "http-in-tcp-mode",
	Title:    "Settings for HTTP in a proxy of mode tcp do nothing",
	Severity: model.Warning,
	Outcomes: []model.Outcome{model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		seen, above := map[*model.Node]bool{}, defaultsOf(w)
		judge := func(n *model.Node, mode model.Value[string], o model.Outcome) {
			if !n.In("haproxy") || !model.Is(mode, "tcp") || seen[n] {
				return
			}
			seen[n] = true
			ignored, where := aboutHTTP(n), n
			if d := above[n]; len(ignored) == 0 && d != nil && !mode.Written() {
				if seen[d] {
					return // one proxy tells it for all
				}
				seen[d] = true
				ignored, where = aboutHTTP(d), d
			}
			if len(ignored) == 0 {
				return
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s does nothing in %s, which is in mode tcp: a failure closes the connection, without a status", what(ignored), n),
				Because: []model.Fact{ignored[0], mode},
				Outcome: o,
				When:    "a server fails",
			}
			if !mode.Written() {
				f.Message = fmt.Sprintf("%s does nothing in %s, as mode http is not set: a failure closes the connection, without a status", what(ignored), n)
				if edit := model.Insert(where, "mode http"); edit != nil {
					f.Fix = &model.Fix{Message: "speak HTTP", Edits: []model.Edit{*edit}}
				}
			}
			report(f)
		}
		for h := range w.Hops() {
			l := h.Route.Listener
			if len(l.Binds) > 0 && model.Is(h.Conn.Protocol, "tcp") { // else the pool answers
				judge(l.Node, l.Binds[0].Protocol, h.Outcome(model.Refused))
			}
			judge(h.Pool.Node, h.Conn.Protocol, h.Outcome(model.Refused))
		}
	},
}

// defaultsOf are the defaults sections from which proxies take their settings
// without naming them, where no proxy at all is in mode http: else the settings
// of the defaults are for those.
func defaultsOf(w *model.Workspace) map[*model.Node]*model.Node {
	of := map[*model.Node]*model.Node{}
	for _, g := range w.Gateways {
		if !g.Node.In("haproxy") || speaksHTTP(g) {
			continue
		}
		var last *model.Node
		for _, n := range g.Node.Kids {
			switch n.Name.Text {
			case "defaults":
				last = n
			case "frontend", "backend", "listen":
				if n.Arg(1) != "from" {
					of[n] = last
				}
			}
		}
	}
	return of
}

// speaksHTTP reports whether some proxy of a gateway may be in mode http.
func speaksHTTP(g *model.Gateway) bool {
	for _, l := range g.Listeners {
		for _, b := range l.Binds {
			if !model.Is(b.Protocol, "tcp") {
				return true
			}
		}
		for h := range l.Hops() {
			if !model.Is(h.Conn.Protocol, "tcp") {
				return true
			}
		}
	}
	return false
}

// aboutHTTP are the statements of a proxy that only act on HTTP.
func aboutHTTP(n *model.Node) (all []model.Fact) {
	for _, k := range n.Kids {
		switch k.Name.Text {
		case "http-request", "http-response", "http-after-response", "http-send-name-header", "http-reuse", "retry-on", "compression", "monitor-uri":
		case "cookie", "redirect":
			if len(k.Args) == 0 {
				continue
			}
		case "option":
			switch k.Arg(0) {
			case "httplog", "httpslog", "forwardfor", "originalto", "http-server-close", "httpclose", "http-keep-alive", "http-buffer-request":
			default:
				continue
			}
		default:
			continue
		}
		if k.Maybe == "" {
			all = append(all, k)
		}
	}
	return all
}

func what(all []model.Fact) string {
	n := all[0].(*model.Node)
	s := n.Name.Text
	if s == "option" {
		s += " " + n.Arg(0)
	}
	switch len(all) {
	case 1:
		return s
	case 2:
		return s + " (and one more setting)"
	}
	return fmt.Sprintf("%s (and %d more settings)", s, len(all)-1)
}

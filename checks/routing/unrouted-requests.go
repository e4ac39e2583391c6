package routing

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// What no rule takes is answered as if every server were down.
var unroutedRequests = &model.Check{
	ID:       "unrouted-requests",
	Title:    "Requests that no rule takes have no backend",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 503}, model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			if g.Product.Name != "haproxy" || g.Node == nil || g.Node.Partial != "" || g.Node.Fragment != "" {
				continue
			}
			for _, l := range g.Listeners {
				if l.Node.Partial == "" && len(l.Binds) > 0 {
					if f, ok := unrouted(g, l); ok {
						report(f)
					}
				}
			}
		}
	},
}

func unrouted(g *model.Gateway, l *model.Listener) (f model.Finding, ok bool) {
	var last *model.Route
	for _, r := range l.Routes {
		if r.Match == "" {
			return f, false
		}
		if len(r.Hops) > 0 {
			last = r
		}
	}
	f = model.Finding{
		Message: fmt.Sprintf("%s has neither default_backend nor servers: what it accepts goes nowhere", l.Node),
		Because: []model.Fact{l.Node},
		Outcome: g.Product.Outcomes[model.NoServer],
		When:    "every request",
	}
	if last == nil {
		for _, name := range []string{"default_backend", "http-request", "tcp-request", "redirect", "stats", "monitor-uri", "use_backend", "errorfile", "errorfiles", "errorloc", "http-error", "filter", "mode"} {
			if held, sure := l.Node.Held(name); !sure || held != nil && (name != "mode" || held.Arg(0) != "http") {
				return f, false
			}
		}
		mode, _ := l.Node.Held("mode")
		return f, mode != nil
	}
	if complement(l.Routes) {
		return f, false
	}
	f.Message = fmt.Sprintf("%s has no default_backend: a request that no use_backend takes is answered as if every server were down", l.Node)
	f.Because = append(f.Because, last.Node)
	f.Outcome = last.Hops[0].Outcome(model.NoServer)
	f.When = "a request that no use_backend takes"
	f.AtMost = model.Note // unknown hosts are mostly meant to be refused
	return f, true
}

// complement reports whether one route takes what another one does not: "if x"
// and "unless x", or "if x" and "if !x".
func complement(all []*model.Route) bool {
	seen := map[string]bool{}
	for _, r := range all {
		c := r.Match
		if rest, unless := strings.CutPrefix(c, "unless "); unless {
			c = "if !" + strings.TrimSpace(rest)
		}
		c = strings.ReplaceAll(c, "! ", "!")
		seen[c] = true
		if rest, not := strings.CutPrefix(c, "if !"); not && seen["if "+strings.TrimSpace(rest)] {
			return true
		}
		if rest, plain := strings.CutPrefix(c, "if "); plain && seen["if !"+rest] {
			return true
		}
	}
	return false
}

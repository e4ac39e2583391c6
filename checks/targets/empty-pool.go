package targets

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// Requests are sent to a pool without servers.
var emptyPool = &model.Check{
	ID:       "empty-pool",
	Title:    "Requests go to a pool that has no server",
	Severity: model.Warning, // servers may be added at run time,
	Outcomes: []model.Outcome{{Status: 503}, model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			n := h.Pool.Node
			if h.Gateway().Product.Name != "haproxy" || len(h.Pool.Endpoints) > 0 || n == nil || n.Partial != "" || answersItself(n) {
				continue
			}
			if root := n.Parent; root == nil || root.Partial != "" || root.Fragment != "" {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s has no server, and requests are sent to it", n),
				Because: []model.Fact{n, h.Node},
				Outcome: h.Outcome(model.NoServer),
				When:    "every request that is sent to it",
			})
		}
	},
}

// answersItself reports whether a section holds something that may answer, or
// make an answer of what would be an error.
func answersItself(n *model.Node) bool {
	for _, name := range []string{"http-request", "http-after-response", "http-response", "tcp-request", "redirect", "stats", "errorfile", "errorfiles",
		"errorloc", "errorloc302", "errorloc303", "http-error", "dispatch", "transparent", "use-fcgi-app", "filter", "server-template"} {
		if held, sure := n.Held(name); held != nil || !sure {
			return true
		}
	}
	for _, option := range []string{"transparent", "http_proxy"} {
		if held, sure := n.Held("option", option); held != nil || !sure {
			return true
		}
	}
	return false
}

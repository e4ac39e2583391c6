package headers

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Two headers make an upgrade: Connection says "upgrade", Upgrade says to what.
var upgradeHeaderWrong = &model.Check{
	ID:       "upgrade-header-wrong",
	Title:    "Upgrade is sent with the value of Connection",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 400}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		maps := map[string]*model.Node{}
		for n := range w.Statements("nginx", "map") {
			if n.Arg(0) == "$http_upgrade" {
				maps[n.Arg(1)] = n
			}
		}
		for h := range w.Hops() {
			if h.Node == nil || h.Node.Name.Text != "proxy_pass" {
				continue
			}
			first, _ := h.Route.Node.Up("proxy_set_header")
			if first == nil {
				continue
			}
			for _, k := range first.Parent.All("proxy_set_header") {
				m := maps[k.Arg(1)]
				if !strings.EqualFold(k.Arg(0), "Upgrade") || m == nil || m.Find("default", "upgrade") == nil {
					continue
				}
				f := model.Finding{
					Message: fmt.Sprintf("%s sends \"upgrade\" where the server looks for \"websocket\"", k),
					Because: []model.Fact{k, m},
					Outcome: model.Outcome{Status: 400},
					When:    "requests that open a WebSocket",
				}
				if k.Via == nil {
					f.Fix = &model.Fix{Message: "send the client's Upgrade", Edits: []model.Edit{{Span: k.Args[1].Span, Text: "$http_upgrade"}}}
				}
				report(f)
			}
		}
	},
}

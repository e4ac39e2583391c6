package health

import (
	"fmt"
	"slices"

	"github.com/gwlint/gwlint/model"
)

// The server name of the traffic is not that of the check.
var checkWithoutSNI = &model.Check{
	ID:       "check-without-sni",
	Title:    "The handshake of the check names no server",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			for _, e := range h.Pool.Endpoints {
				check, sni := e.Health, h.To(e).TLS.Name
				if !model.Is(check.Active, true) || !model.Is(check.Conn.TLS.Enabled, true) || !model.Is(check.Conn.TLS.Name, "") || check.Conn.TLS.Name.Written() || !model.Is(h.To(e).TLS.Enabled, true) {
					continue
				}
				said := model.Mark{Text: "sni"}
				if k := slices.IndexFunc(e.Node.Args, func(a model.Word) bool { return a.Text == "sni" }); k >= 0 && k+1 < len(e.Node.Args) {
					said.Span, said.Text = e.Node.Args[k].Span, "sni "+e.Node.Arg(k+1)
				} else if model.Not(sni, "") && sni.Written() {
					said.Span, said.Text = sni.At(), sni.String()
				} else {
					continue
				}
				report(model.Finding{
					Message: fmt.Sprintf("%s is not for the check, whose handshake names nobody without check-sni: a server that needs the name refuses it and counts as down", said.Text),
					Because: []model.Fact{said, check.Conn.TLS.Name, check.Active, check.Conn.TLS.Enabled},
					Outcome: h.Outcome(model.NoServer),
					When:    "every request, once the checks have failed",
				})
				break
			}
		}
	},
}

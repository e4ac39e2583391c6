package health

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The server is asked without saying for which site.
var checkWithoutHost = &model.Check{
	ID:       "check-without-host",
	Title:    "The check sends no Host header",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			for _, e := range h.Pool.Endpoints {
				how := e.Health.Conn.Protocol
				if !model.Is(e.Health.Active, true) || !model.Is(how, "http") || !model.Is(e.Health.Host, "") || !e.Health.Expect.Known() {
					continue
				}
				f := model.Finding{
					Message: fmt.Sprintf("%s sends no Host: a server with several sites, or one that demands the header, answers 400 or 404 and counts as down", how),
					Because: []model.Fact{how, e.Health.Host, e.Health.Active},
					Outcome: h.Outcome(model.NoServer),
					When:    "every request, once the checks have failed",
					AtMost:  model.Note,
				}
				if who, ok := site(h, e); ok && !e.Health.Expect.Written() {
					f.Message = fmt.Sprintf("%s sends no Host, and %s is what the server knows the site by: it answers another one, or 404, and counts as down", how, who.String())
					f.Because = append(f.Because, who)
					f.AtMost = 0
				}
				if strings.Contains(how.At().Text(), "HTTP/1.1") && !strings.Contains(e.Health.Expect.V, "40") {
					f.Message = fmt.Sprintf("%s sends no Host, which HTTP/1.1 demands: servers answer 400 and count as down", how)
					f.AtMost = 0
				}
				report(f)
				break
			}
		}
	},
}

// site is the name by which requests reach one site among others: a fixed Host,
// or the one that is sent in the TLS handshake.
func site(h *model.Hop, e *model.Endpoint) (model.Setting, bool) {
	if model.Not(h.Host, "client") && model.Not(h.Host, "endpoint") && model.Not(h.Host, "") && h.Host.Written() {
		return h.Host, true
	}
	sni := h.To(e).TLS.Name
	return sni, model.Is(h.To(e).TLS.Enabled, true) && model.Not(sni, "") && sni.Written()
}

package health

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The first page is often a redirect, a login or nothing at all.
var checkAsksRoot = &model.Check{
	ID:       "check-asks-root",
	Title:    "The check asks for / and takes nothing but success for health",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			for _, e := range h.Pool.Endpoints {
				path := e.Health.Path
				if h.Gateway().Product.Name != "azure-appgw" || !model.Is(e.Health.Active, true) || !model.Is(e.Health.Conn.Protocol, "http") ||
					!model.Is(path, "/") || !e.Health.Expect.Known() || e.Health.Expect.Written() {
					continue
				}
				how := path.String()
				if !path.Written() {
					how = path.Key() + " is not set: the default probe asks for /"
				}
				f := model.Finding{
					Message: fmt.Sprintf("%s, where a server that answers 401 or 404 counts as down", how),
					Because: []model.Fact{path, e.Health.Conn.Protocol, e.Health.Active, e.Health.Expect},
					Outcome: h.Outcome(model.NoServer),
					When:    "every request, once the checks have failed",
					AtMost:  model.Note,
				}
				if e.Addr.Known() && strings.HasSuffix(strings.ToLower(e.Addr.V.Host), ".azure-api.net") {
					f.Message = fmt.Sprintf("%s, where %s answers 404, and counts as down", how, e.Addr.V.Host)
					f.Because = append(f.Because, e.Addr)
					f.AtMost = 0
				}
				report(f)
				break
			}
		}
	},
}

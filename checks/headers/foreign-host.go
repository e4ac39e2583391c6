package headers

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A platform that serves many customers tells them apart by Host.
var foreignHost = &model.Check{
	ID:       "foreign-host",
	Title:    "A platform is asked for a name that is not its own",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		seen := map[*model.Endpoint]bool{}
		for _, l := range w.Links {
			host, to := l.Hop.Host, l.Endpoint.Addr
			if !model.Is(host, "client") || !to.Written() || !model.Shared(to.V.Host) || seen[l.Endpoint] {
				continue
			}
			seen[l.Endpoint] = true
			f := model.Finding{
				Message: fmt.Sprintf("%s gets the client's Host, and the platform tells its sites apart by that: one that is not registered there is answered with an error", to.V.Host),
				Because: []model.Fact{to, host},
				When:    "every request",
			}
			if l.Hop.Gateway().Product.Name != "cloudflare" {
				f.AtMost = model.Note // a domain of the client's name may be registered there
			}
			report(f)
		}
	},
}

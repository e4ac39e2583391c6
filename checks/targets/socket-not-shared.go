package targets

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A socket is a file, and files of other containers are not seen.
var socketNotShared = &model.Check{
	ID:       "socket-not-shared",
	Title:    "The socket is in the gateway's own container, where nothing makes it",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		mounted := map[string]int{} // places by what they mount
		for _, p := range w.Places {
			seen := map[string]bool{}
			for _, m := range p.Mounts {
				if !m.Copy && !seen[m.From] {
					seen[m.From] = true
					mounted[m.From]++
				}
			}
		}
		for _, l := range w.Links {
			p, at := l.Hop.Gateway().Place, l.Endpoint.Addr
			if l.Linked() || !literal(at) || !model.Is(p.Whole, true) {
				continue
			}
			why := "no volume brings it there"
			switch source := p.Shared(at.V.Path); {
			case source == "":
			case strings.HasPrefix(source, "volume:") && !strings.HasPrefix(source, "volume:external/") && mounted[source] < 2:
				why = "no other service has its volume"
			default:
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s %s is in the container of %s, where nothing listens on it, and %s", at.Key(), at.Text(), p.Name, why),
				Because: []model.Fact{at, p.Whole},
				Outcome: l.Hop.Outcome(model.Refused),
				When:    "every request",
			})
		}
	},
}

package targets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The folder that the socket is in is another one for everybody else.
var privateTmp = &model.Check{
	ID:       "private-tmp",
	Title:    "The socket is in a /tmp that only its service has",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			at, p := l.To.Addr, l.To.Gateway
			if p == nil || !at.Known() || !temporary(at.V.Path) || p.Place == l.Hop.Gateway().Place {
				continue
			}
			private := onePrivate(p.Place)
			if private == nil {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s gives %s a /tmp of its own, so that nobody else sees %s", private, p.Name, at.V.Path),
				Because: []model.Fact{private, at, l},
				Outcome: l.Hop.Outcome(model.Refused),
				When:    "every request",
			})
		}
	},
}

func temporary(path string) bool {
	return strings.HasPrefix(path, "/tmp/") || strings.HasPrefix(path, "/var/tmp/")
}

// onePrivate is the statement that gives a unit folders of its own, or nil. A
// socket that systemd makes for it is not in them.
func onePrivate(p *model.Place) *model.Node {
	if p.Node == nil || !p.Node.In("systemd") || p.Node.Partial != "" || len(p.Sockets) > 0 {
		return nil
	}
	all := p.Node.All("PrivateTmp")
	if len(all) == 0 || p.Node.Parent != nil && p.Node.Parent.Find("Unit") != nil && p.Node.Parent.Find("Unit").Find("JoinsNamespaceOf") != nil {
		return nil
	}
	last := all[len(all)-1]
	if !slices.Contains([]string{"true", "yes", "on", "1", "disconnected"}, strings.ToLower(last.Arg(0))) {
		return nil
	}
	return last
}

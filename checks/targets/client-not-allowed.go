package targets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// PHP-FPM closes connections of those who are not in its list.
var clientNotAllowed = &model.Check{
	ID:       "client-not-allowed",
	Title:    "The server takes connections from other addresses alone",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			list, written := allowedClients(l.To)
			at := l.Endpoint.Addr
			if len(list) == 0 || !at.Known() {
				continue
			}
			here, there := l.Hop.Gateway().Place.Network(), l.To.Gateway.Place.Network()
			who := ""
			switch {
			case at.V.Loopback() && !slices.ContainsFunc(list, own):
				who = "is on the same machine, and asks from 127.0.0.1"
			case !at.V.Loopback() && here != there && here.Node != nil && there.Node != nil && !slices.ContainsFunc(list, func(a string) bool { return !own(a) }):
				who = "asks from another container"
			default:
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("listen.allowed_clients %s lets nobody else in, and %s %s", written.Text(), l.Hop.Gateway().Name, who),
				Because: []model.Fact{model.Mark{Span: written, Text: written.Text()}, at, l},
				Outcome: l.Hop.Outcome(model.Closed),
				When:    "every request",
			}
			report(f)
		}
	},
}

// allowedClients are those of a pool of PHP-FPM that listens on a port, and the
// literal; none where it takes everybody.
func allowedClients(b *model.Bind) (list []string, at model.Span) {
	if b.Listener == nil || b.Gateway.Product.Name != "php-fpm" || b.Node == nil || b.Node.Partial != "" || !b.Addr.Known() || b.Addr.V.Path != "" {
		return nil, at
	}
	for _, n := range b.Node.All("listen.allowed_clients") { // the last holds
		list = nil
		for _, one := range strings.Split(n.Arg(0), ",") {
			if one = strings.TrimSpace(one); one != "" {
				list, at = append(list, one), n.Args[0].Span
			}
		}
	}
	if slices.ContainsFunc(list, func(s string) bool { return strings.ContainsAny(s, "$%{") }) {
		return nil, at
	}
	return list, at
}

// own reports whether an address is the machine's own.
func own(a string) bool { return strings.HasPrefix(a, "127.") || a == "::1" || a == "localhost" }

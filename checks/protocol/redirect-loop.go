package protocol

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A redirect to HTTPS unless TLS is spoken here, where none ever is: it is
// spoken in front, or not at all.
var redirectLoop = &model.Check{
	ID:       "redirect-loop",
	Title:    "A redirect to HTTPS that HTTPS does not end",
	Severity: model.Warning,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			if g.Product.Name != "haproxy" || !plainOnly(g) {
				continue
			}
			for _, l := range g.Listeners {
				for _, r := range l.Routes {
					if r.Node == nil || !model.Not(r.Reply, model.Reply{}) || !toHTTPS(r.Reply.V.Location) || !unlessTLS(r.Match) || len(l.Binds) == 0 {
						continue
					}
					report(model.Finding{
						Message: fmt.Sprintf("%s redirects every request for ever: no bind of this HAProxy speaks ssl, so ssl_fc is never true", r.Node),
						Because: []model.Fact{r.Node, l.Binds[0].TLS.Enabled},
						When:    "every request, where TLS ends in front of HAProxy",
					})
				}
			}
		}
	},
}

// plainOnly reports whether no listener of a gateway speaks TLS, and none is
// where clients would look for it.
func plainOnly(g *model.Gateway) bool {
	for _, l := range g.Listeners {
		for _, b := range l.Binds {
			if !model.Is(b.TLS.Enabled, false) || !b.Addr.Known() || b.Addr.V.Port == 443 || b.Addr.V.Port == 8443 || !model.Is(b.Protocol, "http") {
				return false
			}
		}
	}
	return true
}

func toHTTPS(location string) bool { return strings.HasPrefix(location, "https://") }

// unlessTLS reports whether a condition holds whenever TLS is not spoken here,
// and asks nothing else.
func unlessTLS(match string) bool {
	switch strings.Join(strings.Fields(match), " ") {
	case "unless { ssl_fc }", "if !{ ssl_fc }", "if ! { ssl_fc }", "if { ssl_fc 0 }":
		return true
	}
	return false
}

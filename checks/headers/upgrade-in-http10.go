package headers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// An upgrade is asked for in a version of HTTP that has none.
var upgradeInHTTP10 = &model.Check{
	ID:       "upgrade-in-http10",
	Title:    "A WebSocket is asked for in HTTP/1.0",
	Severity: model.Note,
	Outcomes: []model.Outcome{{Status: 400}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			if !h.Node.In("nginx") || h.Node.Name.Text != "proxy_pass" || !h.Headers.Known() {
				continue
			}
			version, because := speaks10(h)
			if version == "" || !slices.ContainsFunc(h.Headers.V, func(k model.Header) bool {
				return strings.EqualFold(k.Name, "Upgrade") && k.Value != ""
			}) {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s passes Upgrade on in HTTP/1.0: %s", h.Node, version),
				Because: append([]model.Fact{h.Node, h.Headers}, because),
				Outcome: model.Outcome{Status: 400},
				When:    "requests that open a WebSocket, at a server that asks for HTTP/1.1 as RFC 6455 does",
			})
		}
	},
}

// speaks10 says why a hop of nginx speaks HTTP/1.0, with the fact that it rests
// on; "" where it does not, or cannot be told.
func speaks10(h *model.Hop) (why string, because model.Fact) {
	stmt, sure := h.Route.Node.Up("proxy_http_version")
	product := h.Gateway().Product
	switch {
	case !sure:
		return "", nil
	case stmt != nil && stmt.Arg(0) == "1.0":
		return stmt.String() + " says so", stmt
	case stmt == nil && product.Before("1.29.7"):
		return "proxy_http_version is not set, and that is its default before 1.29.7", product
	}
	return "", nil
}

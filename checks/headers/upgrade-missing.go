package headers

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/gwlint/gwlint/model"
)

// A WebSocket is asked for by two headers that a proxy does not pass on by
// itself.
var upgradeMissing = &model.Check{
	ID:       "upgrade-missing",
	Title:    "A WebSocket's location does not pass Upgrade on",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 400}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			if !h.Node.In("nginx") || h.Node.Name.Text != "proxy_pass" || !model.Is(h.Conn.Protocol, "http") || !h.Headers.Known() {
				continue
			}
			location := h.Route.Node.Within("location")
			if location == nil || !sockets(location) || slices.ContainsFunc(h.Headers.V, func(k model.Header) bool {
				return strings.EqualFold(k.Name, "Upgrade") && k.Value != ""
			}) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("proxy_pass %s passes no Upgrade on, and location %s is named after WebSockets", h.Node.Arg(0), location.Arg(len(location.Args)-1)),
				Because: []model.Fact{h.Node, location, h.Headers},
				Outcome: model.Outcome{Status: 400},
				When:    "requests that open a WebSocket",
			}
			if h.Headers.Origin() == model.Assumed {
				f.AtMost = model.Note // a block around the fragment may set it
			}
			report(f)
		}
	},
}

// sockets reports whether the path of a location is named after WebSockets.
func sockets(location *model.Node) bool {
	path := strings.ToLower(location.Arg(len(location.Args) - 1))
	for _, word := range strings.FieldsFunc(path, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' }) {
		switch word {
		case "ws", "wss", "websocket", "websockets", "socket.io", "sockjs", "signalr", "cable":
			return true
		}
	}
	return false
}

package timeouts

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/gwlint/gwlint/model"
)

// A WebSocket that nobody speaks on is cut after the timeout of an answer.
var tunnelCut = &model.Check{
	ID:       "tunnel-cut",
	Title:    "Upgraded connections are cut after the timeout of an answer",
	Severity: model.Warning,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			tunnel, read := h.Conn.Tunnel, h.Conn.Read
			if h.Gateway().Product.Name == "nginx" && model.Under(tunnel, time.Minute+1) && upgrades(h) {
				report(model.Finding{
					Message: fmt.Sprintf("%s also cuts an upgraded connection that is silent for so long", tunnel),
					Because: []model.Fact{tunnel, h.Headers, h.Node},
					When:    "an upgraded connection on which the server is silent for " + tunnel.Plain(),
					AtMost:  model.Note, // applications that know it say something now and then
				})
				continue
			}
			if h.Gateway().Product.Name != "haproxy" || !model.Is(h.Conn.Protocol, "http") || !model.Under(tunnel, time.Hour) ||
				!model.Is(read, tunnel.V) || tunnel.At() != read.At() {
				continue
			}
			named := upgraded(h)
			if named == nil {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s cuts a WebSocket of %s that is silent for so long: timeout tunnel is not set", read, h.Pool.Name),
				Because: []model.Fact{read, tunnel, named, h.Pool.Node},
				When:    "an upgraded connection that is silent for " + read.Plain(),
			}
			if model.Over(tunnel, time.Minute) {
				f.AtMost = model.Note // most applications say something once a minute
			}
			if edit := model.Insert(h.Pool.Node, "timeout tunnel 1h"); edit != nil {
				f.Fix = &model.Fix{Message: "let upgraded connections be silent for an hour", Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

// upgraded is what tells that connections of the hop are upgraded: the names
// in its routing and of its pool, or the ACLs that choose it. Nil: nothing
// does.
func upgraded(h *model.Hop) model.Fact {
	for _, n := range []*model.Node{h.Route.Node, h.Pool.Node} {
		if n != nil && n.Parent != nil && n.Name.Text != "listen" && speaksOfUpgrades(n) {
			return n
		}
	}
	chosen := map[string]bool{}
	for name := range strings.FieldsSeq(h.Route.Match) {
		chosen[strings.TrimPrefix(name, "!")] = true
	}
	if len(chosen) == 0 {
		return nil
	}
	for _, acl := range h.Route.Listener.Node.All("acl") {
		if chosen[acl.Arg(0)] && speaksOfUpgrades(acl) {
			return acl
		}
	}
	return nil
}

func speaksOfUpgrades(n *model.Node) bool {
	for _, a := range n.Args {
		for _, word := range strings.FieldsFunc(strings.ToLower(a.Text), func(r rune) bool { return !unicode.IsLetter(r) && r != '.' }) {
			switch word {
			case "websocket", "websockets", "ws", "wss", "socket.io", "socketio", "sockjs", "signalr":
				return true
			}
		}
	}
	return false
}

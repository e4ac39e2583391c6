package buffers

import (
	"fmt"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// Somebody made room for large heads, but not where the head of an answer goes.
var headerBufferUnraised = &model.Check{
	ID:       "header-buffer-unraised",
	Title:    "Buffers are raised, but not the one for the head of the answer",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			head := h.Conn.Head
			if !head.Known() || head.Written() || !h.Node.In("nginx") || model.Is(h.Conn.Protocol, "grpc") {
				continue
			}
			raised := raisedInstead(h)
			if len(raised) == 0 {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s is no room for the head of an answer: %s is, and stays at %s", raised[0], head.Key(), head.Plain()),
				Because: append(raised, head),
				Outcome: h.Outcome(model.BigHead),
				When:    "answers with a head larger than " + head.Plain(),
				Fix:     enlarge(h, head, 32<<10),
			}
			if len(raised) < 2 {
				f.AtMost = model.Note
			}
			report(f)
		}
	},
}

// raisedInstead are the settings in effect for the hop that are often taken
// for the room of the head. One alone may have its own reason.
func raisedInstead(h *model.Hop) (raised []model.Fact) {
	prefix := strings.TrimSuffix(h.Node.Name.Text, "pass")
	if s, _ := h.Route.Node.Up(prefix + "buffers"); s != nil && model.Over(roomOf(h.Route.Node, prefix+"buffers", 1, page).Value, page) {
		raised = append(raised, s)
	}
	if s, _ := h.Route.Node.Up(prefix + "busy_buffers_size"); s != nil && model.Over(roomOf(h.Route.Node, prefix+"busy_buffers_size", 0, page).Value, 2*page) {
		raised = append(raised, s)
	}
	if requests := h.Route.Listener.MaxHead; requests.Written() && model.Over(requests, 8<<10) {
		raised = append(raised, requests)
	}
	if off, _ := h.Route.Node.Up(prefix + "buffering"); off != nil && off.Arg(0) == "off" && !streams(h) {
		raised = append(raised, off)
	}
	return raised
}

// streams reports whether the answers here are such that buffering is off for
// their own sake.
func streams(h *model.Hop) bool {
	if !h.Conn.Read.Known() || model.Over(h.Conn.Read, time.Minute) || !h.Headers.Known() {
		return true
	}
	for _, k := range h.Headers.V {
		if strings.EqualFold(k.Name, "Upgrade") {
			return true
		}
	}
	off, _ := h.Route.Node.Up("proxy_request_buffering")
	return off != nil && off.Arg(0) == "off"
}

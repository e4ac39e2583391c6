package protocol

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/gwlint/gwlint/model"
)

// gRPC is spoken over HTTP/2 alone, and HAProxy speaks HTTP/1.1 to servers
// unless told.
var grpcWithoutH2 = &model.Check{
	ID:       "grpc-without-h2",
	Title:    "gRPC is passed on in HTTP/1.1",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			says := l.Conn.Protocol
			plain := model.Is(l.Conn.TLS.Enabled, false)
			offersNone := model.Is(l.Conn.TLS.Enabled, true) && model.Is(l.Conn.TLS.ALPN, "")
			if !l.Endpoint.Node.In("haproxy") || !model.Is(says, "http") || !plain && !offersNone {
				continue
			}
			named := speaksGRPC(l.Hop)
			if named == nil {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s is spoken to in HTTP/1.1, and a server of gRPC answers in HTTP/2 alone: proto h2 is not set", l.Endpoint.Node.Name.Text+" "+l.Endpoint.Node.Arg(0)),
				Because: []model.Fact{l.Endpoint.Node, says, l.Conn.TLS.Enabled, named},
				Outcome: l.Hop.Outcome(model.BadHead),
				When:    "every request",
			}
			text := " proto h2"
			if offersNone {
				text = " alpn h2"
				f.Because = append(f.Because, l.Conn.TLS.ALPN)
			}
			if end := l.Endpoint.Node.Head(); !end.IsZero() {
				f.Fix = &model.Fix{Message: "speak HTTP/2 to the server", Edits: []model.Edit{{Span: end.Source.Span(end.End, end.End), Text: text}}}
			}
			report(f)
		}
	},
}

// speaksGRPC is what tells that the requests of a hop are gRPC: an ACL on
// their content type, or the name of the pool. Nil: nothing does.
func speaksGRPC(h *model.Hop) model.Fact {
	chosen := map[string]bool{}
	for name := range strings.FieldsSeq(h.Route.Match) {
		chosen[name] = true
	}
	if len(chosen) > 0 {
		for _, acl := range h.Route.Listener.Node.All("acl") {
			for _, a := range acl.Args[min(1, len(acl.Args)):] {
				if chosen[acl.Arg(0)] && strings.HasPrefix(a.Text, "application/grpc") && !strings.HasPrefix(a.Text, "application/grpc-web") {
					return acl
				}
			}
		}
	}
	if n := h.Pool.Node; n.Parent != nil && len(n.Args) > 0 {
		other := false
		grpc := false
		for _, word := range strings.FieldsFunc(strings.ToLower(n.Arg(0)), func(r rune) bool { return !unicode.IsLetter(r) }) {
			grpc = grpc || word == "grpc" || word == "grpcs"
			other = other || word == "web" || word == "gateway" || word == "http" || word == "rest" || word == "json"
		}
		if grpc && !other {
			return n
		}
	}
	return nil
}

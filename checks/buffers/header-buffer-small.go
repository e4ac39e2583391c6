package buffers

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/gwlint/gwlint/model"
)

// The head of an answer must fit into one buffer, from the status line to the
// empty line. The default is enough for most applications, so something must
// tell that the heads here are larger.
var headerBufferSmall = &model.Check{
	ID:       "header-buffer-small",
	Title:    "The head of the answer does not fit into the buffer for it",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 500}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			head := l.Conn.Head
			f := model.Finding{Outcome: l.Hop.Outcome(model.BigHead), When: "answers with a head larger than " + head.Plain()}
			room := int64(8 << 10)
			switch sent, provider := answers(l), signsIn(l); {
			case model.Less(head, sent):
				f.Message = fmt.Sprintf("%s %s is room for a head of %s, and %s may answer with %s (%s)", head.Key(), head.Text(), head.Plain(), l.To.Gateway.Name, sent.Plain(), sent)
				f.Because, room = []model.Fact{head, sent, l}, sent.V
			case head.Written() && l.Hop.Route.Listener.Node.In("haproxy") && model.Under(head, 15<<10):
				f.Message = fmt.Sprintf("%s leaves %d bytes for the head of an answer, where 15360 are left by default", head, head.V)
				f.Because = []model.Fact{head}
				if !model.Under(head, 8<<10) {
					f.AtMost = model.Note // most answers fit
				}
			case head.Written() && model.Under(head, page):
				f.Message = fmt.Sprintf("%s is less than the %s of the default", head, model.Plain(int64(page)))
				f.Because, room = []model.Fact{head}, page
			case provider != nil && model.Under(head, 8<<10):
				f.Message = fmt.Sprintf("%s %s is little for the tokens and cookies that a sign-in answers with (%s)", head.Key(), head.Text(), provider)
				f.Because, room = []model.Fact{head, provider}, 16<<10
			default:
				continue
			}
			f.Fix = enlarge(l.Hop, head, room)
			report(f)
		}
	},
}

// answers is how large a head the other side says it may send: declared, or
// as it was itself told to let pass.
func answers(l *model.Link) model.Value[int64] {
	sent := l.To.Head
	for h := range l.To.Hops() {
		if h.Conn.Head.Written() {
			sent = model.Longest(sent, h.Conn.Head)
		}
	}
	return sent
}

// providers are words in the names of servers that sign users in, and in the
// paths at which they do.
var providers = map[string]bool{
	"keycloak": true, "authelia": true, "authentik": true, "identityserver": true, "vouch": true, "adfs": true,
	"oauth2": true, "oauth2proxy": true, "oidc": true, "realms": true,
}

// machines ask at these paths, not browsers: what they are answered is
// in the body.
var machines = map[string]bool{"introspect": true, "introspection": true, "userinfo": true, "jwks": true, "certs": true}

// signsIn is what tells that the link leads to a server that signs users in:
// the pass, the server, the upstream block or the location that names it.
func signsIn(l *model.Link) (named model.Fact) {
	for _, n := range []*model.Node{l.Hop.Node, l.Endpoint.Node, l.Hop.Pool.Node, l.Hop.Route.Node} {
		if n == nil || n.Parent == nil {
			continue
		}
		for _, a := range n.Args {
			for _, word := range strings.FieldsFunc(strings.ToLower(a.Text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
				switch {
				case machines[word]:
					return nil
				case providers[word] && named == nil:
					named = n
				}
			}
		}
	}
	return named
}

// enlarge raises the room for the head, and the other buffers where nginx
// would refuse the new size without them.
func enlarge(h *model.Hop, head model.Value[int64], to int64) *model.Fix {
	edit := head.To(to)
	if edit == nil || !h.Node.In("nginx") {
		return nil
	}
	fix := &model.Fix{Message: "room for a head of " + model.Plain(to), Edits: []model.Edit{*edit}}
	b := buffersOf(h.Route.Node, strings.TrimSuffix(h.Node.Name.Text, "pass"))
	if strings.HasPrefix(b.prefix, "grpc") {
		return fix
	}
	if !b.count.Known() || !b.each.Known() || !b.busy.Known() || b.tempMax.stmt != nil || b.tempWrite.stmt != nil {
		return nil
	}
	busy := b.busy.V
	if b.busy.stmt == nil {
		busy = 2 * max(to, b.each.V)
	}
	switch {
	case busy < to:
		return nil
	case busy <= b.rest():
	case b.count.stmt == nil:
		more := model.Insert(h.Route.Node, fmt.Sprintf("%s %d %s;", b.each.Key(), max(8, (busy+to-1)/to+1), model.Plain(to)))
		if more == nil {
			return nil
		}
		if more.Span == edit.Span {
			fix.Edits[0].Text += more.Text
		} else {
			fix.Edits = append(fix.Edits, *more)
		}
	default:
		more := b.count.write((busy+b.each.V-1)/max(b.each.V, 1) + 1)
		if more == nil {
			return nil
		}
		fix.Edits = append(fix.Edits, *more)
	}
	return fix
}

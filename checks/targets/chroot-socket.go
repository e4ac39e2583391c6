package targets

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// HAProxy connects to the sockets of servers after chroot, and binds its own
// before it.
var chrootSocket = &model.Check{
	ID:       "chroot-socket",
	Title:    "The socket of a server is outside of the chroot",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		roots := map[*model.Gateway]*model.Node{}
		for _, g := range w.Gateways {
			roots[g] = chroot(g)
		}
		for _, l := range w.Links {
			g, target := l.Hop.Gateway(), l.Endpoint.Addr
			root := roots[g]
			if root == nil || !target.Known() || !strings.HasPrefix(target.V.Path, "/") {
				continue
			}
			dir := strings.TrimSuffix(root.Arg(0), "/")
			f := model.Finding{
				Message: fmt.Sprintf("%s is sought inside of chroot %s, as %s%s", target, root.Arg(0), dir, target.V.Path),
				Because: []model.Fact{target, root},
				Outcome: l.Hop.Outcome(model.Refused),
				When:    "every request",
			}
			switch inside, ok := strings.CutPrefix(target.V.Path, dir+"/"); {
			case ok:
				at := target.At()
				if text, path, found := strings.Cut(at.Text(), dir+"/"); found && path == inside {
					f.Fix = &model.Fix{Message: "name the socket as it is seen from inside", Edits: []model.Edit{{Span: at, Text: text + "/" + inside}}}
				}
			case ownSocket(g, dir+target.V.Path):
				continue
			default:
				f.AtMost = model.Warning // something may put it there
			}
			report(f)
		}
	},
}

// chroot is the statement that says where HAProxy is locked in; nil where none
// certainly does.
func chroot(g *model.Gateway) (last *model.Node) {
	if g.Product.Name != "haproxy" || g.Node == nil {
		return nil
	}
	for _, global := range g.Node.All("global") {
		for _, s := range global.All("chroot") {
			last = s
		}
	}
	if last == nil || last.Doubt() != "" || strings.Trim(last.Arg(0), "/") == "" || strings.ContainsAny(last.Arg(0), "$%{<") {
		return nil
	}
	return last
}

// ownSocket reports whether a gateway listens on a socket itself, or may.
func ownSocket(g *model.Gateway, path string) bool {
	for _, l := range g.Listeners {
		for _, b := range l.Binds {
			if !b.Addr.Known() || b.Addr.V.Path == path {
				return true
			}
		}
	}
	return false
}

package targets

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The port belongs to the servers of an upstream, not to its name.
var upstreamPortRefused = &model.Check{
	ID:       "upstream-port-refused",
	Title:    "A port behind the name of an upstream block",
	Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		blocks := upstreams(w)
		for n := range w.Statements("nginx", passes...) {
			if len(n.Args) != 1 || strings.Contains(n.Arg(0), "$") {
				continue
			}
			host, port, written := strings.Cut(authority(n), ":")
			block := blocks[upstreamNamed(n, host)]
			if !written || block == nil {
				continue
			}
			at := n.Args[0].Span
			f := model.Finding{
				Message: fmt.Sprintf("%s %s has a port behind the name of the upstream block %s", n.Name.Text, n.Arg(0), block.Arg(0)),
				Because: []model.Fact{model.Mark{Span: at, Text: n.Arg(0)}, block},
				Outcome: model.RefusesToStart(fmt.Sprintf("[emerg] upstream %q may not have port %s", host, port)),
			}
			if i := strings.Index(at.Text(), host+":"+port); i >= 0 {
				at.Start += i + len(host)
				at.End = at.Start + 1 + len(port)
				f.Fix = &model.Fix{Message: "the servers of the block have their ports", Edits: []model.Edit{{Span: at}}}
			}
			report(f)
		}
	},
}

// passes are the statements of nginx that forward to an address.
var passes = []string{"proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass"}

// authority is host and port of a pass, without scheme and URI; "" for a
// socket.
func authority(pass *model.Node) string {
	word := pass.Arg(0)
	if _, rest, ok := strings.Cut(word, "://"); ok {
		word = rest
	}
	if strings.HasPrefix(word, "unix:") {
		return ""
	}
	if end := strings.IndexAny(word, "/?"); end >= 0 {
		word = word[:end]
	}
	return word
}

// An upstreamKey is what a pass names a block by: http and stream have their
// own, and case does not count.
type upstreamKey struct {
	root   *model.Node
	stream bool
	name   string
}

func upstreamNamed(n *model.Node, name string) upstreamKey {
	return upstreamKey{n.Root(), n.Within("stream") != nil, strings.ToLower(name)}
}

// upstreams are the upstream blocks of all trees.
func upstreams(w *model.Workspace) map[upstreamKey]*model.Node {
	all := map[upstreamKey]*model.Node{}
	for n := range w.Statements("nginx", "upstream") {
		if !n.Body.IsZero() && n.Arg(0) != "" {
			all[upstreamNamed(n, n.Arg(0))] = n
		}
	}
	return all
}

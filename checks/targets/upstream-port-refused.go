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
		for _, g := range w.Gateways {
			if g.Node == nil || !inNginx(g.Node) {
				continue
			}
			blocks := upstreams(g.Node)
			for n := range g.Node.Walk() {
				if !isPass(n) || strings.Contains(n.Arg(0), "$") {
					continue
				}
				host, port, written := strings.Cut(authority(n), ":")
				block := blocks[upstreamKey(n, host)]
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
		}
	},
}

func inNginx(n *model.Node) bool {
	s := n.Span.Source
	return s != nil && s.Dialect != nil && s.Dialect.Name() == "nginx"
}

// isPass reports whether a statement forwards to an address.
func isPass(n *model.Node) bool {
	switch n.Name.Text {
	case "proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass":
		return len(n.Args) == 1
	}
	return false
}

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

// upstreams are the upstream blocks of a tree, by upstreamKey.
func upstreams(root *model.Node) map[string]*model.Node {
	all := map[string]*model.Node{}
	for n := range root.Walk() {
		if n.Name.Text == "upstream" && !n.Body.IsZero() && n.Arg(0) != "" {
			all[upstreamKey(n, n.Arg(0))] = n
		}
	}
	return all
}

// upstreamKey tells the names of http and stream apart; they ignore case.
func upstreamKey(n *model.Node, name string) string {
	level := "http "
	if n.Within("stream") != nil {
		level = "stream "
	}
	return level + strings.ToLower(name)
}

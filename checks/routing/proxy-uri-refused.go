package routing

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The URI of a pass replaces a prefix, and here is none.
var proxyURIRefused = &model.Check{
	ID:       "proxy-uri-refused",
	Title:    "proxy_pass has a URI where there is no prefix to replace",
	Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		const says = `[emerg] "proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block`
		for n := range w.Statements("nginx", "proxy_pass") {
			if len(n.Args) != 1 || strings.Contains(n.Arg(0), "$") || n.Doubt() != "" {
				continue
			}
			host, uri := split(n.Arg(0))
			where := noPrefix(n.Parent)
			if uri == "" || where == "" {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("proxy_pass %s has the URI %s %s, where no prefix can be replaced by it", n.Arg(0), uri, where),
				Because: []model.Fact{model.Mark{Span: n.Args[0].Span, Text: n.Arg(0)}, n.Parent},
				Outcome: model.RefusesToStart(says),
			}
			if at := n.Args[0].Span; uri == "/" && strings.HasSuffix(at.Text(), host+"/") {
				at.Start = at.End - 1
				f.Fix = &model.Fix{Message: "the path of the request is sent as it is", Edits: []model.Edit{{Span: at}}}
			}
			report(f)
		}
	},
}

// noPrefix says in what kind of block a location's prefix is not known; ""
// where it is.
func noPrefix(block *model.Node) string {
	switch {
	case block == nil:
	case block.Name.Text == "if", block.Name.Text == "limit_except":
		return "inside " + block.Name.Text
	case block.Name.Text != "location":
	case strings.HasPrefix(block.Arg(0), "@"):
		return "in the named location " + block.Arg(0)
	case strings.HasPrefix(block.Arg(0), "~"):
		return "in a location by regular expression"
	}
	return ""
}

package routing

import (
	"fmt"
	"path"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The URI of a pass takes the place of the location's prefix, letter by
// letter: a slash at the end of one belongs at the end of the other.
var pathGlued = &model.Check{
	ID:       "path-glued",
	Title:    "The slash between two parts of a path is lost or doubled",
	Severity: model.Warning,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		subrequests := asked(w)
		for h := range w.Hops() {
			n := h.Node
			if !n.In("nginx") || n.Name.Text != "proxy_pass" || strings.Contains(n.Arg(0), "$") || !h.Path.Known() || n.Parent.Name.Text != "location" {
				continue
			}
			location := n.Parent
			_, uri := split(n.Arg(0))
			prefix := location.Arg(len(location.Args) - 1)
			if uri == "" || !strings.HasPrefix(prefix, "/") || location.Arg(0) == "~" || location.Arg(0) == "~*" || onePath(location, subrequests) ||
				strings.ContainsAny(uri, "?=") {
				continue
			}
			ends, slash := strings.HasSuffix(prefix, "/"), strings.HasSuffix(uri, "/")
			if ends == slash {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("proxy_pass %s in location %s asks for %s where %s was asked for", n.Arg(0), prefix, uri+"users", prefix+"users"),
				Because: []model.Fact{model.Mark{Span: n.Args[0].Span, Text: n.Arg(0)}, location, h.Path},
				When:    "every path below the prefix",
			}
			at := n.Args[0].Span
			f.Fix = &model.Fix{Message: "end it as the prefix ends", Edits: []model.Edit{{Span: at.Source.Span(at.End, at.End), Text: "/"}}}
			if slash {
				f.Message = fmt.Sprintf("proxy_pass %s in location %s asks for %s where %s was asked for", n.Arg(0), prefix, uri+"/users", prefix+"/users")
				f.AtMost, f.Fix = model.Note, nil // most servers forgive two slashes
			} else if path.Ext(uri) != "" {
				f.AtMost, f.Fix = model.Note, nil // a file: whatever is asked for, it may be the one that is meant
			}
			if !strings.HasSuffix(at.Text(), uri) {
				f.Fix = nil
			}
			report(f)
		}
	},
}

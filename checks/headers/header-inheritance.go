package headers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The headers of a block are inherited all together, and only by a block that
// sets none itself.
var headerInheritance = &model.Check{
	ID:       "header-inheritance",
	Title:    "A header set here drops all those set around it",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			first, dropped := droppedHeaders(h)
			if len(dropped) == 0 || !slices.ContainsFunc(dropped, sends) && h.Pool.Node.Find("keepalive") != nil {
				continue // the latter is keepalive-unused
			}
			f := model.Finding{
				AtMost:  model.Note, // but for Host, servers do without
				Message: fmt.Sprintf("%s drops those of %s: %s", first, around(dropped[0].Parent), names(dropped)),
				Because: []model.Fact{first},
				When:    "every request",
				Fix:     repeat(first.Parent, dropped),
			}
			for _, k := range dropped {
				f.Because = append(f.Because, k)
			}
			if host := slices.IndexFunc(dropped, isHost); host >= 0 && !strings.Contains(dropped[host].Arg(1), "$proxy_host") {
				for _, l := range w.From(h) {
					if to := l.Endpoint.Addr; to.Known() && !public(h, to) {
						f.AtMost = 0
						f.Message = fmt.Sprintf("%s drops those of %s: %s, so that Host is %s", first, around(dropped[0].Parent), names(dropped), sent(h, to))
						if virtual(l) != nil {
							f.Outcome, f.Because = answered(l), append(f.Because, l)
						}
						break
					}
				}
			}
			report(f)
		}
	},
}

// droppedHeaders are the statements of the blocks around that would set
// headers for a hop, were it not for the first in the nearest block.
func droppedHeaders(h *model.Hop) (first *model.Node, dropped []*model.Node) {
	if !h.Node.In("nginx") {
		return nil, nil
	}
	first, _ = h.Route.Node.Up(setHeader(h))
	if first == nil || first.Parent.Partial != "" || first.Parent.Parent == nil {
		return nil, nil
	}
	outer, _ := first.Parent.Parent.Up(setHeader(h))
	if outer == nil {
		return nil, nil
	}
	for _, k := range outer.Parent.All(outer.Name.Text) {
		here := first.Parent.All(first.Name.Text)
		if !slices.ContainsFunc(here, func(own *model.Node) bool { return strings.EqualFold(own.Arg(0), k.Arg(0)) }) {
			dropped = append(dropped, k)
		}
	}
	return first, dropped
}

// sends reports whether a statement sends a header, and does not only keep
// Connection back, as reuse needs it.
func sends(k *model.Node) bool { return !strings.EqualFold(k.Arg(0), "Connection") || k.Arg(1) != "" }

func isHost(k *model.Node) bool { return strings.EqualFold(k.Arg(0), "Host") }

// around is a block in words.
func around(n *model.Node) string {
	if n.Name.Text == "" {
		return "the file"
	}
	return n.String()
}

func names(statements []*model.Node) string {
	var all []string
	for _, k := range statements {
		if !slices.Contains(all, k.Arg(0)) {
			all = append(all, k.Arg(0))
		}
	}
	return strings.Join(all, ", ")
}

// repeat writes the statements into the inner block too.
func repeat(block *model.Node, statements []*model.Node) *model.Fix {
	var edit *model.Edit
	for _, k := range statements {
		again := model.Insert(block, k.Span.Text())
		if again == nil || strings.Contains(k.Span.Text(), "\n") {
			return nil
		}
		if edit == nil {
			edit = again
		} else {
			edit.Text += again.Text
		}
	}
	return &model.Fix{Message: "repeat what is dropped", Edits: []model.Edit{*edit}}
}

package targets

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A server that is looked up while nginx runs needs a version that can, memory
// that all workers share, and somebody to ask.
var resolveRefused = &model.Check{
	ID:       "resolve-refused",
	Title:    "resolve on a server that nginx cannot look up while it runs",
	Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			for _, p := range g.Pools {
				if p.Node.In("nginx") && p.Node.Name.Text == "upstream" && p.Node.Doubt() == "" {
					if f, ok := resolves(g, p.Node); ok {
						report(f)
					}
				}
			}
		}
	},
}

// resolves says what an upstream block lacks for its first server that is to
// be looked up at run time.
func resolves(g *model.Gateway, upstream *model.Node) (model.Finding, bool) {
	var word model.Mark
	for _, s := range upstream.All("server") {
		for _, a := range s.Args[min(1, len(s.Args)):] {
			if _, numeric := (model.Addr{Host: s.Arg(0)}).IP(); a.Text == "resolve" && !numeric && word.Span.IsZero() {
				word = model.Mark{Span: a.Span, Text: "resolve"}
			}
		}
	}
	name := upstream.Arg(0)
	f := model.Finding{Because: []model.Fact{word, upstream}}
	resolver, sure := upstream.Up("resolver")
	switch {
	case word.Span.IsZero():
		return f, false
	case g.Product.Before("1.27.3"):
		f.Message = fmt.Sprintf("resolve is not known to %s: open source nginx has it since 1.27.3", g.Product)
		f.Because = append(f.Because, g.Product)
		f.Outcome = model.RefusesToStart(`[emerg] invalid parameter "resolve"`)
	case upstream.Partial != "":
		return f, false
	case upstream.Find("zone") == nil:
		f.Message = fmt.Sprintf("resolve needs shared memory, and upstream %s has no zone", name)
		f.Outcome = model.RefusesToStart(fmt.Sprintf("[emerg] resolving names at run time requires upstream %q to be in shared memory", name))
		if edit := model.Insert(upstream, "zone "+name+" 64k;"); edit != nil && resolver != nil {
			f.Fix = &model.Fix{Message: "memory that the workers share", Edits: []model.Edit{*edit}, Safe: true}
		}
	case resolver == nil && sure:
		f.Message = fmt.Sprintf("resolve needs a resolver, and neither upstream %s nor the block around it has one", name)
		f.Outcome = model.RefusesToStart(fmt.Sprintf("[emerg] no resolver defined to resolve names at run time in upstream %q", name))
	default:
		return f, false
	}
	return f, true
}

package targets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The name is looked up for each request, and nobody is there to ask.
var resolverMissing = &model.Check{
	ID:       "resolver-missing",
	Title:    "A name is looked up for each request, and there is no resolver",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}, model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			target, resolver := l.Endpoint.Addr, l.Conn.Lookup
			if !model.Is(resolver, 0) || !target.Known() || !named(target.V) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s has %s looked up for each request, and no %s is set", target, target.V.Host, resolver.Key()),
				Because: []model.Fact{target, resolver},
				Outcome: l.Hop.Outcome(model.NoName),
				When:    "every request",
			}
			if !slices.ContainsFunc(l.Hop.Gateway().Pools, func(p *model.Pool) bool { return strings.EqualFold(p.Name, target.V.Host) }) {
				f.Fix = withoutVariable(target) // an upstream block may not have a port then
			}
			if resolver.Origin() == model.Assumed {
				f.AtMost = model.Note
			}
			report(f)
		}
	},
}

// named reports whether a resolver is asked: also for localhost.
func named(a model.Addr) bool {
	_, numeric := a.IP()
	return a.Path == "" && a.Host != "" && !numeric
}

// withoutVariable leaves out a $request_uri that says what is sent anyway, so
// that the name is looked up when nginx starts.
func withoutVariable(target model.Value[model.Addr]) *model.Fix {
	at := target.At()
	rest, ok := strings.CutSuffix(at.Text(), "$request_uri")
	if !ok || strings.Contains(rest, "$") || strings.HasSuffix(rest, "/") {
		return nil
	}
	return &model.Fix{Message: "the request's own URI is sent anyway; the name is then looked up at start",
		Edits: []model.Edit{{Span: at, Text: rest}}}
}

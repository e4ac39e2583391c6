package headers

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Two Host lines are one too many for most servers. Since 1.31.4 nginx sends
// the last one only.
var duplicateHost = &model.Check{
	ID:       "duplicate-host",
	Title:    "Host is sent twice",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 400}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			product := l.Hop.Gateway().Product
			if product.Name != "nginx" || !product.Before("1.31.4") || l.Hop.Node.Name.Text != "proxy_pass" {
				continue
			}
			first, _ := l.Hop.Route.Node.Up("proxy_set_header")
			if first == nil {
				continue
			}
			var hosts []*model.Node
			for _, k := range first.Parent.All("proxy_set_header") {
				if isHost(k) && k.Arg(1) != "" { // an empty value sends no line
					hosts = append(hosts, k)
				}
			}
			if len(hosts) < 2 {
				continue
			}
			other, extra := hosts[0], hosts[len(hosts)-1]
			if extra.Span.Source.Stock || extra.Via != nil && other.Via == nil {
				other, extra = extra, other
			}
			f := model.Finding{
				AtMost:  model.Warning, // some applications take the first, and say nothing
				Message: fmt.Sprintf("%s sends a second Host beside %s", extra, other),
				Because: []model.Fact{extra, other, product},
				Outcome: model.Outcome{Status: 400, Native: "client sent duplicate host header"},
				When:    "every request",
			}
			if l.Linked() && l.To.Gateway.Product.Name == "nginx" {
				f.AtMost, f.Because = 0, append(f.Because, l)
			}
			if extra.Via == nil {
				f.Fix = &model.Fix{Message: "send one", Edits: []model.Edit{erase(extra)}}
			}
			report(f)
		}
	},
}

// erase takes a statement out, with its line where it has one of its own.
func erase(n *model.Node) model.Edit {
	s := n.Span.Source
	first, last := s.LineSpan(n.Span.Begin().Line), s.LineSpan(n.Span.Finish().Line)
	alone := s.Span(first.Start, last.End)
	if strings.TrimSpace(alone.Text()) != n.Span.Text() {
		return model.Edit{Span: n.Span}
	}
	if next := s.LineSpan(n.Span.Finish().Line + 1); next.Start > alone.End {
		alone.End = next.Start
	}
	return model.Edit{Span: alone}
}

package report

import (
	"regexp"
	"strings"
	"testing"

	"github.com/gwlint/gwlint/model"
)

// hostile are names that mean something in the languages of drawings.
var hostile = []string{
	`end`, `a"] --> n9`, "a\n  n7 --> n8", `a\`, `a\"`, "`x`", `%%{init: {"theme": "dark"}}%%`, `#quot;`, `&quot;`, `<script>alert(1)</script>`,
	`a; b`, `style:#fff;`, `subgraph x`, "\x00\x1b[31m", "\u202ex", `|x|`, `\N \G`, "\u2028", `click n1 "javascript:alert(1)"`, "",
}

var (
	mermaidLine = regexp.MustCompile(`^(flowchart LR|  subgraph p\d+\["[^"]*"\]|  end|    ( )?n\d+\["[^"]*"\]|  n\d+(\["[^"]*"\]|\("[^"]*"\))|  n\d+ (==>|-->|-\.->)\|"[^"]*"\| n\d+|)$`)
	mermaidBad  = regexp.MustCompile("[\\x00-\\x09\\x0b-\\x1f<>`%&\\\\]")
	dotString   = `"([^"\\]|\\[\\"n])*"`
	dotLine     = regexp.MustCompile(`^(digraph gwlint \{|\s*\}|  rankdir=LR|  node \[shape=box\]|  subgraph cluster_\d+ \{|    label=` + dotString + `|    p\d+ \[style=invis\]|\s+n\d+ \[label=` + dotString + `(, style=dashed)?\]|  n\d+ -> n\d+ \[label=` + dotString + `, style=\w+\]|)$`)
)

// TestTopologyEscapes sees that no name leaves the string it stands in: every
// line is one of those that the drawing is made of.
func TestTopologyEscapes(t *testing.T) {
	for _, name := range hostile {
		n := &model.Node{Span: model.NewSource("f", []byte("x"), nil).Span(0, 1)}
		g := &model.Gateway{Name: name, Node: n, Product: model.Product{Name: name + "x"}, Place: &model.Place{Name: name + "y", Node: n}}
		l := &model.Listener{Gateway: g, Node: n, Hosts: []string{name}}
		l.Binds = []*model.Bind{{Listener: l, Addr: model.Set(n, "a", model.Span{}, model.Addr{Host: name, Port: 80}, model.Explicit, "")}}
		p := &model.Pool{Gateway: g, Name: name}
		e := func(host string) *model.Endpoint {
			return &model.Endpoint{Pool: p, Node: n, Addr: model.Set(n, "a", model.Span{}, model.Addr{Host: host, Port: 80}, model.Explicit, "")}
		}
		p.Endpoints = []*model.Endpoint{e(name), e("z")}
		r := &model.Route{Listener: l, Node: n, Match: name}
		r.Hops = []*model.Hop{{Route: r, Pool: p, Node: n}}
		l.Routes, g.Listeners = []*model.Route{r}, []*model.Listener{l}
		ws := &model.Workspace{Places: []*model.Place{g.Place, {Name: name + "empty", Node: n}}, Gateways: []*model.Gateway{g}}
		ws.Connect(func(_ *model.Hop, to *model.Endpoint) model.Answer {
			if to.Addr.V.Host == "z" {
				return model.Answer{WhyNot: name}
			}
			return model.Answer{To: l.Binds[0], Sure: model.Low, Why: name}
		})
		for form, line := range map[string]*regexp.Regexp{"mermaid": mermaidLine, "dot": dotLine, "text": regexp.MustCompile(`^[^\x00-\x1f]*$`)} {
			var b strings.Builder
			if err := Topology(&b, form, []*model.Workspace{ws}); err != nil {
				t.Fatal(err)
			}
			for _, got := range strings.Split(b.String(), "\n") {
				if !line.MatchString(got) {
					t.Errorf("%s of %q has the line %q", form, name, got)
				}
				inside := strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(got, "<br>", ""), "-->", ""), "->", "")
				if form == "mermaid" && mermaidBad.MatchString(strings.ReplaceAll(inside, "==>", "")) {
					t.Errorf("mermaid of %q leaves markup in %q", name, got)
				}
			}
		}
	}
}

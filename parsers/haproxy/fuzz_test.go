package haproxy

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gwlint/gwlint/model"
)

// FuzzLoad: no text makes the parser panic, hang, or lose its places.
func FuzzLoad(f *testing.F) {
	names, err := filepath.Glob("testdata/*.cfg*")
	if err != nil || len(names) < 4 {
		f.Fatal(names, err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), "3.2")
	}
	f.Add("backend a\n server s ${X}:${Y-1} check\r\n\"", "2.2")
	f.Add("frontend a\n bind :1-99,unix@/x,[::]:+1 ssl\n use_backend %[map(x,a)]\n", "")
	f.Add("{% if x %}{{ y }}\nlisten {{ z }}\n {%\n%} bind :80\n", "3.4")
	f.Fuzz(func(t *testing.T, text, version string) {
		loaded := load(t, "haproxy.cfg", text, version)
		root := loaded.Gateways[0].Node
		for n := range root.Walk() {
			for _, w := range append([]model.Word{n.Name}, n.Args...) {
				if w.Span.IsZero() {
					continue
				}
				if w.Span.Start < 0 || w.Span.End > len(text) || w.Span.Start > w.Span.End {
					t.Fatalf("%q: a word outside of the text: %v", text, w)
				}
				if !n.Span.Holds(w.Span) {
					t.Fatalf("%q: a word outside of its statement: %q", text, w.Text)
				}
			}
			if n.Parent != nil && n.Parent != root && !n.Parent.Span.Holds(n.Span) {
				t.Fatalf("%q: a statement outside of its section: %s", text, n)
			}
		}
		for _, x := range loaded.Findings {
			if len(x.Because) == 0 || x.Because[0].Where().IsZero() {
				t.Fatalf("%q: a finding without a place: %+v", text, x)
			}
			for _, b := range x.Because {
				if v, ok := b.(model.Setting); ok && v.Origin() == model.Unknown {
					t.Fatalf("%q: a finding that rests on what is not known: %s", text, x.Message)
				}
			}
		}
		w := &model.Workspace{Gateways: loaded.Gateways}
		for h := range w.Hops() {
			if h.Pool == nil || h.Node == nil || h.Route == nil {
				t.Fatalf("%q: a hop that leads nowhere", text)
			}
			_, _ = h.Tries(), h.Pool.Size()
		}
	})
}

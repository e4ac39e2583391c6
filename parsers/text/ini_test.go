package text

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gwlint/gwlint/model"
)

// outline is a tree as "section.key=value@line:column".
func outline(root *model.Node) (all []string) {
	for _, n := range root.Kids {
		if len(n.Kids) == 0 {
			all = append(all, item("", n))
		}
		for _, k := range n.Kids {
			all = append(all, item(n.Name.Text+".", k))
		}
	}
	return all
}

func item(prefix string, n *model.Node) string {
	if len(n.Args) == 0 {
		return prefix + n.Name.Text
	}
	p := n.Args[0].Span.Begin()
	return fmt.Sprintf("%s%s=%s@%d:%d", prefix, n.Name.Text, strings.ReplaceAll(n.Arg(0), "\n", "|"), p.Line, p.Column)
}

func TestINI(t *testing.T) {
	for name, c := range map[string]struct {
		dialect INI
		text    string
		want    []string
	}{
		"sections": {INI{Inline: ";"}, "top = 1\n[a]\n; no\n# no\nk = v ; said\nq = \"x ; y\" ; z\nbare\n[b]\nk=a;b\n[a]\nk = 2\n",
			[]string{"top=1@1:7", "a.k=v@5:5", "a.q=x ; y@6:5", "a.bare", "b.k=a;b@9:3", "a.k=2@11:5"}},
		"continued": {INI{Backslash: true}, "[S]\nE = a \\\n   b\nF=\n", []string{"S.E=a     b@2:5", "S.F=@4:3"}},
		"indented":  {INI{Indent: true, Inline: ";"}, "[p]\nc =\n  a ; x\n  b\nd = 1\n", []string{"p.c=a|b@3:3", "p.d=1@5:5"}},
		"colons":    {INI{Colon: true}, "a.b: 1\nc = d:e\n", []string{"a.b=1@1:6", "c=d:e@2:5"}},
		"broken":    {INI{}, "[a\n]=\n=\n[]\nx = 'y\n", []string{"[a", "]=@2:3", "=@3:2", ".x='y@5:5"}},
	} {
		if diff := cmp.Diff(c.want, outline(c.dialect.Read(source(c.text)))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestCommands(t *testing.T) {
	for s, want := range map[string]string{
		"a b && c; d | e & f":              "a b && | c ; | d | | e & | f",
		"a\nb\n  -x\n\n# no\nc":            "a | b -x | c",
		"if a; then\nb\nelse\nc\nfi\nd":    "b? | c? | d",
		"a 'b;\nc' \\\n d":                 "a b;\nc d",
		"for x in 1 2; do y; done; exec z": "y ;? | exec z",
		"":                                 "",
		";;;&&":                            "",
		"a # b && c":                       "a",
	} {
		src := source(s)
		var got []string
		for _, c := range Commands(model.Word{Text: s, Span: src.Span(0, len(s))}) {
			var words []string
			for _, w := range c.Words {
				words = append(words, w.Text)
			}
			one := strings.Join(words, " ")
			if c.Then != "" {
				one += " " + c.Then
			}
			if c.If {
				one += "?"
			}
			got = append(got, one)
		}
		if diff := cmp.Diff(want, strings.Join(got, " | ")); diff != "" {
			t.Errorf("%q: %s", s, diff)
		}
	}
}

// TestCommandsPlaces: words stand where they are written, also within quotes;
// where escapes hide them, all of them stand where the whole does.
func TestCommandsPlaces(t *testing.T) {
	src := source(`"a b"`)
	for text, want := range map[string]string{"a b": "b", "a c": `"a b"`} {
		words := Commands(model.Word{Text: text, Span: src.Span(0, 5)})[0].Words
		if got := words[1].Span.Text(); got != want {
			t.Errorf("%s: %q, not %q", text, got, want)
		}
	}
}

func TestVariables(t *testing.T) {
	all := Variables(source("# A=0\nA=1\nexport B = \"x # y\"\nC=z # no\nD\n=e\nF='g'\r\n"))
	want := map[string]string{"A": "1", "B": "x # y", "C": "z", "F": "g"}
	got := map[string]string{}
	for k, v := range all {
		got[k] = v.Text
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if at := all["C"].Span.String(); at != all["C"].Span.Source.Path+":4:3" {
		t.Error(at)
	}
}

func TestBlockScalars(t *testing.T) {
	root, err := YAML(source("a: >\n  one\n\n  two\nb: |\n c\nd: \"x\n  y\"\ne: |\nf: 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"a": "one\n\n  two", "b": "c", "d": "\"x\n  y\"", "f": "1"} {
		if got := root.Find(key).Args[0].Span.Text(); got != want {
			t.Errorf("%s: %q, not %q", key, got, want)
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add("[a]\nb = c ; d\n e \\\n")
	f.Add("if a; then b && c\nfi; 'd\n -e")
	f.Fuzz(func(t *testing.T, s string) {
		src := source(s)
		within := func(at model.Span) {
			if at.Source == src && (at.Start > at.End || at.End > len(s)) {
				t.Fatalf("%q: a span from %d to %d", s, at.Start, at.End)
			}
		}
		for _, d := range []INI{{}, {Inline: ";#", Indent: true}, {Backslash: true, Colon: true}} {
			for n := range d.Read(src).Walk() {
				within(n.Span)
				within(n.Name.Span)
				for _, a := range n.Args {
					within(a.Span)
				}
			}
		}
		for _, c := range Commands(model.Word{Text: s, Span: src.Span(0, len(s))}) {
			for _, w := range c.Words {
				within(w.Span)
			}
		}
		for _, w := range Variables(src) {
			within(w.Span)
		}
	})
}

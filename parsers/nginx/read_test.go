package nginx

import (
	"context"
	goflag "flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

var update = goflag.Bool("update", false, "rewrite what the tests want")

// TestRead reads the trees in testdata/read. Each archive holds files and, as
// "want", the roots that are made of them, with every statement, its place,
// and every finding. A file named "x -> y" is a symbolic link. Statements
// are printed as line:column of their extent, name and arguments, with the
// extent of their block in braces; the file stands before what is in another.
func TestRead(t *testing.T) {
	archives, err := filepath.Glob("testdata/read/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			fsys, want := fstest.MapFS{}, -1
			for i, f := range ar.Files {
				from, to, link := strings.Cut(f.Name, " -> ")
				switch {
				case f.Name == "want":
					want = i
				case link:
					fsys[from] = &fstest.MapFile{Data: []byte(to), Mode: os.ModeSymlink | 0o777}
				default:
					fsys[f.Name] = &fstest.MapFile{Data: []byte(unquoteBytes(string(f.Data))), Mode: 0o644}
				}
			}
			got := describe(t, fsys)
			if *update {
				f := txtar.File{Name: "want", Data: []byte(got)}
				if want < 0 {
					ar.Files = append(ar.Files, f)
				} else {
					ar.Files[want] = f
				}
				if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want < 0 {
				t.Fatal("nothing is wanted; run with -update")
			}
			if diff := cmp.Diff(string(ar.Files[want].Data), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// unquoteBytes lets an archive hold what a text file cannot.
func unquoteBytes(s string) string {
	return strings.NewReplacer("<NUL>", "\x00", "<LATIN1>", "\xe4", "<BOM>", "\ufeff", "<CR>", "\r").Replace(s)
}

func tree(t testing.TB, fsys fstest.MapFS) *files.Tree {
	tr, err := files.New(context.Background(), fsys, []string{"."}, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// describe prints all roots of a file system.
func describe(t testing.TB, fsys fstest.MapFS) string {
	tr := tree(t, fsys)
	var mine []string
	for _, n := range tr.Names() {
		if detect(n, func() []byte { return tr.Head(n) }) {
			mine = append(mine, n)
		}
	}
	var b strings.Builder
	for _, root := range roots(tr, mine, nil) {
		r := read(tr, root)
		fmt.Fprintf(&b, "root %s: %s\n", strings.Join(root.Paths, " "), r.context)
		if r.root.Fragment != "" {
			fmt.Fprintf(&b, "  fragment: %s\n", r.root.Fragment)
		}
		describeNode(&b, r.root, 1)
		for _, f := range r.findings {
			fmt.Fprintf(&b, "%s: %s", f.Rule, f.Message)
			if f.AtMost != 0 {
				fmt.Fprintf(&b, " (%s)", f.AtMost)
			}
			b.WriteByte('\n')
			for _, m := range f.Because {
				fmt.Fprintf(&b, "    %s %s\n", extent(m.Where()), m)
			}
			if f.Outcome.Native != "" {
				fmt.Fprintf(&b, "    %s\n", f.Outcome.Native)
			}
		}
	}
	return b.String()
}

func describeNode(b *strings.Builder, n *model.Node, depth int) {
	indent := strings.Repeat("  ", depth)
	if n.Partial != "" {
		fmt.Fprintf(b, "%spartial: %s\n", indent, n.Partial)
	}
	if n.Maybe != "" {
		fmt.Fprintf(b, "%smaybe: %s\n", indent, n.Maybe)
	}
	for _, c := range n.Comments {
		fmt.Fprintf(b, "%s%s %s\n", indent, within(c.Span), c.Text)
	}
	for _, c := range n.Loose {
		fmt.Fprintf(b, "%sloose %s %s\n", indent, extent(c.Span), c.Text)
	}
	for _, k := range n.Kids {
		b.WriteString(indent)
		if k.Span.Source != n.Span.Source {
			fmt.Fprintf(b, "%s:", k.Span.Source.Path)
		}
		fmt.Fprintf(b, "%s %s", within(k.Span), asRead(k.Name))
		for _, a := range k.Args {
			p := a.Span.Begin()
			fmt.Fprintf(b, " %d:%d=%s", p.Line, p.Column, asRead(a))
		}
		if !k.Body.IsZero() {
			fmt.Fprintf(b, " {%s}", within(k.Body))
		}
		if k.Via != nil {
			fmt.Fprintf(b, " via %s", k.Via)
		}
		b.WriteByte('\n')
		describeNode(b, k, depth+1)
	}
}

// asRead is a word as it is read, quoted where it is written otherwise.
func asRead(w model.Word) string {
	if w.Text == w.Span.Text() && w.Text != "" {
		return w.Text
	}
	return fmt.Sprintf("%q", w.Text)
}

func extent(s model.Span) string {
	if s.IsZero() {
		return "nowhere"
	}
	return s.Source.Path + ":" + within(s)
}

func within(s model.Span) string {
	if s.IsZero() {
		return "nowhere"
	}
	b, e := s.Begin(), s.Finish()
	return fmt.Sprintf("%d:%d-%d:%d", b.Line, b.Column, e.Line, e.Column)
}

package nginx

import (
	"context"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// shared is the folder of real configurations, which is no part of the
// project; tests over it skip without it.
func shared(t testing.TB) string {
	dir := os.Getenv("GWLINT_SHARED")
	if dir == "" {
		t.Skip("GWLINT_SHARED is not set")
	}
	return dir
}

// corpus are the sources of all files in a folder of shared.
func corpus(t testing.TB, dir string) (all []*model.Source) {
	root := filepath.Join(shared(t), "corpus", dir)
	err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || e.Name() == "SOURCES.md" {
			return err
		}
		text, err := os.ReadFile(p)
		rel, _ := filepath.Rel(root, p)
		all = append(all, model.NewSource(rel, text, Parser{}))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestShapeOverCorpus(t *testing.T) {
	statements, faulty, templates := 0, 0, 0
	for _, src := range corpus(t, "nginx") {
		s := scan(src)
		s.nest()
		if s.broken != nil {
			t.Errorf("%s: %v", src.Path, s.broken)
		}
		statements += len(s.statements)
		if len(s.faults) > 0 {
			faulty++
			t.Logf("%s: %s", s.faults[0].at, s.faults[0].message)
		}
		if s.template != "" {
			templates++
			t.Logf("%s: %s", src.Path, s.template)
		}
	}
	t.Logf("%d statements, %d files with faults, %d templates", statements, faulty, templates)
}

func TestDetectOverCorpus(t *testing.T) {
	copies := map[string]bool{".orig": true, ".default": true} // of what the packages install
	for _, src := range corpus(t, "nginx") {
		head := src.Text[:min(len(src.Text), headSize)]
		if copies[filepath.Ext(src.Path)] || strings.HasSuffix(src.Path, "/include_and_deny_fp.conf") { // begins with a comment of C
			continue
		}
		if !detect("nginx/"+src.Path, func() []byte { return head }) {
			ours, foreign := evidence(src.Path, head)
			t.Errorf("%s is not claimed: %d ours, %d foreign", src.Path, ours, foreign)
		}
	}
	for _, dir := range []string{"haproxy", "terraform", "stacks"} {
		for _, src := range corpus(t, dir) {
			head := src.Text[:min(len(src.Text), headSize)]
			ours := dir == "stacks" && (strings.Contains(src.Path, "nginx") || strings.Contains(src.Path, "/web/"))
			if detect(src.Path, func() []byte { return head }) && !ours {
				t.Errorf("%s is claimed", src.Path)
			}
		}
	}
}

// TestReadCorpus reads all real trees, one by one.
func TestReadCorpus(t *testing.T) {
	for _, dir := range []string{"nginx", "stacks"} {
		root := filepath.Join(shared(t), "corpus", dir)
		repos, err := os.ReadDir(root)
		if err != nil {
			t.Fatal(err)
		}
		rules := map[string]int{}
		for _, repo := range repos {
			if !repo.IsDir() {
				continue
			}
			tr, err := files.New(context.Background(), os.DirFS(filepath.Join(root, repo.Name())), []string{"."}, files.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var mine []string
			for _, n := range tr.Names() {
				if detect(n, func() []byte { return tr.Head(n) }) {
					mine = append(mine, n)
				}
			}
			for _, r := range roots(tr, mine, nil) {
				got := read(tr, r)
				rules["roots"]++
				rules["context "+got.context]++
				if len(r.Paths) > 1 {
					rules["groups"]++
				}
				for _, f := range got.findings {
					key := f.Rule
					if f.AtMost != 0 {
						key += " (" + f.AtMost.String() + ")"
					}
					rules[key]++
					if f.Rule == "internal-error" {
						t.Errorf("%s: %s", repo.Name(), f.Message)
					}
					t.Logf("%s: %s %s: %s", key, repo.Name(), f.Because[0].Where(), f.Message)
				}
				for n := range got.root.Walk() {
					if n.Partial != "" {
						rules["partial"]++
						t.Logf("partial: %s %s %s", repo.Name(), n.Head(), n.Partial)
					}
				}
			}
		}
		t.Logf("%s: %v", dir, rules)
	}
}

// TestRecovery takes one character out of each real file, and counts the
// statements that are still read the same, in the same blocks.
func TestRecovery(t *testing.T) {
	all := corpus(t, "nginx")
	for _, c := range []struct {
		what string
		at   func(*statement) []int
		want float64 // of all statements
	}{
		{"semicolon", func(s *statement) []int {
			if s.block() {
				return nil
			}
			return []int{s.end - 1}
		}, 0.985},
		{"opening brace", func(s *statement) []int {
			if !s.block() {
				return nil
			}
			return []int{s.body - 1}
		}, 0.97},
		{"closing brace", func(s *statement) []int {
			if !s.block() {
				return nil
			}
			return []int{s.end - 1}
		}, 0.985},
		{"closing quote", func(s *statement) (at []int) {
			for _, w := range s.words {
				if c := w.Span.Source.Text[w.Span.Start]; c == '"' || c == '\'' {
					at = append(at, w.Span.End-1)
				}
			}
			return at
		}, 0.945},
	} {
		random := rand.New(rand.NewPCG(1, 2))
		total, kept := 0, 0
		for _, src := range all {
			s := scan(src)
			if len(s.faults) > 0 {
				continue
			}
			var at []int
			for _, k := range s.statements {
				at = append(at, c.at(k)...)
			}
			if len(at) == 0 {
				continue
			}
			p := at[random.IntN(len(at))]
			broken := scan(model.NewSource(src.Path, slices.Delete(slices.Clone(src.Text), p, p+1), Parser{}))
			left := readings(broken)
			for k, n := range readings(s) {
				total, kept = total+n, kept+min(n, left[k])
			}
		}
		if share := float64(kept) / float64(total); share < c.want {
			t.Errorf("without a %s %.3f of the statements are kept, %.3f wanted", c.what, share, c.want)
		} else {
			t.Logf("without a %s %.3f of the statements are kept", c.what, share)
		}
	}
}

// readings counts the statements of a script by what they say, and where.
func readings(s *script) map[string]int {
	all := map[string]int{}
	for _, k := range s.statements {
		var b strings.Builder
		for o := k; o != nil; o = o.outer {
			b.WriteString("/" + o.name())
		}
		for _, w := range k.words {
			b.WriteString(" " + w.Text)
		}
		all[b.String()]++
	}
	return all
}

// TestNginxStarts: the configurations of nginx's own tests start, so that
// nothing in them is refused but an include that the tests write themselves.
func TestNginxStarts(t *testing.T) {
	dir := filepath.Join(shared(t), "corpus", "nginx", "nginx+nginx-tests")
	tree, err := files.New(context.Background(), os.DirFS(dir), []string{"."}, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range tree.Names() {
		if filepath.Ext(name) != ".conf" {
			continue
		}
		seen++
		out := Parser{}.Load(tree, files.Root{Paths: []string{name}, Place: &model.Place{Versions: map[string]model.Versions{
			"nginx": model.VersionsOf("1.31.4", model.Explicit, "the newest", model.Span{}),
		}}})
		for _, f := range out.Findings {
			if f.Outcome.Start() && f.Rule != "missing-include" {
				t.Errorf("%s: %s: %s", name, f.Rule, f.Message)
			}
		}
	}
	if seen < 400 {
		t.Errorf("only %d files were read", seen)
	}
}

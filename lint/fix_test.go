package lint_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

// word makes a rule that wants another argument of a directive.
func word(id, directive, from, to string, safe bool) *model.Check {
	return &model.Check{ID: id, Title: "A test", Severity: model.Warning, Run: func(w *model.Workspace, report func(model.Finding)) {
		for n := range w.Nodes() {
			if n.Name.Text == directive && n.Arg(0) == from {
				report(model.Finding{Message: directive + " is " + from, Because: []model.Fact{n},
					Fix: &model.Fix{Message: "write " + to, Safe: safe, Edits: []model.Edit{{Span: n.Args[0].Span, Text: to}}}})
			}
		}
	}}
}

// head makes the text one that is known for nginx configuration.
const head = "events {}\nhttp { server { listen 80; } }\n"

func fix(t *testing.T, text string, unsafe bool, rules ...*model.Check) (*lint.Repair, string) {
	t.Helper()
	for _, c := range checks.All() {
		if c.Run == nil {
			rules = append(rules, c)
		}
	}
	fsys := fstest.MapFS{"nginx.conf": {Data: []byte(text)}}
	done, err := lint.Fix(context.Background(), fsys, lint.Options{Checks: rules, Prefix: "etc/"}, unsafe)
	if err != nil {
		t.Fatal(err)
	}
	if string(fsys["nginx.conf"].Data) != text {
		t.Error("the file itself was changed")
	}
	after := text
	for _, c := range done.Changes {
		if c.Name != "nginx.conf" || c.Path != "etc/nginx.conf" || string(c.Before) != text {
			t.Errorf("changed: %+v", c)
		}
		after = string(c.After)
	}
	return done, after
}

func TestFix(t *testing.T) {
	const text = "events {}\nhttp {\n    proxy_pass_header x;\n    a 1;\n    b 1;\n}\n"
	for title, x := range map[string]struct {
		rules  []*model.Check
		unsafe bool
		want   string
		fixed  int
	}{
		"safe only":             {[]*model.Check{word("x", "a", "1", "2", true), word("y", "b", "1", "2", false)}, false, "a 2; b 1;", 1},
		"unsafe, too":           {[]*model.Check{word("x", "a", "1", "2", true), word("y", "b", "1", "2", false)}, true, "a 2; b 2;", 2},
		"one after another":     {[]*model.Check{word("x", "a", "1", "2", true), word("y", "a", "2", "3", true), word("z", "a", "3", "4", true)}, false, "a 1; b 1;", 0},
		"does not help":         {[]*model.Check{word("x", "a", "1", "1 ", true)}, false, "a 1; b 1;", 0},
		"does not parse":        {[]*model.Check{word("x", "a", "1", "2; }", true), word("y", "b", "1", "2", true)}, false, "a 1; b 2;", 1},
		"overlaps with another": {[]*model.Check{word("x", "a", "1", "2", true), word("y", "a", "1", "3", true)}, false, "a 2; b 1;", 1},
		"the same twice":        {[]*model.Check{word("x", "a", "1", "2", true), word("y", "a", "1", "2", true)}, false, "a 2; b 1;", 2},
	} {
		done, after := fix(t, text, x.unsafe, x.rules...)
		if got := strings.Join(strings.Fields(after), " "); got != "events {} http { proxy_pass_header x; "+x.want+" }" {
			t.Errorf("%s: %s", title, got)
		}
		if len(done.Fixed) != x.fixed {
			t.Errorf("%s: %d fixed, not %d", title, len(done.Fixed), x.fixed)
		}
	}
}

// Many fixes, some of which do not hold, are told apart in few runs.
func TestFixMany(t *testing.T) {
	var text, want strings.Builder
	text.WriteString(head)
	want.WriteString(head)
	rules := []*model.Check{word("good", "a", "1", "2", true)}
	for i := range 300 {
		fmt.Fprintf(&text, "a 1; ")
		fmt.Fprintf(&want, "a 2; ")
		if i%100 == 50 {
			fmt.Fprintf(&text, "b %d; ", i)
			fmt.Fprintf(&want, "b %d; ", i)
			rules = append(rules, word(fmt.Sprintf("bad-%d", i), "b", fmt.Sprint(i), "}", true))
		}
	}
	done, after := fix(t, text.String(), false, rules...)
	if after != want.String() || len(done.Fixed) != 300 || len(done.Left.Findings) != 3 {
		t.Errorf("%d fixed, %d left: %s", len(done.Fixed), len(done.Left.Findings), after)
	}
}

// A fix is offered only if it holds.
func TestOffer(t *testing.T) {
	fsys := fstest.MapFS{"nginx.conf": {Data: []byte(head + "a 1;\nb 1;\nc 1;\n")}}
	opt := lint.Options{Checks: []*model.Check{word("x", "a", "1", "2", true), word("y", "b", "1", "'", true), word("z", "c", "1", "2", false)}}
	for _, c := range checks.All() {
		if c.ID == "syntax" {
			opt.Checks = append(opt.Checks, c)
		}
	}
	r, err := lint.Run(context.Background(), fsys, opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := lint.Offer(context.Background(), fsys, opt, r); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Findings {
		got = append(got, fmt.Sprint(f.Rule(), f.Fix != nil))
	}
	if s := strings.Join(got, " "); s != "xtrue yfalse ztrue" {
		t.Error(s)
	}
}

// What is no file of the tree is not edited: a dump, standard input.
func TestFixOnlyFiles(t *testing.T) {
	for _, text := range []string{head + "a 1;\n", "# configuration file /etc/nginx/nginx.conf:\n" + head + "a 1;\n"} {
		done, err := lint.Fix(context.Background(), os.DirFS(t.TempDir()),
			lint.Options{Paths: []string{"-"}, Overlay: map[string][]byte{"-": []byte(text)}, Checks: []*model.Check{word("x", "a", "1", "2", true)}}, true)
		if err != nil {
			t.Fatal(err)
		}
		if len(done.Left.Findings) != 1 || len(done.Changes) != 0 || len(done.Fixed) != 0 {
			t.Errorf("%q: %d findings left, %d changes", text, len(done.Left.Findings), len(done.Changes))
		}
	}
}

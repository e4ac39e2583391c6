package files

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gwlint/gwlint/model"
)

func tree(t *testing.T, names string, opt Options) *Tree {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range strings.Fields(names) {
		if from, to, ok := strings.Cut(name, "->"); ok {
			fsys[from] = &fstest.MapFile{Data: []byte(to), Mode: fs.ModeSymlink | 0o777}
			continue
		}
		fsys[name] = &fstest.MapFile{Data: []byte(name)}
	}
	tr, err := New(context.Background(), fsys, []string{"."}, opt)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// TestMatch: what fnmatch(3) says of the same pairs with FNM_PERIOD.
func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"*.conf", "a.conf", true},
		{"*.conf", ".conf", false},
		{".*", ".conf", true},
		{"?.conf", ".conf", false},
		{"[.]conf", ".conf", false},
		{"*", "", true},
		{"a*b*c", "aXbXbXc", true},
		{"a*b*c", "aXbXbX", false},
		{"[!B]*.inc", "a.inc", true},
		{"[!B]*.inc", "B.inc", false},
		{"[^B]*.inc", "B.inc", false},
		{"[a-c]x", "bx", true},
		{"[a-c]x", "dx", false},
		{"[]a]", "]", true},
		{"[]a]", "a", true},
		{"[!]a]", "]", false},
		{"[a-]", "-", true},
		{"[x.conf", "[x.conf", true},
		{"[x.conf", "x.conf", false},
		{`\*`, "*", true},
		{`\*`, "a", false},
		{`[\]]`, "]", true},
		{`a\`, `a\`, true},
		{"[[:digit:]]*", "7up", true},
		{"[[:digit:]]*", "up", false},
		{"[![:alpha:]]*", "7up", true},
		{"[[:alpha:]-9]", "-", true},
		{"ä*", "äb", true},
		{"?", "ä", false}, // two bytes: nginx runs in the C locale
	} {
		if got := match(c.pattern, c.name); got != c.want {
			t.Errorf("match(%q, %q) = %t", c.pattern, c.name, got)
		}
	}
	if !Match("/etc/*/a?.conf", "/etc/x/ab.conf") || Match("/etc/*.conf", "/etc/x/a.conf") || Match("a/*", "a") {
		t.Error("Match does not go by segments")
	}
	begin := strings.Repeat("a", 4096)
	if match(strings.Repeat("a*", 200)+"b", begin) {
		t.Error("no b in it")
	}
}

func TestGlob(t *testing.T) {
	tr := tree(t, "c/B.conf c/a.conf c/C.conf c/.hidden.conf c/dir/x e/readme d1/x.conf d2/x.conf d1/.h/x.conf l->c", Options{})
	for _, c := range []struct {
		pattern, want string
		folder        bool
	}{
		{"c/*.conf", "c/B.conf c/C.conf c/a.conf", true},
		{"c/*", "c/B.conf c/C.conf c/a.conf c/dir", true},
		{"c/.*.conf", "c/.hidden.conf", true},
		{"e/*.conf", "", true},
		{"absent/*.conf", "", false},
		{"d*/x.conf", "d1/x.conf d2/x.conf", true},
		{"d*/absent/*", "", false},
		{"./c//a.conf", "c/a.conf", true},
		{"l/*.conf", "l/B.conf l/C.conf l/a.conf", true},
		{"c/a.conf/*", "", false},
		{"../c/*", "", false},
		{"/c/*", "", false},
	} {
		names, folder := tr.Glob(c.pattern)
		if got := strings.Join(names, " "); got != c.want || folder != c.folder {
			t.Errorf("Glob(%q) = %q, %t", c.pattern, got, folder)
		}
	}
}

func TestFind(t *testing.T) {
	tr := tree(t, "deploy/nginx/nginx.conf deploy/nginx/conf.d/a.conf deploy/nginx/mime.types conf.d/b.conf etc/nginx/x.conf snippets/x.conf", Options{})
	mapped := tree(t, "cfg/conf.d/a.conf conf.d/b.conf", Options{Maps: []model.Mount{{From: "cfg", To: "/etc/nginx"}, {From: "other", To: "/etc"}}})
	place := &model.Place{Mounts: []model.Mount{{From: "conf.d", To: "/etc/nginx/conf.d"}}}
	for _, c := range []struct {
		tree      *Tree
		abs, near string
		place     *model.Place
		want      string
	}{
		{tr, "/etc/nginx/conf.d/*.conf", "deploy/nginx", nil, "deploy/nginx/conf.d/*.conf"},
		{tr, "/etc/nginx/conf.d/*.conf", ".", nil, "conf.d/*.conf"},
		{tr, "/etc/nginx/mime.types", "deploy/nginx", nil, "deploy/nginx/mime.types"},
		{tr, "/etc/nginx/x.conf", "deploy/nginx", nil, "etc/nginx/x.conf"},              // the longest end wins over the nearest
		{tr, "/etc/nginx/snippets/x.conf", "deploy/nginx", nil, "snippets/x.conf"},      // one of the directories around
		{tr, "/etc/nginx/*.conf", "deploy/nginx", nil, "etc/nginx/*.conf"},              // its directory is there
		{tr, "/usr/local/*.conf", "deploy/nginx", nil, ""},                              // nothing but a pattern is left
		{tr, "/usr/*/conf.d/*.conf", "deploy/nginx", nil, "deploy/nginx/conf.d/*.conf"}, // the fixed part after a pattern
		{tr, "/usr/absent.conf", "deploy/nginx", nil, ""},
		{tr, "/", "deploy/nginx", nil, ""},
		{mapped, "/etc/nginx/conf.d/a.conf", ".", nil, "cfg/conf.d/a.conf"},
		{mapped, "/etc/nginx/conf.d/absent.conf", ".", nil, "cfg/conf.d/absent.conf"}, // what is mapped is nowhere else
		{mapped, "/etc/nginx/conf.d/b.conf", ".", place, "conf.d/b.conf"},             // the closer mount
		{mapped, "/etc/../../x", ".", nil, ""},
	} {
		got, ok := c.tree.Find(c.abs, c.near, c.place)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("Find(%q, %q) = %q, %t; want %q", c.abs, c.near, got, ok, c.want)
		}
	}
}

func TestLinks(t *testing.T) {
	tr := tree(t, "a/real a/rel->real b/up->../a/real b/abs->/etc/nginx/a/real b/out->../../x b/outabs->/nowhere/x b/self->self b/gone->absent b/dir->../a b/chain->up", Options{})
	for name, want := range map[string]string{"a/rel": "a/real", "b/up": "a/real", "b/abs": "a/real", "b/chain": "a/real"} {
		s, err := tr.Source(name, nil)
		if err != nil || s.Path != want {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
	for name, want := range map[string]error{"b/out": ErrOutside, "b/outabs": ErrOutside, "b/gone": fs.ErrNotExist, "b/dir": ErrNoFile, "../x": ErrOutside, "/x": ErrOutside} {
		if _, err := tr.Source(name, nil); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := tr.Source("b/self", nil); err == nil || !strings.Contains(err.Error(), "itself") {
		t.Error(err)
	}
	if got, want := len(tr.Sources()), 1; got != want {
		t.Errorf("%d sources", got)
	}
}

func TestDirLinks(t *testing.T) {
	tr := tree(t, "real/a.conf link->real far->/etc/nginx/real", Options{})
	for _, dir := range []string{"link", "far"} {
		names, folder := tr.Glob(dir + "/*.conf")
		if !folder || !slices.Equal(names, []string{dir + "/a.conf"}) {
			t.Errorf("%v %t", names, folder)
			continue
		}
		if s, err := tr.Source(names[0], nil); err != nil || s.Path != "real/a.conf" {
			t.Errorf("%v %v", s, err)
		}
	}
}

func TestCaps(t *testing.T) {
	fsys := fstest.MapFS{"big": {Data: make([]byte, MaxSize+1)}, "fits": {Data: make([]byte, MaxSize)}}
	tr, err := New(context.Background(), fsys, []string{"."}, Options{Overlay: map[string][]byte{"-": make([]byte, MaxSize+1)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"big", "-"} {
		if _, err := tr.Source(name, nil); !errors.Is(err, ErrTooBig) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s, err := tr.Source("fits", nil); err != nil || len(s.Text) != MaxSize {
		t.Error(err)
	}
	if len(tr.Head("big")) != 4096 || len(tr.Head("absent")) != 0 {
		t.Error("heads")
	}
}

func TestOverlay(t *testing.T) {
	fsys := fstest.MapFS{"dir/a": {Data: []byte("disk")}}
	tr, err := New(context.Background(), fsys, []string{".", "-"}, Options{Prefix: "x/", Overlay: map[string][]byte{"-": []byte("stdin"), "dir/a": []byte("editor")}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(tr.Names(), []string{"-", "dir/a"}) {
		t.Error(tr.Names())
	}
	for name, want := range map[string]string{"-": "stdin", "dir/a": "editor"} {
		if s, err := tr.Source(name, nil); err != nil || !bytes.Equal(s.Text, []byte(want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := tr.Display("dir/b") + tr.Display("-"); got != "x/dir/b-" {
		t.Error(got)
	}
}

func TestIgnored(t *testing.T) {
	fsys := fstest.MapFS{".gitignore": {Data: []byte("build/\n*.log\n!keep.log\n")}, "build/a": {}, "a.log": {}, "keep.log": {}, "sub/.gitignore": {Data: []byte("/x\n")},
		"sub/x": {}, "sub/y/x": {}, ".git/config": {}, "node_modules/a/b": {}, "c": {}}
	tr, err := New(context.Background(), fsys, []string{"."}, Options{Ignore: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(tr.Names(), " "); got != ".gitignore c keep.log sub/.gitignore sub/y/x" {
		t.Error(got)
	}
	if tr, _ = New(context.Background(), fsys, []string{"build"}, Options{Ignore: true}); len(tr.Names()) != 1 {
		t.Error("what is named is not left out")
	}
	if _, err = New(context.Background(), fsys, []string{"absent"}, Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestMemo(t *testing.T) {
	tr := tree(t, "a b", Options{})
	a, _ := tr.Source("a", nil)
	calls := 0
	for range 3 {
		if got := tr.Memo(a, func() any { calls++; return 7 }); got != 7 {
			t.Error(got)
		}
	}
	if calls != 1 {
		t.Errorf("%d calls", calls)
	}
}

package process

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/text"
)

func tree(t testing.TB, all map[string]string) *files.Tree {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range all {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tr, err := files.New(context.Background(), fsys, []string{"."}, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// place is one that starts a command in /app, where the tree is.
func place(command string) *model.Place {
	src := model.NewSource("command", []byte(command), nil)
	words, _ := text.Words(src.Span(0, len(src.Text)))
	return &model.Place{Words: words, Dir: "/app", Mounts: []model.Mount{{From: ".", To: "/app"}}, Env: map[string]model.Value[string]{}}
}

func TestPrograms(t *testing.T) {
	tr := tree(t, map[string]string{
		"package.json":  `{"scripts": {"start": "npm run serve -- --port 1", "serve": "cross-env A=1 node server.js"}}`,
		"bin/start.sh":  "#!/bin/bash\nset -e\n# gunicorn old\nif [ \"$X\" ]; then\n  echo hi\nfi\nexport PORT=81\nexec gunicorn app \\\n  -b :80\n",
		"entrypoint.sh": "#!/bin/sh\nmigrate\nexec \"$@\"\n",
		"loop.sh":       "./loop.sh\n",
	})
	for command, want := range map[string]string{
		"gunicorn app:app":                                     "gunicorn app:app",
		"/venv/bin/gunicorn app":                               "gunicorn app",
		"python3.11 -m uvicorn app --port 1":                   "uvicorn app --port 1",
		"python -u -W ignore manage.py runserver 0.0.0.0:8000": "runserver 0.0.0.0:8000",
		"sh -c 'a && exec gunicorn app'":                       "a, gunicorn app",
		`bash -lc "nginx; php-fpm8.2 -F"`:                      "nginx, php-fpm -F",
		"env -u X A=b gosu www-data php-fpm":                   "php-fpm",
		"tini -s -- dumb-init puma -p 1":                       "puma -p 1",
		"poetry run gunicorn app":                              "gunicorn app",
		"bundle exec puma -C config/puma.rb":                   "puma -C config/puma.rb",
		"dockerize -wait tcp://db:1 -timeout 60s ./app":        "app",
		"./wait-for-it.sh db:5432 -t 30 -- uwsgi --ini a.ini":  "uwsgi --ini a.ini",
		"npm start":                           "node server.js --port 1",
		"yarn --cwd /app serve":               "node server.js",
		"npm install":                         "",
		"./bin/start.sh":                      "echo hi, gunicorn app -b :80",
		"./entrypoint.sh gunicorn app":        "migrate, gunicorn app",
		"/nowhere/entrypoint.sh gunicorn app": "gunicorn app",
		"bash ./loop.sh":                      "",
		"supervisord -c /etc/s.conf":          "supervisord -c /etc/s.conf",
		"php artisan queue:work":              "php artisan queue:work",
		"":                                    "",
	} {
		var got []string
		for _, g := range Programs(tr, place(command)) {
			words := []string{g.Name}
			for _, a := range g.Args {
				words = append(words, a.Text)
			}
			if g.Name != "set" {
				got = append(got, strings.Join(words, " "))
			}
		}
		if diff := cmp.Diff(want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s: %s", command, diff)
		}
	}
}

func TestScriptEnvironment(t *testing.T) {
	tr := tree(t, map[string]string{"start.sh": "export PORT=81\nexec gunicorn app\n"})
	g, ok := Find(tr, place("sh start.sh"), "gunicorn")
	if v := g.Getenv("PORT"); !ok || v.V != "81" || v.At().String() != "start.sh:1:13" {
		t.Errorf("%v %v", ok, v)
	}
}

func TestFlags(t *testing.T) {
	g, _ := Find(tree(t, nil), place(`gunicorn -b :1 --bind=:2 -b":3" --bind ':4' --bindings x`), "gunicorn")
	var got []string
	for _, w := range g.Flags("-b", "--bind") {
		got = append(got, fmt.Sprintf("%s at %q", w.Text, w.Span.Text()))
	}
	want := []string{`:1 at ":1"`, `:2 at ":2"`, `:3 at "-b\":3\""`, `:4 at "':4'"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRead(t *testing.T) {
	p := place(`gunicorn -b :$PORT -t ${LIMIT:-30} -w $UNSET -k "gevent"`)
	p.Env["PORT"] = model.Set(&model.Node{}, "PORT", model.Span{}, "8080", model.Explicit, "")
	p.Env["HIDDEN"] = model.NotTold[string](&model.Node{}, "HIDDEN", "")
	g, _ := Find(tree(t, nil), p, "gunicorn")
	for flag, want := range map[string]string{"-b": ":8080 explicit", "-t": "30 assumed", "-w": "unknown", "-k": "gevent explicit"} {
		w, _ := g.Flag(flag)
		v := Read(g, flag, w, func(s string) (string, bool) { return s, true })
		got := "unknown"
		if v.Known() {
			got = v.V + " " + v.Origin().String()
		}
		if got != want {
			t.Errorf("%s: %s, not %s", flag, got, want)
		}
		if flag == "-k" && v.At().Text() != "gevent" {
			t.Errorf("a value would lose its quotes: %s", v.At().Text())
		}
	}
}

func TestAddress(t *testing.T) {
	for s, want := range map[string]string{
		"8000": ":8000", ":8000": ":8000", "0.0.0.0:80": "0.0.0.0:80", "[::1]:80": "[::1]:80", "[::]": "[::]:1", "app": "app:1", "unix:/a": "unix:/a",
		"unix:///a/b": "unix:/a/b", "/a": "unix:/a", "tcp://0.0.0.0:9292": "0.0.0.0:9292", "": "", "a:b": "", "fd://3": "", "99999": "99999:1",
	} {
		a, ok := Address(1)(s)
		if got := a.String(); ok && got != want || !ok && want != "" {
			t.Errorf("%q: %q (%v), not %q", s, got, ok, want)
		}
	}
}

func TestDeclared(t *testing.T) {
	n := &model.Node{}
	p := &model.Place{Env: map[string]model.Value[string]{}, Ports: []model.Port{{Outer: 80, Inner: 3000}}}
	first := func() string { return Declared(p, n, "PORT")[0].V.String() }
	if got := first(); got != ":3000" {
		t.Error("published:", got)
	}
	p.Exposed = []model.Value[int]{model.Set(n, "EXPOSE", model.Span{}, 4000, model.Explicit, "")}
	if got := first(); got != ":4000" {
		t.Error("exposed:", got)
	}
	p.Env["PORT"] = model.Set(n, "PORT", model.Span{}, "5000", model.Explicit, "")
	if got := first(); got != ":5000" {
		t.Error("environment:", got)
	}
	p.Sockets = []model.Value[model.Addr]{model.Set(n, "ListenStream", model.Span{}, model.Addr{Net: "unix", Path: "/s"}, model.Explicit, "")}
	if got := first(); got != "unix:/s" {
		t.Error("sockets:", got)
	}
}

// FuzzPrograms gives any text as a command, as a script and as package.json.
func FuzzPrograms(f *testing.F) {
	for _, s := range []string{"sh -c 'a && b'", "if x; then\ny \"$@\"\nfi", `{"scripts":{"start":"npm start"}}`, "A=1 exec env -i B=2 x -b$(y)", "npm start", "./s.sh x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tr := tree(t, map[string]string{"package.json": s, "s.sh": s})
		for _, command := range []string{s, "npm start", "./s.sh a"} {
			p := place(command)
			for _, g := range Programs(tr, p) {
				for _, w := range g.Args {
					if !w.Span.IsZero() && (w.Span.Start > w.Span.End || w.Span.End > len(w.Span.Source.Text)) {
						t.Fatalf("%v is outside of its file", w.Span)
					}
				}
				for _, w := range g.Flags("-b", "--bind") {
					Read(g, "-b", w, Address(80))
				}
			}
		}
	})
}

// TestSignalled is what stays between a program and the signals of its place.
func TestSignalled(t *testing.T) {
	tr := tree(t, map[string]string{
		"start.sh":     "#!/bin/sh\nmigrate\ngunicorn app\n",
		"exec.sh":      "#!/bin/sh\nmigrate\nexec gunicorn app\n",
		"given.sh":     "#!/bin/sh\nmigrate\nexec \"$@\"\n",
		"trap.sh":      "#!/bin/bash\ntrap 'kill $p' TERM\ngunicorn app &\np=$!\nwait $p\n",
		"nested.sh":    "#!/bin/sh\nexec ./start.sh\n",
		"outer.sh":     "#!/bin/sh\n./exec.sh\n",
		"package.json": `{"scripts": {"start": "gunicorn app"}}`,
	})
	for _, c := range []struct {
		image, command string
		shell          bool
		want           string // on, off or unknown
	}{
		{"python:3.12", "gunicorn app", false, "on"},
		{"python:3.12", "gunicorn app", true, "off"},
		{"python:3.12-alpine", "gunicorn app", true, "on"},
		{"registry.example.com/app:1", "gunicorn app", true, "unknown"},
		{"python:3.12", "sh -c 'migrate && gunicorn app'", false, "off"},
		{"python:3.12", "sh -c 'migrate && exec gunicorn app'", false, "on"},
		{"alpine:3", "sh -c 'migrate && gunicorn app'", false, "on"},
		{"alpine:3", "sh -c 'gunicorn app; echo'", false, "off"},
		{"python:3.12", "bash -c 'migrate && gunicorn app'", false, "on"},
		{"python:3.12", "bash -c 'gunicorn app; echo'", false, "off"},
		{"python:3.12", "./start.sh", false, "off"},
		{"python:3.12", "./exec.sh", false, "on"},
		{"python:3.12", "./given.sh gunicorn app", false, "on"},
		{"python:3.12", "./trap.sh", false, "unknown"},
		{"python:3.12", "./nested.sh", false, "off"},
		{"python:3.12", "./outer.sh", false, "off"},
		{"python:3.12", "./unseen.sh gunicorn app", false, "unknown"},
		{"python:3.12", "dumb-init ./start.sh", false, "on"},
		{"python:3.12", "tini -- ./start.sh", false, "off"},
		{"python:3.12", "npm start", false, "unknown"},
	} {
		p := place(c.command)
		p.Shell, p.Image = c.shell, model.Set(&model.Node{}, "image", model.Span{}, c.image, model.Explicit, "")
		g, ok := Find(tr, p, "gunicorn")
		if got := g.Signalled(); !ok || got.Plain() != c.want {
			t.Errorf("%s in %s (shell %v) is %s, not %s", c.command, c.image, c.shell, got, c.want)
		}
	}
}

func TestRuns(t *testing.T) {
	tr := tree(t, map[string]string{"entry.sh": "#!/bin/sh\nexec gosu www-data \"$@\"\n"})
	for command, want := range map[string]string{
		"gunicorn app":                "root",
		"gosu app:web gunicorn app":   "app:web",
		"su-exec nobody gunicorn app": "nobody",
		"./entry.sh gunicorn app":     "www-data",
	} {
		p := place(command)
		p.User = model.Fallback(&model.Node{}, "USER", "root", model.Default, "")
		g, _ := Find(tr, p, "gunicorn")
		if got := g.Runs().V; got != want {
			t.Errorf("%s runs as %q, not %q", command, got, want)
		}
	}
}

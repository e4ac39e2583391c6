package gunicorn

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/text"
)

// start loads what a command line and a file make.
func start(t *testing.T, command, file string, env map[string]string) *model.Gateway {
	t.Helper()
	fsys := fstest.MapFS{"app/x": {}}
	if file != "" {
		fsys["app/gunicorn.conf.py"] = &fstest.MapFile{Data: []byte(file)}
	}
	tree, err := files.New(context.Background(), fsys, []string{"."}, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	src := model.NewSource("command", []byte(command), nil)
	words, _ := text.Words(src.Span(0, len(src.Text)))
	p := &model.Place{Words: words, Dir: "/app", Mounts: []model.Mount{{From: "app", To: "/app"}}, Env: map[string]model.Value[string]{}}
	for k, v := range env {
		p.Env[k] = model.Set(&model.Node{}, k, model.Span{}, v, model.Explicit, "")
	}
	roots := Parser{}.Roots(tree, nil, []*model.Place{p})
	if len(roots) != 1 {
		t.Fatalf("%s: %d roots", command, len(roots))
	}
	out := Parser{}.Load(tree, roots[0])
	if len(out.Gateways) != 1 || len(out.Findings) > 0 {
		t.Fatalf("%s: %d gateways, %v", command, len(out.Gateways), out.Findings)
	}
	return out.Gateways[0]
}

func TestWhere(t *testing.T) {
	for _, c := range []struct {
		command, file string
		env           map[string]string
		want          string
	}{
		{"gunicorn app", "", nil, "127.0.0.1:8000 default"},
		{"gunicorn app", "", map[string]string{"PORT": "80"}, "0.0.0.0:80 explicit"},
		{"gunicorn app", "bind = 'unix:/run/a.sock'", map[string]string{"PORT": "80"}, "unix:/run/a.sock explicit"},
		{"gunicorn -b :9 app", "bind = '0.0.0.0:8'", nil, ":9 explicit"},
		{"gunicorn app", "bind = '0.0.0.0:8'", map[string]string{"GUNICORN_CMD_ARGS": "--bind :7"}, ":7 explicit"},
		{"gunicorn -b :$PORT app", "", map[string]string{"PORT": "80"}, ":80 explicit"},
		{"gunicorn -b :$PORT app", "", nil, "unknown"},
		{"PORT=81 gunicorn app", "", nil, "0.0.0.0:81 explicit"},
		{"gunicorn app", "bind = ':' + os.getenv('P', '5')", nil, ":5 assumed"},
		{"gunicorn app", "bind = ':' + os.getenv('P', '5')", map[string]string{"P": "6"}, ":6 explicit"},
		{"gunicorn app", "bind = compute()", nil, "unknown"},
		{"gunicorn app", "if x:\n    bind = ':1'", nil, "unknown"},
		{"gunicorn -c other.py app", "", nil, "unknown"},
	} {
		v := start(t, c.command, c.file, c.env).Listeners[0].Binds[0].Addr
		got := "unknown"
		if v.Known() {
			got = v.V.String() + " " + v.Origin().String()
		}
		if got != c.want {
			t.Errorf("%s %q %v: %s, not %s", c.command, c.file, c.env, got, c.want)
		}
	}
}

// TestWorkers: --timeout ends requests of sync workers only, and those close
// after each answer.
func TestWorkers(t *testing.T) {
	for _, c := range []struct {
		command, file string
		limit, idle   time.Duration
		slots         int
	}{
		{"gunicorn app", "", 30 * time.Second, 0, 1},
		{"gunicorn -w 3 -t 0 app", "", model.Forever, 0, 3},
		{"gunicorn -k gthread --threads 4 -w 2 --keep-alive 9 app", "", model.Forever, 9 * time.Second, 8},
		{"gunicorn --threads 2 app", "timeout = 5", model.Forever, 2 * time.Second, 2},
		{"gunicorn app", "timeout = 60 * 2", 0, 0, 1}, // computed: unknown
		{"gunicorn app", "worker_class = 'uvicorn.workers.UvicornWorker'\nkeepalive = 70", model.Forever, 70 * time.Second, 0},
	} {
		l := start(t, c.command, c.file, nil).Listeners[0]
		if l.Limit.V != c.limit || l.Idle.V != c.idle || l.Slots.V != c.slots {
			t.Errorf("%s %q: limit %s, idle %s, slots %s", c.command, c.file, l.Limit, l.Idle, l.Slots)
		}
	}
	if l := start(t, "gunicorn -k $CLASS app", "", nil).Listeners[0]; l.Limit.Known() || l.Idle.Known() {
		t.Errorf("the class is not known: %s, %s", l.Limit, l.Idle)
	}
}

func TestSocket(t *testing.T) {
	b := start(t, "gunicorn -b unix:/run/a.sock -m 007 app", "", nil).Listeners[0].Binds[0]
	if b.Mode.V != 0o770 || !b.Mode.Known() {
		t.Errorf("umask 007 makes %o", b.Mode.V)
	}
}

// TestUnseen: a file that may be there takes the certainty of every default.
func TestUnseen(t *testing.T) {
	tree, _ := files.New(context.Background(), fstest.MapFS{}, []string{"."}, files.Options{})
	p := &model.Place{Words: []model.Word{{Text: "gunicorn"}, {Text: "app"}}, Dir: "/app",
		Exposed: []model.Value[int]{model.Set(&model.Node{}, "EXPOSE", model.Span{}, 80, model.Explicit, "")}}
	l := Parser{}.Load(tree, files.Root{Place: p}).Gateways[0].Listeners[0]
	if l.Limit.Origin() != model.Assumed || l.Binds[0].Addr.V.Port != 80 {
		t.Errorf("%s, %s", l.Limit, l.Binds[0].Addr)
	}
}

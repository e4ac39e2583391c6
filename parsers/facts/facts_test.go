package facts

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/settings"
)

func load(t testing.TB, text string) files.Loaded {
	t.Helper()
	tree, err := files.New(context.Background(), fstest.MapFS{settings.FileName: {Data: []byte(text)}}, []string{"."}, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return Parser{}.Load(tree, files.Root{Paths: []string{settings.FileName}, Place: &model.Place{}})
}

func TestApp(t *testing.T) {
	out := load(t, `app "api" {
  address       = "10.0.0.5:8000"
  server        = "gunicorn"
  version       = "20.1"
  protocol      = "http"
  keepalive     = "5s"
  request_limit = "1m30s"
  header_limit  = 8192
  tls           = true
  workers       = 4
}

environment "edge" {
  app "php" {
    address = "unix:/run/php/www.sock"
  }
}
`)
	if len(out.Findings) > 0 || len(out.Gateways) != 2 {
		t.Fatalf("%d gateways, %v", len(out.Gateways), out.Findings)
	}
	g := out.Gateways[0]
	l := g.Listeners[0]
	b := l.Binds[0]
	if g.Name != "api" || g.Product.Name != "gunicorn" || !g.Product.From("20.1") || !Declares(g) {
		t.Errorf("%s is %s", g.Name, g.Product)
	}
	if b.Addr.V != (model.Addr{Host: "10.0.0.5", Port: 8000}) || !model.Is(b.TLS.Enabled, true) || !model.Is(b.Protocol, "http") {
		t.Errorf("it listens on %v, %v, %v", b.Addr, b.TLS.Enabled, b.Protocol)
	}
	if !model.Is(l.Idle, 5*time.Second) || !model.Is(l.Limit, 90*time.Second) || !model.Is(l.MaxHead, 8192) || !model.Is(l.Slots, 4) {
		t.Errorf("%v, %v, %v, %v", l.Idle, l.Limit, l.MaxHead, l.Slots)
	}
	if at := l.Idle.At().String(); at != settings.FileName+":6:19" {
		t.Errorf("keepalive is at %s", at)
	}
	php := out.Gateways[1].Listeners[0]
	if php.Binds[0].Addr.V.Path != "/run/php/www.sock" || php.Idle.Known() {
		t.Errorf("%v, %v", php.Binds[0].Addr, php.Idle)
	}
}

// TestWrong sees that what is wrong is said where it is, and that the rest is
// read.
func TestWrong(t *testing.T) {
	for text, want := range map[string]string{
		"app \"a\" {\n  address = \"10.0.0.5\"\n}\n":                            ":2:13: address takes",
		"app \"a\" {\n  address = \"10.0.0.5:99999\"\n}\n":                      ":2:13: address takes",
		"app \"a\" {\n  address = \"10.0.0.5:80\"\n  keepalive = \"soon\"\n}\n": ":3:15: keepalive takes a duration",
		"app \"a\" {\n  address = \"10.0.0.5:80\"\n  keepalive = 5\n}\n":        ":3:15: keepalive takes a duration such as \"30s\", not 5",
		"app \"a\" {\n  address = \"10.0.0.5:80\"\n  workers = -1\n}\n":         ":3:13: workers takes a whole number",
		"app \"a\" {\n  address = \"10.0.0.5:80\"\n  keepalife = \"5s\"\n}\n":   ":3:3: ",
		"app \"a\" {\n}\n":                          ":1:1: app \"a\" has no address",
		"app {\n  address = \"10.0.0.5:80\"\n}\n":   ":1:5: app has a name: app \"...\" {",
		"apps \"a\" {\n}\n":                         ":1:1: ",
		"colour = \"red\"\n":                        ":1:1: ",
		"app \"a\" {\n  address = \n}\n":            ":2:13: ",
		"app \"a\" {\n  address = var.address\n}\n": ":2:13: ",
	} {
		out := load(t, text)
		said := ""
		for _, f := range out.Findings {
			said += f.Because[0].Where().String() + ": " + f.Message + "\n"
		}
		if !strings.Contains(said, want) {
			t.Errorf("%q: %q, not %q", text, said, want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("app \"a\" {\n  address = \"10.0.0.5:80\"\n  keepalive = \"5s\"\n}\n")
	f.Add("environment \"x\" {\n  app \"a\" {\n    address = \"unix:/x\"\n  }\n}\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, one := range load(t, text).Findings {
			if one.Because[0].Where().IsZero() {
				t.Errorf("%s has no place", one.Message)
			}
		}
	})
}

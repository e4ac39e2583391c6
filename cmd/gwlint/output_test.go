package main

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gwlint/gwlint/report"
)

// TestSameBytes sees that every format, and show, give the same bytes at any
// parallelism and for any order of the arguments, and nothing but the report.
func TestSameBytes(t *testing.T) {
	t.Chdir(top)
	paths := []string{"testdata/demo", "README.md", "testdata/demo/nginx.conf", "sarif/testdata", "Dockerfile"}
	say := func(args ...string) string {
		var out, errs bytes.Buffer
		if code := run(context.Background(), console{strings.NewReader(""), &out, &errs}, args); code == exitUsage || errs.Len() > 0 {
			t.Fatalf("%q: exit %d: %s", args, code, errs.String())
		}
		return out.String()
	}
	for _, f := range report.Formats {
		want := say(append([]string{"check", "--profile", "audit", "-j1", "-f", f.Name}, paths...)...)
		if !strings.Contains(want, "keepalive-race") {
			t.Fatalf("%s: %s", f.Name, want)
		}
		for range 3 {
			slices.Reverse(paths)
			paths[0], paths[1] = paths[1], paths[0]
			if got := say(append([]string{"check", "--profile", "audit", "-j16", "-f", f.Name}, paths...)...); got != want {
				t.Errorf("%s: %q says\n%s\nbut at first it was\n%s", f.Name, paths, got, want)
			}
		}
	}
	want := say(append([]string{"show", "-j1"}, paths...)...)
	slices.Reverse(paths)
	if got := say(append([]string{"show", "-j16"}, paths...)...); got != want {
		t.Errorf("show says\n%s\nbut at first it was\n%s", got, want)
	}
}

// TestNoCredential sees that no command says a credential that a file holds:
// in no format, in what is silenced and why, in a diff or in a baseline.
func TestNoCredential(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"nginx.conf": `events {}
http { server { listen 80; location / {
    # gwlint: ignore[zero-timeout] the old token=HIDEME0123456789 is gone
    proxy_read_timeout 0;
    proxy_pass http://user:HIDEMEpassw0rd@127.0.0.1:8080;
    proxy_set_header Authorization "Bearer HIDEME0123456789abcdef";
    proxy_connect_timeout 0;
} } }
`,
		"haproxy.cfg": `listen stats
    bind :9000
    mode http
    stats auth admin:HIDEMEpassw0rd
    timeout server 5
    server a 10.0.0.1:80
`,
		"main.tf": `resource "aws_lb_listener" "x" {
  port = 80
  default_action {
    type = "authenticate-oidc"
    authenticate_oidc {
      client_secret = "HIDEME0123456789"
    }
  }
}
`,
		"compose.yml": `services:
  proxy:
    image: nginx
    environment:
      DB_PASSWORD: HIDEME0123456789
    command: gunicorn --bind 127.0.0.1:8000 --env API_TOKEN=HIDEME0123456789 app:app
`,
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	say := func(args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(context.Background(), console{strings.NewReader(""), &out, &errs}, args); code == exitUsage {
			t.Fatalf("%q: %s", args, errs.String())
		}
		if said := out.String() + errs.String(); strings.Contains(said, "HIDEME") {
			t.Errorf("%q says\n%s", args, said)
		}
	}
	for _, f := range report.Formats {
		say("--profile", "audit", "-f", f.Name)
		say("--profile", "audit", "-f", f.Name, "--no-ignores")
	}
	for _, args := range []string{"-f sarif --sarif-profile full", "--fix --diff", "--fix=unsafe --diff", "show", "show --topology", "show --topology=mermaid",
		"show --topology=dot", "config show", "baseline create --profile audit", "baseline show", "-f sarif --sarif-profile full --profile audit"} {
		say(strings.Fields(args)...)
	}
	known, err := os.ReadFile(".gwlint-baseline.json")
	if err != nil || strings.Contains(string(known), "HIDEME") {
		t.Errorf("the baseline: %v: %s", err, known)
	}
}

package lint_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/gwlint/gwlint/lint"
)

// TestLink says for a pass in the first server block which server answers it,
// by the first word of its server_name.
func TestLink(t *testing.T) {
	const here = "listen 8080; server_name here.test; location / { proxy_set_header Host $host; proxy_pass "
	for _, c := range []struct{ name, to, want string }{
		{"only one", here + `http://127.0.0.1:81; } } server { listen 81; server_name one;`, "one"},
		{"nobody", here + `http://127.0.0.1:82; } } server { listen 81; server_name one;`, ""},
		{"another host", here + `http://10.0.0.1:81; } } server { listen 81; server_name one;`, ""},
		{"localhost", here + `http://localhost:81; } } server { listen 81; server_name one;`, "one"},
		{"every address", here + `http://0.0.0.0:81; } } server { listen 81; server_name one;`, "one"},
		{"a socket", here + `http://unix:/run/x.sock:/; } } server { listen unix:/run/x.sock; server_name one;`, "one"},
		{"a literal address", here + `http://10.0.0.1:81; } } server { listen 10.0.0.1:81; server_name one;`, "one"},
		{"both families", here + `http://127.0.0.1:81; } } server { listen 81; listen [::]:81; server_name one;`, "one"},
		{"IPv6", here + `http://[::1]:81; } } server { listen 81; server_name four; } server { listen [::]:81; server_name six;`, "six"},
		{"IPv4", here + `http://127.0.0.1:81; } } server { listen [::]:81; server_name six; } server { listen 81; server_name four;`, "four"},
		{"the address before all addresses", here + `http://127.0.0.1:81; } } server { listen 81; server_name all here.test; } server { listen 127.0.0.1:81; server_name loopback;`, "loopback"},
		{"not QUIC", here + `http://127.0.0.1:81; } } server { listen 81 quic; server_name quic; } server { listen 81; server_name tcp;`, "tcp"},
		{"the client's host", here + `http://127.0.0.1:81; } } server { listen 81; server_name one; } server { listen 81; server_name two here.test;`, "two"},
		{"the client's host, which nobody has", here + `http://127.0.0.1:81; } } server { listen 81; server_name one; } server { listen 81; server_name two;`, "one"},
		{"the client's host, which a wildcard has", here + `http://127.0.0.1:81; } } server { listen 81; server_name one; } server { listen 81; server_name two *.test;`, "two"},
		{"the client's host, which an expression may have", here + `http://127.0.0.1:81; } } server { listen 81; server_name one; } server { listen 81; server_name two ~^here;`, ""},
		{"itself", here + `http://127.0.0.1:8080; } } server { listen 8080 default_server; server_name one;`, "here.test"},
		{"any host", `listen 8080; location / { proxy_set_header Host $host; proxy_pass http://127.0.0.1:81; } } server { listen 81; server_name one; } server { listen 81; server_name two;`, ""},
		{"the name of the target", `listen 8080; location / { proxy_pass http://127.0.0.1:81; } } server { listen 81; server_name one; } server { listen 81; server_name two 127.0.0.1;`, "two"},
		{"the name of the upstream", `listen 8080; location / { proxy_pass http://pool; } } upstream pool { server 127.0.0.1:81; } server { listen 81; server_name one; } server { listen 81; server_name two pool;`, "two"},
		{"a fixed name", `listen 8080; location / { proxy_set_header Host Two.Test; proxy_pass http://127.0.0.1:81; } } server { listen 81; server_name one; } server { listen 81; server_name two .two.test;`, "two"},
		{"the marked default", `listen 8080; location / { proxy_pass http://127.0.0.1:81; } } server { listen 81; server_name one; } server { listen 81 default_server; server_name two;`, "two"},
		{"a name that a missing file may have", `listen 8080; location / { proxy_pass http://127.0.0.1:81; } } include gone/*.conf; server { listen 81; server_name one; } server { listen 81; server_name two;`, ""},
		{"the default of another address", `listen 8080; location / { proxy_pass http://127.0.0.1:81; } } server { listen 81; server_name one; } server { listen 82 default_server; listen 81; server_name two;`, "one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := fstest.MapFS{"nginx.conf": {Data: []byte("events {}\nhttp { server { " + c.to + " } }\n")}}
			l, err := lint.Load(context.Background(), files, lint.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(l.Workspace.Links) != 1 {
				t.Fatalf("there are %d links", len(l.Workspace.Links))
			}
			got := ""
			if k := l.Workspace.Links[0]; k.Linked() {
				got = k.To.Hosts[0]
			}
			if got != c.want {
				t.Errorf("%q answers, not %q", got, c.want)
			}
		})
	}
}

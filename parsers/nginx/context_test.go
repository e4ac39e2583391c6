package nginx

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gwlint/gwlint/model"
)

// TestDirectives compares the table with the one it was made from.
func TestDirectives(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(shared(t), "knowledge", "nginx-directives.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(f) >= 4 && f[0] != "directive" {
			want[strings.Join(f[:4], "\t")] = true
		}
	}
	got := map[string]bool{}
	for line := range strings.Lines(directivesTSV) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "#") {
			line = strings.Join(strings.SplitN(line, "\t", 5)[:4], "\t")
			got[line] = true
			if !want[line] {
				t.Errorf("not of nginx: %s", line)
			}
		}
	}
	for line := range want {
		if !got[line] {
			t.Errorf("not in the table: %s", line)
		}
	}
}

func TestContexts(t *testing.T) {
	for name, want := range map[string]string{
		"proxy_pass":         "location if-in-location limit_except stream-server",
		"proxy_read_timeout": "http server location",
		"keepalive":          "upstream",
		"worker_processes":   "main",
		"echo":               "",
		"":                   "",
	} {
		if got := strings.Join(contexts(name), " "); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if !slices.Equal(contexts("include"), contextNames[:]) {
		t.Error("include may stand anywhere")
	}
}

func TestAccepts(t *testing.T) {
	for _, c := range []struct {
		directive string
		args      int
		block     bool
		want      bool
	}{
		{"proxy_pass", 1, false, true},
		{"proxy_pass", 2, false, false},
		{"proxy_pass", 1, true, false},
		{"location", 2, true, true},
		{"location", 3, true, false},
		{"server", 0, true, true},
		{"server", 12, false, true},
		{"log_format", 1, false, false},
		{"log_format", 99, false, true},
		{"sendfile", 1, false, true},
		{"no_such_thing", 7, true, true},
	} {
		if got := accepts(c.directive, c.args, c.block); got != c.want {
			t.Errorf("accepts(%s, %d, %t) = %t", c.directive, c.args, c.block, got)
		}
	}
}

func TestContextOf(t *testing.T) {
	for _, c := range []struct {
		text, want string
		sure       bool
	}{
		{"events { } http { }", "main", true},
		{"worker_processes 4;", "main", true},
		{"stream { }", "main", true},
		{"server { listen 80; }", "http", true},
		{"server { listen 53 udp; proxy_pass dns; }", "stream", true},
		{"upstream a { server b; } server { listen 1; proxy_pass a; }", "stream", true},
		{"upstream a { server b; }", "http", false},
		{"map $a $b { x y; }", "http", false},
		{"proxy_read_timeout 5s;", "http", false},
		{"listen 80; root /srv;", "server", true},
		{"location / { return 200; }", "server", false},
		{"proxy_pass http://a;", "location", false},
		{"alias /srv;", "location", true},
		{"server a:80; server b:80 backup;", "upstream", true},
		{"keepalive 16;", "upstream", true},
		{"use epoll;", "events", true},
		{"echo hello; proxy_pass http://a;", "location", false},
		{"include x;", "", false},
		{"", "", false},
		{"if ($x) { return 403; }", "server", false},
		{"listen 80; zone a 1m;", "server", false}, // most of it
	} {
		s := scan(model.NewSource("x.conf", []byte(c.text), Parser{}))
		s.nest()
		got, sure := contextOf(s.top)
		if strings.Join(got.names(), " ") != c.want || sure != c.sure {
			t.Errorf("%s: %v, %t; want %s, %t", c.text, got.names(), sure, c.want, c.sure)
		}
	}
}

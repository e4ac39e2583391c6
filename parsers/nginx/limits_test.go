package nginx

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// TestHostile gives the reader what nobody writes. Each is a finding that says
// so, soon.
func TestHostile(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		name, text, want string
	}{
		{"deep", strings.Repeat("a {", 3*mb), "nested more than 100 deep"},
		{"deep again", strings.Repeat("a { b; ", mb), "nested more than 100 deep"},
		{"many", strings.Repeat("a;", 2*mb), "more than 1000000 directives"},
		{"semicolons", strings.Repeat(";", 3*mb), `";" ends no directive`},
		{"closings", strings.Repeat("}", 3*mb), `"}" closes no block`},
		{"openings", strings.Repeat("{", 3*mb), `"{" opens the block of no directive`},
		{"one word", strings.Repeat("x", 8*mb) + ";", "too long for nginx"},
		{"one line", "a " + strings.Repeat("b ", 4*mb) + ";", ""},
		{"blanks", "a" + strings.Repeat(" ", 8*mb) + "b" + strings.Repeat(" c", mb) + ";", ""},
		{"quotes", strings.Repeat("\"a;\n", mb), "closing"},
		{"quotes in turn", strings.Repeat("\"a;\n'b;\n", mb), "closing"},
		{"unclosed quotes", strings.Repeat("\"\\\\\" ;\n", mb/2) + "\"", "closing"},
		{"comments", strings.Repeat("# x\n", 2*mb), ""},
		{"long comment", "# " + strings.Repeat("x", 4096) + "\na;", "comment is too long"},
		{"blank lines", strings.Repeat("\n", 8*mb), ""},
		{"template ends", strings.Repeat("{{", 4*mb), `"{" opens the block of no directive`},
		{"template", "{% a %}" + strings.Repeat("{{ x }} ", mb), ""},
		{"dollars", strings.Repeat("${", 4*mb), "too long"},
		{"brackets", "content_by_lua_block {" + strings.Repeat("[=", 4*mb), "not closed"},
		{"long brackets", "content_by_lua_block {" + strings.Repeat("[==[ ]=]", mb), "not closed"},
		{"dashes", "content_by_lua_block {" + strings.Repeat("--[", 2*mb), "not closed"},
		{"backslashes", strings.Repeat("\\", 8*mb), "too long"},
		{"indentation", "http {\n" + strings.Repeat("    server\n        listen 80;\n", mb/4) + "}", `its "{" is missing`},
		{"missing semicolons", "http {\n" + strings.Repeat("sendfile on\n", mb/2) + ";}", "sendfile has no"},
		{"NUL", "events { a\x00b; }", "a NUL byte"},
		{"binary", strings.Repeat("\x00\x01", 4096), "is binary"},
		{"UTF-16", "\xff\xfee\x00v\x00", "is UTF-16"},
		{"Latin-1", "events { } # \xe4", "0xe4 is no UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			begin := time.Now()
			tr := tree(t, fstest.MapFS{"nginx.conf": {Data: []byte(c.text)}})
			r := read(tr, files.Root{Paths: []string{"nginx.conf"}})
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			found := c.want == "" && len(r.findings) == 0
			for _, f := range r.findings {
				found = found || c.want != "" && f.Rule == "syntax" && strings.Contains(f.Message, c.want)
			}
			if !found {
				t.Errorf("want %q, got %v", c.want, r.findings)
			}
			if len(r.findings) > maxFaults {
				t.Errorf("%d findings", len(r.findings))
			}
		})
	}
}

func TestExplosiveIncludes(t *testing.T) {
	fsys := fstest.MapFS{"nginx.conf": {Data: []byte("events { } include 0.conf;")}}
	for i := range 30 {
		fsys[fmt.Sprintf("%d.conf", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "include %d.conf; include %[1]d.conf;", i+1)}
	}
	fsys["30.conf"] = &fstest.MapFile{Data: []byte("a;")}
	r := read(tree(t, fsys), files.Root{Paths: []string{"nginx.conf"}})
	if len(r.findings) != 1 || !strings.Contains(r.findings[0].Message, "more than 2000000 directives") {
		t.Errorf("%v", r.findings)
	}
	if r.root.Partial == "" {
		t.Error("the root is not partial")
	}
}

func TestDeepIncludes(t *testing.T) {
	fsys := fstest.MapFS{"nginx.conf": {Data: []byte("events { } include 0.conf;")}}
	for i := range 60 {
		fsys[fmt.Sprintf("%d.conf", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "a { b { c { include %d.conf; } } }", i+1)}
	}
	r := read(tree(t, fsys), files.Root{Paths: []string{"nginx.conf"}})
	if len(r.findings) != 1 || !strings.Contains(r.findings[0].Message, "nested more than") {
		t.Errorf("%v", r.findings)
	}
}

func TestUnreadable(t *testing.T) {
	tr := tree(t, fstest.MapFS{"nginx.conf": {Data: make([]byte, files.MaxSize+1)}})
	r := read(tr, files.Root{Paths: []string{"nginx.conf"}})
	if len(r.findings) != 1 || r.findings[0].Rule != "unreadable" || !strings.Contains(r.findings[0].Message, "too big") {
		t.Errorf("%v", r.findings)
	}
	r = read(tr, files.Root{Paths: []string{"absent.conf"}})
	if len(r.findings) != 1 || r.findings[0].Rule != "unreadable" {
		t.Errorf("%v", r.findings)
	}
}

// site is a server as they are written everywhere, some 800 bytes of it.
const site = `upstream app%d {
    server 10.0.0.1:8000 max_fails=3 fail_timeout=30s;
    server 10.0.0.2:8000 backup;
    keepalive 16;
}

# what the world sees
server {
    listen 443 ssl;
    server_name site%[1]d.example.com www.site%[1]d.example.com;
    ssl_certificate /etc/ssl/site%[1]d.pem;
    ssl_certificate_key "/etc/ssl/site%[1]d.key";

    location / {
        proxy_pass http://app%[1]d; # to the application
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_read_timeout 30s;
    }
    location ~ \.(gif|png)$ {
        root /srv/site%[1]d;
        expires 30d;
        add_header Cache-Control 'public, immutable';
    }
    location = /health { return 200 "ok\n"; }
}
`

func BenchmarkScan(b *testing.B) {
	var text strings.Builder
	for i := range 1300 {
		fmt.Fprintf(&text, site, i)
	}
	src := model.NewSource("nginx.conf", []byte(text.String()), Parser{})
	b.SetBytes(int64(len(src.Text)))
	b.ReportAllocs()
	for b.Loop() {
		scan(src).nest()
	}
}

// BenchmarkRead500 finds the root among 500 sites, and reads it.
func BenchmarkRead500(b *testing.B) {
	fsys, size := fstest.MapFS{"nginx.conf": {Data: []byte("events { } http { include mime.types; include conf.d/*.conf; }")}}, 0
	for i := range 500 {
		text := fmt.Appendf(nil, site, i)
		fsys[fmt.Sprintf("conf.d/%03d.conf", i)] = &fstest.MapFile{Data: text}
		size += len(text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		tr := tree(b, fsys)
		all := roots(tr, tr.Names(), nil)
		if len(all) != 1 {
			b.Fatal(all)
		}
		if r := read(tr, all[0]); len(r.root.Find("http").All("server")) != 500 {
			b.Fatal("servers are missing")
		}
	}
}

// BenchmarkCorpus scans real files, one by one.
func BenchmarkCorpus(b *testing.B) {
	all, size := corpus(b, "nginx"), 0
	for _, s := range all {
		size += len(s.Text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range all {
			scan(s).nest()
		}
	}
}

package nginx

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// TestHostile gives the reader what nobody writes. Each is a finding that says
// so, soon.
func TestHostile(t *testing.T) {
	const mb = 1 << 17 // an eighth of one
	for _, c := range []struct {
		name, text, want string
	}{
		{"deep", strings.Repeat("a {", 3<<20), "nested more than 100 deep"},
		{"deep again", strings.Repeat("a { b; ", mb), "nested more than 100 deep"},
		{"many", strings.Repeat("a;", maxStatements+2), "more than 1000000 directives"},
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
			if testing.Short() && len(c.text) > 1<<20 {
				t.Skip("takes its time")
			}
			tr := tree(t, fstest.MapFS{"nginx.conf": {Data: []byte(c.text)}})
			r := read(tr, files.Root{Paths: []string{"nginx.conf"}})
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

// TestLongest: what nginx 1.22.1 takes and refuses.
func TestLongest(t *testing.T) {
	for _, c := range []struct {
		text string
		fits bool
	}{
		{"env " + strings.Repeat("x", 4095) + ";", true},
		{"env " + strings.Repeat("x", 4096) + ";", false},
		{`env "` + strings.Repeat("x", 4094) + `";`, true},
		{`env "` + strings.Repeat("x", 4095) + `";`, false},
		{"#" + strings.Repeat("x", 4094) + "\n", true},
		{"#" + strings.Repeat("x", 4095) + "\n", false},
	} {
		s := scan(model.NewSource("nginx.conf", []byte(c.text), Parser{}))
		if fits := len(s.faults) == 0; fits != c.fits {
			t.Errorf("%d bytes of %s: %t", len(c.text), c.text[:6], fits)
		}
	}
}

// TestDump: the parts of a dump are the files, byte for byte.
func TestDump(t *testing.T) {
	parts := map[string]string{
		"/etc/nginx/nginx.conf":    "events { }\nhttp {\n\n    include conf.d/*.conf;\n    include /opt/no-newline.conf; include empty.conf;\n}\n\n",
		"/etc/nginx/conf.d/a.conf": "# configuration file /not/included.conf:\nserver { listen 80; }\r\n",
		"/opt/no-newline.conf":     "gzip on;",
		"/etc/nginx/empty.conf":    "",
	}
	text := "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
	for _, name := range []string{"/etc/nginx/nginx.conf", "/etc/nginx/conf.d/a.conf", "/opt/no-newline.conf", "/etc/nginx/empty.conf"} {
		text += "# configuration file " + name + ":\n" + parts[name] + "\n"
	}
	tr, err := files.New(context.Background(), fstest.MapFS{}, []string{"-"}, files.Options{Overlay: map[string][]byte{"-": []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	got := roots(tr, []string{"-"}, nil)
	if len(got) != 1 {
		t.Fatal(got)
	}
	r := read(tr, got[0])
	if r.context != "main" || r.root.Find("http").Find("server") == nil || r.root.Find("http").Find("gzip", "on") == nil || len(r.findings) > 0 {
		t.Errorf("%s %v", r.context, r.findings)
	}
	kept := 0
	for _, s := range tr.Sources() {
		if want, ok := parts[s.Path]; ok {
			kept++
			if string(s.Text) != want {
				t.Errorf("%s: %q", s.Path, s.Text)
			}
		}
	}
	if kept != len(parts) {
		t.Errorf("%d of the sources", kept)
	}
}

// TestStock: what packages install is known, complete and never reported.
func TestStock(t *testing.T) {
	for _, name := range []string{"mime.types", "/etc/nginx/mime.types", "fastcgi_params", "/etc/nginx/fastcgi.conf", "uwsgi_params", "scgi_params", "proxy_params",
		"koi-utf", "koi-win", "win-utf", "snippets/fastcgi-php.conf", "/etc/nginx/snippets/fastcgi-php.conf", "snippets/snakeoil.conf", "/etc/letsencrypt/options-ssl-nginx.conf",
		"/etc/nginx/modules-enabled/*.conf", "/etc/nginx/modules/*.conf", "/usr/share/nginx/modules/*.conf"} {
		tr := tree(t, fstest.MapFS{"nginx.conf": {Data: []byte("include " + name + ";")}})
		r := read(tr, files.Root{Paths: []string{"nginx.conf"}})
		if len(r.findings) > 0 || r.root.Partial != "" {
			t.Errorf("%s: %v %s", name, r.findings, r.root.Partial)
		}
		for n := range r.root.Walk() {
			if !n.Span.IsZero() && n.Span.Source.Path != "nginx.conf" && !n.Span.Source.Stock {
				t.Errorf("%s comes from %s", n, n.Span)
			}
			if s := n.Span.Source; s != nil && s.Stock && !isKnown(n.Name.Text) && n.Parent.Name.Text != "types" {
				t.Errorf("%s: nginx has no %s", name, n.Name.Text)
			}
		}
	}
	if stockFile("/etc/nginx/other.conf") != nil || stockFile("fastcgi-php.conf") != nil {
		t.Error("not every file is stock")
	}
}

// TestStockImage: a fragment in an image has the main file of it around it.
func TestStockImage(t *testing.T) {
	tr := tree(t, fstest.MapFS{"site.conf": {Data: []byte("server { listen 80; }")}})
	place := func(to string, whole bool) *model.Place {
		return &model.Place{Mounts: []model.Mount{{From: "site.conf", To: to}}, Whole: model.Set(&model.Node{}, "image", model.Span{}, whole, model.Explicit, "")}
	}
	for _, c := range []struct {
		place *model.Place
		want  string
	}{
		{place("/etc/nginx/conf.d/default.conf", true), "main"},
		{place("/etc/nginx/conf.d/default.conf", false), "http"},
		{place("/etc/nginx/nginx.conf", true), "http"},
		{place("/srv/site.conf", true), "http"},
		{nil, "http"},
	} {
		all := roots(tr, []string{"site.conf"}, nil)
		all[0].Place = c.place
		r := read(tr, all[0])
		if r.context != c.want || (r.root.Fragment == "") != (c.want == "main") {
			t.Errorf("%v: %s %q", c.place, r.context, r.root.Fragment)
		}
		if c.want == "main" && (r.root.Find("http").Find("keepalive_timeout", "65") == nil || r.root.Find("http").Find("server").Via.Arg(0) != stockSites) {
			t.Error("the image is not around it")
		}
	}
}

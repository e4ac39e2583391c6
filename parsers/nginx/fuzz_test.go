package nginx

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

var seeds = []string{
	"", ";", "{", "}", "a;", "a {", "a b;c{d;}e;", "# x\na; # y\n\n# z",
	"http { server { location ~ \\.php${ return 200 \"a\\\"b\"; } } }",
	"include a; include *; upstream u { server x a=1 a=2 b; ip_hash; server y { } }",
	"location { } location a b c { } include { } include; upstream { } server x; http x; http y { }",
	"content_by_lua_block { --[[ } ]] x = [==[ } ]==] \"}\" }\nset_by_lua_block $x { }",
	"\"a\nb;\nc \"d\"e;", "'", "a 'b;\n c;", "a_by_lua_block b; {", "{{ x }} {% y %} a;", "a\\", "${", "a${b}c{d}", "\ufeffa;\x00b\xff;",
	"server\n  listen 80;\n  location / {\n    return 200;\n  }\n}\n", "proxy_pass http://a\nproxy_read_timeout 5s;",
	strings.Repeat("a{", maxDepth+2), "b;" + strings.Repeat("{", maxDepth+2),
	"`a`; a#b; a`b; \"#\" x; <a>; (b); [c];", "location ~ a{2}/ { }", "# configuration file /a:\nb;\n# configuration file /c:\nd;",
}

// sound checks what must hold of every script, whatever it was made of.
func sound(t *testing.T, s *script) {
	if s.broken != nil {
		t.Errorf("gonginx sees another tree: %v", s.broken)
	}
	size := len(s.source.Text)
	inside := func(what string, from, to, lo, hi int) {
		if from > to || from < lo || to > hi {
			t.Errorf("%s is at %d-%d, outside of %d-%d", what, from, to, lo, hi)
		}
	}
	counted := 0
	var walk func(all []*statement, outer *statement, lo, hi int)
	walk = func(all []*statement, outer *statement, lo, hi int) {
		for _, k := range all {
			counted++
			if k.outer != outer {
				t.Errorf("%q is in another block", k.name())
			}
			inside(k.label(), k.start, k.end, lo, hi)
			lo = k.end
			at, end := k.start, k.end
			if k.block() {
				inside("body", k.body, k.last, k.start, k.end)
				end = k.body
			}
			for _, w := range k.words {
				inside("word", w.Span.Start, w.Span.End, at, end)
				at = w.Span.End
			}
			walk(k.kids, k, k.body, k.last)
		}
	}
	walk(s.top, nil, 0, size)
	if counted != len(s.statements) {
		t.Errorf("%d statements in the tree, %d scanned", counted, len(s.statements))
	}
	for _, f := range s.faults {
		inside("fault", f.at.Start, f.at.End, 0, size)
		if f.message == "" || f.label == "" {
			t.Error("a fault says nothing")
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := scan(model.NewSource("nginx.conf", text, Parser{}))
		s.nest()
		sound(t, s)
	})
}

// FuzzRead reads three files that may include each other, "|" between them.
func FuzzRead(f *testing.F) {
	f.Add("include conf.d/*; http { include a; }|server { include ../nginx.conf; }|location / { }")
	f.Add("events{} http { include conf.d/a.conf; include b.conf; }|include ../b.conf;|include conf.d/*.conf;")
	for _, s := range seeds {
		f.Add(s + "|" + s + "|" + s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parts := strings.SplitN(text, "|", 3)
		for len(parts) < 3 {
			parts = append(parts, "")
		}
		fsys := fstest.MapFS{"nginx.conf": {Data: []byte(parts[0])}, "conf.d/a.conf": {Data: []byte(parts[1])}, "b.conf": {Data: []byte(parts[2])}}
		tr := tree(t, fsys)
		for _, root := range roots(tr, tr.Names(), nil) {
			r := read(tr, root)
			for n := range r.root.Walk() {
				for _, k := range n.Kids {
					if k.Parent != n {
						t.Errorf("%s is the child of another", k)
					}
					if k.Span.IsZero() || k.Span.Start > k.Span.End || k.Span.End > len(k.Span.Source.Text) {
						t.Errorf("%s is out of bounds", k)
					}
				}
			}
			for _, f := range r.findings {
				if f.Rule == "internal-error" || f.Rule == "" || f.Message == "" || len(f.Because) == 0 || f.Because[0].Where().IsZero() {
					t.Errorf("a finding that does not say enough: %+v", f)
				}
			}
		}
		for _, name := range tr.Names() {
			read(tr, files.Root{Paths: []string{name}})
		}
	})
}

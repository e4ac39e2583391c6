package haproxy

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

func scanLine(text string, env *environment) (words, raw []string, faults []string) {
	sc := &scanner{src: model.NewSource("x", []byte(text), nil), text: text, env: env}
	l := sc.line(0, len(text), nil)
	for _, w := range l.words {
		words, raw = append(words, w.Text), append(raw, w.Span.Text())
	}
	for _, f := range l.faults {
		faults = append(faults, f.message)
	}
	return words, raw, faults
}

// What parse_line makes of a line: manual 2.2 and 2.3, tools.c.
func TestWords(t *testing.T) {
	env := &environment{set: map[string]setting{"X": {value: "x y"}, "EMPTY": {value: ""}}}
	for _, c := range []struct {
		text string
		want []string
	}{
		{`global#x`, []string{"global"}},
		{`  a	b  # c`, []string{"a", "b"}},
		{`"a b"'c'\ d`, []string{"a bc d"}},
		{`a "b # c" 'd # e'`, []string{"a", "b # c", "d # e"}},
		{`a "it's" '"' "\""`, []string{"a", "it's", `"`, `"`}},
		{`re ^/\1\.x \x41\x42`, []string{"re", `^/\1\.x`, "AB"}},
		{`'\x41' '\ ' '$X'`, []string{`\x41`, `\ `, "$X"}},
		{`"$X" $X "\$X"`, []string{"x y", "$X", "$X"}},
		{`"${X[*]}" z`, []string{"x", "y", "z"}},
		{`"${EMPTY[*]}" z`, []string{"z"}},
		{`"${EMPTY}" z`, []string{"", "z"}},
		{`"${NONE-a b}" "${1}" "$" "${X"`, []string{"a b", "${1}", "$", "${X"}},
		{"a b\rc d", []string{"a", "b"}},
		{`\`, []string{`\`}},
		{"", nil},
	} {
		got, _, faults := scanLine(c.text, env)
		if d := cmp.Diff(c.want, got); d != "" || len(faults) > 0 {
			t.Errorf("%s: %s %v", c.text, d, faults)
		}
	}
	for text, want := range map[string]string{
		`a "b c`: "unmatched quote", `a 'b`: "unmatched quote", `a \x4`: "truncated or invalid hexadecimal sequence", `\xg0`: "truncated or invalid hexadecimal sequence",
	} {
		if _, _, faults := scanLine(text, env); len(faults) != 1 || faults[0] != want {
			t.Errorf("%s: %v", text, faults)
		}
	}
	if _, raw, _ := scanLine(`server "s 1" a\ b`, env); strings.Join(raw, "|") != `server|"s 1"|a\ b` {
		t.Errorf("as written: %q", raw)
	}
}

func TestConditions(t *testing.T) {
	env := &environment{set: map[string]setting{"A": {value: "1"}, "GONE": {unset: true}}}
	old := model.VersionsOf("2.6", model.Explicit, "", model.Span{})
	for text, want := range map[string]truth{
		"": no, "0": no, "1": yes, "!1": no, "!(0||1)": no, "1 && 0": no, "0 || 1 && 1": yes,
		"defined(A)": yes, "defined(GONE)": no, "defined(B)": perhaps, "!defined(B)": perhaps, "defined(B) && 0": no, "defined(B) || 1": yes,
		"streq(a,a)": yes, "strneq(a,a)": no, "strstr(abc,b)": yes, "feature(OPENSSL)": perhaps,
		"version_atleast(2.4)": yes, "version_atleast(3.0)": no, "version_before(3.0)": yes, "version_before(2.6.7)": perhaps,
		"nonsense": perhaps, "(1": perhaps, "1)": perhaps,
		strings.Repeat("!", 5000) + "1": perhaps,
	} {
		if got := evaluate(text, env, old); got != want {
			t.Errorf("%.40s: %d, not %d", text, got, want)
		}
	}
	if evaluate("version_atleast(2.4)", env, model.VersionsOf("3.2", model.Assumed, "", model.Span{})) != perhaps {
		t.Error("an assumed version decides")
	}
}

func TestTimesAndSizes(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30": 30 * time.Millisecond, "30s": 30 * time.Second, "5sec": 5 * time.Second, "1m": time.Minute, "2h": 2 * time.Hour,
		"1d": 24 * time.Hour, "7us": 7 * time.Microsecond, "250ms": 250 * time.Millisecond, "0": 0, "2147483647": maxTime, "24d": 24 * 24 * time.Hour,
	} {
		if got, ok := readTime(text); !ok || got != want {
			t.Errorf("%s: %v %v", text, got, ok)
		}
	}
	for _, text := range []string{"1.5s", "", "s", "100d", "2147483648", "1x", "99999999999999999999s", "-1"} {
		if _, ok := readTime(text); ok {
			t.Errorf("%s is a time", text)
		}
	}
	for text, want := range map[string]int64{"16384": 16384, "32k": 32768, "1M": 1 << 20} {
		if got, ok := readSize(text); !ok || got != want {
			t.Errorf("%s: %v %v", text, got, ok)
		}
	}
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]model.Addr{
		"10.0.0.1:80":          {Host: "10.0.0.1", Port: 80},
		"10.0.0.1":             {Host: "10.0.0.1", Port: model.SamePort},
		":80":                  {Port: 80},
		"*:80":                 {Port: 80},
		"[::1]:80":             {Host: "::1", Port: 80},
		"::1:80":               {Host: "::1", Port: 80},
		":::80":                {Host: "::", Port: 80},
		"app:+1":               {Host: "app"},
		"ipv4@app:80":          {Host: "app", Port: 80},
		"unix@/run/a.sock":     {Net: "unix", Path: "/run/a.sock"},
		"/run/a.sock":          {Net: "unix", Path: "/run/a.sock"},
		"abns@app":             {Net: "unix", Path: "@app"},
		"quic4@:443":           {Net: "udp", Port: 443},
		"udp@10.0.0.1:514":     {Net: "udp", Host: "10.0.0.1", Port: 514},
		"tcp6@[2001:db8::1]:1": {Host: "2001:db8::1", Port: 1},
	} {
		if got, why := readAddress(text); got != want || why != "" {
			t.Errorf("%s: %+v %s", text, got, why)
		}
	}
	for _, text := range []string{"fd@3", "rhttp@be/s", "sockpair@4", "a:http", "a:70000"} {
		if got, why := readAddress(text); why == "" {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

func TestRender(t *testing.T) {
	for _, c := range []struct {
		key                string
		value              any
		literal, statement string
	}{
		{"timeout server", 65 * time.Second, "65s", "timeout server 65s"},
		{"timeout http-keep-alive", 2 * time.Minute, "2m", "timeout http-keep-alive 2m"},
		{"timeout connect", 1500 * time.Millisecond, "1500ms", "timeout connect 1500ms"},
		{"timeout server", model.Forever, "", ""},
		{"inter", 2 * time.Second, "2s", ""},
		{"retries", 4, "3", "retries 3"},
		{"fall", 3, "3", ""},
		{"hard-stop-after", 30 * time.Second, "30s", "hard-stop-after 30s"},
		{"option redispatch", true, "", ""},
		{"tune.bufsize", int64(32768), "", ""},
	} {
		if literal, statement := (Parser{}).Render(c.key, c.value); literal != c.literal || statement != c.statement {
			t.Errorf("%s %v: %q %q", c.key, c.value, literal, statement)
		}
	}
}

// An inherited setting is written into the section that it governs, an own one
// is replaced.
func TestEdits(t *testing.T) {
	text := "defaults\n  mode http\n  timeout server 5s\n\nfrontend f\n  bind :80\n  default_backend b\nbackend b\n  server s 10.0.0.1:1 check inter 1s\n# end\n"
	g := load(t, "haproxy.cfg", text, "3.2").Gateways[0]
	h := g.Listeners[0].Routes[0].Hops[0]
	e := h.Pool.Endpoints[0]
	for _, c := range []struct {
		edit *model.Edit
		want string
	}{
		{e.Conn.Read.To(time.Minute), "10.0.0.1:1 check inter 1s\n  timeout server 60s\n# end"},
		{e.Health.Every.To(5 * time.Second), "check inter 5s\n"},
		{h.Retry.Tries.To(6), "inter 1s\n  retries 5\n# end"},
	} {
		if c.edit == nil {
			t.Errorf("no edit that makes %q", c.want)
			continue
		}
		after := text[:c.edit.Span.Start] + c.edit.Text + text[c.edit.Span.End:]
		if !strings.Contains(after, c.want) {
			t.Errorf("not %q but\n%s", c.want, after)
		}
	}
}

func TestSeveralFiles(t *testing.T) {
	tree, err := files.New(t.Context(), fstest.MapFS{
		"lb/haproxy.cfg":        {Data: []byte("global\n  maxconn 10\ndefaults\n  mode http\n  timeout server 7s\n")},
		"lb/conf.d/20-web.cfg":  {Data: []byte("frontend web\n  bind :80\n  default_backend app\n")},
		"lb/conf.d/30-app.cfg":  {Data: []byte("backend app\n  server a 10.0.0.1:80\n")},
		"lb/conf.d/README":      {Data: []byte("x")},
		"other/haproxy.cfg":     {Data: []byte("global\ndefaults\n  mode http\nfrontend web\n  bind :81\n  default_backend gone\n")},
		"other/haproxy-old.cfg": {Data: []byte("frontend web\n  bind :81\nbackend x\n  server a 10.0.0.1:1\n")},
	}, []string{"."}, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, n := range tree.Names() {
		if (Parser{}).Detect(n, func() []byte { return tree.Head(n) }) {
			paths = append(paths, n)
		}
	}
	place := &model.Place{Name: "edge", Mounts: []model.Mount{{From: "lb", To: "/etc/haproxy"}},
		Versions: map[string]model.Versions{"haproxy": model.VersionsOf("3.2", model.Explicit, "image", model.Span{})}}
	roots := (Parser{}).Roots(tree, paths, []*model.Place{place})
	var got []string
	for _, r := range roots {
		got = append(got, strings.Join(r.Paths, " "))
	}
	want := []string{"lb/haproxy.cfg lb/conf.d/20-web.cfg lb/conf.d/30-app.cfg", "other/haproxy-old.cfg", "other/haproxy.cfg"}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	if roots[0].Place != place || roots[0].Sure != model.High || roots[1].Place != nil {
		t.Errorf("places: %v %v %v", roots[0].Place, roots[0].Sure, roots[1].Place)
	}
	loaded := (Parser{}).Load(tree, roots[0])
	if len(loaded.Findings) > 0 {
		t.Error(loaded.Findings)
	}
	read := loaded.Gateways[0].Listeners[0].Routes[0].Hops[0].Pool.Endpoints[0].Conn.Read
	if !model.Is(read, 7*time.Second) || read.At().Source.Path != "lb/haproxy.cfg" || read.Why() != "inherited from defaults" {
		t.Errorf("%s at %s", read, read.At())
	}
	place.Command = model.Set(&model.Node{}, "command", model.Span{}, []string{"haproxy", "-W", "-f", "/etc/haproxy/conf.d", "-f", "/etc/haproxy/haproxy.cfg"}, model.Explicit, "")
	roots = (Parser{}).Roots(tree, paths, []*model.Place{place})
	if d := cmp.Diff([]string{"lb/conf.d/20-web.cfg", "lb/conf.d/30-app.cfg", "lb/haproxy.cfg"}, roots[0].Paths); d != "" {
		t.Error(d)
	}
	if f := (Parser{}).Load(tree, roots[2]).Findings; len(f) != 1 || f[0].Rule != "undefined-backend" {
		t.Error(f)
	}
}

// A lone piece may have global and defaults before it: nothing is missing from
// it for certain.
func TestFragment(t *testing.T) {
	loaded := load(t, "haproxy-web.cfg", "frontend web\n  bind :80\n  default_backend gone\nbackend b\n  server a 10.0.0.1:1 ssl resolvers r\n", "3.2")
	if len(loaded.Findings) > 0 {
		t.Error(loaded.Findings)
	}
	e := loaded.Gateways[0].Pools[0].Endpoints[0]
	if e.Conn.Read.Origin() != model.Assumed || e.Health.Active.Origin() != model.Assumed {
		t.Errorf("%s, %s", e.Conn.Read.Origin(), e.Health.Active.Origin())
	}
}

// The table in the project is made from the one of the research, when it is
// there: no keyword is lost, and none is made up.
func TestKeywordsFromTheTable(t *testing.T) {
	text := readShared(t, "knowledge/haproxy-keywords.tsv")
	v := vocabularyOf()
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || f[0] == "keyword" {
			continue
		}
		kind, _, ok := strings.Cut(f[0], ":")
		if ok && kind != "section" && kind != "global" && kind != "server" && kind != "bind" {
			continue
		}
		seen[f[0]] = true
		k, known := v.words[f[0]]
		if !known {
			t.Errorf("%s is lost", f[0])
		}
		if removed := strings.TrimSuffix(f[9], "-dev"); k.removed != "" && k.removed != removed {
			t.Errorf("%s: removed in %s, not %s", f[0], removed, k.removed)
		}
		if ok && kind == "server" && (f[4] == "0") != (k.args == 0) {
			t.Errorf("%s: %d words behind it, not %s", f[0], k.args, f[4])
		}
	}
	for k := range v.words {
		if !seen[k] {
			t.Errorf("%s is made up", k)
		}
	}
}

func TestUndefinedApp(t *testing.T) {
	text := "defaults\n mode http\nlisten l\n bind :80\n use-fcgi-app php\n server s 10.0.0.1:9000 proto fcgi\n"
	if f := load(t, "haproxy.cfg", text, "3.2").Findings; len(f) != 1 || f[0].Rule != "undefined-section" {
		t.Error(f)
	}
	l := load(t, "haproxy.cfg", text+"fcgi-app php\n docroot /srv\n", "3.2")
	if len(l.Findings) > 0 || !model.Is(l.Gateways[0].Pools[0].Endpoints[0].Conn.Protocol, "fastcgi") {
		t.Error(l.Findings)
	}
}

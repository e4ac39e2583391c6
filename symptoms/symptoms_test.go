package symptoms_test

import (
	"context"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/symptoms"
)

func TestTable(t *testing.T) {
	known := map[string]bool{}
	for _, k := range checks.All() {
		known[k.ID] = true
	}
	for _, s := range symptoms.All() {
		for name, text := range map[string]string{"product": s.Product, "words": s.Says, "meaning": s.Means, "client": s.Client, "phase": s.Phase, "source": s.Source} {
			if text == "" && !(name == "phase" && strings.HasSuffix(s.Says, "$")) {
				t.Errorf("%q has no %s", s.Says, name)
			}
			if strings.HasSuffix(text, ".") {
				t.Errorf("%q: %s is part of a sentence: %q", s.Says, name, text)
			}
		}
		if len(s.Look) == 0 {
			t.Errorf("%q does not say where to look", s.Says)
		}
		for i, id := range s.Rules {
			if !known[id] {
				t.Errorf("%q: there is no rule %s", s.Says, id)
			}
			if slices.Contains(s.Rules[:i], id) {
				t.Errorf("%q names %s twice", s.Says, id)
			}
		}
	}
}

var gap = regexp.MustCompile(`…|\{[^}]*\}`)

// TestEachIsRead sees that no symptom hides another one.
func TestEachIsRead(t *testing.T) {
	for _, s := range symptoms.All() {
		line := strings.TrimSuffix(gap.ReplaceAllString(s.Says, "x"), "$")
		switch {
		case s.Product == "nginx" && s.Phase != "" && strings.Trim(s.Says[:3], "0123456789") == "":
			continue // of access logs: TestLines
		case s.Level != "":
			line = "2026/11/21 10:00:00 [" + s.Level + "] 7#7: *1 " + line
		case s.Product == "haproxy" && strings.HasPrefix(line, "5xx"):
			line = strings.Replace(line, "5xx", "503", 1)
		case s.Product == "php-fpm":
			line = "[21-Nov-2026 10:00:00] WARNING: [pool www] " + line
		case s.Product == "uwsgi":
			line = "*** " + line
		case s.Product == "unicorn":
			line = "E, worker=3 PID:77 " + line
		}
		if r := symptoms.Read(line); r.Symptom != s {
			t.Errorf("%q is read as %s", line, words(r))
		}
	}
}

func words(r symptoms.Reading) string {
	if r.Symptom == nil {
		return "nothing"
	}
	return strconv.Quote(r.Says)
}

// logWords are the pieces of a page that quote a log: they have words that only
// a server writes.
var logWords = regexp.MustCompile(`\bupstream (timed|sent|prematurely|server|SSL|")|\) failed|failed \(|\[(emerg|alert|crit|error|warn|ALERT|WARNING)\]|could not |no live |worker_connections are|is DOWN|resolver defined|invalid URL prefix|no host in|Connect from|is not terminated|unexpected |auth request un|broken header|load balancing method redefined|missing timeouts|Layer7|did not have a container port|is unhealthy in|wasn't able`)

var span = regexp.MustCompile("`([^`]+)`")

// TestPages reads every log line that a page quotes, and finds its rule by it.
func TestPages(t *testing.T) {
	read := 0
	for _, k := range checks.All() {
		prose, _, _ := strings.Cut(checks.Page(k.ID), "\n## ")
		prose = strings.Join(strings.Fields(prose), " ")
		for _, m := range span.FindAllStringSubmatch(prose, -1) {
			if !logWords.MatchString(m[1]) {
				continue
			}
			r := symptoms.Read(strings.ReplaceAll(m[1], "…", "x"))
			if r.Symptom == nil {
				t.Errorf("%s quotes %q, which nobody knows", k.ID, m[1])
				continue
			}
			read++
			if !slices.Contains(r.Rules, k.ID) {
				t.Errorf("%s quotes %q, whose rules are %q", k.ID, m[1], r.Rules)
			}
		}
	}
	if read < 80 {
		t.Errorf("only %d lines were read", read)
	}
}

// TestLab reads what the lab looks for in the logs of real servers, and finds
// the case's rule by it.
func TestLab(t *testing.T) {
	lab := os.DirFS("../testdata/lab")
	cases, err := fs.Glob(lab, "*/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	read := 0
	for _, name := range cases {
		text, err := fs.ReadFile(lab, name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			kind, says, _ := strings.Cut(strings.TrimSpace(line), " ")
			verb, says, _ := strings.Cut(says, " ")
			if kind != "bad" || verb != "log" && verb != "refuses" {
				continue
			}
			for _, one := range strings.Split(says, "|") {
				one = sample(one)
				if verb == "refuses" {
					one = "[emerg] " + one
					if product := string(text); strings.Contains(product, "run haproxy") {
						one = strings.Replace(one, "[emerg]", "[ALERT] (1) : config :", 1)
					}
				}
				r := symptoms.Read(one)
				switch {
				case r.Symptom == nil: // a piece of a line: the lab itself reads the whole
				case !slices.Contains(r.Rules, path.Dir(name)):
					t.Errorf("%s: the rules of %q are %q", name, one, r.Rules)
				default:
					read++
				}
			}
		}
	}
	if read < 100 {
		t.Errorf("only %d lines were read", read)
	}
}

// sample is a text that a pattern of the lab matches, with the end that the
// pattern leaves out.
func sample(pattern string) string {
	text := strings.NewReplacer(`timed out .*`, "timed out (110: Connection timed out)", `(104: .*\)`, "(104: Connection reset by peer)", `.*`, "…",
		`\d+`, "8080", `\(`, "(", `\)`, ")", `\.`, ".", "[PS]", "P", "$", "").Replace(pattern)
	for cut, whole := range map[string]string{
		"failed (111":               "failed (111: Connection refused)",
		"failed (104":               "failed (104: Connection reset by peer)",
		"failed (104: ":             "failed (104: Connection reset by peer)",
		"no host in upstream":       `no host in upstream ":8080"`,
		`upstream "http://`:         `upstream "http://10.0.0.7:3000"`,
		"no valid HTTP":             "no valid HTTP/1.0 header",
		"wrong version number":      "wrong version number) while SSL handshaking to upstream",
		"Connect from … (web/HTTP)": "Connect from 127.0.0.1:4711 to 127.0.0.1:80 (web/HTTP)",
	} {
		if strings.HasSuffix(text, cut) {
			text = strings.TrimSuffix(text, cut) + whole
			break
		}
	}
	text = strings.Replace(text, "(104: …)", "(104: Connection reset by peer)", 1)
	return strings.Replace(text, "() failed …", "() failed (SSL: …", 1)
}

// TestOutcomes sees that this table and those of the products say the same: the
// words of each outcome are known, and so is its status.
func TestOutcomes(t *testing.T) {
	l, err := lint.Load(context.Background(), fstest.MapFS{
		"nginx.conf":  {Data: []byte("events {}\nhttp { server { listen 80; location / { proxy_pass http://10.0.0.7:3000; } } }\n")},
		"haproxy.cfg": {Data: []byte("defaults\n mode http\nfrontend web\n bind :80\n default_backend app\nbackend app\n server a 10.0.0.7:3000\n")},
	}, lint.Options{Targets: map[string]string{"haproxy": "2.6"}})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for h := range l.Workspace.Hops() {
		for event, o := range h.Gateway().Product.Outcomes {
			if o == model.NoAnswer {
				continue
			}
			seen++
			line := o.Says()
			if h.Gateway().Product.Name == "haproxy" && o.Status != 0 {
				line = strconv.Itoa(o.Status) + " " + o.Native
			}
			r := symptoms.Read(line)
			if r.Symptom == nil || r.Product != h.Gateway().Product.Name {
				t.Errorf("%s, %s: nobody knows %q", h.Gateway().Product.Name, event, line)
			} else if o.Status != 0 && !strings.HasPrefix(r.Client, strconv.Itoa(o.Status)) {
				t.Errorf("%s, %s is %d, but %q is %q", h.Gateway().Product.Name, event, o.Status, line, r.Client)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d outcomes were seen", seen)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range symptoms.All() {
		f.Add(s.Says)
	}
	for _, l := range lines {
		f.Add(l.line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		r := symptoms.Read(line)
		if r.Symptom != nil && r.Fine {
			t.Errorf("%q is known, and fine", line)
		}
		for _, field := range r.Fields {
			if strings.ContainsAny(field.Value, "\x00\x1b\n\r") || utf8.RuneCountInString(field.Value) > 200 {
				t.Errorf("%q tells %q", line, field)
			}
		}
		symptoms.Nearest(line, 3)
	})
}

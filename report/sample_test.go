package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

// find is the n-th place (from 1) in s where text stands.
func find(t testing.TB, s *model.Source, text string, n int) model.Span {
	t.Helper()
	from := 0
	for {
		i := strings.Index(string(s.Text[from:]), text)
		if i < 0 {
			t.Fatalf("%s has no %d times %q", s.Path, n, text)
		}
		if n--; n == 0 {
			return s.Span(from+i, from+i+len(text))
		}
		from += i + len(text)
	}
}

func source(path string, lines ...string) *model.Source {
	return model.NewSource(path, []byte(strings.Join(lines, "\n")), nil)
}

// owner is a statement that values belong to.
func owner(s model.Span) *model.Node {
	return &model.Node{Name: model.Word{Text: s.Text(), Span: s}, Span: s}
}

var (
	readTimeout = &model.Check{ID: "read-timeout-too-short", Title: "The proxy gives up before the application may", Severity: model.Warning,
		Outcomes: []model.Outcome{{Status: 504}}}
	race = &model.Check{ID: "keepalive-race", Title: "The proxy reuses connections that the server may just have closed", Severity: model.Warning,
		Outcomes: []model.Outcome{{Status: 502}}}
	unknownHost = &model.Check{ID: "host-not-found", Title: "A name that has to resolve at start does not", Severity: model.Error,
		Outcomes: []model.Outcome{model.RefusesToStart("")}}
	noTimeout = &model.Check{ID: "timeout-left-default", Title: "A timeout is left at its default", Severity: model.Note}
	drain     = &model.Check{ID: "stop-cuts-requests", Title: "A stop cuts requests in flight", Severity: model.Warning, Outcomes: []model.Outcome{model.NoAnswer}}
	syntax    = &model.Check{ID: "syntax", Title: "The file does not parse", Severity: model.Error, Outcomes: []model.Outcome{model.RefusesToStart("")}}
	internal  = &model.Check{ID: "internal-error", Title: "gwlint failed", Severity: model.Error}

	allChecks = []*model.Check{readTimeout, race, unknownHost, noTimeout, drain, syntax, internal}
)

// result of findings, counted.
func result(findings ...lint.Finding) *lint.Result {
	r := &lint.Result{Findings: findings, Checks: allChecks}
	files := map[*model.Source]bool{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Severity == 0 {
			f.Severity = f.Check.Severity
		}
		f.Count = max(f.Count, 1)
		f.Fingerprint = fmt.Sprintf("%032x", i+1)
		switch f.Severity {
		case model.Error:
			r.Summary.Errors++
		case model.Warning:
			r.Summary.Warnings++
		default:
			r.Summary.Notes++
		}
		for _, s := range append([]lint.Related{{Span: f.Primary}}, f.Related...) {
			if !s.Span.IsZero() {
				files[s.Span.Source] = true
			}
		}
	}
	r.Summary.Files, r.Summary.Hops = len(files), len(files)
	return r
}

// A sample is a result that formats are tried on.
type sample struct {
	name   string
	result *lint.Result
	opt    Options
}

// samples are made anew for each test.
func samples(t testing.TB) []sample {
	return []sample{
		{"empty", &lint.Result{Checks: allChecks}, Options{}},
		{"clean", &lint.Result{Checks: allChecks, Summary: lint.Summary{Files: 3, Hops: 7, Suppressed: 2, Baselined: 3, Stale: 1, Hidden: 5, Unknown: 4, Elapsed: 41 * time.Millisecond}}, Options{}},
		{"files", result(twoFiles(t), inherited(t), terraform(t)), Options{Version: "1.2.3"}},
		{"start", started(t), Options{}},
		{"wide", result(wide(t)...), Options{}},
		{"long", result(long(t)...), Options{Width: 80}},
		{"edges", result(edges(t)...), Options{Context: 1}},
		{"marks", result(marks(t)...), Options{}},
		{"lines", result(lines(t)...), Options{}},
		{"secrets", result(secrets(t)...), Options{}},
	}
}

// twoFiles is a finding whose two ends stand in two languages, with a patch.
func twoFiles(t testing.TB) lint.Finding {
	proxy := source("nginx/conf.d/api.conf",
		"upstream php {",
		"    server unix:/run/php/www.sock;",
		"}",
		"",
		"server {",
		"    listen 443 ssl;",
		"    server_name api.example.com;",
		"    root /srv/api/public;",
		"",
		"",
		"    location /reports/ {",
		"        fastcgi_pass php;",
		"        include fastcgi_params;",
		"        fastcgi_read_timeout 30s;",
		"    }",
		"}", "")
	pool := source("php-fpm/pool.d/www.conf",
		"[www]",
		"user = www-data",
		"listen = /run/php/www.sock",
		"request_terminate_timeout = 60s", "")
	location := owner(find(t, proxy, "location /reports/", 1))
	literal := find(t, proxy, "30s", 1)
	limit := find(t, pool, "60s", 1)
	return lint.Finding{
		Check: readTimeout, Confidence: model.High,
		Message: "fastcgi_read_timeout 30s is shorter than the 60s that php-fpm lets a request run (request_terminate_timeout, php-fpm/pool.d/www.conf:4)",
		Outcome: model.Outcome{Status: 504, Native: "upstream timed out (110: Connection timed out) while reading response header from upstream"},
		When:    "a request that takes 30 to 60 s",
		Primary: literal,
		Related: []lint.Related{
			{Span: find(t, proxy, "fastcgi_pass php", 1), Message: "pool php: unix:/run/php/www.sock"},
			{Span: find(t, pool, "request_terminate_timeout = 60s", 1), Message: "the application may run this long"},
		},
		Effective: []model.Setting{
			model.Set(location, "fastcgi_read_timeout", literal, 30*time.Second, model.Explicit, ""),
			model.Set(owner(find(t, pool, "[www]", 1)), "request_terminate_timeout", limit, time.Minute, model.Explicit, ""),
			model.Fallback(location, "fastcgi_next_upstream", "error timeout", model.Default, "nginx default"),
		},
		Path: []lint.Related{
			{Span: find(t, proxy, "listen 443 ssl", 1), Message: "listen 443"},
			{Span: find(t, proxy, "location /reports/", 1), Message: "/reports/"},
			{Span: find(t, proxy, "server unix:/run/php/www.sock", 1), Message: "unix:/run/php/www.sock"},
		},
		Fix: &model.Fix{Message: "wait longer than the application may run", Edits: []model.Edit{{Span: literal, Text: "65s"}}},
	}
}

// inherited is a value from far above its owner, for many owners.
func inherited(t testing.TB) lint.Finding {
	body := []string{"http {", "    keepalive_timeout 75s;", "    upstream app {", "        server 10.0.0.5:8000;", "        keepalive 32;", "        keepalive_timeout 90s;", "    }"}
	for range 90 {
		body = append(body, "    # ...")
	}
	body = append(body, "    server {", "        location / {", "            proxy_pass http://app;", "        }", "    }", "}", "")
	s := source("nginx.conf", body...)
	docker := source("Dockerfile", "FROM python:3.13", "", `CMD ["gunicorn", "--keep-alive", "75", "app:app"]`, "")
	app, hold := owner(find(t, s, "upstream app", 1)), find(t, s, "90s", 1)
	limit := find(t, docker, "75", 1)
	a := model.Set(app, "keepalive_timeout", hold, 90*time.Second, model.Explicit, "")
	b := model.Set(owner(find(t, docker, "CMD", 1)), "--keep-alive", limit, 75*time.Second, model.Explicit, "")
	return lint.Finding{
		Check: race, Confidence: model.Medium,
		Message: "keepalive_timeout 90s outlives the 75s after which gunicorn closes an idle connection (--keep-alive, Dockerfile:3)",
		Outcome: model.Outcome{Status: 502, Native: "upstream prematurely closed connection while reading response header from upstream"},
		When:    "POST on a reused connection",
		Primary: hold,
		Related: []lint.Related{
			{Span: find(t, s, "proxy_pass http://app", 1), Message: "requests to this location"},
			{Span: limit, Message: "gunicorn closes here"},
		},
		Effective: []model.Setting{a, b, model.Plus(b, model.Fallback(app, "slack", time.Second, model.Assumed, "no network is that slow"))},
		Fix: &model.Fix{Message: "close before the server does", Safe: true, Edits: []model.Edit{
			{Span: hold, Text: "60s"},
			{Span: s.Span(find(t, s, "keepalive 32;", 1).End, find(t, s, "keepalive 32;", 1).End), Text: "\n        keepalive_requests 1000;"},
		}},
		Count: 13,
	}
}

// terraform is a default against a written value, without a fix.
func terraform(t testing.TB) lint.Finding {
	s := source("infra/alb.tf",
		`resource "aws_lb" "edge" {`,
		`  name         = "edge"`,
		`  idle_timeout = var.idle`,
		`}`, "")
	return lint.Finding{
		Check: drain, Confidence: model.Low,
		Message:   "deregistration_delay 300s (default) is longer than the 30s after which the task is killed",
		Outcome:   model.NoAnswer,
		When:      "a deploy",
		Primary:   find(t, s, `resource "aws_lb" "edge"`, 1),
		Effective: []model.Setting{model.NotTold[time.Duration](owner(find(t, s, "idle_timeout", 1)), "idle_timeout", "var.idle has no value")},
	}
}

// started is a server that does not start, a file that is no configuration,
// and a failure without a place.
func started(t testing.TB) *lint.Result {
	s := source("nginx.conf", "upstream app {", "    server backend.internal:8080;", "}", "server {", "    listen 80", "}")
	r := result(
		lint.Finding{Check: unknownHost, Confidence: model.High, Message: "server backend.internal:8080 is a name that no place on its networks has",
			Outcome: model.RefusesToStart(`nginx: [emerg] host not found in upstream "backend.internal:8080" in /etc/nginx/nginx.conf:2`),
			Primary: find(t, s, "backend.internal:8080", 1)},
		lint.Finding{Check: syntax, Confidence: model.High, Message: `unexpected "}", ";" is missing behind listen`,
			Outcome: model.RefusesToStart(`nginx: [emerg] unexpected "}"`), Primary: s.Span(len(s.Text)-1, len(s.Text))},
		lint.Finding{Check: internal, Confidence: model.High, Message: "rule proxy-loop failed: index out of range"},
	)
	r.Summary.Unread = []string{"conf.d/secret.conf"}
	return r
}

// wide is tabs, letters of two columns and of none, line ends of two bytes.
func wide(t testing.TB) []lint.Finding {
	s := model.NewSource("dir with space/日本.conf", []byte("\tproxy_pass\thttp://app;\t# 上流\r\n"+
		"set $name \"日本語 👩‍👩‍👧 e\u0301\"; proxy_read_timeout 5s;\r\n"+
		"# \x1b[31mred\x00 \u202egnp.exe \xff\xfe proxy_buffering off;\r\n"), nil)
	one := func(text, label string) lint.Finding {
		return lint.Finding{Check: noTimeout, Confidence: model.High, Message: text + " is underlined", Primary: find(t, s, text, 1),
			Related: []lint.Related{{Span: find(t, s, text, 1), Message: label}}}
	}
	all := []lint.Finding{one("http://app", "behind two tabs"), one("日本語", "three wide"), one("5s", "behind a family"),
		one("proxy_buffering off", "behind what is not shown"), one("\u0301", "half a letter")}
	all[2].Fix = &model.Fix{Message: "wait longer", Edits: []model.Edit{{Span: all[2].Primary, Text: "60s"}}}
	all[0].Fix = &model.Fix{Message: "say so", Safe: true, Edits: []model.Edit{{Span: s.Span(find(t, s, "\r\n", 1).Start, find(t, s, "\r\n", 1).Start), Text: "\r\n\tproxy_buffering on;"}}}
	return all
}

// long is lines that no terminal is wide enough for.
func long(t testing.TB) []lint.Finding {
	far := strings.Repeat("abcdefghi ", 500)
	s := source("long.conf", far+"proxy_read_timeout 5s;"+far, "proxy_connect_timeout 1s; # "+far, far+"send_timeout 2s;", "x "+strings.Repeat("日", 1<<18)+" y",
		"location / { proxy_pass http://app; proxy_set_header Host $host; }")
	one := func(span model.Span, label string) lint.Finding {
		return lint.Finding{Check: noTimeout, Confidence: model.High, Message: "a long line", Primary: span, Related: []lint.Related{{Span: span, Message: label}}}
	}
	middle := one(find(t, s, "5s", 1), "in the middle")
	middle.Fix = &model.Fix{Message: "wait longer", Edits: []model.Edit{{Span: middle.Primary, Text: "60s"}}}
	wider := one(find(t, s, "1s", 1), "a fix that makes a line too long")
	wider.Primary = s.LineSpan(5)
	wider.Related[0].Span = wider.Primary
	wider.Fix = &model.Fix{Message: "wait longer", Edits: []model.Edit{{Span: s.Span(wider.Primary.End-2, wider.Primary.End-2), Text: " proxy_read_timeout 60s;"}}}
	both := one(find(t, s, "1s", 1), "near")
	both.Related = append(both.Related, lint.Related{Span: s.Span(find(t, s, "send_timeout", 1).Start-15, find(t, s, "send_timeout", 1).Start-5), Message: "cut from the left"},
		lint.Related{Span: s.Span(9000, 9009), Message: "out of sight"})
	return []lint.Finding{middle, wider, both, one(find(t, s, "send_timeout 2s;", 1), "at the end"), one(s.LineSpan(1), "all of it"), one(find(t, s, " y", 1), "behind many wide ones, and a label that is too long for its line"), one(s.Span(len("x")+s.LineSpan(4).Start+301, s.LineSpan(4).Start+310), "within a letter")}
}

// edges are files and spans without anything in them.
func edges(t testing.TB) []lint.Finding {
	empty := source("empty.conf", "")
	open := source("open.conf", "server {", "    listen 80;")
	ended := source("ended.conf", "server {", "    listen 80;", "}", "")
	one := func(span model.Span, what string) lint.Finding {
		return lint.Finding{Check: noTimeout, Confidence: model.High, Message: what, Primary: span}
	}
	return []lint.Finding{
		one(empty.Span(0, 0), "nothing in an empty file"),
		one(open.Span(999, 999), "the end of a last line without line end"),
		one(ended.Span(999, 999), "the end behind the last line end"),
		one(ended.Span(0, 0), "nothing at the start"),
		one(find(t, ended, "listen 80;\n", 1), "a span with its line end"),
		one(find(t, ended, "\n", 1), "a line end"),
		{Check: noTimeout, Confidence: model.Low, Message: "no place at all", Related: []lint.Related{{Message: "nor here"}, {Span: find(t, open, "listen 80", 1), Message: "but here"}}},
	}
}

// marks are several on one line.
func marks(t testing.TB) []lint.Finding {
	s := source("haproxy.cfg", "backend app", "    server a 10.0.0.1:80 check inter 2s maxconn 100", "    timeout server 30s")
	span := func(text string) model.Span { return find(t, s, text, 1) }
	return []lint.Finding{
		{Check: race, Confidence: model.High, Message: "three on one line", Primary: span("maxconn 100"), Related: []lint.Related{
			{Span: span("10.0.0.1:80"), Message: "the address"}, {Span: span("inter 2s"), Message: "checked so often"}, {Span: span("maxconn 100"), Message: "requests at once"}}},
		{Check: race, Confidence: model.High, Message: "one within another", Primary: span("10.0.0.1:80"), Related: []lint.Related{
			{Span: span("server a 10.0.0.1:80 check inter 2s maxconn 100"), Message: "the server"}, {Span: span("10.0.0.1"), Message: "its host"}, {Span: span("10.0.0.1:80"), Message: "its address"}}},
		{Check: race, Confidence: model.High, Message: "no labels", Primary: span("30s"), Related: []lint.Related{{Span: span("check")}, {Span: span("backend app")}}},
	}
}

// lines are spans of several lines, one within another.
func lines(t testing.TB) []lint.Finding {
	text := []string{"http {", "    server {", "        listen 80;", "        location / {", "            return 200;", "        }"}
	for i := range 12 {
		text = append(text, fmt.Sprintf("        location /%d {", i), "            return 204;", "        }")
	}
	s := source("nginx.conf", append(text, "    }", "}", "")...)
	block := func(from, to string, n int) model.Span {
		end := strings.LastIndex(string(s.Text), to)
		start := find(t, s, from, n).Start
		return s.Span(start, end+len(to))
	}
	server := block("server {", "\n    }", 1)
	small := find(t, s, "location / {\n            return 200;\n        }", 1)
	inner := find(t, s, "{\n            return 200;\n        }", 1)
	return []lint.Finding{
		{Check: drain, Confidence: model.High, Message: "a block of many lines", Primary: server, Related: []lint.Related{{Span: server, Message: "all of this server"}, {Span: find(t, s, "listen 80", 1), Message: "its address"}}},
		{Check: drain, Confidence: model.High, Message: "a block in a block", Primary: small, Related: []lint.Related{{Span: small, Message: "this location"}, {Span: server, Message: "in this server"}}},
		{Check: drain, Confidence: model.High, Message: "a block that starts in its line", Primary: inner, Related: []lint.Related{{Span: inner, Message: "answers here"}, {Span: find(t, s, "return 200", 1), Message: "with this"}}},
	}
}

// secrets are what must not be printed.
func secrets(t testing.TB) []lint.Finding {
	s := source("secret.conf",
		`proxy_set_header Authorization "Basic aHVudGVyMjpodW50ZXIy";`,
		`proxy_pass http://svc:hunter2hunter2@10.0.0.1/;`,
		`proxy_read_timeout 5s;`)
	header := find(t, s, `"Basic aHVudGVyMjpodW50ZXIy"`, 1)
	node := owner(find(t, s, "proxy_set_header", 1))
	return []lint.Finding{{
		Check: noTimeout, Confidence: model.High,
		Message: `proxy_set_header Authorization "Basic aHVudGVyMjpodW50ZXIy" goes to http://svc:hunter2hunter2@10.0.0.1/`,
		When:    "a request with hunter2hunter2",
		Outcome: model.Outcome{Status: 503, Native: "password=hunter2hunter2"},
		Primary: header,
		Related: []lint.Related{{Span: find(t, s, "http://svc:hunter2hunter2@10.0.0.1/", 1), Message: "is aHVudGVyMjpodW50ZXIy"}},
		Effective: []model.Setting{
			model.Set(node, "proxy_set_header", header, "Basic aHVudGVyMjpodW50ZXIy", model.Explicit, "as aHVudGVyMjpodW50ZXIy"),
			model.Fallback(node, "proxy_pass", "http://svc:hunter2hunter2@10.0.0.1/", model.Assumed, "http://svc:hunter2hunter2@10.0.0.1/"),
		},
		Path: []lint.Related{{Span: find(t, s, "proxy_pass http://svc:hunter2hunter2@10.0.0.1/", 1)}},
		Fix: &model.Fix{Message: "write hunter2hunter2", Edits: []model.Edit{
			{Span: find(t, s, "5s", 1), Text: "60s"},
			{Span: header, Text: `"Basic aHVudGVyMjpodW50ZXIy"`}}},
	}, {
		Check: noTimeout, Confidence: model.High, Message: "proxy_read_timeout 5s is short", Primary: find(t, s, "5s", 1),
		Fix: &model.Fix{Message: "wait longer", Safe: true, Edits: []model.Edit{{Span: s.Span(find(t, s, "\n", 2).Start, find(t, s, "\n", 2).Start), Text: "\nproxy_connect_timeout 5s;"}}},
	}}
}

package symptoms_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gwlint/gwlint/symptoms"
)

const nginxLine = `2026/11/21 10:00:00 [error] 12#12: *7 `

// lines are such as people paste. says is "" for what is not known, and "fine"
// for what tells of no failure.
var lines = []struct{ line, says, fields string }{
	{
		nginxLine + `upstream timed out (110: Connection timed out) while reading response header from upstream, client: 203.0.113.9, server: app.example.com, request: "GET /report?token=hunter2 HTTP/1.1", upstream: "http://u:hunter2@10.0.0.5:8000/report?token=hunter2", host: "hunter2.example.com", referrer: "https://app.example.com/?hunter2"`,
		"upstream timed out (110: …) while reading response header from upstream",
		"upstream http://…@10.0.0.5:8000, server app.example.com, request GET /report?… HTTP/1.1",
	},
	{
		`web-1  | ` + nginxLine + `connect() to unix:/run/php/php8.2-fpm.sock failed (2: No such file or directory) while connecting to upstream, client: 10.0.0.1, server: _, request: "GET /index.php HTTP/1.1", upstream: "fastcgi://unix:/run/php/php8.2-fpm.sock:", host: "localhost"`,
		"connect() …failed (2: No such file or directory) while connecting to upstream",
		"upstream fastcgi://unix:/run/php/php8.2-fpm.sock, request GET /index.php HTTP/1.1",
	},
	{
		`*7 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: 0.0.0.0:3306, upstream: "10.0.0.5:3306", bytes from/to client:0/0, bytes from/to upstream:0/0`,
		"connect() …failed (111: Connection refused) while connecting to upstream", "upstream 10.0.0.5:3306, server 0.0.0.0:3306",
	},
	{
		`{"log":"2026/11/21 10:00:00 [crit] 7#7: *1 SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream, client: 1.2.3.4, server: a, request: \"GET / HTTP/1.1\", upstream: \"https://10.0.0.5:80/\", host: \"a\"\n","stream":"stderr"}`,
		"SSL_do_handshake() failed (SSL: …wrong version number…) while SSL handshaking to upstream", "upstream https://10.0.0.5:80, server a, request GET / HTTP/1.1",
	},
	{nginxLine + `SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share) while SSL handshaking, client: 1.2.3.4, server: 0.0.0.0:443`, "SSL_do_handshake() failed {reason}while SSL handshaking", "server 0.0.0.0:443, reason (SSL: error:0A00006C:SSL routines::bad key share)"},
	{`nginx: [emerg] host not found in upstream "backned" in /etc/nginx/conf.d/app.conf:3`, `host not found in upstream "{name}"`, "name backned, file /etc/nginx/conf.d/app.conf:3"},
	{`[emerg] 1#1: open() "/etc/nginx/x.conf" failed (2: No such file or directory) in /etc/nginx/nginx.conf:9`, `open() "{file}" failed (2: No such file or directory)`, "file /etc/nginx/x.conf, file /etc/nginx/nginx.conf:9"},
	{nginxLine + `api could not be resolved (3: Host not found), client: 1.2.3.4, server: a, request: "GET / HTTP/1.1", host: "a"`, "{name} could not be resolved (3: Host not found)", "server a, request GET / HTTP/1.1, name api"},
	{"2026/11/21 10:00:00 [notice] 1#1: start worker processes", "fine", ""},
	// What a client sends is no message of nginx.
	{nginxLine + `open() "/srv/no live upstreams while connecting to upstream" failed (20: Not a directory), client: 1.2.3.4, server: a, request: "GET /no%20live%20upstreams HTTP/1.1", host: "a"`, "", ""},
	{nginxLine + `something new, client: 1.2.3.4, server: a, request: "GET /?x=upstream sent too big header HTTP/1.1", host: "a"`, "", ""},
	{`"no live upstreams while connecting to upstream" I said could not be resolved (3: Host not found)`, "", ""},
	// access logs
	{`203.0.113.9 - bob [21/Nov/2026:10:00:00 +0000] "POST /login?password=hunter2 HTTP/1.1" 502 157 "https://a/?hunter2" "curl hunter2"`, "502", "status 502, request POST /login?… HTTP/1.1"},
	{`203.0.113.9 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 502 157 "-" "curl upstream_status=504" upstream_addr=app upstream_status=502`, "502 without an address in upstream_addr", "upstream app, status 502, upstream status 502, request GET / HTTP/1.1"},
	{`203.0.113.9 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 502 157 "-" "-" upstream_addr="10.0.0.1:80, 10.0.0.2:80" upstream_status="504, 502" upstream_header_time="-, 0.003"`, "502 with upstream_header_time", "upstream 10.0.0.2:80, status 502, upstream status 504, 502, request GET / HTTP/1.1"},
	{`{"time":"x","status":504,"request":"GET /a HTTP/1.1","upstream_addr":"10.0.0.1:80","upstream_status":"504","upstream_header_time":"-"}`, "504", "upstream 10.0.0.1:80, status 504, upstream status 504, request GET /a HTTP/1.1"},
	{`203.0.113.9 - - [21/Nov/2026:10:00:00 +0000] "GET /x HTTP/1.1" 499 0 "-" "-"`, "499", "status 499, request GET /x HTTP/1.1"},
	{`203.0.113.9 - - [21/Nov/2026:10:00:00 +0000] "GET /502 HTTP/1.1" 200 502 "-" "-"`, "fine", ""},
	{`203.0.113.9 - - [21/Nov/2026:10:00:00 +0000] "\x16\x03\x01" 400 157 "-" "-"`, "fine", ""},
	// HAProxy
	{
		`Nov 21 10:00:00 lb haproxy[14389]: 10.0.1.2:33317 [21/Nov/2026:10:00:00.655] web app/app1 0/0/-1/-1/3003 503 217 SESSION=hunter2 - SC-- 1/1/0/0/3 0/0 {hunter2|x} {} "GET /a?hunter2 HTTP/1.1"`,
		"SC", "frontend web, backend app, server app1, status 503, time in queue 0 ms, time to connect never came so far, time to answer never came so far, retries 3, state SC--, request GET /a?… HTTP/1.1",
	},
	{`10.0.1.2:33317 [21/Nov/2026:10:00:00.655] web web/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 1/1/0/0/0 0/0 "GET / HTTP/1.1"`, "<NOSRV> SC", "frontend web, backend web, server <NOSRV>, status 503, time in queue never came so far, time to connect never came so far, time to answer never came so far, retries 0, state SC--, request GET / HTTP/1.1"},
	{`10.0.1.2:1 [21/Nov/2026:10:00:00.655] web app/a 0/0/0/2/2 500 83 - - PHDN 1/1/0/0/0 0/0 "GET / HTTP/1.1"`, "500 PH", "frontend web, backend app, server a, status 500, time in queue 0 ms, time to connect 0 ms, time to answer 2 ms, retries 0, state PHDN, cookie that of the client names a server that is down, request GET / HTTP/1.1"},
	{`10.0.1.2:1 [21/Nov/2026:10:00:00.655] web app/a 0/0/0/2/2 200 83 - - ---- 1/1/0/0/0 0/0 "GET /SC-- HTTP/1.1"`, "fine", ""},
	{`10.0.1.2:1 [21/Nov/2026:10:00:00.655] db pg/a 0/-1/3001 0 SC 1/1/0/0/3 0/0`, "SC", "frontend db, backend pg, server a, time in queue 0 ms, time to connect never came so far, retries 3, state SC"},
	{
		`Mar 10 14:00:56 lb haproxy[30170]: 203.0.113.9 - - [10/Mar/2026:14:00:56 +0000] "GET /5.js?hunter2 HTTP/1.1" 503 217 "" "" 59794 528 "web~" "app" "app1" 0 0 -1 -1 3 CC-- 4 1 0 0 0 0 0 "Session-Id=hunter2" ""`,
		"CC", "frontend web~, backend app, server app1, status 503, time in queue 0 ms, time to connect never came so far, time to answer never came so far, retries 0, state CC--, request GET /5.js?… HTTP/1.1",
	},
	{`Nov  3 22:22:19 localhost haproxy[44]: 10.42.0.1:12558 [03/Nov/2026:22:22:19.363] web web/<NOSRV> -1/-1/4 213 SC 0/0/0/0/0 0/0`, "<NOSRV> SC", "frontend web, backend web, server <NOSRV>, time in queue never came so far, time to connect never came so far, retries 0, state SC"},
	{"SH--", "SH", "state SH--"},
	{"sC", "sC", "state sC"},
	{"sQ", "sQ", "state sQ"},
	{"cD", "cD", "state cD"},
	{"PR", "PR", "state PR"},
	{"502 PH--", "PH", "status 502, state PH--"},
	{"503 <NOSRV> SC--", "<NOSRV> SC", "server <NOSRV>, status 503, state SC--"},
	{"-- 503 <NOSRV>", "5xx --", "server <NOSRV>, status 503, state --"},
	{"----", "fine", ""},
	{"XY", "", ""},
	{`[ALERT]    (4711) : config : Proxy 'web': unable to find required default_backend: 'ap'.`, "unable to find required default_backend: '{backend}'", "backend ap"},
	{`[WARNING]  (4711) : Server app/app1 is DOWN, reason: Layer7 wrong status, code: 404, info: "Not Found", check duration: 0ms.`, "Server {server} is DOWN, reason: Layer7 wrong status, code: {code}", "server app/app1, code 404, info: \"Not Found\", check duration: 0ms."},
	{`[NOTICE]   (4711) : haproxy version is 2.6.12`, "fine", ""},
	// app servers
	{`[21-Nov-2026 10:00:00] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it`, "server reached pm.max_children setting ({children})", "children 5"},
	{`[21-Nov-2026 10:00:00] WARNING: [pool www] child 77, script '/srv/x.php' (request: "GET /x.php?hunter2") execution timed out (2.1 sec), terminating`, "execution timed out ({seconds} sec), terminating", "seconds 2.1"},
	{`[2026-11-21 10:00:00 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:9)`, "WORKER TIMEOUT (pid:{pid})", "pid 9"},
	{`[CRITICAL] WORKER TIMEOUT`, "WORKER TIMEOUT", ""},
	{`invalid request block size: 4161 (max 4096)...skip`, "invalid request block size: {size} (max {max})", "size 4161, max 4096"},
	{`Sat Nov 21 10:00:00 2026 - *** HARAKIRI ON WORKER 1 (pid: 7, try: 1) ***`, "HARAKIRI ON WORKER", ""},
	// load balancers
	{
		`https 2026-11-21T10:00:00.1Z app/web/50dc6c495c0c9188 203.0.113.9:48160 10.0.0.66:9000 0.000 -1 -1 502 - 34 366 "GET https://a.example.com:443/x?hunter2 HTTP/1.1" "curl/7" - - arn:aws:x "-" "-" "-" 0 2026-11-21T10:00:00.1Z "forward" "-" "-" "10.0.0.66:9000" "-" "-" "-"`,
		"502 -", "load balancer app/web/50dc6c495c0c9188, target 10.0.0.66:9000, time to answer never came so far, request GET https://a.example.com:443/x?… HTTP/1.1, status 502, target status -",
	},
	{"504 -", "504 -", "status 504, target status -"},
	{"elb_status_code=503 target_status_code=-", "503 -", "status 503, target status -"},
	{"460", "460", ""},
	{"561", "561", ""},
	{"521", "521", ""},
	// nothing
	{"", "", ""},
	{"hello world", "", ""},
	{"kernel: Out of memory: Killed process 77", "", ""},
	{"Traceback (most recent call last):", "", ""},
}

func TestLines(t *testing.T) {
	for _, l := range lines {
		r := symptoms.Read(l.line)
		says := ""
		if r.Symptom != nil {
			says = r.Says
		} else if r.Fine {
			says = "fine"
		}
		var fields []string
		for _, f := range r.Fields {
			fields = append(fields, f.Name+" "+f.Value)
		}
		if got := strings.Join(fields, ", "); says != l.says || got != l.fields {
			t.Errorf("%s\nis %q, not %q\ntells %q\n not  %q", l.line, says, l.says, got, l.fields)
		}
		if strings.Contains(fmt.Sprint(r.Fields, r.Look, r.Client, r.Setting), "hunter2") {
			t.Errorf("%s\ntells a secret: %v", l.line, r.Fields)
		}
	}
}

func TestModules(t *testing.T) {
	for upstream, want := range map[string]string{
		"fastcgi://unix:/run/php.sock:": "fastcgi_read_timeout (60s)",
		"https://10.0.0.5:443/":         "proxy_read_timeout (60s)",
		"grpcs://10.0.0.5:443/":         "grpc_read_timeout (60s)",
		"suwsgi://10.0.0.5:443/":        "uwsgi_read_timeout (60s)",
	} {
		r := symptoms.Read(nginxLine + `upstream timed out (110: Connection timed out) while reading response header from upstream, client: 1.2.3.4, server: a, request: "GET / HTTP/1.1", upstream: "` + upstream + `"`)
		if r.Setting != want {
			t.Errorf("%s: %q", upstream, r.Setting)
		}
	}
	r := symptoms.Read("upstream timed out (110: Connection timed out) while connecting to upstream, client: 1.2.3.4, server: 0.0.0.0:5432, upstream: \"10.0.0.5:5432\", bytes from/to client:0/0, bytes from/to upstream:0/0")
	if !strings.HasPrefix(r.Client, "a closed connection") || r.Setting != "proxy_connect_timeout (60s)" {
		t.Errorf("stream: %q, %q", r.Client, r.Setting)
	}
}

func TestNearest(t *testing.T) {
	near := symptoms.Nearest("upstream send too big headers reading response", 3)
	if len(near) == 0 || near[0].Says != "upstream sent too big header" {
		t.Errorf("got %v", near)
	}
	if near := symptoms.Nearest("Traceback (most recent call last):", 3); len(near) > 0 {
		t.Errorf("got %q", near[0].Says)
	}
}

// TestHuge reads what nobody should paste.
func TestHuge(t *testing.T) {
	for _, piece := range []string{"a", `"`, "/", "{", "[error] ", "0/", " SC-- ", `\"`, "upstream timed out (110: ", "\x00", "é"} {
		symptoms.Read(strings.Repeat(piece, 1<<20/len(piece)))
		symptoms.Nearest(strings.Repeat(piece, 1<<20/len(piece)), 3)
	}
}

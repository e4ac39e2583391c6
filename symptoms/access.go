package symptoms

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// seenAccess is how a status of an access log is known.
const seenAccess = seenNginx + "; the access log of Apache looks the same, and its statuses differ: docs/outcomes.md"

// nginxAccess is the access log of nginx. A status alone does not tell the
// cause: the error log does, at the same second.
var nginxAccess = []Symptom{
	{
		Product: "nginx", Says: "502 without an address in upstream_addr",
		Means:  "no server was asked: all of the pool were out, so that upstream_addr holds the name of the upstream block",
		Client: "502", Phase: "choosing a server", Setting: "max_fails, fail_timeout, max_conns",
		Rules: []string{"pool-outage", "error-status-outage", "localhost-two-addresses", "duplicate-server", "all-servers-down", "connection-cap"},
		Look:  []string{"\"no live upstreams\" in error.log, and what failed in the ten seconds before"}, Source: "manual of ngx_http_upstream_module, $upstream_addr",
	},
	{
		Product: "nginx", Says: "502 with upstream_header_time",
		Means:  "the server answered 502 itself: it is a gateway, too",
		Client: "502", Phase: "behind this nginx",
		Look: []string{"the log of the server at {upstream}: gwlint explain reads that, too"}, Source: "manual of ngx_http_upstream_module, $upstream_header_time",
	},
	{
		Product: "nginx", Says: "504 with upstream_header_time",
		Means:  "the server answered 504 itself: it is a gateway, too",
		Client: "504", Phase: "behind this nginx",
		Look: []string{"the log of the server at {upstream}: gwlint explain reads that, too"}, Source: "manual of ngx_http_upstream_module, $upstream_header_time",
	},
	{
		Product: "nginx", Says: "503 with upstream_status",
		Means:  "the server answered 503 itself",
		Client: "503", Phase: "behind this nginx",
		Rules: []string{"gateway-errors-final", "error-status-outage"},
		Look:  []string{"the log of the server at {upstream}: HAProxy says 503 when a server refuses or its queue is full"}, Source: "manual of ngx_http_upstream_module, $upstream_status",
	},
	{
		Product: "nginx", Says: "502",
		Means: "a server refused the connection, closed it before it answered, sent a head that is too large or invalid, failed in TLS, or none was left to ask; " +
			"or the server itself answered 502. It is no timeout of nginx: that is 504",
		Client: "502", Phase: "connecting, or waiting for the head of the answer",
		Rules: []string{"keepalive-race", "dead-timeout", "pool-outage", "header-buffer-small", "wrong-port", "resolver-missing", "dns-once", "sni-missing", "upstream-not-logged"},
		Look: []string{"the line of error.log at the same second, which says which: gwlint explain reads it",
			"a log_format with $upstream_addr, $upstream_status and $upstream_header_time tells who it was"},
		Source: seenAccess,
	},
	{
		Product: "nginx", Says: "503",
		Means:  "nginx limits requests or connections, or a rule of its configuration says 503; without a server, 503 is never an outage of one in nginx. Or the server itself answered 503",
		Client: "503", Phase: "before any server is asked, or behind this nginx", Setting: "limit_req, limit_conn, return",
		Rules: []string{"limit-by-proxy", "upstream-not-logged"},
		Look:  []string{"\"limiting\" in error.log at the same second; else the log of the server"}, Source: seenAccess,
	},
	{
		Product: "nginx", Says: "504",
		Means:  "a server did not let nginx connect, take the request or see the head of the answer in time; or the server itself answered 504",
		Client: "504", Phase: "connecting, sending, or waiting for the head of the answer", Setting: "*_connect_timeout, *_send_timeout, *_read_timeout",
		Rules: []string{"read-timeout-below-app", "retry-budget", "retry-window", "slow-failover", "wrong-module-setting", "body-length-kept", "upstream-not-logged"},
		Look: []string{"the line of error.log at the same second: \"while ...\" says which timeout it was",
			"the request time: a multiple of the timeout is one try after the other"},
		Source: seenAccess,
	},
	{
		Product: "nginx", Says: "499",
		Means:  "the client left before the answer: a person, or the gateway in front whose timeout is shorter",
		Client: "nobody is there; a gateway in front gives its own 502 or 504", Phase: "waiting for the answer", Setting: "the timeout of the layer in front",
		Rules: []string{"timeout-inversion", "outer-gives-up", "retry-budget"},
		Look:  []string{"the request times of these lines: all the same is a timeout in front (60 s: AWS ALB, 100 to 120 s: Cloudflare)"}, Source: "seen on nginx 1.22.1",
	},
	{
		Product: "nginx", Says: "500",
		Means:  "nginx itself: auth_request failed, a cycle of rewrites, a missing named location, no file left to open; or the server answered 500",
		Client: "500", Phase: "routing, or behind this nginx",
		Rules: []string{"missing-named-location", "empty-target", "file-limit-low", "body-length-kept"},
		Look:  []string{"error.log at the same second; when it is silent, the server answered it"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "009",
		Means:  "what came back from the server is no HTTP: another protocol listens at its port, and its bytes are passed on as HTTP/0.9",
		Client: "raw bytes, no status", Phase: waiting, Setting: "the port in *_pass or upstream",
		Rules: []string{"foreign-port", "protocol-mismatch"},
		Look:  []string{"what listens at {upstream}"}, Source: seenNginx,
	},
}

var (
	// combined is the tail of a line of the formats common and combined: request,
	// status, bytes.
	combined   = regexp.MustCompile(`\] "((?:[^"\\]|\\.)*)" (\d{3}) (?:\d+|-)(?: |$)`)
	headers    = regexp.MustCompile(`(?:^| )"(?:[^"\\]|\\.)*"`) // Referer, User-Agent: the client's own words
	upstreamOf = regexp.MustCompile(`\b(upstream_addr|upstream_status|upstream_header_time|upstream_response_time)[=:] ?(?:"([^"]*)"|\[([^\]]*)\]|([^\s",]+(?:(?:, | : )[^\s",=]+)*))`)
)

// readNginxAccess reads a line of an access log: common, combined, either
// with fields of the upstream behind it, or an object of JSON with such names.
func readNginxAccess(line string) (Reading, bool) {
	v := map[string]string{}
	if strings.HasPrefix(line, "{") {
		var object map[string]any
		if json.Unmarshal([]byte(line), &object) != nil || object["status"] == nil {
			return Reading{}, false
		}
		for name, value := range object {
			v[name] = fmt.Sprint(value)
		}
		if v["request"] == "" {
			v["request"] = strings.TrimSpace(v["request_method"] + " " + v["request_uri"] + v["uri"])
		}
	} else {
		m := combined.FindStringSubmatchIndex(line)
		if m == nil {
			return Reading{}, false
		}
		v["request"], v["status"] = line[m[2]:m[3]], line[m[4]:m[5]]
		for _, f := range upstreamOf.FindAllStringSubmatch(headers.ReplaceAllString(line[m[1]:], " "), -1) {
			v[f[1]] = f[2] + f[3] + f[4]
		}
	}
	if len(v["status"]) != 3 || strings.Trim(v["status"], "0123456789") != "" {
		return Reading{}, false
	}
	r := Reading{Writer: "nginx"}
	switch status := v["status"]; {
	case status == "009" || status == "499" || status[0] == '5':
		r.Symptom = accessSymptom(v)
	default:
		r.Fine = true
	}
	if r.Symptom == nil {
		return r, true
	}
	if addr := last(v["upstream_addr"]); addr != "" && addr != "-" {
		r.Fields = append(r.Fields, Field{"upstream", server(addr)})
	}
	r.Fields = append(r.Fields, Field{"status", v["status"]})
	if s := plain(v["upstream_status"]); s != "" && strings.Trim(s, "0123456789,:- ") == "" {
		r.Fields = append(r.Fields, Field{"upstream status", s})
	}
	if q := request(v["request"]); q != "" {
		r.Fields = append(r.Fields, Field{"request", q})
	}
	return r, true
}

// accessSymptom is what a status and the fields of the upstream tell together; nil for a
// status that nginx does not make.
func accessSymptom(v map[string]string) *Symptom {
	status, beside := v["status"], ""
	addr := last(v["upstream_addr"])
	switch head := last(v["upstream_header_time"]); {
	case (status == "502" || status == "504") && head != "" && head != "-":
		beside = " with upstream_header_time"
	case status == "503" && last(v["upstream_status"]) == "503":
		beside = " with upstream_status"
	case status == "502" && addr != "" && addr != "-" && !strings.ContainsAny(addr, ".:/"):
		beside = " without an address in upstream_addr"
	}
	i := slices.IndexFunc(nginxAccess, func(s Symptom) bool { return s.Says == status+beside })
	if i < 0 {
		return nil
	}
	return &nginxAccess[i]
}

// last is that of the values which nginx puts one behind the other for each
// try: "10.0.0.1:80, 10.0.0.2:80".
func last(values string) string {
	if at := max(strings.LastIndex(values, ", "), strings.LastIndex(values, " : ")); at >= 0 {
		values = strings.TrimLeft(values[at:], ",: ")
	}
	return strings.TrimSpace(values)
}

// unwrap takes a line out of what a collector of logs puts around it: an
// object of JSON with the text as log, message or msg.
func unwrap(line string) string {
	if !strings.HasPrefix(line, "{") {
		return line
	}
	var object map[string]any
	if json.Unmarshal([]byte(line), &object) != nil {
		return line
	}
	for _, name := range []string{"log", "message", "msg", "MESSAGE"} {
		if text, ok := object[name].(string); ok {
			return strings.TrimSpace(text)
		}
	}
	return line
}

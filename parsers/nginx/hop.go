package nginx

import (
	"fmt"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A family is a protocol that nginx forwards with, and the prefix of its
// settings.
type family struct {
	pass, prefix, protocol string
	schemes                map[string]bool // scheme to TLS; empty where the pass takes none
}

var families = []family{
	{"proxy_pass", "proxy_", "http", map[string]bool{"http": false, "https": true}},
	{"fastcgi_pass", "fastcgi_", "fastcgi", nil},
	{"uwsgi_pass", "uwsgi_", "uwsgi", map[string]bool{"uwsgi": false, "suwsgi": true}},
	{"scgi_pass", "scgi_", "scgi", nil},
	{"grpc_pass", "grpc_", "grpc", map[string]bool{"grpc": false, "grpcs": true}},
}

// A target is where a pass leads, taken apart.
type target struct {
	scheme string
	host   string // as written, without the port; "" of a socket
	port   bool   // one is written
	addr   model.Addr
	why    string // why addr cannot be told
	named  bool   // by a variable: nginx resolves it for each request
}

// hops lowers a pass: one hop, or one for each value that its variables may
// have. What cannot be told is a hop to an unknown server.
func (l *loader) hops(r *model.Route, f family, pass *model.Node) (hops []*model.Hop) {
	if len(pass.Args) == 0 {
		return nil
	}
	word := pass.Args[0].Text
	for _, t := range l.expand(r.Node, word) {
		to := parseTarget(f, t.s)
		to.named = strings.Contains(word, "$")
		hops = append(hops, l.hop(r, f, pass, to, t.from))
	}
	return hops
}

// parseTarget takes "https://host:port/uri", "unix:/path:/uri", "host:port"
// apart. Variables in it are such that cannot be told.
func parseTarget(f family, s string) (t target) {
	if strings.Contains(s, "{{") || strings.Contains(s, "{%") || strings.Contains(s, "<%") {
		t.why = "it is filled in from a template: " + s
		return t
	}
	if f.schemes != nil {
		if scheme, rest, ok := strings.Cut(s, "://"); ok {
			t.scheme, s = strings.ToLower(scheme), rest
		}
		if _, known := f.schemes[t.scheme]; !known && (t.scheme != "" || f.protocol == "http") {
			t.why = "the scheme cannot be told"
			return t
		}
	}
	if path, ok := strings.CutPrefix(s, "unix:"); ok {
		path, _, _ = strings.Cut(path, ":")
		t.addr = model.Addr{Net: "unix", Path: path}
		if strings.Contains(path, "$") {
			t.why = "it is a variable: " + path
		}
		return t
	}
	if end := strings.IndexAny(s, "/?"); end >= 0 {
		s = s[:end]
	}
	if at := strings.IndexByte(s, '$'); at >= 0 && pathVariable(s[at:]) {
		s = s[:at]
	}
	var ok bool
	t.addr.Host, t.addr.Port, ok = hostPort(s)
	t.host, t.port = t.addr.Host, t.addr.Port != 0
	switch {
	case strings.Contains(s, "$"):
		t.why = "it is a variable: " + s
	case !ok || t.host == "":
		t.why = "nginx does not take it"
	case t.addr.Port == 0 && f.schemes[t.scheme] && f.protocol != "uwsgi":
		t.addr.Port = 443
	case t.addr.Port == 0 && (f.protocol == "http" || f.protocol == "grpc"):
		t.addr.Port = 80
	}
	return t
}

// pathVariable reports whether a word that begins with a variable continues a
// target behind its port.
func pathVariable(s string) bool {
	_, name, _ := nextVariable(s)
	switch variableName(name) {
	case "$request_uri", "$uri", "$document_uri", "$is_args", "$args", "$query_string":
		return true
	}
	return false
}

// hop is one forwarding, with every setting in effect.
func (l *loader) hop(r *model.Route, f family, pass *model.Node, to target, from []model.Span) *model.Hop {
	owner := r.Node
	h := &model.Hop{Route: r, Node: pass}
	explicit := l.pools[poolKey("http", to.host)]
	if to.why != "" || to.addr.Path != "" || to.named && to.port {
		explicit = nil // at run time the port is part of the name
	}
	if explicit != nil {
		h.Pool = explicit
	} else {
		h.Pool = l.implicit(pass, to.host, l.targetAddr(pass, to, from))
	}
	if to.named && explicit == nil {
		forgetful(pass, h.Pool)
	}
	h.Conn = l.conn(owner, f, pass, to)
	h.Conn.Lookup = l.lookup(owner, pass, to, explicit)
	h.Retry = l.retry(owner, f.prefix)
	h.MaxBody = setting(l, owner, "http", "client_max_body_size", size)
	h.Queue = model.Fallback(owner, "queue", time.Duration(0), model.Default, "nginx has no queue")
	h.Headers = l.headers(owner, f)
	h.Host = l.host(owner, f, h.Headers)
	h.Path = l.path(owner, f, pass)
	h.Conn.Idle = l.idle(owner, f, pass, explicit, h)
	h.Logged = l.logged(owner)
	if uri := strings.TrimPrefix(r.Match, "= "); l.asked[subrequest{nil, uri}] || l.asked[subrequest{owner.Within("server"), uri}] {
		h.Outcomes = denials()
	}
	return h
}

// targetAddr is the address of a pass that names no upstream block.
func (l *loader) targetAddr(pass *model.Node, to target, from []model.Span) model.Value[model.Addr] {
	key := pass.Name.Text
	if to.why != "" {
		return model.NotTold[model.Addr](pass, key, to.why)
	}
	return model.Set(pass, key, pass.Args[0].Span, to.addr, model.Explicit, "", append(from, via(pass)...)...)
}

// forgetful settles what a server named by a variable lacks: it is resolved
// for each request, so failures are not counted (nginx-lab, finding 9).
func forgetful(pass *model.Node, p *model.Pool) {
	for _, e := range p.Endpoints {
		e.Fails = model.Fallback(pass, "max_fails", 0, model.Default, "a server named by a variable is never taken out")
	}
}

// conn are the settings of the connection, all but reuse and lookup.
func (l *loader) conn(owner *model.Node, f family, pass *model.Node, to target) model.Conn {
	tls := f.schemes[to.scheme]
	c := model.Conn{
		Connect:  setting(l, owner, "http", f.prefix+"connect_timeout", seconds),
		Read:     setting(l, owner, "http", f.prefix+"read_timeout", seconds),
		Total:    model.Fallback(owner, "time of one exchange", model.Forever, model.Default, "nginx has no limit"),
		Head:     setting(l, owner, "http", f.prefix+"buffer_size", size),
		Protocol: model.Set(pass, pass.Name.Text, pass.Head(), f.protocol, model.Explicit, ""),
		Proxy:    model.Fallback(owner, "proxy_protocol", false, model.Default, "only stream proxies send it"),
	}
	c.Tunnel = c.Read
	if c.Head.Known() && !c.Head.Written() {
		c.Head = model.Fallback(owner, f.prefix+"buffer_size", c.Head.V, l.atMost(model.Default), l.unseen("nginx default: one memory page, 4k on nearly all machines"))
	}
	if to.scheme == "" && to.why != "" {
		c.TLS.Enabled = model.NotTold[bool](pass, pass.Name.Text, to.why)
		return c
	}
	c.TLS.Enabled = model.Set(pass, pass.Name.Text, pass.Args[0].Span, tls, model.Explicit, "", via(pass)...)
	if tls {
		l.tls(owner, f.prefix, "http", pass, to.host, &c.TLS)
	}
	return c
}

// tls are the settings of a TLS connection.
func (l *loader) tls(owner *model.Node, prefix, level string, pass *model.Node, host string, c *model.TLS) {
	c.Verify = setting(l, owner, level, prefix+"ssl_verify", flag)
	c.Min = setting(l, owner, level, prefix+"ssl_protocols", oldest)
	c.Max = setting(l, owner, level, prefix+"ssl_protocols", newest)
	c.Name = l.serverName(owner, prefix, level, pass, host)
	l.trusts(owner, prefix, pass, c.Verify)
	cert, missing := l.find(owner, prefix+"ssl_certificate")
	switch {
	case missing != "":
		c.Cert = model.NotTold[string](owner, prefix+"ssl_certificate", missing)
	case cert == nil:
		c.Cert = model.Fallback(owner, prefix+"ssl_certificate", "", l.atMost(model.Default), l.unseen("nginx default: none"))
	default:
		c.Cert = written(owner, cert, prefix+"ssl_certificate", word)
	}
}

// trusts tells of a pass that verifies against nothing: nginx does not start
// (ngx_http_proxy_set_ssl and its kin).
func (l *loader) trusts(owner *model.Node, prefix string, pass *model.Node, verify model.Value[bool]) {
	ca, missing := l.find(owner, prefix+"ssl_trusted_certificate")
	if !model.Is(verify, true) || verify.Origin() < model.Inherited || ca != nil || missing != "" || l.root.Fragment != "" || pass.Doubt() != "" {
		return
	}
	l.findings = append(l.findings, model.Finding{Rule: "verify-without-ca",
		Message: fmt.Sprintf("%s, and no %sssl_trusted_certificate says against what", verify, prefix),
		Because: []model.Fact{verify, pass},
		Outcome: model.RefusesToStart(fmt.Sprintf("[emerg] no %sssl_trusted_certificate for %sssl_verify", prefix, prefix)),
	})
}

// serverName is the name sent in the handshake: none unless ssl_server_name is
// on; then ssl_name, which defaults to the host of the pass as it is written,
// a name of an upstream block included. Addresses are never sent
// (ngx_http_upstream_ssl_name).
func (l *loader) serverName(owner *model.Node, prefix, level string, pass *model.Node, host string) model.Value[string] {
	send := setting(l, owner, level, prefix+"ssl_server_name", flag)
	if !send.Known() {
		return model.NotTold[string](owner, prefix+"ssl_server_name", send.Why())
	}
	if !send.V {
		if send.Written() {
			return model.Set(owner, send.Key(), send.At(), "", send.Origin(), send.Why())
		}
		return model.Fallback(owner, send.Key(), "", send.Origin(), send.Why())
	}
	name := host
	stmt, missing := l.find(owner, prefix+"ssl_name")
	switch {
	case missing != "":
		return model.NotTold[string](owner, prefix+"ssl_name", missing)
	case stmt != nil && strings.Contains(stmt.Arg(0), "$"):
		return model.NotTold[string](owner, prefix+"ssl_name", "it is a variable: "+stmt.Arg(0))
	case stmt != nil:
		name = stmt.Arg(0)
	case host == "" || strings.Contains(host, "$"):
		return model.NotTold[string](owner, prefix+"ssl_name", "the host cannot be told")
	}
	name, _, _ = hostPort(name)
	if _, ip := (model.Addr{Host: name}).IP(); ip {
		name = ""
	}
	if stmt != nil {
		return from(owner, stmt, prefix+"ssl_name", arguments(stmt), name)
	}
	return model.Set(owner, pass.Name.Text, pass.Args[0].Span, name, model.Explicit, "the name sent in the handshake")
}

// lookup is how often the name of the target is resolved: once, at start; by a
// resolver while running; or never, where a resolver would be needed and there
// is none.
func (l *loader) lookup(owner, pass *model.Node, to target, explicit *model.Pool) model.Value[time.Duration] {
	if explicit != nil {
		for _, e := range explicit.Endpoints {
			for _, a := range e.Node.Args[min(1, len(e.Node.Args)):] {
				if a.Text == "resolve" {
					return model.NotTold[time.Duration](e.Node, "resolve", "as long as the DNS answer says")
				}
			}
		}
		return model.Set(owner, pass.Name.Text, pass.Args[0].Span, model.Forever, model.Explicit, "resolved once, at start")
	}
	if !to.named {
		return model.Set(owner, pass.Name.Text, pass.Args[0].Span, model.Forever, model.Explicit, "resolved once, at start")
	}
	if to.why == "" && l.static[to.addr.String()] {
		return model.Set(owner, pass.Name.Text, pass.Args[0].Span, model.Forever, model.Explicit, "resolved at start, for a pass without variables to the same")
	}
	stmt, missing := l.find(owner, "resolver")
	switch {
	case missing != "":
		return model.NotTold[time.Duration](owner, "resolver", missing)
	case stmt == nil:
		return model.Fallback(owner, "resolver", time.Duration(0), l.atMost(model.Default), l.unseen("nginx default: none"))
	}
	for _, a := range stmt.Args {
		if valid, ok := strings.CutPrefix(a.Text, "valid="); ok {
			if d, ok := parseTime(valid); ok {
				return from(owner, stmt, "resolver", a.Span, d)
			}
		}
	}
	return model.NotTold[time.Duration](owner, "resolver", "as long as the DNS answer says")
}

// learnStatic notes the address of a pass without variables: nginx makes an
// upstream of it, which one with variables finds by host and port before it
// asks a resolver (ngx_http_upstream_init_request).
func (l *loader) learnStatic(f family, pass *model.Node) {
	if word := pass.Arg(0); word != "" && !strings.Contains(word, "$") {
		if t := parseTarget(f, word); t.why == "" {
			l.static[t.addr.String()] = true
		}
	}
}

// path is what the target is asked for: the URI of the pass in place of the
// location's prefix, or of the whole path where a variable is in the pass.
func (l *loader) path(owner *model.Node, f family, pass *model.Node) model.Value[string] {
	if f.protocol != "http" {
		return model.Value[string]{}
	}
	word := pass.Arg(0)
	uri := uriOf(word)
	for b := owner; b != nil; b = b.Parent {
		if r := b.Find("rewrite"); r != nil {
			return model.NotTold[string](owner, "rewrite", "it may be rewritten: "+oneLine(r))
		}
		if b.Name.Text == "server" {
			break
		}
	}
	if uri == "$request_uri" || uri == matchOf(owner) || uri == "/" && matchOf(owner) == "" && !strings.Contains(word, "$") {
		uri = ""
	}
	return model.Set(owner, pass.Name.Text, pass.Args[0].Span, uri, model.Explicit, "", via(pass)...)
}

// uriOf is what follows the address in the URL of a pass.
func uriOf(word string) string {
	_, rest, ok := strings.Cut(word, "://")
	if !ok {
		return ""
	}
	if path, unix := strings.CutPrefix(rest, "unix:"); unix {
		_, uri, _ := strings.Cut(path, ":")
		return uri
	}
	for i := 0; i < len(rest); i++ {
		switch {
		case rest[i] == '/', rest[i] == '?', rest[i] == '$' && pathVariable(rest[i:]):
			return rest[i:]
		}
	}
	return ""
}

// retry is when nginx tries the next server.
func (l *loader) retry(owner *model.Node, prefix string) model.Retry {
	return model.Retry{
		Tries: setting(l, owner, "http", prefix+"next_upstream_tries", orEach),
		On:    setting(l, owner, "http", prefix+"next_upstream", events),
		Posts: setting(l, owner, "http", prefix+"next_upstream", resends),
		Total: setting(l, owner, "http", prefix+"next_upstream_timeout", orForever),
		Same:  model.Fallback(owner, prefix+"next_upstream", false, model.Default, "nginx takes the next server"),
	}
}

// idle is how long a connection is kept for reuse. Only an upstream block
// keeps any: by keepalive, or by default since 1.29.7; and only where the
// request does not ask to close. Where nothing is kept, the owner is the
// statement to blame.
func (l *loader) idle(owner *model.Node, f family, pass *model.Node, p *model.Pool, h *model.Hop) model.Value[time.Duration] {
	const key = "keepalive"
	none := func(blame *model.Node, o model.Origin, why string) model.Value[time.Duration] {
		return model.Fallback(blame, key, time.Duration(0), o, why)
	}
	if f.protocol == "uwsgi" || f.protocol == "scgi" {
		return none(pass, model.Default, "nginx reuses no "+f.protocol+" connections")
	}
	if p == nil {
		return none(pass, model.Default, "connections are kept only by an upstream block")
	}
	slots := l.byDefault("upstream", key)
	stmt := p.Node.Find(key)
	switch {
	case stmt != nil && stmt.Arg(0) == "0":
		return none(stmt, model.Default, "keepalive 0 in upstream "+p.Name)
	case stmt != nil:
	case p.Node.Partial != "":
		return model.NotTold[time.Duration](p.Node, key, p.Node.Partial)
	case slots.origin == model.Unknown:
		return model.NotTold[time.Duration](p.Node, key, slots.why)
	case slots.value == "none":
		return none(pass, slots.origin, "no keepalive in upstream "+p.Name)
	}
	if method := replaces(p.Node, stmt); method != nil {
		switch since := "1.29.7"; {
		case l.product.Before(since):
			return none(stmt, l.versioned(model.Default), method.Name.Text+" stands behind it and replaces it before "+since)
		case !l.product.From(since):
			return model.NotTold[time.Duration](p.Node, key, method.Name.Text+" stands behind it and replaces it before "+since)
		}
	}
	blame, why, o := l.closes(owner, f, pass, h)
	switch {
	case o == model.Unknown:
		return model.NotTold[time.Duration](owner, key, why)
	case blame != nil:
		return none(blame, o, why)
	}
	if t := p.Node.Find("keepalive_timeout"); t != nil {
		if v := written(p.Node, t, "keepalive_timeout", seconds); o != model.Assumed || !v.Known() {
			return v
		} else {
			return model.Set(p.Node, "keepalive_timeout", v.At(), v.V, o, why, via(t)...)
		}
	}
	d := l.byDefault("upstream", "keepalive_timeout")
	t, _ := parseTime(d.value)
	if stmt == nil {
		return model.Fallback(p.Node, "keepalive_timeout", t, min(o, slots.origin), "default, as is keepalive itself: "+slots.why)
	}
	if o == model.Assumed {
		return model.Fallback(p.Node, "keepalive_timeout", t, o, d.why+"; "+why)
	}
	return model.Fallback(p.Node, "keepalive_timeout", t, model.Default, d.why)
}

// replaces is a balancing method that stands behind keepalive in an upstream
// block, or nil.
func replaces(upstream, keepalive *model.Node) *model.Node {
	behind := false
	for _, k := range upstream.Kids {
		switch k.Name.Text {
		case "keepalive":
			behind = k == keepalive
		case "ip_hash", "hash", "least_conn", "random":
			if behind {
				return k
			}
		}
	}
	return nil
}

// versioned is the origin of what depends on the version.
func (l *loader) versioned(o model.Origin) model.Origin {
	return min(o, l.product.Versions.Origin)
}

// closes finds the statement, or the pass where none is written, by which a
// request asks the server to close the connection behind it; nil when it does
// not. The origin is Unknown when that cannot be told, and Assumed when it
// rests on what is not seen.
func (l *loader) closes(owner *model.Node, f family, pass *model.Node, h *model.Hop) (blame *model.Node, why string, o model.Origin) {
	switch f.protocol {
	case "grpc":
		return nil, "", model.Default
	case "fastcgi":
		keep := setting(l, owner, "http", "fastcgi_keep_conn", flag)
		if keep.Known() && !keep.V {
			return l.blame(owner, pass, "fastcgi_keep_conn"), keep.String(), keep.Origin()
		}
		return nil, keep.Why(), keep.Origin()
	}
	version := setting(l, owner, "http", "proxy_http_version", word)
	o = version.Origin()
	switch {
	case o == model.Unknown, version.V == "2":
		return nil, version.Why(), o
	case version.V == "1.0":
		return l.blame(owner, pass, "proxy_http_version"), version.String(), o
	case !h.Headers.Known():
		return nil, h.Headers.Why(), model.Unknown
	}
	o, why = min(o, h.Headers.Origin()), version.Why()
	sent := find(h.Headers.V, "Connection")
	if sent == nil {
		return nil, why, l.versioned(o) // nothing is sent since 1.29.7
	}
	for _, t := range l.expand(owner, sent.Value) {
		switch {
		case strings.EqualFold(t.s, "close") && l.connection(owner) == nil:
			return l.blame(owner, pass, "proxy_set_header"), "the header Connection is close (nginx default before 1.29.7)", l.versioned(o)
		case strings.EqualFold(t.s, "close"):
			return l.connection(owner), "the header Connection is " + sent.Value + ", which is close for some requests or all", o
		case strings.Contains(t.s, "$"):
			return nil, "the header Connection is a variable", model.Unknown
		}
	}
	return nil, why, o
}

// blame is the statement of that name in effect for owner, else the pass.
func (l *loader) blame(owner, pass *model.Node, name string) *model.Node {
	if stmt, _ := l.find(owner, name); stmt != nil {
		return stmt
	}
	return pass
}

// connection is the statement that sets Connection for owner, or nil.
func (l *loader) connection(owner *model.Node) *model.Node {
	stmt, _ := l.find(owner, "proxy_set_header")
	if stmt == nil {
		return nil
	}
	for _, s := range stmt.Parent.All("proxy_set_header") {
		if strings.EqualFold(s.Arg(0), "Connection") {
			return s
		}
	}
	return nil
}

// logged is whether the log in effect tells what the upstream did.
func (l *loader) logged(owner *model.Node) model.Value[bool] {
	const key = "access_log"
	stmt, missing := l.find(owner, key)
	switch {
	case missing != "":
		return model.NotTold[bool](owner, key, missing)
	case stmt == nil:
		return model.Fallback(owner, key, false, l.atMost(model.Default), l.unseen("nginx default: the format combined"))
	}
	for b := owner; b != nil; b = b.Parent {
		for _, s := range b.All(key) {
			if s.Arg(0) == "off" {
				return model.NotTold[bool](owner, key, "it is off")
			}
			format := s.Arg(1)
			if format == "" {
				format = "combined"
			}
			if format == "combined" {
				continue
			}
			def := l.format(format)
			if def == nil {
				return model.NotTold[bool](owner, key, "the format "+format+" is not among the files")
			}
			if strings.Contains(def.Head().Text(), "$upstream_") {
				return model.Set(owner, key, arguments(s), true, model.Inherited, inherited(owner, s), def.Head())
			}
		}
		if len(b.All(key)) > 0 {
			break
		}
	}
	return from(owner, stmt, key, arguments(stmt), false)
}

// format is the log_format of that name.
func (l *loader) format(name string) *model.Node {
	http := l.root
	if l.context == "main" {
		http = l.root.Find("http")
	}
	if http == nil {
		return nil
	}
	return http.Find("log_format", name)
}

package haproxy

import (
	"cmp"
	"math"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// pool lowers a backend or listen: what its servers share is worked out once.
func (l *lowering) pool(p *section) *pool {
	if b, ok := l.pools[p]; ok {
		return b
	}
	b := &pool{Pool: &model.Pool{Gateway: l.out, Name: p.name(), Node: p.Node}, section: p, mode: l.mode(p)}
	l.pools[p] = b
	b.Sticky = l.sticky(p)
	b.Drain = absent(l, p.Node, "hard-stop-after", model.Forever, noLimit)
	b.check = l.checkOf(p)
	b.conn = l.conn(b)
	b.idle = l.reuse(b)
	template := l.template(p)
	names := map[string]*statement{}
	var late lateDefaults
	for _, s := range p.statements {
		switch s.keyword {
		case "default-server":
			set := l.words.read("server", s, 0, "inherited from default-server")
			template = template.merge(set)
			late.judge(l, p, s, set)
		case "server", "server-template":
			first := 2
			if s.keyword == "server-template" {
				first = 3
			}
			if len(s.Args) < first {
				if s.open() != "" {
					b.Endpoints = append(b.Endpoints, l.untold(b.Pool, s.Node, s.open()))
				}
				continue
			}
			own := l.words.read("server", s, first, "")
			own.template = template
			if own.open == "" {
				own.open = p.unseen()
			}
			e := l.server(b, s, own)
			b.Endpoints = append(b.Endpoints, e)
			l.judgeServer(b, s, own, e, names)
			late.below(s, own)
		case "dispatch":
			if len(s.Args) > 0 {
				e := l.untold(b.Pool, s.Node, "")
				e.Addr = l.address(s.Node, s, "dispatch", s.Args[0], s.doubt(0), nil)
				b.Endpoints = append(b.Endpoints, e)
			}
		case "option transparent", "transparent", "option http_proxy":
			if s.Name.Text != "no" {
				b.Endpoints = append(b.Endpoints, l.untold(b.Pool, s.Node, "the client's destination"))
			}
		}
	}
	if p.Partial != "" {
		b.Endpoints = append(b.Endpoints, l.untold(b.Pool, p.Node, p.Partial))
	}
	return b
}

// unseen is why a default-server line of the section or its defaults may not
// be seen, or "".
func (s *section) unseen() string {
	for ; s != nil; s = s.defaults {
		if why := cmp.Or(s.Partial, s.lost); why != "" {
			return why
		}
	}
	return ""
}

// A pool with what its servers have in common.
type pool struct {
	*model.Pool
	section *section
	mode    string
	conn    model.Conn
	idle    *model.Value[time.Duration] // where the pool decides it for all its servers
	check   check
	retry   *model.Retry                // once asked for
	queue   *model.Value[time.Duration] // once asked for
}

// template is what default-server lines of the defaults of a proxy say.
func (l *lowering) template(p *section) *template {
	d := p.defaults
	if d == nil {
		return nil
	}
	if t, ok := l.templates[d]; ok {
		return t
	}
	var t *template
	// A chain of defaults is followed from its beginning: each has the template
	// of the one before it ready.
	chain := []*section{d}
	for c := d.defaults; c != nil; c = c.defaults {
		if known, ok := l.templates[c]; ok {
			t = known
			break
		}
		chain = append(chain, c)
	}
	for i := len(chain) - 1; i >= 0; i-- {
		for _, s := range chain[i].by["default-server"] {
			t = t.merge(l.words.read("server", s, 0, "inherited from default-server of "+strings.TrimPrefix(inherited(chain[i]), "inherited from ")))
		}
		l.templates[chain[i]] = t
	}
	return t
}

// untold is an endpoint that nothing is known of but that it may be there.
func (l *lowering) untold(p *model.Pool, n *model.Node, why string) *model.Endpoint {
	return &model.Endpoint{Pool: p, Node: n,
		Addr:  model.NotTold[model.Addr](n, "server", why),
		Count: model.NotTold[int](n, "server", why)}
}

// server lowers one server or server-template line.
func (l *lowering) server(b *pool, s *statement, own *params) *model.Endpoint {
	ln := &line{l, own, s.Node}
	e := &model.Endpoint{Pool: b.Pool, Node: s.Node}
	at := 1
	switch {
	case s.keyword == "server-template":
		at = 2
		e.Count = l.slots(s)
	case s.Doubt() != "":
		e.Count = model.NotTold[int](s.Node, "server", s.Doubt())
	default:
		e.Count = model.Fallback(s.Node, "server", 1, model.Default, "")
	}
	e.Addr = l.address(s.Node, s, s.keyword, s.Args[at], s.doubt(at), nil)
	e.Backup = ln.flag("backup")
	e.Down = l.down(ln)
	e.Limit = ln.count("maxconn", math.MaxInt, math.MaxInt, noLimit)
	e.Conn = l.serverConn(b, ln)
	e.Health = l.health(b, ln, e.Conn)
	l.observe(ln, e)
	return e
}

// slots of a server-template: "3" or "1-3".
func (l *lowering) slots(s *statement) model.Value[int] {
	w := s.Args[1]
	low, high, ranged := strings.Cut(w.Text, "-")
	n, ok := readInt(low)
	d := s.doubt(1)
	if ranged {
		var m int
		m, ok = readInt(high)
		n = m - n + 1
	}
	if (!ok || n < 0) && d.none() {
		d = doubt{why: "is no number of servers"}
	}
	return certain(s.Node, "server-template", s, w.Span, d, n, model.Explicit, "")
}

// address of a server or bind. Text that was not quoted is searched for
// variables here, as str2sa_range does.
func (l *lowering) address(owner *model.Node, s *statement, key string, w model.Word, d doubt, port *int) model.Value[model.Addr] {
	text := w.Text
	if d.none() || d.assumed {
		var again doubt
		if text, again = l.tree.env.expand(text); !again.none() {
			d = again
		}
	}
	if !d.none() && !d.assumed {
		return model.NotTold[model.Addr](owner, key, d.why)
	}
	a, why := readAddress(text)
	if port != nil {
		a.Port = *port
	}
	if why != "" {
		return model.NotTold[model.Addr](owner, key, why)
	}
	return certain(owner, key, s, w.Span, d, a, model.Explicit, "")
}

// down is whether a server gets no request: it is disabled, or weighs nothing.
func (l *lowering) down(ln *line) model.Value[bool] {
	if w, ok := ln.get("weight"); ok && w.arg.Text == "0" && w.doubt.none() && !ln.on("disabled") {
		return value(ln.node, "weight", w, true)
	}
	return ln.flag("disabled")
}

// observe is the passive check: failures of the traffic that count.
func (l *lowering) observe(ln *line, e *model.Endpoint) {
	x, ok := ln.get("observe")
	switch {
	case !ok:
		e.Fails = missing(ln, "observe", 0, builtIn)
		e.Out = missing[time.Duration](ln, "observe", 0, builtIn)
		return
	case !x.doubt.none():
		e.Fails = model.NotTold[int](ln.node, "observe", x.doubt.why)
	default:
		e.Fails = ln.count("error-limit", 10, 10, builtIn)
	}
	e.Out = model.Times(e.Health.Rise, e.Health.Every)
}

// conn is how a pool's servers are spoken to, as far as its section says.
func (l *lowering) conn(b *pool) model.Conn {
	p := b.section
	c := model.Conn{
		Connect: l.timeout(p, "connect"),
		Read:    l.timeout(p, "server"),
		Total:   absent(l, p.Node, "", model.Forever, neverEnds),
		Tunnel:  l.fallingBack(p, "tunnel", "server"),
		Head:    l.head,
	}
	for _, rule := range []string{"server", "tunnel"} {
		if s := p.setsTimeout(rule); s != nil {
			v := l.setTimeout(p, s, rule)
			if rule == "server" {
				c.Read = v
			} else {
				c.Tunnel = v
			}
		}
	}
	switch b.mode {
	case "":
		c.Protocol = model.NotTold[string](p.Node, "mode", "the mode of the proxy is not known")
	case "http":
		c.Protocol = l.modeValue(p, "http")
	default:
		c.Protocol = l.modeValue(p, "tcp")
	}
	return c
}

// modeValue is the protocol that follows from the mode.
func (l *lowering) modeValue(p *section, protocol string) model.Value[string] {
	f := p.find("mode")
	if f.statement == nil {
		return absent(l, p.Node, "mode", protocol, builtIn)
	}
	w, d := f.literal(0)
	return written(p, "mode", f, w, d, protocol)
}

// setsTimeout is the last rule of a section that changes a timeout of a
// request, or nil.
func (s *section) setsTimeout(which string) *statement {
	for _, from := range []*section{s, s.defaults} {
		if from == nil {
			continue
		}
		rules := from.by["http-request"]
		for i := len(rules) - 1; i >= 0; i-- {
			if rules[i].Arg(0) == "set-timeout" && rules[i].Arg(1) == which {
				return rules[i]
			}
		}
	}
	return nil
}

func (l *lowering) setTimeout(p *section, s *statement, which string) model.Value[time.Duration] {
	const key = "http-request set-timeout"
	d, ok := readTime(s.Arg(2))
	if !ok || len(s.Args) != 3 || s.Parent != p.Node {
		return model.NotTold[time.Duration](p.Node, "timeout "+which, key+" may change it")
	}
	if d == 0 {
		d = model.Forever
	}
	return certain(p.Node, key+" "+which, s, s.Args[2].Span, s.doubt(2), d, model.Explicit, "")
}

// reuse is how long idle connections of a pool are kept where its section
// decides that; nil where each server does.
func (l *lowering) reuse(b *pool) *model.Value[time.Duration] {
	p := b.section
	if b.mode != "http" {
		v := model.NotTold[time.Duration](p.Node, "http-reuse", "the mode of the proxy is not known")
		if b.mode != "" {
			v = model.Fallback[time.Duration](p.Node, "mode", 0, model.Default, "connections are not shared in mode "+b.mode)
		}
		return &v
	}
	for _, name := range []string{"option http-server-close", "option httpclose"} {
		f := p.find(name)
		switch {
		case f.unsure != "":
			v := model.NotTold[time.Duration](p.Node, name, f.unsure)
			return &v
		case f.statement != nil && !f.off():
			v := written[time.Duration](p, name, f, model.Word{Span: f.Head()}, doubt{}, 0)
			return &v
		}
	}
	if f := p.find("http-reuse"); f.unsure != "" || f.statement != nil {
		if w, d := f.word(0); f.unsure != "" || !d.none() || w.Text == "never" {
			v := model.NotTold[time.Duration](p.Node, "http-reuse", "a connection lives as long as its client's")
			return &v
		}
	}
	return nil
}

// word is literal, of nothing if nothing was found.
func (f found) word(i int) (model.Word, doubt) {
	if f.statement == nil {
		return model.Word{}, doubt{}
	}
	return f.literal(i)
}

// serverConn is how one server is spoken to.
func (l *lowering) serverConn(b *pool, ln *line) *model.Conn {
	c := b.conn
	if b.idle != nil {
		c.Idle = *b.idle
	} else {
		c.Idle = l.idle(ln)
	}
	if b.mode == "http" {
		c.Protocol = l.protocol(b, ln)
	}
	c.TLS = l.tls(ln, b.mode)
	c.Proxy = ln.flag("send-proxy")
	c.Lookup = l.lookups(ln)
	return &c
}

// idle is how long an idle connection may be kept for other requests: every
// pool-purge-delay, half of those that are too many are closed (manual 5.2).
func (l *lowering) idle(ln *line) model.Value[time.Duration] {
	const key = "pool-purge-delay"
	if x, ok := ln.get("pool-max-conn"); ok && x.arg.Text == "0" && x.doubt.none() {
		return value[time.Duration](ln.node, "pool-max-conn", x, 0)
	}
	x, ok := ln.get(key)
	if !ok {
		return missing(ln, key, 10*time.Second, "HAProxy closes half of the idle connections every 5s")
	}
	d, ok := readTime(x.arg.Text)
	if !ok && x.doubt.none() {
		x.doubt = doubt{why: "is no time"}
	}
	return value(ln.node, key, x, 2*d)
}

// protocol of a server of an http pool.
func (l *lowering) protocol(b *pool, ln *line) model.Value[string] {
	const key = "proto"
	if x, ok := ln.get(key); ok {
		name := x.arg.Text
		switch name {
		case "fcgi":
			name = "fastcgi"
		case "h1":
			name = "http"
		}
		return value(ln.node, key, x, name)
	}
	if x, ok := ln.get("alpn"); ok && !x.off && ln.on("ssl") {
		protocol := "http"
		switch {
		case x.arg.Text == "h2":
			protocol = "h2"
		case strings.Contains(x.arg.Text, "h2"):
			return model.NotTold[string](ln.node, "alpn", "the server chooses one of "+x.arg.Text)
		}
		return value(ln.node, "alpn", x, protocol)
	}
	if ln.params.doubt() != "" {
		return missing(ln, key, "", "")
	}
	return b.conn.Protocol
}

// tls is HAProxy's part of the handshake with a server.
func (l *lowering) tls(ln *line, mode string) model.TLS {
	on := ln.flag("ssl")
	if _, check := ln.get("check-ssl"); model.Is(on, false) && !check {
		return model.TLS{Enabled: on} // nobody is verified, no name is sent
	}
	return model.TLS{
		Enabled: on,
		Verify:  l.verify(ln),
		Name:    l.sni(ln, "sni", "sni-auto", mode),
		Cert:    ln.text("crt"),
		ALPN:    ln.text("alpn"),
		Min:     l.tlsVersion(ln, "ssl-min-ver"),
		Max:     l.tlsVersion(ln, "ssl-max-ver"),
	}
}

func (l *lowering) verify(ln *line) model.Value[bool] {
	const key = "verify"
	if x, ok := ln.get(key); ok {
		return value(ln.node, key, x, x.arg.Text != "none")
	}
	if l.global != nil {
		f := l.global.find("ssl-server-verify")
		if f.unsure != "" {
			return model.NotTold[bool](ln.node, key, f.unsure)
		}
		if f.statement != nil {
			w, d := f.literal(0)
			return certain(ln.node, key, f.statement, w.Span, d, w.Text != "none", model.Inherited, "ssl-server-verify of global")
		}
	}
	return missing(ln, key, true, "HAProxy default is required")
}

// sni is the server name that is sent. Since 3.3 it is the Host of the
// request where nothing else is said (sni-auto).
func (l *lowering) sni(ln *line, key, auto, mode string) model.Value[string] {
	x, ok := ln.get(key)
	if !ok {
		if off, ok := ln.get(auto); (!ok || !off.off) && mode != "tcp" && !l.versions.Before("3.3") && l.versions.Origin != model.Unknown {
			return model.NotTold[string](ln.node, key, "the Host of the request, from 3.3 on")
		}
		return missing(ln, key, "", "not set")
	}
	name := x.arg.Text
	if key == "sni" {
		inner, constant := strings.CutPrefix(name, "str(")
		if !constant || !strings.HasSuffix(inner, ")") {
			return model.NotTold[string](ln.node, key, "an expression: "+name)
		}
		name = strings.Trim(strings.TrimSuffix(inner, ")"), `'"`)
	}
	return value(ln.node, key, x, name)
}

// tlsVersion is the least or greatest version that is allowed.
func (l *lowering) tlsVersion(ln *line, key string) model.Value[string] {
	if x, ok := ln.get(key); ok {
		return value(ln.node, key, x, tlsName(x.arg.Text))
	}
	for _, v := range []string{"sslv3", "tlsv10", "tlsv11", "tlsv12", "tlsv13"} {
		if x, ok := ln.get("force-" + v); ok {
			x.arg = x.name
			return value(ln.node, x.name.Text, x, tlsName(v))
		}
	}
	return model.NotTold[string](ln.node, key, "that of the TLS library")
}

// tlsName writes TLSv1.2 for tlsv12, as the model does.
func tlsName(s string) string {
	switch strings.ToLower(s) {
	case "sslv3":
		return "SSLv3"
	case "tlsv10", "tlsv1.0":
		return "TLSv1"
	case "tlsv11", "tlsv1.1":
		return "TLSv1.1"
	case "tlsv12", "tlsv1.2":
		return "TLSv1.2"
	case "tlsv13", "tlsv1.3":
		return "TLSv1.3"
	}
	return s
}

// lookups is after what time a name is looked up again: never without
// resolvers, else when an answer is no longer held.
func (l *lowering) lookups(ln *line) model.Value[time.Duration] {
	const key = "resolvers"
	x, ok := ln.get(key)
	if !ok {
		if first, ok := ln.get("init-addr"); ok && strings.HasPrefix(first.arg.Text+",", "none,") {
			return model.NotTold[time.Duration](ln.node, key, "init-addr "+first.arg.Text+": no name is looked up")
		}
		return missing(ln, key, model.Forever, "names are looked up once, at the start")
	}
	if !x.doubt.none() {
		return model.NotTold[time.Duration](ln.node, key, x.doubt.why)
	}
	r := l.resolvers[x.arg.Text]
	if r == nil {
		return model.NotTold[time.Duration](ln.node, key, "the resolvers section "+x.arg.Text+" is not seen")
	}
	for _, s := range r.by["hold"] {
		if s.Arg(0) == "valid" && len(s.Args) > 1 {
			if d, ok := readTime(s.Arg(1)); ok {
				return certain(ln.node, "hold valid", s, s.Args[1].Span, s.doubt(1), d, model.Inherited, "resolvers "+x.arg.Text)
			}
		}
	}
	if r.Partial != "" {
		return model.NotTold[time.Duration](ln.node, "hold valid", r.Partial)
	}
	return absent(l, ln.node, "hold valid", 10*time.Second, builtIn)
}

// sticky is whether clients stay on their server.
func (l *lowering) sticky(p *section) model.Value[bool] {
	for _, key := range []string{"stick on", "stick match", "cookie", "appsession", "persist rdp-cookie"} {
		f := p.find(key)
		switch {
		case f.unsure != "":
			return model.NotTold[bool](p.Node, key, f.unsure)
		case f.statement != nil && !f.off():
			return written(p, key, f, model.Word{Span: f.Head()}, doubt{}, true)
		}
	}
	const key = "balance"
	f := p.find(key)
	switch {
	case f.unsure != "":
		return model.NotTold[bool](p.Node, key, f.unsure)
	case f.statement == nil:
		return absent(l, p.Node, key, false, builtIn)
	}
	w, d := f.literal(0)
	algorithm, _, _ := strings.Cut(w.Text, "(")
	switch algorithm {
	case "source", "uri", "url_param", "hdr", "rdp-cookie", "hash":
		return written(p, key, f, w, d, true)
	}
	return written(p, key, f, w, d, false)
}

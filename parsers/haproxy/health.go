package haproxy

import (
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A check is what a section says about the checks of its servers.
type check struct {
	timeout            model.Value[time.Duration] // timeout check
	path, host, expect model.Value[string]
	protocol           model.Value[string]
	port               *statement // the only http-check or tcp-check connect rule, or nil
	several            string     // why the connections cannot be told
}

// checkOptions are the kinds of checks; the last one that is given counts.
var checkOptions = []string{"option httpchk", "option tcp-check", "option mysql-check", "option pgsql-check", "option redis-check",
	"option smtpchk", "option ldap-check", "option ssl-hello-chk", "option spop-check", "option external-check"}

// checkOf reads the check of a section: "option httpchk" and its like, and the
// http-check rules (manual 4.2).
func (l *lowering) checkOf(p *section) check {
	c := check{timeout: l.timeout(p, "check")}
	kind, f := "", found{}
	for _, option := range checkOptions {
		g := p.find(option)
		if g.unsure != "" {
			kind, f = "?", g
			break
		}
		if g.statement == nil || g.off() {
			continue
		}
		// The last one wins; one of the section itself over one of defaults.
		later := f.statement == nil || f.from != p && g.from == p ||
			f.from == g.from && g.Span.Start > f.Span.Start
		if later {
			kind, f = strings.TrimPrefix(option, "option "), g
		}
	}
	key := "option httpchk"
	if kind == "?" {
		c.path = model.NotTold[string](p.Node, key, f.unsure)
		c.host, c.expect, c.protocol = c.path, c.path, c.path
		c.several = f.unsure
		return c
	}
	c.protocol = absent(l, p.Node, key, "tcp", "the check only connects")
	c.path = absent(l, p.Node, key, "", "the check only connects")
	c.host, c.expect = c.path, c.path
	switch kind {
	case "":
		return c
	case "httpchk":
		l.httpCheck(p, f, &c)
	default:
		key = "option " + kind
		at := model.Word{Span: f.Head()}
		c.expect = written(p, key, f, at, doubt{}, kind)
		c.connects(p, "tcp-check connect")
	}
	return c
}

// connects notes the rule that opens the connection, if it is only one.
func (c *check) connects(p *section, key string) {
	f := p.find(key)
	switch {
	case f.unsure != "":
		c.several = f.unsure
	case f.statement == nil:
	case len(f.from.by[key]) > 1:
		c.several = "the check makes several connections"
	default:
		c.port = f.statement
	}
}

// httpCheck reads "option httpchk [method] [uri] [version]" and the rules that
// replace parts of it.
func (l *lowering) httpCheck(p *section, f found, c *check) {
	const key = "option httpchk"
	at := model.Word{Span: f.Head()}
	c.protocol = written(p, key, f, at, doubt{}, "http")
	args := f.Args[1:]
	switch {
	case len(args) == 0:
		c.path = written(p, key, f, at, doubt{}, "/")
	case len(args) == 1:
		w, d := f.literal(0)
		c.path = written(p, key, f, w, d, w.Text)
	default:
		w, d := f.literal(1)
		c.path = written(p, key, f, w, d, w.Text)
	}
	c.host = absent(l, p.Node, key, "", "the check sends no Host")
	if len(args) > 2 {
		// Before 2.2 headers were smuggled in behind the version.
		w, d := f.literal(2)
		rest := w.Text
		if len(args) > 3 {
			rest += "\n" + f.Args[4].Text
		}
		if host := smuggled(rest); host != "" || !d.none() {
			c.host = written(p, key, f, w, d, host)
		}
	}
	c.connects(p, "http-check connect")
	if send := p.find("http-check send"); send.unsure != "" {
		c.path = model.NotTold[string](p.Node, key, send.unsure)
		c.host = c.path
	} else if send.statement != nil {
		l.send(p, send, c)
	}
	expect := p.find("http-check expect")
	switch {
	case expect.unsure != "":
		c.expect = model.NotTold[string](p.Node, "http-check expect", expect.unsure)
	case expect.statement == nil:
		c.expect = absent(l, p.Node, "http-check expect", "status 200-399", builtIn)
	default:
		var words []string
		for _, a := range expect.Args[min(1, len(expect.Args)):] {
			words = append(words, a.Text)
		}
		at := model.Word{}
		if len(expect.Args) > 1 {
			at.Span = expect.Args[1].Span
			at.Span.End = expect.Args[len(expect.Args)-1].Span.End
		}
		d := doubt{}
		if why := expect.open(); why != "" {
			d.why = why
		}
		c.expect = written(p, "http-check expect", expect, at, d, strings.Join(words, " "))
	}
}

// smuggled is the Host among headers behind an HTTP version.
func smuggled(version string) string {
	for _, line := range strings.FieldsFunc(version, func(r rune) bool { return r == '\r' || r == '\n' }) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "host") {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// send reads "http-check send meth GET uri /x ver HTTP/1.1 hdr Host y".
func (l *lowering) send(p *section, f found, c *check) {
	const key = "http-check send"
	for i := 1; i+1 < len(f.Args); {
		w, d := f.Args[i+1], f.doubt(i+1)
		switch f.Args[i].Text {
		case "uri":
			c.path = written(p, key+" uri", f, w, d, w.Text)
			i += 2
		case "uri-lf":
			c.path = model.NotTold[string](p.Node, key+" uri-lf", "a log format")
			i += 2
		case "hdr":
			if i+2 < len(f.Args) && strings.EqualFold(w.Text, "host") {
				v, d := f.Args[i+2], f.doubt(i+2)
				if strings.Contains(v.Text, "%[") {
					d = doubt{why: "an expression: " + v.Text}
				}
				c.host = written(p, key+" hdr Host", f, v, d, v.Text)
			}
			i += 3
		case "meth", "ver", "body", "body-lf":
			i += 2
		default:
			i++
		}
	}
}

// health is the check of one server.
func (l *lowering) health(b *pool, ln *line, traffic *model.Conn) model.Health {
	h := model.Health{
		Active: ln.flag("check"),
		Every:  ln.time("inter", 2*time.Second),
		Rise:   ln.count("rise", 2, 1, builtIn),
		Fall:   ln.count("fall", 3, 1, builtIn),
		Path:   b.check.path,
		Host:   b.check.host,
		Expect: b.check.expect,
	}
	if !ln.on("check") {
		for _, other := range []string{"track", "agent-check"} {
			if x, ok := ln.get(other); ok && !x.off {
				h.Active = model.NotTold[bool](ln.node, "check", other+" tells its state")
			}
		}
	}
	h.Conn = model.Conn{
		Connect:  b.conn.Connect,
		Read:     b.check.timeout,
		Total:    absent(l, ln.node, "", model.Forever, neverEnds),
		Protocol: b.check.protocol,
		Head:     l.head,
		Lookup:   traffic.Lookup,
		Proxy:    ln.flag("check-send-proxy"),
	}
	// Without timeout check, inter bounds the whole of it; with it, inter still
	// bounds connecting (manual, "timeout check").
	if b.check.timeout.Known() && b.check.timeout.V == model.Forever {
		h.Conn.Total = h.Every
		h.Conn.Read = h.Every
	}
	h.Conn.Connect = model.Min(h.Conn.Connect, h.Every)
	_, port := ln.get("port")
	to, addr := ln.get("addr")
	h.Port = ln.count("port", 0, 0, "that of the server")
	if _, own, written := strings.Cut(to.arg.Text, ":"); written && !port {
		if n, ok := readInt(own); ok {
			h.Port = value(ln.node, "addr", to, n)
		} else {
			h.Port = model.NotTold[int](ln.node, "addr", "its port cannot be told from its address")
		}
	}
	h.Conn.TLS = traffic.TLS
	if !model.Is(traffic.TLS.Enabled, false) || traffic.TLS.Verify.Known() {
		h.Conn.TLS.Name = l.sni(ln, "check-sni", "check-sni-auto", b.mode)
	}
	// The check takes TLS and the PROXY header over from the traffic only if it
	// goes to the same address and port (check.c, init_srv_check).
	elsewhere := port || addr
	if x, ok := ln.get("check-ssl"); ok {
		x.arg = x.name
		h.Conn.TLS.Enabled = value(ln.node, "check-ssl", x, !x.off)
	} else if elsewhere {
		h.Conn.TLS.Enabled = missing(ln, "check-ssl", false, "not set, and the check goes to another port or address")
	}
	if !elsewhere {
		if x, ok := ln.get("send-proxy"); ok {
			x.arg = x.name
			h.Conn.Proxy = value(ln.node, x.name.Text, x, !x.off)
		}
	}
	l.connectRule(b, ln, &h)
	return h
}

// connectRule takes over what an http-check or tcp-check connect rule says.
func (l *lowering) connectRule(b *pool, ln *line, h *model.Health) {
	if why := b.check.several; why != "" {
		h.Port = model.NotTold[int](ln.node, "port", why)
		h.Conn.TLS = model.TLS{Enabled: model.NotTold[bool](ln.node, "check-ssl", why)}
		return
	}
	s := b.check.port
	if s == nil || len(s.Args) < 2 {
		return
	}
	const key = "connect"
	isDefault := false
	ssl := model.Word{}
	for i := 1; i < len(s.Args); i++ {
		switch s.Args[i].Text {
		case "default":
			isDefault = true
		case "ssl":
			ssl = s.Args[i]
		case "send-proxy":
			h.Conn.Proxy = certain(ln.node, key+" send-proxy", s, s.Args[i].Span, doubt{}, true, model.Inherited, s.keyword)
		case "port":
			if i++; i < len(s.Args) {
				n, ok := readInt(s.Arg(i))
				d := s.doubt(i)
				if !ok && d.none() {
					d = doubt{why: "an expression"}
				}
				h.Port = certain(ln.node, key+" port", s, s.Args[i].Span, d, n, model.Inherited, s.keyword)
			}
		case "sni":
			if i++; i < len(s.Args) {
				h.Conn.TLS.Name = certain(ln.node, key+" sni", s, s.Args[i].Span, s.doubt(i), s.Arg(i), model.Inherited, s.keyword)
			}
		case "addr", "proto", "via-socks4", "alpn", "comment":
			i++
		}
	}
	switch {
	case !ssl.Span.IsZero():
		h.Conn.TLS.Enabled = certain(ln.node, key+" ssl", s, ssl.Span, doubt{}, true, model.Inherited, s.keyword)
	case !isDefault:
		h.Conn.TLS.Enabled = absent(l, ln.node, key+" ssl", false, "not part of the "+s.keyword+" rule")
	}
}

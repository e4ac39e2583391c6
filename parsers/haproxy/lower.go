package haproxy

import (
	"cmp"
	"math"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// A lowering turns a tree into what happens to a request.
type lowering struct {
	tree     *tree
	place    *model.Place
	versions model.Versions
	files    *files.Tree
	near     string // the folder of the configuration, in files

	words      *vocabulary
	out        *model.Gateway
	global     *section // all global sections as one; nil: there is none
	head       model.Value[int64]
	backends   map[string]*section // backends and listens, by name
	resolvers  map[string]*section
	pools      map[*section]*pool
	templates  map[*section]*template // default-server of defaults sections
	rewritings map[*section]*rewriting
	logs       map[*section]model.Value[bool]
	replies    map[*section]*model.Value[model.Reply] // of backends that answer everything themselves
	reached    map[*section]bool                      // pools that a route leads to
	unnamed    []*section                             // pools that no route names
	guessed    int                                    // what was tried for names that are only known at run time
	apps       map[string]bool                        // fcgi-app sections by name
	beside     map[string]bool                        // backends of other files of the folder; nil until asked for
	findings   []model.Finding
}

// gateway lowers the whole configuration.
func (l *lowering) gateway() *model.Gateway {
	l.words = vocabularyOf()
	l.backends, l.resolvers = map[string]*section{}, map[string]*section{}
	l.pools, l.templates, l.reached = map[*section]*pool{}, map[*section]*template{}, map[*section]bool{}
	l.rewritings, l.logs, l.replies = map[*section]*rewriting{}, map[*section]model.Value[bool]{}, map[*section]*model.Value[model.Reply]{}
	l.apps = map[string]bool{}
	l.global = l.tree.global()
	l.out = &model.Gateway{
		Name:    "haproxy",
		Node:    l.tree.root,
		Place:   l.place,
		Product: model.Product{Name: "haproxy", Versions: l.versions, Outcomes: outcomes(l.versions)},
	}
	l.head = l.headSize()
	l.out.User = l.globalText("user")
	l.out.Grace = l.grace()
	var proxies []*section
	for _, s := range l.tree.sections {
		switch s.kind() {
		case "resolvers":
			l.resolvers[s.name()] = s
		case "fcgi-app":
			l.apps[s.name()] = true
		case "backend", "listen":
			if _, ok := l.backends[s.name()]; !ok {
				l.backends[s.name()] = s
			}
			proxies = append(proxies, s)
		case "frontend":
			proxies = append(proxies, s)
		}
	}
	l.judge()
	l.judgeImage()
	// What is referenced by name goes first, so that a name which is only known
	// at run time is one of the rest.
	for _, p := range proxies {
		if p.kind() != "backend" {
			l.refer(p)
		}
	}
	for _, p := range proxies {
		if p.kind() == "backend" && !l.reached[p] && !l.disabled(p) {
			l.unnamed = append(l.unnamed, p)
		}
	}
	for _, p := range proxies {
		if l.disabled(p) {
			continue
		}
		if p.kind() != "frontend" {
			b := l.pool(p)
			if p.kind() == "backend" || len(b.Endpoints) > 0 {
				l.out.Pools = append(l.out.Pools, b.Pool)
			}
		}
		if p.kind() != "backend" {
			l.out.Listeners = append(l.out.Listeners, l.listener(p))
		}
	}
	return l.out
}

// global is all global sections as one, in order; nil if there is none.
func (t *tree) global() *section {
	var g *section
	for _, s := range t.sections {
		if s.kind() != "global" {
			continue
		}
		if g == nil {
			g = &section{Node: s.Node, by: map[string][]*statement{}}
		}
		for _, st := range s.statements {
			key := st.Name.Text
			if key == "no" || key == "default" {
				key = st.Arg(0)
			}
			g.by[key] = append(g.by[key], st)
		}
		g.statements = append(g.statements, s.statements...)
	}
	return g
}

// disabled reports whether a proxy certainly does not run.
func (l *lowering) disabled(p *section) bool {
	off, on := p.find("disabled"), p.find("enabled")
	if off.statement == nil || off.unsure != "" || off.Maybe != "" {
		return false
	}
	return on.statement == nil || on.from != p && off.from == p || on.from == off.from && on.Span.Start < off.Span.Start
}

// setting of global, which owner governs all.
func (l *lowering) setting(key string) (owner *model.Node, f found) {
	if l.global == nil {
		return l.tree.root, found{unsure: l.tree.partial}
	}
	f = l.global.find(key)
	if f.statement == nil && f.unsure == "" {
		f.unsure = l.tree.partial
	}
	return l.global.Node, f
}

func (l *lowering) globalText(key string) model.Value[string] {
	owner, f := l.setting(key)
	switch {
	case f.unsure != "":
		return model.NotTold[string](owner, key, f.unsure)
	case f.statement == nil || len(f.Args) == 0:
		return absent(l, owner, key, "", "not set")
	}
	return certain(owner, key, f.statement, f.Args[0].Span, f.doubt(0), f.Arg(0), model.Explicit, "")
}

// headSize is the largest head of a message that passes: what tune.maxrewrite
// leaves of tune.bufsize. A reserve of more than half is cut to half
// (haproxy.c).
func (l *lowering) headSize() model.Value[int64] {
	key := "tune.bufsize"
	owner, size := l.setting(key)
	_, reserve := l.setting("tune.maxrewrite")
	if size.unsure != "" || reserve.unsure != "" {
		return model.NotTold[int64](owner, key, cmp.Or(size.unsure, reserve.unsure))
	}
	kept, why := int64(1024), "less the default tune.maxrewrite of 1024"
	var at model.Span
	var in *statement
	d := doubt{}
	if reserve.statement != nil && len(reserve.Args) > 0 {
		n, ok := readSize(reserve.Arg(0))
		if d = reserve.doubt(0); !ok && d.none() {
			d = doubt{why: "tune.maxrewrite is no number"}
		}
		kept, why, at, in = n, "less tune.maxrewrite "+reserve.Arg(0), reserve.Args[0].Span, reserve.statement
		if n > 0 && size.statement == nil {
			key, why = "tune.maxrewrite", "taken off the default tune.bufsize of 16384"
		}
	}
	total, o := int64(16384), model.Inherited
	if size.statement != nil && len(size.Args) > 0 {
		n, ok := readSize(size.Arg(0))
		if !ok {
			d = doubt{why: "is no size"}
		}
		if x := size.doubt(0); !x.none() {
			d = x
		}
		total, at, in, o = n, size.Args[0].Span, size.statement, model.Explicit
	}
	kept = min(kept, total/2)
	if in == nil {
		return absent(l, owner, key, total-kept, "HAProxy default 16384, "+why)
	}
	return certain(owner, key, in, at, d, total-kept, o, why)
}

// grace is how long requests live on when HAProxy is stopped: hard-stop-after
// on a soft stop, which SIGUSR1 and a reload are; SIGTERM and SIGINT stop at
// once (management manual, 4).
func (l *lowering) grace() model.Value[time.Duration] {
	if s := l.place.Signal; s.Known() {
		switch strings.TrimPrefix(s.V, "SIG") {
		case "TERM", "INT", "15", "2":
			return model.Set[time.Duration](l.tree.root, s.Key(), s.At(), 0, min(s.Origin(), model.Inherited), "stops HAProxy at once")
		}
	}
	const key = "hard-stop-after"
	owner, f := l.setting(key)
	switch {
	case f.unsure != "":
		return model.NotTold[time.Duration](owner, key, f.unsure)
	case f.statement == nil || len(f.Args) == 0:
		return absent(l, owner, key, model.Forever, noLimit)
	}
	d, ok := readTime(f.Arg(0))
	w := f.doubt(0)
	if !ok && w.none() {
		w = doubt{why: "is no time"}
	}
	return certain(owner, key, f.statement, f.Args[0].Span, w, d, model.Explicit, "")
}

// connections is the maxconn of a frontend, at most that of global.
func (l *lowering) connections(p *section) model.Value[int] {
	const key = "maxconn"
	owner, g := l.setting(key)
	whole := model.NotTold[int](owner, key, "without maxconn in global, the limit of open files decides")
	if g.statement != nil && g.unsure == "" && len(g.Args) > 0 {
		if n, ok := readInt(g.Arg(0)); ok && n > 0 {
			whole = certain(p.Node, key, g.statement, g.Args[0].Span, g.doubt(0), n, model.Inherited, "maxconn of global")
		}
	}
	f := p.find(key)
	switch {
	case f.unsure != "":
		return model.NotTold[int](p.Node, key, f.unsure)
	case f.statement == nil:
		return whole
	}
	w, d := f.literal(0)
	n, ok := readInt(w.Text)
	switch {
	case !ok && d.none():
		d = doubt{why: "is no number"}
	case ok && n == 0:
		return whole
	}
	return model.Shortest(written(p, key, f, w, d, n), whole)
}

// listener lowers a frontend, or the side of a listen that clients meet.
func (l *lowering) listener(p *section) *model.Listener {
	f := &model.Listener{
		Gateway: l.out,
		Node:    p.Node,
		Idle:    l.keepAlive(p),
		Limit:   absent(l, p.Node, "", model.Forever, neverEnds),
		Slots:   l.connections(p),
		MaxHead: l.head,
		MaxBody: absent[int64](l, p.Node, "", math.MaxInt64, neverEnds),
		Abrupt:  absent(l, p.Node, "", false, "HAProxy answers 400, or 414 from 3.2 on"),
	}
	mode := l.mode(p)
	for _, s := range p.by["bind"] {
		f.Binds = append(f.Binds, l.binds(p, f, s, mode)...)
	}
	l.routes(p, f)
	return f
}

// keepAlive is how long a silent client is kept between two requests.
func (l *lowering) keepAlive(p *section) model.Value[time.Duration] {
	switch l.mode(p) {
	case "":
		return model.NotTold[time.Duration](p.Node, "timeout http-keep-alive", "the mode of the proxy is not known")
	case "http":
	default:
		return l.timeout(p, "client")
	}
	if f := p.find("option httpclose"); f.unsure != "" {
		return model.NotTold[time.Duration](p.Node, "option httpclose", f.unsure)
	} else if f.statement != nil && !f.off() {
		return written[time.Duration](p, "option httpclose", f, model.Word{Span: f.Head()}, doubt{}, 0)
	}
	return l.fallingBack(p, "http-keep-alive", "http-request", "client")
}

// maxPorts is how many ports of one range become binds of their own.
const maxPorts = 64

// binds lowers a bind line: it may hold several addresses, and ranges of
// ports.
func (l *lowering) binds(p *section, f *model.Listener, s *statement, mode string) (all []*model.Bind) {
	if len(s.Args) == 0 {
		return nil
	}
	own := l.words.read("bind", s, 1, "")
	ln := &line{l, own, s.Node}
	l.judgeBind(s, own)
	one := model.Bind{Listener: f, Node: s.Node, Backlog: model.NotTold[int](s.Node, "backlog", "the maxconn of the proxy decides")}
	switch {
	case mode == "":
		one.Protocol = model.NotTold[string](s.Node, "mode", "the mode of the proxy is not known")
	case mode == "http":
		one.Protocol = l.bindProtocol(p, ln)
	default:
		one.Protocol = l.modeValue(p, "tcp")
	}
	one.TLS = model.TLS{
		Enabled: ln.flag("ssl"),
		Verify:  l.clientVerify(ln),
		Name:    missing(ln, "crt", "", "that of the certificate"),
		Cert:    ln.text("crt"),
		Min:     l.tlsVersion(ln, "ssl-min-ver"),
		Max:     l.tlsVersion(ln, "ssl-max-ver"),
	}
	one.Proxy = ln.flag("accept-proxy")
	if _, ok := ln.get("backlog"); ok {
		one.Backlog = ln.count("backlog", 0, 0, "")
	}
	one.Mode = l.socketMode(ln)
	one.Owner = ln.text("user")
	addresses := []model.Word{s.Args[0]}
	if d := s.doubt(0); d.none() && strings.Contains(s.Arg(0), ",") {
		addresses = splitList(s.Args[0])
	}
	for _, w := range addresses {
		b := one
		if low, high, ok := portRange(w.Text); ok && high-low < maxPorts {
			for port := low; port <= high; port++ {
				b := one
				b.Addr = l.address(s.Node, s, "bind", w, s.doubt(0), &port)
				all = append(all, &b)
			}
			continue
		}
		b.Addr = l.address(s.Node, s, "bind", w, s.doubt(0), nil)
		if b.Addr.Known() && b.Addr.V.Path == "" && b.Addr.V.Port <= 0 {
			b.Addr = model.NotTold[model.Addr](s.Node, "bind", "its ports are not told")
		}
		all = append(all, &b)
	}
	return all
}

// splitList cuts "a,b" into words with places of their own, if it is written
// without quotes.
func splitList(w model.Word) (all []model.Word) {
	raw := w.Span.Text() == w.Text
	at := w.Span.Start
	for part := range strings.SplitSeq(w.Text, ",") {
		x := model.Word{Text: part, Span: w.Span}
		if raw {
			x.Span = w.Span.Source.Span(at, at+len(part))
		}
		at += len(part) + 1
		if part != "" {
			all = append(all, x)
		}
	}
	return all
}

func (l *lowering) bindProtocol(p *section, ln *line) model.Value[string] {
	if x, ok := ln.get("proto"); ok && x.arg.Text == "h2" {
		return value(ln.node, "proto", x, "h2")
	}
	if strings.HasPrefix(ln.node.Arg(0), "quic") {
		return model.NotTold[string](ln.node, "bind", "QUIC")
	}
	return l.modeValue(p, "http")
}

func (l *lowering) clientVerify(ln *line) model.Value[bool] {
	if x, ok := ln.get("verify"); ok {
		return value(ln.node, "verify", x, x.arg.Text != "none")
	}
	return missing(ln, "verify", false, builtIn)
}

// socketMode is the mode of the file of a unix socket, written in octal.
func (l *lowering) socketMode(ln *line) model.Value[int] {
	x, ok := ln.get("mode")
	if !ok {
		return model.NotTold[int](ln.node, "mode", "the umask decides")
	}
	n := 0
	for _, c := range x.arg.Text {
		if c < '0' || c > '7' || n > 0o7777 {
			return model.NotTold[int](ln.node, "mode", "is no mode")
		}
		n = n<<3 | int(c-'0')
	}
	return value(ln.node, "mode", x, n)
}

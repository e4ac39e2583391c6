package nginx

import (
	"math"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// poolKey tells the upstream blocks of http and stream apart; names ignore
// case, as in nginx (ngx_http_upstream_add).
func poolKey(level, name string) string { return level + " " + strings.ToLower(name) }

// upstream lowers an upstream block. The first of a name counts: nginx refuses
// a second one.
func (l *loader) upstream(n *model.Node) {
	level := l.level(n)
	key := poolKey(level, n.Arg(0))
	if l.pools[key] != nil {
		return
	}
	p := &model.Pool{Gateway: l.gateway, Name: n.Arg(0), Node: n}
	p.Sticky = model.Fallback(n, "upstream", false, model.Default, "nginx default: round robin")
	for _, method := range []string{"ip_hash", "hash", "sticky"} {
		if k := n.Find(method); k != nil {
			p.Sticky = model.Set(n, method, k.Head(), true, model.Explicit, "")
		}
	}
	for _, s := range n.All("server") {
		if s.Body.IsZero() && len(s.Args) > 0 {
			p.Endpoints = append(p.Endpoints, l.endpoint(p, s))
		}
	}
	if n.Partial != "" {
		p.Endpoints = append(p.Endpoints, &model.Endpoint{Pool: p, Node: n,
			Addr:  model.NotTold[model.Addr](n, "server", n.Partial),
			Count: model.NotTold[int](n, "server", n.Partial)})
	}
	single(p)
	l.pools[key] = p
	l.gateway.Pools = append(l.gateway.Pools, p)
}

// single settles that the only server of a pool is never taken out
// (ngx_http_upstream_round_robin.c, peers->single).
func single(p *model.Pool) {
	if size := p.Size(); len(p.Endpoints) == 1 && size.Known() && size.V == 1 {
		e := p.Endpoints[0]
		e.Fails = model.Fallback(e.Node, "max_fails", 0, size.Origin(), "nginx never takes out the only server")
	}
}

// endpoint lowers a server statement of an upstream block.
func (l *loader) endpoint(p *model.Pool, s *model.Node) *model.Endpoint {
	level := "upstream"
	if l.level(s) == "stream" {
		level = "stream-upstream"
	}
	e := &model.Endpoint{Pool: p, Node: s}
	e.Addr = l.serverAddr(s)
	e.Count = count(s, e.Addr)
	e.Backup, e.Down = word0(s, "backup"), word0(s, "down")
	e.Fails = parameter(l, s, level, "max_fails", number)
	e.Out = parameter(l, s, level, "fail_timeout", seconds)
	e.Limit = parameter(l, s, level, "max_conns", orEach)
	e.Health = noHealth(s)
	return e
}

// noHealth: open source nginx never asks a server how it is.
func noHealth(n *model.Node) model.Health {
	return model.Health{Active: model.Fallback(n, "health_check", false, model.Default, "nginx has no active checks")}
}

// serverAddr is the address of a server statement; port 80 when none is
// written, whatever the scheme of the pass is.
func (l *loader) serverAddr(s *model.Node) model.Value[model.Addr] {
	at := s.Args[0]
	if strings.Contains(at.Text, "$") {
		return model.NotTold[model.Addr](s, "server", "it is a variable: "+at.Text)
	}
	if p, ok := strings.CutPrefix(at.Text, "unix:"); ok {
		return model.Set(s, "server", at.Span, model.Addr{Net: "unix", Path: strings.TrimSuffix(p, ":")}, model.Explicit, "", via(s)...)
	}
	host, port, ok := hostPort(at.Text)
	switch {
	case !ok || host == "":
		return model.NotTold[model.Addr](s, "server", "nginx does not take "+at.Text)
	case port == 0:
		return model.Set(s, "server", at.Span, model.Addr{Host: host, Port: 80}, model.Explicit, "port 80, as none is written", via(s)...)
	}
	return model.Set(s, "server", at.Span, model.Addr{Host: host, Port: port}, model.Explicit, "", via(s)...)
}

// count is how many servers one address stands for.
func count(n *model.Node, addr model.Value[model.Addr]) model.Value[int] {
	const key = "addresses"
	switch {
	case !addr.Known():
		return model.NotTold[int](n, key, addr.Why())
	case addr.V.Host == "localhost":
		return model.Fallback(n, key+" of localhost:", 2, model.Assumed, "127.0.0.1 and ::1, as most hosts have it")
	case addr.V.Named():
		return model.Fallback(n, key+" of "+addr.V.Host+":", 1, model.Assumed, "if the name has one address")
	}
	return model.Fallback(n, key, 1, model.Default, "a literal address")
}

// word0 is whether a server has a bare parameter such as backup.
func word0(s *model.Node, name string) model.Value[bool] {
	for _, a := range s.Args[1:] {
		if a.Text == name {
			return model.Set(s, name, a.Span, true, model.Explicit, "")
		}
	}
	return model.Fallback(s, name, false, model.Default, "nginx default")
}

// parameter is the value of name=value of a server.
func parameter[T any](l *loader, s *model.Node, level, name string, read reader[T]) model.Value[T] {
	for _, a := range s.Args[1:] {
		if text, ok := strings.CutPrefix(a.Text, name+"="); ok {
			v, ok := read([]string{text})
			if !ok {
				return model.NotTold[T](s, name, "nginx does not take "+a.Text)
			}
			at := a.Span
			at.Start += len(name) + 1
			return model.Set(s, name, at, v, model.Explicit, "")
		}
	}
	d := l.byDefault(level, "server:"+name)
	v, ok := read([]string{d.value})
	if !ok {
		return model.NotTold[T](s, name, d.why)
	}
	return model.Fallback(s, name, v, d.origin, d.why)
}

// implicit is the pool of a pass that names no upstream block: it has the one
// address, is never taken out, and keeps no connections.
func (l *loader) implicit(pass *model.Node, name string, addr model.Value[model.Addr]) *model.Pool {
	p := &model.Pool{Gateway: l.gateway, Name: name, Node: pass,
		Sticky: model.Fallback(pass, "upstream", false, model.Default, "nginx default: round robin")}
	e := &model.Endpoint{Pool: p, Node: pass, Addr: addr, Count: count(pass, addr),
		Backup: model.Fallback(pass, "backup", false, model.Default, "no upstream block"),
		Down:   model.Fallback(pass, "down", false, model.Default, "no upstream block"),
		Fails:  model.Fallback(pass, "max_fails", 1, model.Default, "nginx default"),
		Out:    model.Fallback(pass, "fail_timeout", 10*time.Second, model.Default, "nginx default"),
		Limit:  model.Fallback(pass, "max_conns", math.MaxInt, model.Default, "no upstream block"),
		Health: noHealth(pass),
	}
	p.Endpoints = []*model.Endpoint{e}
	single(p)
	return p
}

package nginx

import (
	"math"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// streamRoute lowers the proxy_pass of a stream server: a tunnel, of which the
// client sees no status.
func (l *loader) streamRoute(s *model.Listener) {
	n := s.Node
	pass := n.Find("proxy_pass")
	if pass == nil || len(pass.Args) == 0 {
		return
	}
	r := &model.Route{Listener: s, Node: n}
	for _, t := range l.expand(n, pass.Arg(0)) {
		r.Hops = append(r.Hops, l.streamHop(s, r, pass, t))
	}
	s.Routes = []*model.Route{r}
}

// streamHop is the way to one of the values that the proxy_pass of a stream
// server may have.
func (l *loader) streamHop(s *model.Listener, r *model.Route, pass *model.Node, t text) *model.Hop {
	n := s.Node
	h := &model.Hop{Route: r, Node: pass}
	to := target{named: strings.Contains(pass.Arg(0), "$")}
	if strings.Contains(t.s, "$") {
		to.why = "it is a variable: " + pass.Arg(0)
	} else {
		to = parseTarget(family{protocol: "tcp"}, t.s)
		to.named = strings.Contains(pass.Arg(0), "$")
	}
	explicit := l.pools[poolKey("stream", to.host)]
	if to.why != "" || to.addr.Path != "" {
		explicit = nil
	}
	if h.Pool = explicit; explicit == nil {
		h.Pool = l.implicit(pass, to.host, l.targetAddr(pass, to, t.from))
	}
	protocol := "tcp"
	for _, b := range s.Binds {
		if model.Is(b.Protocol, "udp") {
			protocol = "udp"
		} else {
			b.Protocol = model.Set(b.Node, "listen", b.Node.Head(), "tcp", model.Explicit, "")
		}
	}
	h.Conn = model.Conn{
		Connect:  setting(l, n, "stream", "proxy_connect_timeout", seconds),
		Read:     setting(l, n, "stream", "proxy_timeout", seconds),
		Total:    model.Fallback(n, "time of one exchange", model.Forever, model.Default, "nginx has no limit"),
		Tunnel:   setting(l, n, "stream", "proxy_timeout", seconds),
		Idle:     model.Fallback(n, "keepalive", time.Duration(0), model.Default, "a tunnel is not reused"),
		Protocol: model.Set(n, "proxy_pass", pass.Head(), protocol, model.Explicit, ""),
		Lookup:   l.lookup(n, pass, to, explicit),
		Proxy:    setting(l, n, "stream", "proxy_protocol", flag),
	}
	h.Conn.TLS.Enabled = setting(l, n, "stream", "proxy_ssl", flag)
	if model.Is(h.Conn.TLS.Enabled, true) {
		l.tls(n, "proxy_", "stream", pass, to.host, &h.Conn.TLS)
	}
	h.Retry = model.Retry{
		Tries: setting(l, n, "stream", "proxy_next_upstream_tries", orEach),
		On:    setting(l, n, "stream", "proxy_next_upstream", events),
		Posts: model.Fallback(n, "proxy_next_upstream", false, model.Default, "only connecting is tried again"),
		Total: setting(l, n, "stream", "proxy_next_upstream_timeout", orForever),
		Same:  model.Fallback(n, "proxy_next_upstream", false, model.Default, "nginx takes the next server"),
	}
	h.Path = model.Fallback(n, "path", "", model.Default, "a tunnel")
	h.Queue = model.Fallback(n, "queue", time.Duration(0), model.Default, "nginx has no queue")
	h.MaxBody = model.Fallback(n, "client_max_body_size", int64(math.MaxInt64), model.Default, "not HTTP")
	return h
}

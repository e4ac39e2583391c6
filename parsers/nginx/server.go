package nginx

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// server lowers a server block, and tells whether it is the default for one of
// its addresses. Blocks of mail{} are nil: they forward no requests.
func (l *loader) server(n *model.Node) (s *model.Listener, isDefault bool) {
	s = &model.Listener{Gateway: l.gateway, Node: n}
	switch l.contextOf(n) {
	case "server", "location":
	case "stream-server":
		s.Idle = model.NotTold[time.Duration](n, "keepalive_timeout", "not HTTP")
		isDefault = l.binds(s)
		l.streamRoute(s)
		return s, isDefault
	default:
		return nil, false
	}
	isDefault = l.binds(s)
	for _, names := range n.All("server_name") {
		for _, a := range names.Args {
			if a.Text != "" && a.Text != "_" {
				s.Hosts = append(s.Hosts, a.Text)
			}
		}
	}
	s.Idle = setting(l, n, "http", "keepalive_timeout", seconds)
	s.Limit = model.Fallback(n, "request limit", model.Forever, model.Default, "nginx has none")
	s.MaxHead = setting(l, n, "http", "large_client_header_buffers", lastSize)
	s.MaxBody = setting(l, n, "http", "client_max_body_size", size)
	s.Abrupt = model.Fallback(n, "client_max_body_size", false, model.Default, "nginx answers 413")
	l.routes(s)
	return s, isDefault
}

// binds are the listen statements, or the port nginx takes without any.
func (l *loader) binds(s *model.Listener) (isDefault bool) {
	for _, listen := range s.Node.All("listen") {
		b := &model.Bind{Listener: s, Node: listen, Addr: l.listenAddr(listen)}
		flags := map[string]bool{}
		for _, a := range listen.Args[min(1, len(listen.Args)):] {
			flags[a.Text] = true
			if v, ok := strings.CutPrefix(a.Text, "backlog="); ok {
				if k, err := strconv.Atoi(v); err == nil {
					b.Backlog = model.Set(listen, "backlog", a.Span, k, model.Explicit, "")
				}
			}
		}
		b.Default = flags["default_server"] || flags["default"]
		isDefault = isDefault || b.Default
		b.Protocol = model.Set(listen, "listen", listen.Head(), "http", model.Explicit, "")
		if flags["udp"] || flags["quic"] {
			b.Protocol = model.Set(listen, "listen", listen.Head(), "udp", model.Explicit, "")
		}
		b.TLS.Enabled = model.Set(listen, "listen", listen.Head(), flags["ssl"] || flags["quic"], model.Explicit, "")
		if k := s.Node.Find("ssl"); k != nil && k.Arg(0) == "on" { // gone since 1.25.1
			b.TLS.Enabled = model.Set(listen, "ssl", k.Head(), true, model.Explicit, "")
		}
		b.TLS.Min = setting(l, s.Node, l.level(s.Node), "ssl_protocols", oldest)
		b.TLS.Max = setting(l, s.Node, l.level(s.Node), "ssl_protocols", newest)
		b.Proxy = model.Set(listen, "listen", listen.Head(), flags["proxy_protocol"], model.Explicit, "")
		s.Binds = append(s.Binds, b)
	}
	if len(s.Binds) == 0 && s.Node != l.root && s.Node.Partial == "" {
		s.Binds = []*model.Bind{{Listener: s, Node: s.Node,
			Addr:     model.Fallback(s.Node, "listen", model.Addr{Host: "*", Port: 80}, model.Default, "nginx default for root"),
			Protocol: model.Fallback(s.Node, "listen", "http", model.Default, "nginx default"),
			TLS:      model.TLS{Enabled: model.Fallback(s.Node, "listen", false, model.Default, "nginx default")},
			Proxy:    model.Fallback(s.Node, "listen", false, model.Default, "nginx default"),
		}}
	}
	return isDefault
}

// listenAddr reads "80", "127.0.0.1:8080", "[::]:443", "unix:/run/x.sock".
func (l *loader) listenAddr(listen *model.Node) model.Value[model.Addr] {
	if len(listen.Args) == 0 {
		return model.NotTold[model.Addr](listen, "listen", "no address is written")
	}
	word := listen.Args[0]
	if strings.Contains(word.Text, "$") {
		return model.NotTold[model.Addr](listen, "listen", "it is a variable: "+word.Text)
	}
	a, ok := model.Addr{}, true
	if p, unix := strings.CutPrefix(word.Text, "unix:"); unix {
		a = model.Addr{Net: "unix", Path: p}
	} else if port, err := strconv.Atoi(word.Text); err == nil {
		a = model.Addr{Host: "*", Port: port}
	} else {
		a.Host, a.Port, ok = hostPort(word.Text)
		if a.Port == 0 {
			a.Port = 80
		}
	}
	if slices.ContainsFunc(listen.Args, func(w model.Word) bool { return w.Text == "udp" || w.Text == "quic" }) {
		a.Net = "udp"
	}
	if !ok {
		return model.NotTold[model.Addr](listen, "listen", "nginx does not take "+word.Text)
	}
	return model.Set(listen, "listen", word.Span, a, model.Explicit, "", via(listen)...)
}

// hostPort splits "host", "host:port", "[::1]:port"; port 0 is not written.
func hostPort(s string) (host string, port int, ok bool) {
	rest := ""
	if strings.HasPrefix(s, "[") {
		host, rest, ok = strings.Cut(s[1:], "]")
		if !ok {
			return "", 0, false
		}
		if rest == "" {
			return host, 0, true
		}
		rest, ok = strings.CutPrefix(rest, ":")
	} else if host, rest, ok = strings.Cut(s, ":"); !ok {
		return s, 0, s != ""
	}
	port, err := strconv.Atoi(rest)
	return host, port, ok && err == nil && port > 0 && port < 65536
}

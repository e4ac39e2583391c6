package terraform

import (
	"slices"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// others lowers DigitalOcean, OCI and Hetzner.
func (b *builder) others() {
	for _, r := range b.graph.of("digitalocean_loadbalancer") {
		b.digitalOcean(r)
	}
	for _, kind := range []string{"oci_load_balancer_backend_set", "oci_load_balancer_backendset"} {
		for _, r := range b.graph.of(kind) {
			b.oci(r)
		}
	}
	for _, r := range b.graph.of("hcloud_load_balancer_service") {
		b.hetzner(r)
	}
}

// digitalOcean keeps connections to servers only where it is told to.
func (b *builder) digitalOcean(r *resource) {
	s := r.section()
	g := b.gateway(r, product(r, "digitalocean-lb", nil))
	c := s.sub("healthcheck")
	health := model.Health{Path: c.text("path"), Every: c.duration("check_interval_seconds"), Rise: c.whole("healthy_threshold"), Fall: c.whole("unhealthy_threshold")}
	if !c.absent {
		health.Active = model.Set(s.node, "healthcheck", c.node.Head(), true, model.Explicit, "")
		protocol := c.text("protocol")
		health.Port = setting(c, "port", asPort)
		health.Conn = model.Conn{Read: c.duration("response_timeout_seconds"), Protocol: turn(protocol, spoken), TLS: model.TLS{Enabled: turn(protocol, secured)}}
	}
	for _, f := range s.blocks("forwarding_rule") {
		l, bind := listener(g, f.node)
		entry, target := f.text("entry_protocol"), f.text("target_protocol")
		bind.Addr = anyHost(setting(f, "entry_port", asPort))
		bind.Protocol, bind.TLS.Enabled = turn(entry, spoken), turn(entry, secured)
		l.Idle = s.duration("http_idle_timeout_seconds")
		p := pool(g, r.addr, f.node)
		p.Sticky = turn(s.sub("sticky_sessions").text("type"), func(t string) bool { return t != "none" })
		elsewhere(p, "its droplets are registered by tag or id")
		p.Endpoints[0].Addr, p.Endpoints[0].Health = anyHost(setting(f, "target_port", asPort)), health
		h := hop(route(l, f.node, ""), f.node, p)
		h.Conn.Protocol, h.Conn.TLS.Enabled = turn(target, spoken), turn(target, secured)
		h.Conn.Proxy = s.flag("enable_proxy_protocol")
		if kept := s.flag("enable_backend_keepalive"); model.Is(kept, false) {
			h.Conn.Idle = turn(kept, func(bool) time.Duration { return 0 })
		}
	}
}

// oci keeps an idle connection to a server for 300 s, fixed: Load Balancer
// Timeout Connection Settings.
func (b *builder) oci(r *resource) {
	const page = "Load Balancer Timeout Connection Settings"
	s := r.section()
	g := b.gateway(r, product(r, "oci-lb", map[model.Event]model.Outcome{model.Stale: {Status: 502}}))
	c := s.sub("health_checker")
	protocol := c.text("protocol")
	health := model.Health{Path: c.text("url_path"), Port: c.whole("port"), Every: c.duration("interval_ms"), Fall: c.whole("retries"), Expect: c.text("return_code")}
	health.Conn = model.Conn{Read: c.duration("timeout_in_millis"), Protocol: turn(protocol, spoken)}
	if !c.absent {
		health.Active = model.Set(s.node, "health_checker", c.node.Head(), true, model.Explicit, "")
	}
	p := pool(g, r.addr, s.node)
	for _, m := range b.graph.of("oci_load_balancer_backend") {
		ms := m.section()
		if !b.inSet(ms, r) {
			continue
		}
		e := &model.Endpoint{Pool: p, Node: ms.node, Count: one(m), Backup: ms.flag("backup"), Down: ms.flag("offline"), Health: health}
		port := setting(ms, "port", asPort)
		e.Addr = turn(ms.text("ip_address"), func(host string) model.Addr { return model.Addr{Host: host, Port: port.V} })
		if !e.Addr.Known() {
			e.Addr = anyHost(port)
		}
		p.Endpoints = append(p.Endpoints, e)
	}
	if len(p.Endpoints) == 0 {
		elsewhere(p, "its backends are registered elsewhere")
		p.Endpoints[0].Health = health
	}
	serve := func(l *model.Listener, n *model.Node, http model.Value[string]) {
		h := hop(route(l, n, ""), n, p)
		h.Conn.Protocol = http
		if model.Is(http, "http") || model.Is(http, "h2") {
			h.Conn.Idle = documented(s.node, "keep-alive", 300*time.Second, "fixed by OCI")
			h.Retry.On = documented(s.node, "", model.Event(0), page) // it says that the client gets 502
		}
		h.Conn.TLS.Enabled = documented(s.node, "ssl_configuration", !s.sub("ssl_configuration").absent, "ssl_configuration")
	}
	for _, ls := range b.graph.of("oci_load_balancer_listener") {
		x := ls.section()
		if !b.inSet(x, r) {
			continue
		}
		l, bind := listener(g, x.node)
		bind.Addr = anyHost(setting(x, "port", asPort))
		bind.Protocol = turn(x.text("protocol"), spoken)
		if model.Is(bind.Protocol, "http") {
			l.Idle = documented(x.node, "keep-alive", 65*time.Second, page)
		}
		serve(l, x.node, bind.Protocol)
	}
	if len(g.Listeners) == 0 {
		l, bind := listener(g, s.node)
		bind.Addr = model.NotTold[model.Addr](s.node, "", "its listener is not among the files")
		serve(l, s.node, model.NotTold[string](s.node, "", "its listener is not among the files"))
	}
}

// inSet reports whether a listener or a backend names the set: by reference,
// or by its name.
func (b *builder) inSet(s *section, set *resource) bool {
	for _, attr := range []string{"default_backend_set_name", "backendset_name"} {
		if slices.Contains(b.referenced(s, attr, set.kind), set) {
			return true
		}
		name, own := s.text(attr), set.section().text("name")
		if name.Known() && own.Known() && name.V == own.V {
			return true
		}
	}
	return false
}

// hetzner is a service of a load balancer.
func (b *builder) hetzner(r *resource) {
	s := r.section()
	g := b.gateway(r, product(r, "hetzner-lb", nil))
	l, bind := listener(g, s.node)
	protocol := s.text("protocol")
	bind.Addr = anyHost(setting(s, "listen_port", asPort))
	bind.Protocol, bind.TLS.Enabled = turn(protocol, spoken), turn(protocol, secured)
	http := s.sub("http")
	l.Idle = http.duration("timeout_idle")
	p := pool(g, r.addr, s.node)
	p.Sticky = http.flag("sticky_sessions")
	elsewhere(p, "its targets are registered elsewhere")
	e := p.Endpoints[0]
	e.Addr = anyHost(setting(s, "destination_port", asPort))
	if c := s.sub("health_check"); !c.absent {
		e.Health.Active = model.Set(s.node, "health_check", c.node.Head(), true, model.Explicit, "")
		e.Health.Conn.Protocol = turn(c.text("protocol"), spoken)
		e.Health.Conn.Read, e.Health.Every, e.Health.Fall = c.duration("timeout"), c.duration("interval"), c.whole("retries")
		e.Health.Port = setting(c, "port", asPort)
		k := c.sub("http")
		e.Health.Path, e.Health.Host = k.text("path"), k.text("domain")
		e.Health.Conn.TLS.Enabled = k.flag("tls")
		if codes, whole := k.texts("status_codes"); whole && k.has("status_codes") {
			at, via := k.whence("status_codes")
			e.Health.Expect = model.Set(k.node, k.key("status_codes"), at, strings.Join(codes, ","), model.Explicit, "", via...)
		}
	}
	h := hop(route(l, s.node, ""), s.node, p)
	h.Conn.Protocol = turn(protocol, func(string) string { return spoken(strings.Replace(protocol.V, "https", "http", 1)) })
	h.Conn.Proxy = s.flag("proxyprotocol")
}

package terraform

import (
	"slices"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/gwlint/gwlint/model"
)

// google lowers backend services, and the forwarding rules, proxies and URL
// maps in front of them.
func (b *builder) google() {
	used := map[*resource]bool{}
	for _, kind := range []string{"google_compute_global_forwarding_rule", "google_compute_forwarding_rule"} {
		for _, r := range b.graph.of(kind) {
			b.forwarding(r, used)
		}
	}
	for _, kind := range backendServices {
		for _, r := range b.graph.of(kind) {
			if used[r] {
				continue
			}
			s := r.section()
			g := b.gateway(r, googleProduct(s))
			l, bind := listener(g, s.node)
			bind.Addr = model.NotTold[model.Addr](s.node, "", "its forwarding rule is not among the files")
			b.backend(route(l, s.node, "?"), s.node, r)
		}
	}
}

var (
	backendServices = []string{"google_compute_backend_service", "google_compute_region_backend_service"}
	googleProxies   = []string{
		"google_compute_target_http_proxy", "google_compute_target_https_proxy", "google_compute_region_target_http_proxy", "google_compute_region_target_https_proxy",
		"google_compute_target_tcp_proxy", "google_compute_target_ssl_proxy", "google_compute_region_target_tcp_proxy", "google_compute_target_grpc_proxy",
	}
	urlMaps = []string{"google_compute_url_map", "google_compute_region_url_map"}
)

// googleProduct is the kind of load balancer that a backend service belongs
// to, by its scheme and protocol.
func googleProduct(s *section) model.Product {
	scheme, protocol := s.text("load_balancing_scheme"), s.text("protocol")
	layer4 := protocol.Known() && !slices.Contains([]string{"HTTP", "HTTPS", "HTTP2", "H2C", "GRPC"}, protocol.V)
	switch {
	case !protocol.Known():
		return product(s.res, "gcp-lb", nil)
	case layer4:
		return product(s.res, "gcp-nlb", nil)
	case model.Is(scheme, "EXTERNAL"):
		return product(s.res, "gcp-classic-alb", classicGoogleOutcomes())
	}
	return product(s.res, "gcp-alb", nil)
}

// forwarding is a forwarding rule: a listener, with the routes of the URL map
// that its proxy names.
func (b *builder) forwarding(r *resource, used map[*resource]bool) {
	s := r.section()
	services := b.referenced(s, "backend_service", backendServices...)
	proxies := b.referenced(s, "target", googleProxies...)
	var all []*resource
	all = append(all, services...)
	for _, p := range proxies {
		all = append(all, b.referenced(p.section(), "backend_service", backendServices...)...)
		for _, m := range b.referenced(p.section(), "url_map", urlMaps...) {
			for _, name := range serviceNames(m.section()) {
				all = append(all, b.referenced(name.section, name.attr, backendServices...)...)
			}
		}
	}
	if len(all) == 0 && len(proxies) == 0 {
		return
	}
	p := product(r, "gcp-lb", nil)
	if len(all) > 0 {
		p = googleProduct(all[0].section())
	}
	g := b.gateway(r, p)
	l, bind := listener(g, s.node)
	bind.Addr = anyHost(setting(s, "port_range", func(s string) (int, bool) { first, _, _ := strings.Cut(s, "-"); return asPort(first) }))
	if bind.Addr.Origin() == model.Unknown {
		if ports, whole := s.texts("ports"); whole && len(ports) == 1 {
			at, via := s.whence("ports")
			if n, ok := asPort(ports[0]); ok {
				bind.Addr = model.Set(s.node, "ports", at, model.Addr{Port: n}, model.Explicit, "", via...)
			}
		}
	}
	for _, x := range proxies {
		xs := x.section()
		http := strings.Contains(x.kind, "http")
		bind.Protocol = documented(xs.node, "", map[bool]string{true: "http", false: "tcp"}[http], x.kind)
		bind.TLS.Enabled = documented(xs.node, "", strings.Contains(x.kind, "https") || strings.Contains(x.kind, "ssl"), x.kind)
		if http {
			l.Idle = clientIdle(xs, p.Name)
		}
		for _, m := range b.referenced(xs, "url_map", urlMaps...) {
			b.routes(l, m.section(), used)
		}
		for _, bs := range b.referenced(xs, "backend_service", backendServices...) {
			used[bs] = true
			b.backend(route(l, xs.node, ""), xs.node, bs)
		}
	}
	for _, bs := range services {
		used[bs] = true
		b.backend(route(l, s.node, ""), s.node, bs)
	}
}

// clientIdle is how long a client's connection is kept: request distribution
// page, and the attribute's description. The classic load balancers have no
// such setting.
func clientIdle(proxy *section, product string) model.Value[time.Duration] {
	const key = "http_keep_alive_timeout_sec"
	switch {
	case proxy.has(key):
		return proxy.duration(key)
	case product == "gcp-classic-alb", strings.Contains(proxy.res.kind, "region"):
		return model.NotTold[time.Duration](proxy.node, key, "not documented")
	}
	return documented(proxy.node, key, 610*time.Second, "Google default")
}

// serviceNames are the places of a URL map where backend services are named.
func serviceNames(m *section) (all []namer) {
	all = append(all, namer{m, "default_service"})
	for _, pm := range m.blocks("path_matcher") {
		all = append(all, namer{pm, "default_service"})
		for _, pr := range pm.blocks("path_rule") {
			all = append(all, namer{pr, "service"})
		}
		for _, rr := range pm.blocks("route_rules") {
			all = append(all, namer{rr, "service"})
		}
	}
	for _, inner := range slices.Clone(all) {
		for _, kind := range []string{"route_action", "default_route_action"} {
			for _, ra := range inner.section.blocks(kind) {
				for _, w := range ra.blocks("weighted_backend_services") {
					all = append(all, namer{w, "backend_service"})
				}
			}
		}
	}
	return all
}

// routes of a URL map: those of path matchers first.
func (b *builder) routes(l *model.Listener, m *section, used map[*resource]bool) {
	names := serviceNames(m)
	slices.Reverse(names)
	for _, n := range names {
		match := ""
		if n.section != m {
			paths, _ := n.section.texts("paths")
			match = strings.TrimSpace(n.section.path + " " + strings.Join(paths, " "))
		}
		services := b.referenced(n.section, n.attr, backendServices...)
		if len(services) == 0 {
			continue
		}
		rt := route(l, n.section.node, match)
		for _, bs := range services {
			used[bs] = true
			b.backend(rt, n.section.node, bs)
		}
	}
	if r := m.sub("default_url_redirect"); !r.absent {
		rt := route(l, r.node, "")
		rt.Reply = documented(r.node, "default_url_redirect", model.Reply{Status: 301, Location: r.text("path_redirect").V}, "Google default")
	}
}

// backend is a hop to a backend service.
func (b *builder) backend(rt *model.Route, n *model.Node, r *resource) {
	s := r.section()
	g := rt.Listener.Gateway
	p := pool(g, r.addr, s.node)
	p.Drain = s.duration("connection_draining_timeout_sec")
	p.Sticky = turn(s.text("session_affinity"), func(a string) bool { return a != "NONE" && a != "" })
	h := hop(rt, n, p)
	protocol := s.text("protocol")
	h.Conn.Protocol = turn(protocol, spoken)
	h.Conn.TLS.Enabled = turn(protocol, func(p string) bool { return p == "HTTPS" || p == "SSL" || p == "HTTP2" })
	http := protocol.Known() && spoken(protocol.V) != "tcp" && spoken(protocol.V) != "udp"
	health, checked := b.googleHealth(s)
	health.Conn.Allowed = b.probed(s, health)
	serverless, unsure := false, false
	for _, be := range s.blocks("backend") {
		kind, known := b.backendGroup(p, be, s, health)
		serverless = serverless || kind == "serverless"
		unsure = unsure || !known
	}
	if len(p.Endpoints) == 0 {
		elsewhere(p, "its backends are not among the files")
		unsure = true
		p.Endpoints[0].Health = health
	}
	if !checked && (serverless || unsure) {
		for _, e := range p.Endpoints {
			e.Health.Active = model.NotTold[bool](s.node, "health_checks", "serverless backends have none")
		}
	}
	if serverless {
		b.judgeServerless(s)
		h.Conn.Read = model.NotTold[time.Duration](s.node, "timeout_sec", "it does not count for serverless backends")
		h.Conn.Idle = model.NotTold[time.Duration](s.node, "", "serverless")
	} else if http {
		h.Conn.Read = s.duration("timeout_sec")
		const page = "Request distribution for external Application Load Balancers"
		h.Conn.Idle = documented(s.node, "keep-alive", 600*time.Second, "fixed by Google")
		h.Retry.On = documented(s.node, "", model.Stale, page)
		h.Retry.Posts = documented(s.node, "", false, page) // a request with a body is not sent again
		h.Host = documented(s.node, "Host", "client", "the load balancer keeps it")
	} else if protocol.Known() && proxying(s) {
		h.Conn.Tunnel = s.duration("timeout_sec")
	}
	h.Logged = logged(s)
}

// proxying reports whether a backend service is certainly one of a proxy, and
// not of a load balancer that passes packets through, which knows neither
// timeouts nor named ports.
func proxying(s *section) bool {
	scheme := s.text("load_balancing_scheme")
	return s.res.kind == "google_compute_backend_service" || scheme.Known() && strings.HasSuffix(scheme.V, "_MANAGED")
}

func logged(s *section) model.Value[bool] {
	c := s.sub("log_config")
	if c.absent {
		return model.NotTold[bool](s.node, "log_config.enable", "not documented")
	}
	return c.flag("enable")
}

// backendGroup adds the servers of one backend: the instances of a group on
// its named port, or the endpoints of a network endpoint group.
func (b *builder) backendGroup(p *model.Pool, be, service *section, health model.Health) (kind string, known bool) {
	e := &model.Endpoint{Pool: p, Node: be.node, Health: health}
	e.Addr = model.NotTold[model.Addr](be.node, "group", whyUnknown(be.get("group")))
	e.Count = model.NotTold[int](be.node, "group", "not told")
	p.Endpoints = append(p.Endpoints, e)
	groups, whole := be.references("group",
		"google_compute_instance_group", "google_compute_instance_group_manager", "google_compute_region_instance_group_manager",
		"google_compute_network_endpoint_group", "google_compute_region_network_endpoint_group", "google_compute_global_network_endpoint_group")
	if len(groups) != 1 || !whole {
		return "", false
	}
	r := groups[0]
	s := r.section()
	switch r.kind {
	case "google_compute_region_network_endpoint_group":
		t := s.text("network_endpoint_type")
		if model.Is(t, "SERVERLESS") {
			return "serverless", true
		}
		return "neg", t.Known()
	case "google_compute_network_endpoint_group", "google_compute_global_network_endpoint_group":
		if t := s.text("network_endpoint_type"); model.Is(t, "GCE_VM_IP_PORT") || !t.Known() {
			e.Addr = anyHost(setting(s, "default_port", asPort))
			return "neg", true
		}
		return "internet", false
	}
	e.Place = b.placeOf(r)
	if size := s.whole("target_size"); size.Known() {
		e.Count = size
	}
	name := service.text("port_name")
	certain := s.more["named_port"] == "" && s.node.Doubt() == "" && !b.namedElsewhere(r)
	for _, np := range s.blocks("named_port") {
		n := np.text("name")
		certain = certain && n.Known() && name.Known() && n.V != name.V
		if n.Known() && name.Known() && n.V == name.V {
			e.Addr = anyHost(setting(np, "port", asPort))
		}
	}
	if certain && name.Written() && proxying(service) {
		e.Count = model.Set(service.node, "port_name", name.At(), 0, name.Origin(), "no named_port of "+r.addr+" has that name", name.Via()...)
	}
	return "instances", true
}

// namedElsewhere reports whether a group may have ports that are named by
// resources of their own.
func (b *builder) namedElsewhere(group *resource) bool {
	const kind = "google_compute_instance_group_named_port"
	for _, r := range b.graph.of(kind) {
		if groups, whole := r.section().references("group", group.kind); !whole || slices.Contains(groups, group) {
			return true
		}
	}
	return b.graph.gone[kind] != ""
}

var checkKinds = []string{"http_health_check", "https_health_check", "http2_health_check", "tcp_health_check", "ssl_health_check", "grpc_health_check"}

// googleHealth is the health check of a backend service; checked is false
// when it names none.
func (b *builder) googleHealth(s *section) (h model.Health, checked bool) {
	const key = "health_checks"
	v := s.get(key)
	if v == cty.NilVal || plain(v).IsKnown() && (plain(v).IsNull() || plain(v).CanIterateElements() && plain(v).LengthInt() == 0) {
		h.Active = documented(s.node, key, false, "none is named")
		return h, false
	}
	checks, whole := s.references(key, "google_compute_health_check", "google_compute_region_health_check", "google_compute_http_health_check", "google_compute_https_health_check")
	at, via := s.whence(key)
	h.Active = model.Set(s.node, key, at, true, model.Explicit, "", via...)
	if len(checks) != 1 || !whole {
		return h, true
	}
	c := checks[0].section()
	h.Every, h.Conn.Read = c.duration("check_interval_sec"), c.duration("timeout_sec")
	h.Rise, h.Fall = c.whole("healthy_threshold"), c.whole("unhealthy_threshold")
	inner, protocol := c, ""
	switch checks[0].kind {
	case "google_compute_http_health_check":
		protocol = "HTTP"
	case "google_compute_https_health_check":
		protocol = "HTTPS"
	default:
		for _, kind := range checkKinds {
			if k := c.sub(kind); !k.absent {
				inner = k
				protocol = strings.ToUpper(strings.TrimSuffix(kind, "_health_check"))
			}
		}
		if protocol == "" {
			return h, true
		}
	}
	h.Conn.Protocol = documented(inner.node, "", spoken(protocol), checks[0].kind)
	if protocol != "TCP" { // which says nothing, in TLS or else
		h.Conn.TLS.Enabled = documented(inner.node, "", protocol == "HTTPS" || protocol == "SSL" || protocol == "HTTP2", checks[0].kind)
	}
	h.Path = inner.text("request_path")
	if protocol == "TCP" || protocol == "SSL" {
		h.Path = documented(inner.node, "", "", "the check only connects")
	}
	h.Host = inner.text("host")
	h.Port = setting(inner, "port", asPort)
	if fixed := map[string]int{"HTTP": 80, "HTTPS": 443}[protocol]; fixed > 0 && !inner.has("port") && !inner.has("port_name") && inner.open == "" {
		h.Port = documented(inner.node, inner.key("port"), fixed, "Google's default")
	}
	if spec := inner.text("port_specification"); model.Is(spec, "USE_SERVING_PORT") {
		h.Port = turn(spec, func(string) int { return 0 })
	} else if spec.Known() {
		h.Port = model.NotTold[int](inner.node, "port_specification", "a named port")
	}
	return h, true
}

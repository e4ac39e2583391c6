package terraform

import (
	"slices"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// azure lowers Application Gateways, load balancers and Front Door.
func (b *builder) azure() {
	for _, r := range b.graph.of("azurerm_application_gateway") {
		b.appGateway(r)
	}
	for _, r := range b.graph.of("azurerm_lb") {
		b.azureBalancer(r)
	}
	for _, r := range b.graph.of("azurerm_cdn_frontdoor_origin_group") {
		b.frontDoor(r)
	}
}

// byName are the blocks of a type by their names, which is how those of an
// Application Gateway refer to each other.
func byName(s *section, kind string) map[string]*section {
	all := map[string]*section{}
	for _, k := range s.blocks(kind) {
		if n := k.text("name"); n.Known() && all[n.V] == nil {
			all[n.V] = k
		}
	}
	return all
}

// appGateway is an Application Gateway: a listener for each http_listener,
// with the routing rules that name it.
func (b *builder) appGateway(r *resource) {
	s := r.section()
	sku := s.sub("sku")
	v2 := turn(sku.text("tier"), func(t string) bool { return strings.HasSuffix(t, "_v2") || t == "Basic" })
	g := b.gateway(r, product(r, "azure-appgw", appGatewayOutcomes(v2)))
	ports, pools, settings := byName(s, "frontend_port"), byName(s, "backend_address_pool"), byName(s, "backend_http_settings")
	listeners, probes, maps, redirects := byName(s, "http_listener"), byName(s, "probe"), byName(s, "url_path_map"), byName(s, "redirect_configuration")
	managed := b.managed(s, v2)
	made := map[string]*model.Listener{}
	for _, ls := range s.blocks("http_listener") {
		l, bind := listener(g, ls.node)
		if name := ls.text("name"); name.Known() {
			made[name.V] = l
		}
		if p := ports[ls.text("frontend_port_name").V]; p != nil {
			bind.Addr = anyHost(setting(p, "port", asPort))
		}
		protocol := ls.text("protocol")
		bind.Protocol, bind.TLS.Enabled = turn(protocol, spoken), turn(protocol, secured)
		if host := ls.text("host_name"); host.Known() {
			l.Hosts = append(l.Hosts, host.V)
		}
		more, _ := ls.texts("host_names")
		l.Hosts = append(l.Hosts, more...)
		if model.Is(v2, true) {
			l.Idle = documented(s.node, "", 75*time.Second, "Frequently asked questions about Application Gateway")
		} else if model.Is(v2, false) {
			l.Idle = documented(s.node, "", 120*time.Second, "Frequently asked questions about Application Gateway")
		}
	}
	forward := func(rt *model.Route, at *section, poolName, settingsName string) {
		pn, sn := at.text(poolName), at.text(settingsName)
		pool := pools[pn.V]
		set := settings[sn.V]
		if pool == nil || set == nil || !pn.Known() || !sn.Known() {
			p := &model.Pool{Gateway: g, Node: at.node}
			g.Pools = append(g.Pools, p)
			elsewhere(p, "the pool or the settings cannot be told")
			hop(rt, at.node, p)
			return
		}
		b.gatewayHop(rt, at, pool, set, probes, managed)
	}
	for _, rule := range s.blocks("request_routing_rule") {
		l := made[rule.text("http_listener_name").V]
		if l == nil || listeners[rule.text("http_listener_name").V] == nil {
			continue
		}
		if m := maps[rule.text("url_path_map_name").V]; m != nil {
			for _, pr := range m.blocks("path_rule") {
				paths, _ := pr.texts("paths")
				rt := route(l, pr.node, strings.Join(paths, " "))
				if redirects[pr.text("redirect_configuration_name").V] == nil {
					forward(rt, pr, "backend_address_pool_name", "backend_http_settings_name")
				}
			}
			rt := route(l, m.node, "")
			if m.has("default_backend_address_pool_name") {
				forward(rt, m, "default_backend_address_pool_name", "default_backend_http_settings_name")
			}
			continue
		}
		rt := route(l, rule.node, "")
		if rd := redirects[rule.text("redirect_configuration_name").V]; rd != nil {
			rt.Reply = turn(rd.text("redirect_type"), func(kind string) model.Reply {
				return model.Reply{Status: map[string]int{"Permanent": 301, "Found": 302, "SeeOther": 303, "Temporary": 307}[kind]}
			})
			continue
		}
		if rule.has("backend_http_settings_name") || rule.has("backend_address_pool_name") {
			forward(rt, rule, "backend_address_pool_name", "backend_http_settings_name")
		}
	}
}

// gatewayHop is a hop with one of the backend_http_settings.
func (b *builder) gatewayHop(rt *model.Route, at, members, set *section, probes map[string]*section, managed model.Value[bool]) {
	g := rt.Listener.Gateway
	p := pool(g, members.text("name").V, members.node)
	h := hop(rt, at.node, p)
	protocol := set.text("protocol")
	h.Conn.Protocol, h.Conn.TLS.Enabled = turn(protocol, spoken), turn(protocol, secured)
	h.Conn.TLS.Verify, h.Conn.TLS.Roots = verified(set, h.Conn.TLS.Enabled)
	h.Conn.Read = set.duration("request_timeout")
	p.Sticky = turn(set.text("cookie_based_affinity"), func(s string) bool { return s == "Enabled" })
	p.Drain = drainOf(set)
	switch pick := set.flag("pick_host_name_from_backend_address"); {
	case set.has("host_name"):
		h.Host = set.text("host_name")
	case model.Is(pick, true):
		h.Host = turn(pick, func(bool) string { return "endpoint" })
	case pick.Known():
		h.Host = documented(set.node, set.key("host_name"), "client", "Azure default: Troubleshooting bad gateway errors in Application Gateway")
	}
	port := setting(set, "port", asPort)
	health := gatewayHealth(set, probes, h)
	health.Conn.Allowed = managed
	add := func(name string) {
		names, whole := members.texts(name)
		for _, host := range names {
			at, via := members.whence(name)
			e := &model.Endpoint{Pool: p, Node: members.node, Count: documented(members.node, "", 1, "one address"), Health: health}
			e.Addr = model.Set(members.node, members.key(name), at, model.Addr{Host: host, Port: port.V}, model.Explicit, "", via...)
			p.Endpoints = append(p.Endpoints, e)
		}
		if !whole {
			elsewhere(p, whyUnknown(members.get(name)))
			p.Endpoints[len(p.Endpoints)-1].Health = health
		}
	}
	add("fqdns")
	add("ip_addresses")
	if len(p.Endpoints) == 0 { // scale sets and interfaces name the pool, not the other way round
		elsewhere(p, "its members are registered elsewhere")
		p.Endpoints[0].Health = health
	}
}

// verified is how the certificate of a server is verified: v2 accepts public
// authorities, where no root of its own is named (Overview of TLS termination
// and end to end TLS with Application Gateway).
func verified(set *section, https model.Value[bool]) (verify model.Value[bool], roots model.Value[string]) {
	const page = "Overview of TLS termination and end to end TLS with Application Gateway"
	const key = "trusted_root_certificate_names"
	if !model.Is(https, true) || set.has("authentication_certificate") || len(set.blocks("authentication_certificate")) > 0 || set.more["authentication_certificate"] != "" {
		return verify, roots
	}
	verify = documented(set.node, "protocol Https", true, page)
	if set.has("certificate_chain_validation_enabled") {
		verify = set.flag("certificate_chain_validation_enabled")
	}
	if !set.has(key) {
		return verify, documented(set.node, key, "", "none named")
	}
	names, whole := set.texts(key)
	if !whole {
		return verify, model.NotTold[string](set.node, key, whyUnknown(set.get(key)))
	}
	at, via := set.whence(key)
	return verify, model.Set(set.node, set.key(key), at, strings.Join(names, ","), model.Explicit, "", via...)
}

func drainOf(set *section) model.Value[time.Duration] {
	c := set.sub("connection_draining")
	on := c.flag("enabled")
	if model.Is(on, true) {
		return c.duration("drain_timeout_sec")
	}
	return turn(on, func(bool) time.Duration { return 0 })
}

// gatewayHealth is the probe of the settings; without one, the default probe
// asks 127.0.0.1.
func gatewayHealth(set *section, probes map[string]*section, h *model.Hop) (out model.Health) {
	const page = "Azure default: Troubleshooting bad gateway errors in Application Gateway"
	out.Conn.Protocol, out.Conn.TLS.Enabled = h.Conn.Protocol, h.Conn.TLS.Enabled
	out.Active = documented(set.node, set.key("probe_name"), true, page)
	name := set.text("probe_name")
	if !set.has("probe_name") {
		node, key := set.node, set.key("probe_name")
		out.Every = documented(node, key, 30*time.Second, page)
		out.Conn.Read = out.Every
		out.Fall = documented(node, key, 3, page)
		out.Path = documented(node, key, "/", page)
		out.Expect = documented(node, key, "200-399", page)
		out.Port = documented(node, key, 0, page)
		if pick := set.flag("pick_host_name_from_backend_address"); model.Is(pick, false) && !set.has("host_name") {
			out.Host = documented(node, key, "127.0.0.1", page)
		}
		return out
	}
	p := probes[name.V]
	if !name.Known() || p == nil {
		out.Conn = model.Conn{}
		return out
	}
	protocol := p.text("protocol")
	out.Conn.Protocol, out.Conn.TLS.Enabled = turn(protocol, spoken), turn(protocol, secured)
	out.Path, out.Every, out.Conn.Read, out.Fall = p.text("path"), p.duration("interval"), p.duration("timeout"), p.whole("unhealthy_threshold")
	out.Port = setting(p, "port", asPort)
	if !p.has("port") {
		out.Port = documented(p.node, p.key("port"), 0, "the port of the settings")
	}
	switch pick := p.flag("pick_host_name_from_backend_http_settings"); {
	case p.has("host"):
		out.Host = p.text("host")
	case model.Is(pick, true):
		out.Host = h.Host
	}
	if m := p.sub("match"); m.absent && p.more["match"] == "" {
		out.Expect = documented(p.node, p.key("match.status_code"), "200-399", "Azure default: Application Gateway health probes overview")
	} else {
		codes, whole := m.texts("status_code")
		if at, via := m.whence("status_code"); whole && len(codes) > 0 {
			out.Expect = model.Set(m.node, m.key("status_code"), at, strings.Join(codes, ","), model.Explicit, "", via...)
		}
	}
	return out
}

// azureBalancer is a load balancer of layer 4 with its rules and probes.
func (b *builder) azureBalancer(r *resource) {
	g := b.gateway(r, product(r, "azure-lb", nil))
	for _, rule := range b.graph.of("azurerm_lb_rule") {
		rs := rule.section()
		if !slices.Contains(b.referenced(rs, "loadbalancer_id", "azurerm_lb"), r) {
			continue
		}
		l, bind := listener(g, rs.node)
		bind.Addr = anyHost(setting(rs, "frontend_port", asPort))
		protocol := setting(rs, "protocol", asLower)
		bind.Protocol = turn(protocol, func(p string) string {
			if p == "udp" {
				return p
			}
			return "tcp"
		})
		p := pool(g, rule.addr, rs.node)
		h := hop(route(l, rs.node, ""), rs.node, p)
		h.Conn.Protocol = bind.Protocol
		h.Conn.Tunnel = rs.duration("idle_timeout_in_minutes")
		elsewhere(p, "its members are registered elsewhere")
		e := p.Endpoints[0]
		e.Addr = anyHost(setting(rs, "backend_port", asPort))
		e.Health = b.azureProbe(rs)
		e.Down = documented(rs.node, "", false, "a member is asked")
	}
}

func (b *builder) azureProbe(rule *section) (h model.Health) {
	const key = "probe_id"
	if !rule.has(key) {
		h.Active = documented(rule.node, key, false, "none is named")
		return h
	}
	at, via := rule.whence(key)
	h.Active = model.Set(rule.node, key, at, true, model.Explicit, "", via...)
	probes := b.referenced(rule, key, "azurerm_lb_probe")
	if len(probes) != 1 {
		return h
	}
	p := probes[0].section()
	protocol := p.text("protocol")
	h.Conn.Protocol, h.Conn.TLS.Enabled = turn(protocol, spoken), turn(protocol, secured)
	h.Port, h.Path = setting(p, "port", asPort), p.text("request_path")
	h.Every, h.Fall = p.duration("interval_in_seconds"), p.whole("number_of_probes")
	return h
}

// frontDoor is an origin group of Front Door with its origins.
func (b *builder) frontDoor(r *resource) {
	s := r.section()
	g := b.gateway(r, product(r, "azure-frontdoor", frontDoorOutcomes()))
	l, bind := listener(g, s.node)
	bind.Addr = documented(s.node, "", model.Addr{Port: 443}, "Front Door listens on 80 and 443")
	bind.Protocol = documented(s.node, "", "http", "Front Door")
	p := pool(g, r.addr, s.node)
	h := hop(route(l, s.node, ""), s.node, p)
	h.Conn.Protocol = bind.Protocol
	if profiles := b.referenced(s, "cdn_frontdoor_profile_id", "azurerm_cdn_frontdoor_profile"); len(profiles) == 1 {
		h.Conn.Read = profiles[0].section().duration("response_timeout_seconds")
	}
	probe := s.sub("health_probe")
	health := model.Health{}
	if probe.absent {
		health.Active = documented(s.node, "health_probe", false, "Azure default: no probe without the block")
	} else {
		health.Active = model.Set(s.node, "health_probe", probe.node.Head(), true, model.Explicit, "")
		health.Path, health.Every = probe.text("path"), probe.duration("interval_in_seconds")
		health.Conn.TLS.Enabled = turn(probe.text("protocol"), secured)
	}
	for _, o := range b.graph.of("azurerm_cdn_frontdoor_origin") {
		os := o.section()
		if !slices.Contains(b.referenced(os, "cdn_frontdoor_origin_group_id", r.kind), r) {
			continue
		}
		e := &model.Endpoint{Pool: p, Node: os.node, Count: one(o), Health: health}
		port := setting(os, "https_port", asPort)
		e.Addr = turn(os.text("host_name"), func(host string) model.Addr { return model.Addr{Host: host, Port: port.V} })
		c := h.Conn
		c.TLS.Enabled = b.forwardedIn(r)
		c.TLS.Verify = os.flag("certificate_name_check_enabled")
		c.TLS.Name = os.text("host_name")
		e.Conn = &c
		host := documented(os.node, "origin_host_header", "client", "the Host of the request is sent: AFDOrigin")
		if os.has("origin_host_header") {
			host = os.text("origin_host_header")
		}
		if h.Host = host; len(p.Endpoints) > 0 {
			h.Host = model.NotTold[string](s.node, "origin_host_header", "each origin has its own")
		}
		p.Endpoints = append(p.Endpoints, e)
	}
	if len(p.Endpoints) == 0 {
		elsewhere(p, "its origins are not among the files")
	}
}

// forwardedIn is whether Front Door speaks TLS to an origin group: as all of
// the routes to it say.
func (b *builder) forwardedIn(group *resource) (tls model.Value[bool]) {
	const key = "forwarding_protocol"
	number := 0
	for _, route := range b.graph.of("azurerm_cdn_frontdoor_route") {
		rs := route.section()
		if !slices.Contains(b.referenced(rs, "cdn_frontdoor_origin_group_id", group.kind), group) {
			continue
		}
		v := rs.text(key)
		if number++; number > 1 && v.V != "HttpsOnly" || model.Is(v, "MatchRequest") {
			return model.NotTold[bool](rs.node, key, "as the request, or as the route")
		}
		tls = turn(v, func(p string) bool { return p == "HttpsOnly" })
	}
	return tls
}

package terraform

import (
	"slices"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/gwlint/gwlint/model"
)

// cloudfront is a distribution: its cache behaviours are routes, its origins
// pools.
func (b *builder) cloudfront(r *resource) {
	s := r.section()
	g := b.gateway(r, product(r, "aws-cloudfront", cloudfrontOutcomes()))
	names, _ := s.texts("aliases")
	for _, n := range names {
		g.Place.Names = append(g.Place.Names, strings.ToLower(n))
	}
	l, bind := listener(g, s.node)
	l.Hosts = names
	bind.Addr = documented(s.node, "", model.Addr{Port: 443}, "CloudFront listens on 80 and 443")
	bind.Protocol = documented(s.node, "", "http", "CloudFront listens on 80 and 443")
	bind.TLS.Enabled = documented(s.node, "", true, "CloudFront listens on 80 and 443")
	plainBind := &model.Bind{Listener: l, Node: s.node, Protocol: bind.Protocol}
	plainBind.Addr = documented(s.node, "", model.Addr{Port: 80}, "CloudFront listens on 80 and 443")
	plainBind.TLS.Enabled = documented(s.node, "", false, "CloudFront listens on 80 and 443")
	l.Binds = append(l.Binds, plainBind)

	origins := map[string]*model.Pool{}
	sections := map[*model.Pool]*section{}
	for _, o := range s.blocks("origin") {
		id := o.text("origin_id")
		p := pool(g, id.V, o.node)
		sections[p] = o
		b.origin(p, o)
		if id.Known() && origins[id.V] == nil {
			origins[id.V] = p
		}
	}
	groups := map[string][]string{}
	for _, og := range s.blocks("origin_group") {
		for _, m := range og.blocks("member") {
			groups[og.text("origin_id").V] = append(groups[og.text("origin_id").V], m.text("origin_id").V)
		}
	}
	behave := func(c *section, match string) {
		rt := route(l, c.node, match)
		id := c.text("target_origin_id")
		to := []string{id.V}
		if members := groups[id.V]; len(members) > 0 && id.Known() {
			to = members[:1] // the others are for when this one fails
		}
		for _, id := range to {
			if p := origins[id]; p != nil {
				b.fetch(hop(rt, c.node, p), sections[p], c)
			}
		}
		if len(rt.Hops) == 0 && len(g.Pools) > 0 {
			p := pool(g, id.V, c.node)
			elsewhere(p, "the origin cannot be told")
			hop(rt, c.node, p)
		}
	}
	for _, c := range s.blocks("ordered_cache_behavior") {
		match := c.text("path_pattern").V
		if match == "" {
			match = "?"
		}
		behave(c, match)
	}
	for _, c := range s.blocks("default_cache_behavior") {
		behave(c, "")
	}
}

// origin is the server that CloudFront asks.
func (b *builder) origin(p *model.Pool, o *section) {
	e := &model.Endpoint{Pool: p, Node: o.node, Count: documented(o.node, "", 1, "one origin")}
	custom := o.sub("custom_origin_config")
	port := setting(custom, "https_port", asPort)
	if model.Is(custom.text("origin_protocol_policy"), "http-only") {
		port = setting(custom, "http_port", asPort)
	}
	domain := o.text("domain_name")
	e.Addr = turn(domain, func(name string) model.Addr { return model.Addr{Host: name, Port: port.V} })
	lbs, whole := o.references("domain_name", "aws_lb", "aws_alb", "aws_elb")
	if !custom.absent && len(lbs) == 1 && whole {
		b.judgeInternal(o, "domain_name", lbs[0], cloudfrontOutcomes()[model.NoSYN])
	}
	if at, via := o.whence("domain_name"); !domain.Known() {
		if site, ok := strings.CutSuffix(at.Text(), ".website_endpoint"); ok && strings.HasPrefix(site, "aws_s3_bucket") {
			e.Addr = model.Set(o.node, domain.Key(), at, model.Addr{Host: site + ".s3-website.amazonaws.com", Port: port.V}, model.Explicit, "", via...)
		}
	}
	for _, name := range o.blocks("vpc_origin_config") {
		for _, v := range b.referenced(name, "vpc_origin_id", "aws_cloudfront_vpc_origin") {
			more, _ := v.section().sub("vpc_origin_endpoint_config").references("arn", "aws_lb", "aws_alb")
			lbs, whole = append(lbs, more...), true
		}
	}
	if len(lbs) == 1 && whole {
		e.Place = b.placeOf(lbs[0])
		e.Addr = turn(port, func(n int) model.Addr { return model.Addr{Port: n} })
	}
	p.Endpoints = []*model.Endpoint{e}
}

func (b *builder) referenced(s *section, name string, kinds ...string) []*resource {
	all, _ := s.references(name, kinds...)
	return all
}

// fetch is how CloudFront asks an origin.
func (b *builder) fetch(h *model.Hop, o, behaviour *section) {
	custom := o.sub("custom_origin_config")
	c := &h.Conn
	c.Connect = o.duration("connection_timeout")
	c.Protocol = documented(o.node, "", "http", "CloudFront speaks HTTP/1.1 to origins")
	if !custom.absent {
		c.Read = custom.duration("origin_read_timeout")
		c.Idle = custom.duration("origin_keepalive_timeout")
		policy := custom.text("origin_protocol_policy")
		c.TLS.Enabled = turn(policy, func(s string) bool { return s == "https-only" })
		if model.Is(policy, "match-viewer") {
			c.TLS.Enabled = model.NotTold[bool](custom.node, policy.Key(), "as the viewer asks")
			if viewer := behaviour.text("viewer_protocol_policy"); model.Is(viewer, "https-only") || model.Is(viewer, "redirect-to-https") {
				c.TLS.Enabled = turn(policy, func(string) bool { return true })
			}
		}
		c.TLS.Verify = documented(custom.node, "certificate", true, "HTTP 502 status code (Bad Gateway)")
	}
	h.Retry.Tries = o.whole("connection_attempts")
	h.Retry.On = documented(o.node, "connection_attempts", model.Refused|model.NoSYN, "attempts to connect")
	h.Retry.Same = documented(o.node, "connection_attempts", true, "attempts to connect")
	h.Host = b.forwardedHost(behaviour)
	c.TLS.Name = b.demanded(h, o)
	h.Path = o.text("origin_path")
}

// demanded is the name that the certificate of an origin has to have: that of
// the viewer where the Host is passed on, else the origin's own.
func (b *builder) demanded(h *model.Hop, o *section) model.Value[string] {
	const key = "domain_name"
	distribution := h.Route.Listener
	switch {
	case model.Is(h.Host, "client"):
		n := len(distribution.Hosts)
		if n == 0 || !h.Host.Written() || strings.Contains(distribution.Hosts[0], "*") {
			return model.NotTold[string](o.node, key, "the Host of the viewer is passed on")
		}
		return model.Set(h.Host.Owner(), h.Host.Key(), h.Host.At(), distribution.Hosts[0], h.Host.Origin(), "the Host of the viewer is passed on")
	case !model.Is(h.Host, "endpoint"):
		return model.NotTold[string](o.node, key, h.Host.Why())
	}
	name := o.text(key)
	if lbs, whole := o.references(key, "aws_lb", "aws_alb", "aws_elb"); !name.Known() && len(lbs) == 1 && whole {
		at, via := o.whence(key)
		return model.Set(o.node, name.Key(), at, lbs[0].addr+".elb.amazonaws.com", model.Explicit, "", via...)
	}
	return name
}

// Managed policies that forward the Host of the viewer, and that do not, by
// id and by name: Use managed origin request policies.
var forwardsHost = map[string]bool{
	"216adef6-5c7f-47e4-b989-5492eafa07d3": true, "Managed-AllViewer": true,
	"33f36d7e-f396-46d9-90e0-52428a34d9dc": true, "Managed-AllViewerAndCloudFrontHeaders-2022-06": true,
	"Managed-HostHeaderOnly":               true,
	"b689b0a8-53d0-40ab-baf2-68738e2966ac": false, "Managed-AllViewerExceptHostHeader": false,
	"Managed-CORS-CustomOrigin": false, "Managed-CORS-S3Origin": false, "Managed-UserAgentRefererHeaders": false,
}

// forwardedHost is the Host that an origin sees: that of the viewer when a
// policy forwards it, else its own name.
func (b *builder) forwardedHost(c *section) model.Value[string] {
	const key = "origin_request_policy_id"
	name := map[bool]string{true: "client", false: "endpoint"}
	if f := c.sub("forwarded_values"); !f.absent {
		headers, whole := f.texts("headers")
		if !whole {
			return model.NotTold[string](f.node, f.key("headers"), whyUnknown(f.get("headers")))
		}
		forwards := slices.ContainsFunc(headers, func(h string) bool { return h == "*" || strings.EqualFold(h, "host") })
		if !f.has("headers") {
			return documented(f.node, f.key("headers"), "endpoint", "CloudFront default")
		}
		at, via := f.whence("headers")
		return model.Set(f.node, f.key("headers"), at, name[forwards], model.Explicit, "", via...)
	}
	v := c.get(key)
	if isNull(v) {
		if !c.has("cache_policy_id") {
			return documented(c.node, key, "endpoint", "CloudFront default")
		}
		if id := c.text("cache_policy_id"); !id.Known() && len(dataNames(c.get("cache_policy_id"))) == 0 {
			return model.NotTold[string](c.node, key, "the cache policy may forward it")
		}
		return documented(c.node, key, "endpoint", "CloudFront default")
	}
	at, via := c.whence(key)
	if id, ok := asText(v); ok {
		if forwards, known := forwardsHost[id]; known {
			return model.Set(c.node, key, at, name[forwards], model.Explicit, id, via...)
		}
	}
	for _, addr := range dataNames(v) {
		for _, d := range b.graph.at(addr) {
			policy := d.section().text("name")
			if forwards, known := forwardsHost[policy.V]; known && policy.Known() {
				return model.Set(c.node, key, at, name[forwards], model.Explicit, policy.V, via...)
			}
		}
	}
	if policies, whole := c.references(key, "aws_cloudfront_origin_request_policy"); len(policies) == 1 && whole {
		h := policies[0].section().sub("headers_config")
		list, known := h.sub("headers").texts("items")
		switch behaviour := h.text("header_behavior"); {
		case !behaviour.Known() || !known:
		case behaviour.V == "allViewer", behaviour.V == "allViewerAndWhitelistCloudFront":
			return model.Set(c.node, key, behaviour.At(), "client", model.Explicit, "", at)
		case behaviour.V == "none":
			return model.Set(c.node, key, behaviour.At(), "endpoint", model.Explicit, "", at)
		case behaviour.V == "whitelist":
			forwards := slices.ContainsFunc(list, func(h string) bool { return strings.EqualFold(h, "host") })
			return model.Set(c.node, key, behaviour.At(), name[forwards], model.Explicit, "", at)
		}
	}
	return model.NotTold[string](c.node, key, "the policy is not known")
}

// dataNames are the addresses of data sources that a value refers to.
func dataNames(v cty.Value) (all []string) {
	for _, m := range marksOf(v) {
		if m.kind == isReference && strings.Contains("."+m.text, ".data.") {
			all = append(all, m.text)
		}
	}
	return all
}

// cloudflare lowers load balancers with their pools, records that are proxied,
// and tunnels.
func (b *builder) cloudflare() {
	used := map[*resource]bool{}
	for _, r := range b.graph.of("cloudflare_load_balancer") {
		s := r.section()
		g := b.gateway(r, product(r, "cloudflare", cloudflareOutcomes()))
		l := b.edge(g, s, "name")
		rt := route(l, s.node, "")
		seen := map[*resource]bool{}
		for _, attr := range []string{"default_pool_ids", "default_pools", "fallback_pool_id", "fallback_pool"} {
			for _, p := range b.referenced(s, attr, "cloudflare_load_balancer_pool") {
				if seen[p] {
					continue
				}
				seen[p], used[p] = true, true
				h := hop(rt, s.node, b.edgePool(g, p))
				b.edgeHop(h, s)
				h.Host = originHost(p.section(), h.Host)
			}
		}
	}
	for _, r := range b.graph.of("cloudflare_load_balancer_pool") {
		if used[r] {
			continue
		}
		s := r.section()
		g := b.gateway(r, product(r, "cloudflare", cloudflareOutcomes()))
		l, bind := listener(g, s.node)
		bind.Addr = model.NotTold[model.Addr](s.node, "", "its load balancer is not among the files")
		h := hop(route(l, s.node, "?"), s.node, b.edgePool(g, r))
		b.edgeHop(h, s)
		h.Host = originHost(s, h.Host)
	}
	for _, kind := range []string{"cloudflare_record", "cloudflare_dns_record"} {
		for _, r := range b.graph.of(kind) {
			b.proxied(r)
		}
	}
	for _, kind := range []string{"cloudflare_tunnel_config", "cloudflare_zero_trust_tunnel_cloudflared_config"} {
		for _, r := range b.graph.of(kind) {
			b.tunnel(r)
		}
	}
}

// edge is the listener of Cloudflare's edge.
func (b *builder) edge(g *model.Gateway, s *section, attr string) *model.Listener {
	const page = "Connection limits"
	l, bind := listener(g, s.node)
	name := s.text(attr)
	if name.Known() && strings.Contains(name.V, ".") {
		l.Hosts = []string{name.V}
		g.Place.Names = append(g.Place.Names, strings.ToLower(name.V))
	}
	bind.Addr = documented(s.node, "", model.Addr{Port: 443}, page)
	bind.Protocol = documented(s.node, "", "http", page)
	l.Idle = documented(s.node, "HTTP/1.1 keep-alive", 400*time.Second, "Cloudflare: "+page)
	return l
}

// edgeHop is how Cloudflare speaks to an origin: all of it is fixed, except on
// Enterprise plans.
func (b *builder) edgeHop(h *model.Hop, s *section) {
	const page = "Cloudflare: Connection limits"
	c := &h.Conn
	c.Connect = documented(s.node, "connection timeout", 19*time.Second, page)
	c.Read = documented(s.node, "Proxy Read Timeout", 120*time.Second, page)
	c.Idle = documented(s.node, "Proxy Idle Timeout", 900*time.Second, page)
	c.Protocol = documented(s.node, "", "http", page)
	h.Host = documented(s.node, "Host", "client", page)
}

func (b *builder) edgePool(g *model.Gateway, r *resource) *model.Pool {
	s := r.section()
	p := pool(g, r.addr, s.node)
	health := b.monitor(s)
	for _, o := range s.blocks("origins") {
		e := &model.Endpoint{Pool: p, Node: o.node, Count: documented(o.node, "", 1, "one origin"), Health: health}
		e.Addr = turn(o.text("address"), func(host string) model.Addr { return model.Addr{Host: host} })
		e.Down = turn(o.flag("enabled"), func(on bool) bool { return !on })
		if on := s.flag("enabled"); model.Is(on, false) { // a pool that is off
			e.Down = turn(on, func(bool) bool { return true })
		}
		if lbs, whole := o.references("address", "aws_lb", "aws_alb", "aws_elb"); len(lbs) == 1 && whole {
			e.Place = b.placeOf(lbs[0])
		}
		p.Endpoints = append(p.Endpoints, e)
	}
	if why := s.more["origins"]; why != "" && len(p.Endpoints) == 0 {
		elsewhere(p, why)
	}
	return p
}

// originHost is the Host that the origins of a pool get: the one that is
// written for all of them alike, else the client's.
func originHost(pool *section, client model.Value[string]) (host model.Value[string]) {
	origins := pool.blocks("origins")
	if pool.more["origins"] != "" {
		return model.NotTold[string](pool.node, "Host", pool.more["origins"])
	}
	for i, o := range origins {
		own := client
		for _, h := range o.blocks("header") {
			attr := "values"
			if h.has("host") {
				attr = "host"
			} else if !strings.EqualFold(h.text("header").V, "Host") {
				continue
			}
			names, whole := h.texts(attr)
			if len(names) != 1 || !whole {
				return model.NotTold[string](h.node, "Host", whyUnknown(h.get(attr)))
			}
			at, via := h.whence(attr)
			own = model.Set(h.node, "Host", at, names[0], model.Explicit, "", via...)
		}
		if o.more["header"] != "" || i > 0 && own.V != host.V {
			return model.NotTold[string](pool.node, "Host", "not the same for all origins")
		}
		host = own
	}
	return host
}

// monitor is the health check of a pool: none without a monitor.
func (b *builder) monitor(s *section) (h model.Health) {
	const key = "monitor"
	v := s.get(key)
	if v == cty.NilVal {
		if s.has("monitor_group") {
			h.Active = model.NotTold[bool](s.node, key, "the monitor group decides")
			return h
		}
		h.Active = documented(s.node, key, false, "Cloudflare default: none")
		return h
	}
	monitors, whole := s.references(key, "cloudflare_load_balancer_monitor")
	if len(monitors) != 1 || !whole {
		h.Active = model.NotTold[bool](s.node, key, whyUnknown(v))
		return h
	}
	m := monitors[0].section()
	at, via := s.whence(key)
	h.Active = model.Set(s.node, key, at, true, model.Explicit, "", via...)
	kind := setting(m, "type", asLower)
	h.Conn.Protocol = turn(kind, spoken)
	h.Conn.TLS.Enabled = turn(kind, secured)
	h.Path, h.Expect = m.text("path"), m.text("expected_codes")
	h.Every, h.Conn.Read = m.duration("interval"), m.duration("timeout")
	if m.has("port") {
		h.Port = setting(m, "port", asWhole)
	}
	h.Fall = turn(m.whole("retries"), func(n int) int { return n + 1 })
	return h
}

// proxied is a DNS record that Cloudflare stands in front of.
func (b *builder) proxied(r *resource) {
	s := r.section()
	if !model.Is(s.flag("proxied"), true) {
		return
	}
	g := b.gateway(r, product(r, "cloudflare", cloudflareOutcomes()))
	l := b.edge(g, s, "name")
	p := pool(g, r.addr, s.node)
	e := &model.Endpoint{Pool: p, Node: s.node, Count: documented(s.node, "", 1, "one record")}
	for _, attr := range []string{"content", "value"} {
		if !s.has(attr) {
			continue
		}
		e.Addr = turn(s.text(attr), func(host string) model.Addr { return model.Addr{Host: host} })
		if lbs, whole := s.references(attr, "aws_lb", "aws_alb", "aws_elb"); len(lbs) == 1 && whole {
			e.Place = b.placeOf(lbs[0])
			b.judgeInternal(s, attr, lbs[0], model.Outcome{})
		}
	}
	p.Endpoints = []*model.Endpoint{e}
	b.encrypt(hop(route(l, s.node, ""), s.node, p), s, e)
}

// encrypt tells whether Cloudflare speaks TLS to the origin of a record, by
// the SSL mode of the zone: Flexible asks port 80, Full and Full (Strict) ask
// 443 (Error 521).
func (b *builder) encrypt(h *model.Hop, s *section, e *model.Endpoint) {
	b.edgeHop(h, s)
	mode := b.sslMode()
	if !mode.Known() {
		return
	}
	h.Conn.TLS.Enabled = turn(mode, func(m string) bool { return m != "off" && m != "flexible" })
	h.Conn.TLS.Verify = turn(mode, func(m string) bool { return m == "strict" || m == "origin_pull" })
	h.Conn.TLS.Roots = documented(s.node, "", "", "public authorities, and Cloudflare's own for origins")
	port := 80
	if h.Conn.TLS.Enabled.V {
		port = 443
	}
	if e.Place != nil {
		e.Addr = turn(mode, func(string) model.Addr { return model.Addr{Port: port} })
	} else if e.Addr.Known() {
		host := e.Addr.V.Host
		e.Addr = turn(e.Addr, func(model.Addr) model.Addr { return model.Addr{Host: host, Port: port} })
	}
}

// sslMode is the SSL mode of the zone, where the files set it for one zone.
func (b *builder) sslMode() (mode model.Value[string]) {
	number := 0
	for _, r := range b.graph.of("cloudflare_zone_settings_override") {
		for _, s := range r.section().blocks("settings") {
			if s.has("ssl") {
				mode, number = s.text("ssl"), number+1
			}
		}
	}
	for _, r := range b.graph.of("cloudflare_zone_setting") {
		if s := r.section(); model.Is(s.text("setting_id"), "ssl") {
			mode, number = s.text("value"), number+1
		}
	}
	if number != 1 {
		return model.Value[string]{}
	}
	return mode
}

// tunnel is cloudflared with its ingress rules: it connects to the services by
// names that mean something where it runs.
func (b *builder) tunnel(r *resource) {
	s := r.section()
	g := b.gateway(r, product(r, "cloudflared", nil))
	l, bind := listener(g, s.node)
	bind.Addr = model.NotTold[model.Addr](s.node, "", "it listens nowhere")
	c := s.sub("config")
	for _, kind := range []string{"ingress_rule", "ingress"} {
		b.judgeIngress(c.blocks(kind), c.more[kind])
		for _, in := range c.blocks(kind) {
			rt := route(l, in.node, in.text("hostname").V)
			service := in.text("service")
			scheme, rest, ok := strings.Cut(service.V, "://")
			if code, fixed := strings.CutPrefix(service.V, "http_status:"); fixed {
				rt.Reply = turn(service, func(string) model.Reply { n, _ := asWhole(code); return model.Reply{Status: n} })
				continue
			}
			p := pool(g, service.V, in.node)
			e := &model.Endpoint{Pool: p, Node: in.node, Count: documented(in.node, "", 1, "one service")}
			e.Addr = turn(service, func(string) model.Addr { return hostPort(rest, map[string]int{"http": 80, "https": 443}[scheme]) })
			p.Endpoints = []*model.Endpoint{e}
			h := hop(rt, in.node, p)
			if ok {
				h.Conn.Protocol = turn(service, func(string) string { return spoken(scheme) })
				h.Conn.TLS.Enabled = turn(service, func(string) bool { return scheme == "https" })
				h.Conn.TLS.Verify, h.Conn.TLS.Name = tunnelVerifies(c, in, service)
			}
		}
	}
}

// tunnelVerifies tells whether cloudflared looks at the certificate of a
// service, and for what name: that of the service, unless it is told one. With
// authorities of its own nothing is told.
func tunnelVerifies(config, rule *section, service model.Value[string]) (verify model.Value[bool], name model.Value[string]) {
	verify = documented(rule.node, "no_tls_verify", true, "cloudflared default")
	name = turn(service, func(s string) string {
		_, rest, _ := strings.Cut(s, "://")
		return hostPort(rest, 443).Host
	})
	for _, s := range []*section{config, rule} {
		o := s.sub("origin_request")
		if o.absent {
			if o.open != "" {
				return model.NotTold[bool](s.node, "origin_request", o.open), name
			}
			continue
		}
		if o.has("no_tls_verify") {
			verify = turn(o.flag("no_tls_verify"), func(off bool) bool { return !off })
		}
		if o.has("origin_server_name") {
			name = o.text("origin_server_name")
		}
		if o.has("ca_pool") || o.has("match_sni_to_host") || o.has("match_sn_ito_host") {
			return model.NotTold[bool](o.node, "ca_pool", "it has authorities or names of its own"), name
		}
	}
	return verify, name
}

// hostPort takes "host:port/path" apart.
func hostPort(s string, port int) model.Addr {
	s, _, _ = strings.Cut(s, "/")
	host := s
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		if n, ok := asPort(s[i+1:]); ok {
			host, port = s[:i], n
		}
	}
	return model.Addr{Host: strings.Trim(host, "[]"), Port: port}
}

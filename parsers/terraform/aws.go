package terraform

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// aws lowers load balancers, what is behind them, and CloudFront in front.
func (b *builder) aws() {
	b.ecs()
	b.instances()
	used := map[*resource]bool{}
	for _, r := range b.graph.of("aws_lb") {
		b.loadBalancer(r, used)
	}
	for _, r := range b.graph.of("aws_elb") {
		b.classic(r)
	}
	for _, r := range b.graph.of("aws_cloudfront_distribution") {
		b.cloudfront(r)
	}
	for _, r := range b.graph.of("aws_lb_target_group") {
		if !used[r] {
			b.groupAlone(r)
		}
	}
	b.apiGateway()
}

// addressed learns the DNS names that lead to load balancers.
func (b *builder) addressed() {
	learn := func(s *section, name string, targets []*resource) {
		v := s.text(name)
		if v.Known() && strings.Contains(v.V, ".") {
			for _, t := range targets {
				b.names[t] = append(b.names[t], strings.ToLower(strings.TrimSuffix(v.V, ".")))
			}
		}
	}
	const lb = "aws_lb"
	defer b.certifiedNames()
	for _, r := range b.graph.of("aws_route53_record") {
		s := r.section()
		for _, a := range s.blocks("alias") {
			to, _ := a.references("name", lb, "aws_alb", "aws_elb", "aws_cloudfront_distribution")
			learn(s, "name", to)
		}
		to, _ := s.references("records", lb, "aws_alb", "aws_elb", "aws_cloudfront_distribution")
		learn(s, "name", to)
	}
}

// certifiedNames takes a load balancer for what has a name when it alone has a
// certificate for that very name, and no record says otherwise.
func (b *builder) certifiedNames() {
	taken := map[string]bool{}
	for _, names := range b.names {
		for _, n := range names {
			taken[n] = true
		}
	}
	holders := map[string][]*resource{}
	for _, l := range b.graph.of("aws_lb_listener") {
		lb := balancer{builder: b}
		certs, _ := lb.certificates(l.section())
		to, _ := l.section().references("load_balancer_arn", "aws_lb", "aws_alb")
		for _, c := range certs {
			name := c.section().text("domain_name")
			if len(to) == 1 && name.Known() && !strings.Contains(name.V, "*") && !slices.Contains(holders[name.V], to[0]) {
				holders[name.V] = append(holders[name.V], to[0])
			}
		}
	}
	for name, lbs := range holders {
		if len(lbs) == 1 && !taken[strings.ToLower(name)] {
			b.names[lbs[0]] = append(b.names[lbs[0]], strings.ToLower(name))
		}
	}
	for _, names := range b.names {
		slices.Sort(names)
	}
}

// loadBalancer is an Application, Network or Gateway Load Balancer.
func (b *builder) loadBalancer(r *resource, used map[*resource]bool) {
	s := r.section()
	kind := s.text("load_balancer_type")
	p := product(r, "aws-alb", albOutcomes())
	switch {
	case model.Is(kind, "network"):
		p = product(r, "aws-nlb", nil)
	case model.Is(kind, "gateway"):
		p = product(r, "aws-gwlb", nil)
	case !kind.Known():
		p = product(r, "aws-lb", nil)
	}
	lb := balancer{builder: b, section: s, gateway: b.gateway(r, p), pools: map[*resource]*model.Pool{}, used: used}
	for _, l := range b.graph.of("aws_lb_listener") {
		if to, _ := l.section().references("load_balancer_arn", "aws_lb", "aws_alb"); slices.Contains(to, r) {
			lb.listen(l)
		}
	}
	if len(lb.gateway.Listeners) == 0 && p.Name == "aws-alb" {
		lb.listenUnseen()
	}
}

// listenUnseen supposes the ports that nearly every load balancer has, where
// its listeners are not among the files.
func (lb *balancer) listenUnseen() {
	const why = "its listeners are not among the files"
	n := lb.section.node
	l, bind := listener(lb.gateway, n)
	bind.Addr = model.Fallback(n, "port", model.Addr{Port: 443}, model.Assumed, why)
	plain := &model.Bind{Listener: l, Node: n, Addr: model.Fallback(n, "port", model.Addr{Port: 80}, model.Assumed, why)}
	l.Binds = append(l.Binds, plain)
	l.Idle = lb.section.duration("idle_timeout")
	p := pool(lb.gateway, "", n)
	elsewhere(p, why)
	lb.speak(hop(route(l, n, "?"), n, p), nil, lb.section)
}

// A balancer is one aws_lb being lowered.
type balancer struct {
	*builder
	section *section
	gateway *model.Gateway
	pools   map[*resource]*model.Pool
	used    map[*resource]bool
}

func (lb *balancer) tcp() bool {
	return lb.gateway.Product.Name == "aws-nlb" || lb.gateway.Product.Name == "aws-gwlb"
}

// listen lowers a listener: its rules by their priority, then its default.
func (lb *balancer) listen(r *resource) {
	s := r.section()
	l, bind := listener(lb.gateway, s.node)
	bind.Addr = anyHost(setting(s, "port", asPort))
	protocol := s.text("protocol")
	if !s.has("protocol") && !lb.tcp() {
		protocol = documented(s.node, "protocol", "HTTP", "AWS default")
	}
	lb.judgeListener(s, protocol)
	bind.Protocol = turn(protocol, spoken)
	bind.TLS.Enabled = turn(protocol, secured)
	bind.TLS.Cert = s.text("certificate_arn")
	bind.TLS.Signer = s.signer("certificate_arn")
	bind.TLS.Names = lb.certified(r)
	if !lb.tcp() {
		l.Idle = lb.section.duration("idle_timeout")
		l.MaxHead = documented(lb.section.node, "request header limit", int64(64<<10), "fixed, Quotas for your Application Load Balancers")
	}
	rules := lb.rules(r)
	lb.judgePriorities(rules)
	for _, rule := range rules {
		rs := rule.section()
		lb.act(route(l, rs.node, conditions(rs)), rs, rs.blocks("action"), s)
	}
	lb.act(route(l, s.node, ""), s, s.blocks("default_action"), s)
}

// certified are the names in the certificates of a listener: told when all of
// them are made by the files.
func (lb *balancer) certified(l *resource) model.Value[[]string] {
	s := l.section()
	const key = "certificate_arn"
	untold := model.NotTold[[]string](s.node, key, "a certificate is not made by the files")
	certs, whole := lb.certificates(s)
	if len(certs) == 0 || !whole {
		return untold
	}
	for _, more := range lb.graph.of("aws_lb_listener_certificate") {
		of, sure := more.section().references("listener_arn", "aws_lb_listener", "aws_alb_listener")
		if !sure || len(of) == 0 || slices.Contains(of, l) {
			others, whole := lb.certificates(more.section())
			if !whole || len(others) == 0 || !sure {
				return untold
			}
			certs = append(certs, others...)
		}
	}
	var names []string
	for _, c := range certs {
		name := c.section().text("domain_name")
		more, whole := c.section().texts("subject_alternative_names")
		if !name.Known() || !whole {
			return untold
		}
		names = append(append(names, name.V), more...)
	}
	at := certs[0].section().text("domain_name")
	if !at.Written() {
		return untold
	}
	return model.Set(at.Owner(), at.Key(), at.At(), names, at.Origin(), at.Why(), at.Via()...)
}

// certificates are those a setting names, by themselves or by what waits for
// them to be issued.
func (lb *balancer) certificates(s *section) (all []*resource, whole bool) {
	const key, validation = "certificate_arn", "aws_acm_certificate_validation"
	found, whole := s.references(key, "aws_acm_certificate", validation)
	for _, r := range found {
		if r.kind != validation {
			all = append(all, r)
			continue
		}
		of, sure := r.section().references(key, "aws_acm_certificate")
		all, whole = append(all, of...), whole && sure && len(of) > 0
	}
	return unique(all), whole
}

// spoken is a protocol of a listener or a target group in the words of the
// model.
func spoken(p string) string {
	switch strings.ToUpper(p) {
	case "HTTP", "HTTPS":
		return "http"
	case "HTTP2":
		return "h2"
	case "GRPC":
		return "grpc"
	case "UDP", "TCP_UDP":
		return "udp"
	}
	return "tcp"
}

func secured(p string) bool {
	p = strings.ToUpper(p)
	return p == "HTTPS" || p == "TLS" || p == "SSL"
}

// rules of a listener, those with a priority that can be told in its order.
func (lb *balancer) rules(l *resource) (all []*resource) {
	order := map[*resource]int{}
	for _, r := range lb.graph.of("aws_lb_listener_rule") {
		if to, _ := r.section().references("listener_arn", "aws_lb_listener", "aws_alb_listener"); slices.Contains(to, l) {
			p := r.section().whole("priority")
			order[r] = 1 << 20
			if p.Known() {
				order[r] = p.V
			}
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b *resource) int { return order[a] - order[b] })
	return all
}

// conditions are what a rule asks for, in a line.
func conditions(s *section) string {
	var all []string
	for _, c := range s.blocks("condition") {
		if field := c.text("field"); field.Known() { // up to 2.x of the provider
			values, _ := c.texts("values")
			all = append(all, field.V+" "+strings.Join(values, "|"))
		}
		for _, kind := range []string{"host_header", "path_pattern", "http_header", "http_request_method", "query_string", "source_ip"} {
			for _, k := range c.blocks(kind) {
				values, whole := k.texts("values")
				if !whole {
					values = append(values, "?")
				}
				all = append(all, strings.ReplaceAll(kind, "_", "-")+" "+strings.Join(values, "|"))
			}
		}
	}
	if len(all) == 0 {
		return "?"
	}
	return strings.Join(all, ", ")
}

// act lowers the last of the actions: authentication comes before it.
func (lb *balancer) act(r *model.Route, owner *section, actions []*section, l *section) {
	if len(actions) == 0 {
		return
	}
	slices.SortStableFunc(actions, func(a, b *section) int {
		x, y := a.whole("order"), b.whole("order")
		if !x.Known() || !y.Known() {
			return 0
		}
		return cmp.Compare(x.V, y.V)
	})
	for i := len(actions) - 1; i >= 0; i-- {
		a := actions[i]
		if kind := a.text("type"); kind.Known() && strings.HasPrefix(kind.V, "authenticate") || kind.V == "jwt-validation" {
			continue
		}
		lb.action(r, a, l)
		return
	}
}

func (lb *balancer) action(r *model.Route, a, l *section) {
	kind := a.text("type")
	switch {
	case model.Is(kind, "redirect"):
		r.Reply = reply(a.sub("redirect"), "status_code", func(s string) (int, bool) { return asWhole(strings.TrimPrefix(s, "HTTP_")) })
	case model.Is(kind, "fixed-response"):
		r.Reply = reply(a.sub("fixed_response"), "status_code", asWhole)
	default:
		for _, t := range lb.forwards(a) {
			lb.forward(r, t.section, t.attr, l)
		}
		if len(r.Hops) == 0 {
			p := pool(lb.gateway, "", a.node)
			elsewhere(p, whyUnknown(a.get("target_group_arn")))
			lb.speak(hop(r, a.node, p), nil, l)
		}
	}
}

func reply(s *section, name string, read func(string) (int, bool)) model.Value[model.Reply] {
	location := ""
	if host, path := s.text("host"), s.text("path"); host.Known() || path.Known() {
		location = host.V + path.V
	}
	return turn(setting(s, name, read), func(n int) model.Reply { return model.Reply{Status: n, Location: location} })
}

// A place in an action that names target groups.
type namer struct {
	section *section
	attr    string
}

// forwards are the places where target groups are named: one, or several with
// weights. A weight of 0 gets no requests.
func (lb *balancer) forwards(a *section) (all []namer) {
	for _, f := range a.blocks("forward") {
		for _, t := range f.blocks("target_group") {
			if w := t.whole("weight"); !model.Is(w, 0) {
				all = append(all, namer{t, "arn"})
			}
		}
	}
	if len(all) == 0 && a.has("target_group_arn") {
		all = []namer{{a, "target_group_arn"}}
	}
	return all
}

func (lb *balancer) forward(r *model.Route, s *section, attr string, l *section) {
	groups, _ := s.references(attr, "aws_lb_target_group", "aws_alb_target_group")
	for _, t := range groups {
		lb.used[t] = true
		if lb.pools[t] == nil {
			lb.pools[t] = lb.group(lb.gateway, t)
		}
		lb.judgeForward(t.section(), l)
		h := hop(r, s.node, lb.pools[t])
		lb.speak(h, t.section(), l)
		lb.admit(h, t)
	}
}

// admit tells whether the network lets requests and checks through to the
// targets: of the hop where there is one target, else of each.
func (lb *balancer) admit(h *model.Hop, group *resource) {
	targets := lb.targets[group]
	for i, t := range targets {
		e := h.Pool.Endpoints[i]
		allowed := lb.fire.admits(lb.section, t, t.port)
		e.Health.Conn.Allowed = lb.fire.admits(lb.section, t, healthPort(e.Health.Port, t.port))
		if len(targets) == 1 {
			h.Conn.Allowed = allowed
			return
		}
		c := h.Conn
		c.Allowed = allowed
		e.Conn = &c
	}
}

// speak is how a load balancer talks to the targets of a group.
func (lb *balancer) speak(h *model.Hop, group, listener *section) {
	s := lb.section
	c := &h.Conn
	if group != nil {
		c.Protocol = groupProtocol(group)
		c.TLS.Enabled = turn(group.text("protocol"), secured)
		c.Proxy = group.flag("proxy_protocol_v2")
	}
	if lb.tcp() {
		c.Tunnel = listener.duration("tcp_idle_timeout_seconds")
		if model.Is(listener.text("protocol"), "TLS") {
			c.Tunnel = documented(listener.node, "tcp idle timeout", 350*time.Second, "fixed on TLS listeners")
		}
		c.Idle = model.NotTold[time.Duration](s.node, "", "the client decides")
		return
	}
	c.Connect = documented(s.node, "connection timeout", 10*time.Second, "fixed, Troubleshoot your Application Load Balancers: HTTP 504")
	c.Read = s.duration("idle_timeout")
	c.Idle = c.Read
	once(h, s.node, "Troubleshoot your Application Load Balancers: HTTP 502")
	c.Head = documented(s.node, "response header limit", int64(32<<10), "fixed, Quotas for your Application Load Balancers")
	h.Host = documented(s.node, "Host", "client", "the load balancer keeps it")
	h.Logged = s.sub("access_logs").flag("enabled")
}

// once is a hop that tries one target, and answers when that fails.
func once(h *model.Hop, n *model.Node, page string) {
	h.Conn.Total = documented(n, "time of one exchange", model.Forever, "AWS has no such limit")
	h.Retry.Tries = documented(n, "tries", 1, page)
	h.Retry.On = documented(n, "retries", model.Event(0), page)
}

// groupProtocol is what is spoken to the targets.
func groupProtocol(group *section) model.Value[string] {
	if group.has("protocol_version") {
		if v := group.text("protocol_version"); !model.Is(v, "HTTP1") {
			return turn(v, func(s string) string { return spoken(s) })
		}
	}
	return turn(group.text("protocol"), spoken)
}

// group is a target group as a pool.
func (b *builder) group(g *model.Gateway, r *resource) *model.Pool {
	s := r.section()
	p := pool(g, r.local(), s.node)
	p.Drain = s.duration("deregistration_delay")
	p.Sticky = s.sub("stickiness").flag("enabled")
	health := b.groupHealth(s)
	for _, t := range b.targets[r] {
		e := t.endpoint(p, health)
		if !t.ported {
			t.port, t.ported = setting(s, "port", asPort), true
		}
		e.Addr = turn(t.port, func(n int) model.Addr { return model.Addr{Host: t.host, Port: n} })
		p.Endpoints = append(p.Endpoints, e)
	}
	if len(p.Endpoints) == 0 {
		elsewhere(p, "its targets are registered elsewhere")
		e := p.Endpoints[0]
		e.Health = health
		e.Place, e.Addr = b.likely(r)
	}
	return p
}

// likely is where the targets of a group are that is registered elsewhere: most
// likely they listen on its own port, and in the only container which has that
// port and which no service runs.
func (b *builder) likely(group *resource) (*model.Place, model.Value[model.Addr]) {
	port := setting(group.section(), "port", asPort)
	if !port.Known() {
		return nil, model.NotTold[model.Addr](group.section().node, "", "its targets are registered elsewhere")
	}
	assumed := func(why string) model.Value[model.Addr] {
		return model.Set(port.Owner(), port.Key(), port.At(), model.Addr{Port: port.V}, model.Assumed, why, port.Via()...)
	}
	if b.open == nil {
		b.open = map[int]int{}
		for _, r := range b.graph.of("aws_lb_target_group") {
			if p := setting(r.section(), "port", asPort); len(b.targets[r]) == 0 && p.Known() {
				b.open[p.V]++
			}
		}
	}
	if only := b.idle[port.V]; len(only) == 1 && b.open[port.V] == 1 {
		return only[0], assumed("if a service registers the only container that has this port")
	}
	return nil, assumed("if what is registered elsewhere listens on the port of the group")
}

// local is the address of a resource in its module: the same for all copies of
// the module, which share a text.
func (r *resource) local() string {
	at := strings.LastIndex("."+r.addr, "."+r.kind+".")
	return r.addr[max(at, 0):]
}

// endpoint is the target in a pool; its address is still to be told.
func (t *target) endpoint(p *model.Pool, health model.Health) *model.Endpoint {
	e := &model.Endpoint{Pool: p, Node: t.node, Place: t.place, Count: t.count, Kept: t.kept, Health: health}
	e.Health.Delay, e.Health.Replaces = t.delay, t.replaces
	e.Down = documented(t.node, "", false, "a registered target is asked")
	return e
}

func healthPort(check, traffic model.Value[int]) model.Value[int] {
	if model.Is(check, 0) {
		return traffic
	}
	return check
}

// groupHealth is the health check of a target group. Without a block the
// service's own defaults hold, which are not those of the block.
func (b *builder) groupHealth(s *section) (h model.Health) {
	c := s.sub("health_check")
	layer4 := slices.Contains([]string{"TCP", "TLS", "UDP", "TCP_UDP", "GENEVE"}, strings.ToUpper(s.text("protocol").V))
	lambda := model.Is(s.text("target_type"), "lambda")
	grpc := model.Is(s.text("protocol_version"), "GRPC")
	unsure := !s.text("protocol").Known() && !lambda
	h.Active = c.flag("enabled")
	if lambda && c.absent && c.open == "" {
		h.Active = documented(c.node, c.key("enabled"), false, "AWS default for lambda")
	}
	protocol := c.text("protocol")
	if c.absent && c.open == "" && !unsure {
		protocol = documented(c.node, c.key("protocol"), "HTTP", "AWS default: Health checks for your target groups")
		if layer4 {
			protocol = documented(c.node, c.key("protocol"), "TCP", "AWS default: Health checks for your target groups")
		}
	}
	h.Conn.Protocol = turn(protocol, spoken)
	h.Conn.TLS.Enabled = turn(protocol, secured)
	h.Port = setting(c, "port", func(s string) (int, bool) {
		if s == "traffic-port" {
			return 0, true
		}
		return asPort(s)
	})
	tcp := protocol.Known() && spoken(protocol.V) == "tcp"
	computed := func(name, value string) model.Value[string] {
		if v := c.get(name); !isNull(v) {
			return c.text(name)
		}
		if c.open != "" || unsure || !protocol.Known() {
			return model.NotTold[string](c.node, c.key(name), "it depends on what cannot be told")
		}
		return documented(c.node, c.key(name), value, "AWS default: Health checks for your target groups")
	}
	switch {
	case tcp:
		h.Path = documented(c.node, c.key("path"), "", "the check only connects")
	case grpc:
		h.Path, h.Expect = computed("path", "/AWS.ALB/healthcheck"), computed("matcher", "12")
	case layer4:
		h.Path, h.Expect = computed("path", "/"), computed("matcher", "200-399")
	default:
		h.Path, h.Expect = computed("path", "/"), computed("matcher", "200")
	}
	h.Every = c.duration("interval")
	timeout := "5"
	switch {
	case lambda:
		timeout = "30"
	case layer4 && protocol.V == "HTTP":
		timeout = "6"
	case layer4:
		timeout = "10"
	}
	h.Conn.Read = turn(computed("timeout", timeout), func(s string) time.Duration {
		n, _ := strconv.Atoi(s)
		return time.Duration(n) * time.Second
	})
	h.Rise, h.Fall = c.whole("healthy_threshold"), c.whole("unhealthy_threshold")
	return h
}

// groupAlone is a target group whose load balancer is not among the files.
func (b *builder) groupAlone(r *resource) {
	s := r.section()
	name, outcomes := "aws-alb", albOutcomes()
	switch protocol := s.text("protocol"); {
	case model.Is(s.text("target_type"), "lambda"):
	case !protocol.Known():
		name, outcomes = "aws-lb", nil
	case spoken(protocol.V) != "http":
		name, outcomes = "aws-nlb", nil
	}
	g := b.gateway(r, product(r, name, outcomes))
	const why = "its load balancer is not among the files"
	l, bind := listener(g, s.node)
	bind.Addr = model.NotTold[model.Addr](s.node, "", why)
	h := hop(route(l, s.node, "?"), s.node, b.group(g, r))
	h.Conn.Protocol = groupProtocol(s)
	h.Conn.TLS.Enabled = turn(s.text("protocol"), secured)
	h.Conn.Proxy = s.flag("proxy_protocol_v2")
	h.Conn.Read = model.NotTold[time.Duration](s.node, "idle_timeout", why)
	h.Conn.Idle = h.Conn.Read
	unseen := balancer{builder: b, section: &section{node: s.node, scope: s.scope, absent: true, open: why}}
	unseen.admit(h, r)
}

// classic is a Classic Load Balancer.
func (b *builder) classic(r *resource) {
	s := r.section()
	g := b.gateway(r, product(r, "aws-elb", elbOutcomes()))
	health := classicHealth(s.sub("health_check"))
	instances, whole := s.references("instances", "aws_instance")
	for _, a := range b.graph.of("aws_elb_attachment") {
		if to, _ := a.section().references("elb", "aws_elb"); slices.Contains(to, r) {
			more, _ := a.section().references("instance", "aws_instance")
			instances = append(instances, more...)
		}
	}
	for _, ls := range s.blocks("listener") {
		l, bind := listener(g, ls.node)
		protocol := ls.text("lb_protocol")
		bind.Addr = anyHost(setting(ls, "lb_port", asPort))
		bind.Protocol, bind.TLS.Enabled = turn(protocol, spoken), turn(protocol, secured)
		bind.TLS.Cert = ls.text("ssl_certificate_id")
		l.Idle = s.duration("idle_timeout")
		p := pool(g, r.local(), ls.node)
		p.Drain = classicDrain(s)
		port := setting(ls, "instance_port", asPort)
		for _, i := range instances {
			p.Endpoints = append(p.Endpoints, &model.Endpoint{Pool: p, Node: i.section().node, Place: b.placeOf(i), Addr: anyHost(port), Count: one(i), Health: health})
		}
		for _, t := range b.targets[r] {
			e := t.endpoint(p, health)
			e.Addr = anyHost(port)
			p.Endpoints = append(p.Endpoints, e)
		}
		if len(p.Endpoints) == 0 || !whole {
			elsewhere(p, "its instances are registered elsewhere")
			p.Endpoints[len(p.Endpoints)-1].Health = health
			p.Endpoints[len(p.Endpoints)-1].Addr = anyHost(port)
		}
		h := hop(route(l, ls.node, ""), ls.node, p)
		inner := ls.text("instance_protocol")
		h.Conn.Protocol, h.Conn.TLS.Enabled = turn(inner, spoken), turn(inner, secured)
		h.Conn.Read = s.duration("idle_timeout")
		h.Conn.Idle = h.Conn.Read
		once(h, s.node, "Troubleshoot a Classic Load Balancer: HTTP errors")
		h.Logged = s.sub("access_logs").flag("enabled")
	}
}

func classicDrain(s *section) model.Value[time.Duration] {
	on := s.flag("connection_draining")
	if model.Is(on, true) {
		return s.duration("connection_draining_timeout")
	}
	return turn(on, func(bool) time.Duration { return 0 })
}

// classicHealth reads "HTTP:8080/health", "TCP:80".
func classicHealth(s *section) (h model.Health) {
	h.Active = documented(s.node, s.key("target"), true, "a Classic Load Balancer always checks")
	target := s.text("target")
	parts := func(i int) func(string) string {
		return func(t string) string {
			protocol, rest, _ := strings.Cut(t, ":")
			port, p, found := strings.Cut(rest, "/")
			if found {
				p = "/" + p
			}
			return [...]string{protocol, port, p}[i]
		}
	}
	h.Conn.Protocol = turn(turn(target, parts(0)), spoken)
	h.Conn.TLS.Enabled = turn(turn(target, parts(0)), secured)
	h.Port = turn(turn(target, parts(1)), func(s string) int { n, _ := asPort(s); return n })
	h.Path = turn(target, parts(2))
	h.Every, h.Conn.Read = s.duration("interval"), s.duration("timeout")
	h.Rise, h.Fall = s.whole("healthy_threshold"), s.whole("unhealthy_threshold")
	return h
}

// one is the count of a server that is certainly one.
func one(r *resource) model.Value[int] {
	n := r.section().node
	if strings.HasSuffix(r.addr, "[?]") {
		return model.NotTold[int](n, "count", r.maybe)
	}
	return documented(n, "", 1, "one resource")
}

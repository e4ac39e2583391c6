package terraform

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/gwlint/gwlint/model"
)

// A firewall knows the security groups of a root and their rules.
type firewall struct {
	graph  *graph
	groups map[*resource]*securityGroup
	stray  bool // a rule may belong to any group
}

// A securityGroup with what it lets in and out.
type securityGroup struct {
	res     *resource
	in, out []rule
	open    string // why it may have more rules than are seen
	openOut string
}

// A rule of a security group.
type rule struct {
	from, to int // ports; from -1: all
	cidrs    []netip.Prefix
	peers    []*resource // groups
	self     bool
	loose    bool // it may let in more than can be told
}

const (
	no verdict = iota
	maybe
	yes
)

type verdict uint8

func newFirewall(g *graph) *firewall {
	f := &firewall{graph: g, groups: map[*resource]*securityGroup{}}
	for _, kind := range []string{"aws_security_group", "aws_default_security_group"} {
		for _, r := range g.of(kind) {
			f.groups[r] = group(r)
		}
	}
	for _, kind := range []string{"aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"} {
		for _, r := range g.of(kind) {
			f.attach(r)
		}
		if g.gone[kind] != "" {
			f.stray = true
		}
	}
	return f
}

func group(r *resource) *securityGroup {
	s := r.section()
	sg := &securityGroup{res: r}
	for _, k := range s.blocks("ingress") {
		sg.in = append(sg.in, ruleOf(k, "from_port", "to_port", "protocol"))
	}
	for _, k := range s.blocks("egress") {
		sg.out = append(sg.out, ruleOf(k, "from_port", "to_port", "protocol"))
	}
	sg.open, sg.openOut = s.more["ingress"], s.more["egress"]
	if s.node.Doubt() != "" {
		sg.open, sg.openOut = s.node.Doubt(), s.node.Doubt()
	}
	return sg
}

// attach gives a rule that is a resource of its own to its group.
func (f *firewall) attach(r *resource) {
	s := r.section()
	groups, whole := s.references("security_group_id", "aws_security_group", "aws_default_security_group")
	if !whole {
		if v := s.get("security_group_id"); hasMark(v, isUntold) || !hasMark(v, isReference) {
			f.stray = true
		}
	}
	kind := s.text("type")
	protocol := "ip_protocol"
	in, out := r.kind == "aws_vpc_security_group_ingress_rule", r.kind == "aws_vpc_security_group_egress_rule"
	if !in && !out {
		protocol = "protocol"
		in, out = !model.Is(kind, "egress"), !model.Is(kind, "ingress")
	}
	k := ruleOf(s, "from_port", "to_port", protocol)
	if s.node.Doubt() != "" || in && out {
		k.loose = true
	}
	for _, g := range groups {
		sg := f.groups[g]
		if in {
			sg.in = append(sg.in, k)
		}
		if out {
			sg.out = append(sg.out, k)
		}
	}
}

func ruleOf(s *section, from, to, protocol string) (k rule) {
	p := s.text(protocol)
	first, last := s.whole(from), s.whole(to)
	k.loose = s.node.Doubt() != ""
	switch protocol := strings.ToLower(p.V); {
	case !p.Known():
		k.loose = true
	case protocol == "-1" || protocol == "all":
		k.from, k.to = 0, 65535
	case protocol != "tcp" && protocol != "6":
		k.from, k.to = 1, 0 // none of ours
	case model.Is(first, -1):
		k.from, k.to = 0, 65535
	case !first.Known() || !last.Known():
		k.loose = true
	default:
		k.from, k.to = first.V, last.V
	}
	for _, name := range []string{"cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"} {
		all, whole := s.texts(name)
		k.loose = k.loose || !whole
		for _, c := range all {
			prefix, err := netip.ParsePrefix(c)
			if err != nil {
				k.loose = true
				continue
			}
			k.cidrs = append(k.cidrs, prefix)
		}
	}
	for _, name := range []string{"security_groups", "source_security_group_id", "referenced_security_group_id"} {
		peers, whole := s.references(name, "aws_security_group", "aws_default_security_group")
		k.peers, k.loose = append(k.peers, peers...), k.loose || !whole
	}
	for _, name := range []string{"prefix_list_ids", "prefix_list_id"} {
		if all, whole := s.texts(name); len(all) > 0 || !whole {
			k.loose = true
		}
	}
	k.self = model.Is(s.flag("self"), true)
	return k
}

// named are the groups that a setting names, all of them or none.
func (f *firewall) named(all []namer) (groups []*securityGroup, whole bool) {
	if len(all) == 0 {
		return nil, false
	}
	whole = true
	for _, n := range all {
		v := n.section.get(n.attr)
		if v == cty.NilVal || n.section.node.Doubt() != "" {
			return nil, false
		}
		refs, sure := n.section.references(n.attr, "aws_security_group", "aws_default_security_group")
		whole = whole && sure && len(refs) > 0
		for _, r := range refs {
			groups = append(groups, f.groups[r])
		}
	}
	return groups, whole
}

// admits tells whether the load balancer reaches the target on a port: by the
// rules of its own groups, and of those of the target. What cannot be told of
// any of them makes it unknown.
func (f *firewall) admits(lb *section, t *target, port model.Value[int]) model.Value[bool] {
	const key = "security_groups"
	untold := func(why string) model.Value[bool] { return model.NotTold[bool](lb.node, key, why) }
	if !port.Known() {
		return untold("the port cannot be told")
	}
	sources, sure := f.named([]namer{{lb, key}})
	targets, whole := f.named(t.groups)
	if len(sources) == 0 || len(targets) == 0 {
		if n := f.closed(targets, port.V); n != nil && whole && !f.stray {
			return model.Set(n, "ingress", n.Head(), false, model.Explicit, "no rule of "+addresses(targets)+" lets anybody in on port "+model.Plain(port.V))
		}
		return untold("its security groups are not among the files")
	}
	from, to := resources(sources), resources(targets)
	in := no
	for _, g := range targets {
		in = max(in, f.judge(g.in, g, port.V, from, lb))
		if g.open != "" {
			in = max(in, maybe)
		}
	}
	out := no
	for _, g := range sources {
		out = max(out, f.judge(g.out, g, port.V, to, nil))
		if g.openOut != "" {
			out = max(out, maybe)
		}
	}
	if f.stray || !whole || !sure {
		in, out = max(in, maybe), max(out, maybe)
	}
	at := func(g *securityGroup) *model.Node { return g.res.section().node }
	switch {
	case in == no:
		n := at(targets[0])
		return model.Set(n, "ingress", n.Head(), false, model.Explicit, "no rule of "+addresses(targets)+" lets "+addresses(sources)+" in on port "+model.Plain(port.V))
	case out == no:
		n := at(sources[0])
		return model.Set(n, "egress", n.Head(), false, model.Explicit, "no rule of "+addresses(sources)+" lets it out to "+addresses(targets)+" on port "+model.Plain(port.V))
	case in == yes && out == yes:
		return model.Set(at(targets[0]), "ingress", at(targets[0]).Head(), true, model.Explicit, "")
	}
	return untold("a rule cannot be told")
}

// closed is the first of some groups when they have rules and none is for a
// port, whoever comes; else nil.
func (f *firewall) closed(groups []*securityGroup, port int) *model.Node {
	for _, g := range groups {
		if g.open != "" || len(g.in) == 0 {
			return nil
		}
		for _, k := range g.in {
			if k.loose || port >= k.from && port <= k.to {
				return nil
			}
		}
	}
	if len(groups) == 0 {
		return nil
	}
	return groups[0].res.section().node
}

// judge asks rules about a port and the groups on the other side.
func (f *firewall) judge(rules []rule, own *securityGroup, port int, peers []*resource, lb *section) (v verdict) {
	for _, k := range rules {
		if !k.loose && (port < k.from || port > k.to) {
			continue
		}
		switch {
		case k.loose && (k.from == 0 && k.to == 0 || port >= k.from && port <= k.to):
			v = max(v, maybe)
		case k.loose:
			continue
		}
		if k.loose {
			continue
		}
		switch {
		case slices.ContainsFunc(k.peers, func(r *resource) bool { return slices.Contains(peers, r) }),
			k.self && slices.Contains(peers, own.res):
			v = yes
		case slices.ContainsFunc(k.cidrs, func(p netip.Prefix) bool { return p.Bits() == 0 && p.Addr().Is4() }):
			v = yes
		case len(k.cidrs) > 0:
			v = max(v, f.holds(k.cidrs, lb))
		}
	}
	return v
}

// holds tells whether networks hold the subnets of a load balancer.
func (f *firewall) holds(cidrs []netip.Prefix, lb *section) verdict {
	if lb == nil {
		return maybe
	}
	subnets, whole := lb.references("subnets", "aws_subnet")
	if !whole || len(subnets) == 0 {
		return maybe
	}
	in := 0
	for _, s := range subnets {
		text := s.section().text("cidr_block")
		p, err := netip.ParsePrefix(text.V)
		if !text.Known() || err != nil {
			return maybe
		}
		for _, c := range cidrs {
			switch {
			case c.Overlaps(p) && c.Bits() <= p.Bits():
				in++
			case c.Overlaps(p):
				return maybe
			default:
				continue
			}
			break
		}
	}
	switch in {
	case 0:
		return no
	case len(subnets):
		return yes
	}
	return maybe
}

func resources(all []*securityGroup) (out []*resource) {
	for _, g := range all {
		out = append(out, g.res)
	}
	return out
}

func addresses(all []*securityGroup) string {
	var names []string
	for _, g := range all {
		names = append(names, g.res.addr)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

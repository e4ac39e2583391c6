package terraform

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// managed tells whether the network security group of an Application Gateway's
// subnet lets Azure in on the ports by which it manages the gateway and learns
// of the health of its backends: 65200-65535 of v2, 65503-65534 of v1
// (Application Gateway infrastructure configuration).
func (b *builder) managed(gateway *section, v2 model.Value[bool]) model.Value[bool] {
	const key = "security_rule"
	untold := func(why string) model.Value[bool] { return model.NotTold[bool](gateway.node, key, why) }
	if !v2.Known() {
		return untold("its version cannot be told")
	}
	first, last, ports := 65200, 65535, "65200-65535"
	if !v2.V {
		first, last, ports = 65503, 65534, "65503-65534"
	}
	group := b.subnetGroup(gateway)
	if group == nil {
		return untold("the security group of its subnet is not told")
	}
	rules, whole := b.groupRules(group)
	if !whole {
		return untold("the rules of " + group.addr + " cannot be told")
	}
	for _, r := range rules {
		switch covers := r.about(first, last); {
		case covers == no:
			continue
		case covers == maybe, r.allow:
			return untold(r.at.String() + " may let it in")
		}
		break // a rule that refuses, before any that admits
	}
	n := group.section().node
	return model.Set(n, key, n.Head(), false, model.Explicit, "no rule of "+group.addr+" lets GatewayManager in on ports "+ports)
}

// subnetGroup is the network security group of the subnet of a gateway; nil
// when it is not told.
func (b *builder) subnetGroup(gateway *section) *resource {
	const kind = "azurerm_network_security_group"
	for _, ip := range gateway.blocks("gateway_ip_configuration") {
		subnet := b.same(ip, "subnet_id", "azurerm_subnet")
		if subnet == "" {
			continue
		}
		for _, r := range b.graph.of("azurerm_subnet_network_security_group_association") {
			s := r.section()
			if s.node.Doubt() != "" || b.same(s, "subnet_id", "azurerm_subnet") != subnet {
				continue
			}
			if groups, whole := s.references("network_security_group_id", kind); len(groups) == 1 && whole {
				return groups[0]
			}
		}
	}
	return nil
}

// same is a text that is the same for two settings that certainly have the
// same value: the resource they name, else what is written, in one module.
func (b *builder) same(s *section, name string, kind string) string {
	if all, whole := s.references(name, kind); len(all) == 1 && whole {
		return all[0].addr
	}
	if text, known := asText(s.get(name)); known {
		return text
	}
	at, _ := s.whence(name)
	if text := at.Text(); strings.HasPrefix(text, "var.") && !strings.ContainsAny(text, "[(?") {
		return s.scope.path + " " + text
	}
	return ""
}

// A groupRule is an inbound rule of a network security group.
type groupRule struct {
	priority int
	allow    bool
	section  *section
	at       model.Span
}

// groupRules are the inbound rules of a group in the order in which they
// count; whole is false when there may be others, or one cannot be told.
func (b *builder) groupRules(group *resource) (all []groupRule, whole bool) {
	const single = "azurerm_network_security_rule"
	s := group.section()
	if s.node.Doubt() != "" || s.more["security_rule"] != "" || b.graph.gone[single] != "" {
		return nil, false
	}
	found := slices.Clone(s.blocks("security_rule"))
	for _, r := range b.graph.of(single) {
		rs := r.section()
		if groups, sure := rs.references("network_security_group_name", group.kind); slices.Contains(groups, group) {
			found = append(found, rs)
		} else if name := rs.text("network_security_group_name"); !sure && (!name.Known() || model.Is(s.text("name"), name.V)) {
			return nil, false
		}
	}
	for _, k := range found {
		priority, direction, access := k.whole("priority"), k.text("direction"), k.text("access")
		if k.node.Doubt() != "" || !priority.Known() || !direction.Known() || !access.Known() {
			return nil, false
		}
		if strings.EqualFold(direction.V, "Inbound") {
			all = append(all, groupRule{priority.V, strings.EqualFold(access.V, "Allow"), k, k.node.Head()})
		}
	}
	slices.SortStableFunc(all, func(a, b groupRule) int { return cmp.Compare(a.priority, b.priority) })
	return all, true
}

// about tells whether a rule is about TCP from GatewayManager to the ports: yes
// when to all of them, maybe when to some, or when it cannot be told.
func (r groupRule) about(first, last int) verdict {
	s := r.section
	protocol := setting(s, "protocol", asLower)
	switch {
	case !protocol.Known():
		return maybe
	case protocol.V != "*" && protocol.V != "tcp":
		return no
	}
	v := no
	for _, name := range []string{"source_address_prefix", "source_address_prefixes"} {
		all, known := s.texts(name)
		if !known {
			return maybe
		}
		for _, from := range all {
			switch strings.ToLower(from) {
			case "*", "internet", "gatewaymanager", "any", "0.0.0.0/0":
				v = yes
			case "azurecloud":
				v = max(v, maybe)
			}
		}
	}
	if v == no {
		return no
	}
	in := no
	for _, name := range []string{"destination_port_range", "destination_port_ranges"} {
		all, known := s.texts(name)
		if !known {
			return maybe
		}
		for _, ports := range all {
			switch {
			case ports == "*", holdsPort(ports, first) && holdsPort(ports, last):
				in = yes
			case holdsPort(ports, first), holdsPort(ports, last), strings.Contains(ports, "-") && overlaps(ports, first, last):
				in = max(in, maybe)
			}
		}
	}
	return min(v, in)
}

// overlaps reports whether a range of ports has one between first and last.
func overlaps(ports string, first, last int) bool {
	from, to, _ := strings.Cut(ports, "-")
	low, ok := asWhole(strings.TrimSpace(from))
	high, also := asWhole(strings.TrimSpace(to))
	return ok && also && low <= last && high >= first
}

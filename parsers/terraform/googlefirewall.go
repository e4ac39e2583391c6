package terraform

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/gwlint/gwlint/model"
)

// What Google's proxies and health checks come from, and what the checks of
// network load balancers with target pools came from: Request distribution,
// Health checks overview.
var (
	googleProbes = []netip.Prefix{netip.MustParsePrefix("35.191.0.0/16"), netip.MustParsePrefix("130.211.0.0/22")}
	legacyProbes = []netip.Prefix{netip.MustParsePrefix("209.85.152.0/22"), netip.MustParsePrefix("209.85.204.0/22")}
)

// probed tells whether the firewall rules among the files let the health check
// of a backend service in. A rule that may do so makes it unknown, and so does
// the absence of rules that are about the same network, or that name ranges
// which only the checks of other load balancers have.
func (b *builder) probed(service *section, h model.Health) model.Value[bool] {
	const key = "source_ranges"
	untold := func(why string) model.Value[bool] { return model.NotTold[bool](service.node, key, why) }
	if !model.Is(h.Active, true) || !model.Over(h.Port, 0) || !proxying(service) {
		return untold("the port cannot be told")
	}
	for _, kind := range []string{"google_compute_firewall_policy_rule", "google_compute_network_firewall_policy_rule", "google_compute_region_network_firewall_policy_rule"} {
		if len(b.graph.of(kind)) > 0 {
			return untold("firewall policies may let it in")
		}
	}
	if b.graph.gone["google_compute_firewall"] != "" || b.untold[needsInit] > 0 {
		return untold("a module that is not installed may let it in")
	}
	networks := b.networks(service)
	var denied *section
	for _, r := range b.graph.of("google_compute_firewall") {
		s := r.section()
		if model.Is(s.text("direction"), "EGRESS") || model.Is(s.flag("disabled"), true) {
			continue
		}
		covers := permits(s, h.Port.V)
		ranges, known := s.ranges(key)
		switch about := s.network("network"); {
		case covers == no:
			continue
		case covers == maybe, !known, s.node.Doubt() != "":
			return untold("a rule of " + r.addr + " cannot be told")
		case len(ranges) == 0 && s.get("source_tags") == cty.NilVal && s.get("source_service_accounts") == cty.NilVal:
			return untold(r.addr + " lets everybody in")
		case slices.ContainsFunc(googleProbes, func(p netip.Prefix) bool {
			return slices.ContainsFunc(ranges, func(r netip.Prefix) bool { return r.Overlaps(p) })
		}):
			return untold(r.addr + " lets it in")
		case slices.ContainsFunc(ranges, func(r netip.Prefix) bool { return slices.Contains(legacyProbes, r) }),
			about != "" && slices.Contains(networks, about) && len(ranges) > 0 && denied == nil:
			denied = s
		}
	}
	if denied == nil {
		return untold("no rule is known to be about its network")
	}
	at, via := denied.whence(key)
	return model.Set(denied.node, denied.key(key), at, false, model.Explicit,
		"no rule lets Google's 35.191.0.0/16 and 130.211.0.0/22 in on port "+strconv.Itoa(h.Port.V), via...)
}

// permits tells whether a firewall rule allows a TCP port.
func permits(s *section, port int) verdict {
	v := no
	if s.more["allow"] != "" {
		v = maybe
	}
	for _, a := range s.blocks("allow") {
		protocol := setting(a, "protocol", asLower)
		ports, known := a.texts("ports")
		switch {
		case a.node.Doubt() != "" || !protocol.Known() || !known:
			v = max(v, maybe)
		case protocol.V != "tcp" && protocol.V != "6" && protocol.V != "all":
		case len(ports) == 0 || slices.ContainsFunc(ports, func(p string) bool { return holdsPort(p, port) }):
			v = yes
		}
	}
	return v
}

// holdsPort reports whether a port, or a range of them such as 8000-8100, holds
// one.
func holdsPort(ports string, port int) bool {
	first, last, two := strings.Cut(ports, "-")
	from, ok := asWhole(strings.TrimSpace(first))
	to := from
	if two {
		to, _ = asWhole(strings.TrimSpace(last))
	}
	return ok && from <= port && port <= to
}

// ranges are the networks of a setting.
func (sec *section) ranges(name string) (all []netip.Prefix, known bool) {
	texts, known := sec.texts(name)
	for _, t := range texts {
		p, err := netip.ParsePrefix(t)
		if err != nil {
			return nil, false
		}
		all = append(all, p)
	}
	return all, known
}

// network is what a setting names as one: the address of the resource, else
// the name; "" when it cannot be told.
func (sec *section) network(name string) string {
	if nets, whole := sec.references(name, "google_compute_network"); len(nets) == 1 && whole {
		return nets[0].addr
	}
	text, known := asText(sec.get(name))
	if !known {
		return ""
	}
	return text
}

// networks are those that the instances behind a backend service are in.
func (b *builder) networks(service *section) (all []string) {
	in := func(s *section) {
		for _, n := range s.blocks("network_interface") {
			if net := n.network("network"); net != "" {
				all = append(all, net)
			}
			for _, sub := range b.referenced(n, "subnetwork", "google_compute_subnetwork") {
				if net := sub.section().network("network"); net != "" {
					all = append(all, net)
				}
			}
		}
	}
	templates := []string{"google_compute_instance_template", "google_compute_region_instance_template"}
	for _, be := range service.blocks("backend") {
		for _, g := range b.referenced(be, "group", "google_compute_instance_group", "google_compute_instance_group_manager", "google_compute_region_instance_group_manager") {
			s := g.section()
			if net := s.network("network"); net != "" && s.get("network") != cty.NilVal {
				all = append(all, net)
			}
			for _, i := range b.referenced(s, "instances", "google_compute_instance") {
				in(i.section())
			}
			for _, v := range s.blocks("version") {
				for _, t := range b.referenced(v, "instance_template", templates...) {
					in(t.section())
				}
			}
		}
	}
	return all
}

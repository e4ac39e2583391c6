package terraform

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// judgeTargetType finds target groups that cannot hold the tasks of a service:
// a task with a network interface of its own is registered by its address, the
// others by their instance.
func (b *builder) judgeTargetType(task, group *resource) {
	mode, kind := task.section().text("network_mode"), group.section().text("target_type")
	switch {
	case model.Is(mode, "awsvpc") && model.Is(kind, "instance"):
	case (model.Is(mode, "bridge") || model.Is(mode, "host")) && model.Is(kind, "ip"):
	default:
		return
	}
	b.refuse("target-group-refused", fmt.Sprintf("%s of %s does not go with %s of %s", kind, group.local(), mode, task.local()),
		fmt.Sprintf("has target type %s, which is incompatible with the %s network mode specified in the task definition", kind.V, mode.V), kind, mode)
}

// judgeContainer finds a service that registers a container which its task
// does not have.
func (b *builder) judgeContainer(task *resource, name model.Value[string]) {
	containers, whole := b.containers(task)
	if !whole || len(containers) == 0 || task.maybe != "" {
		return
	}
	because := []model.Fact{name}
	var has []string
	for _, c := range containers {
		n := c.text("name")
		if !n.Known() || n.V == name.V {
			return
		}
		has, because = append(has, n.V), append(because, n)
	}
	b.refuse("container-undefined", fmt.Sprintf("%s is none of the containers of %s, which has %s", name, task.local(), strings.Join(has, ", ")),
		"The container "+name.V+" does not exist in the task definition", because...)
}

func (b *builder) refuse(rule, message, says string, because ...model.Fact) {
	b.findings = append(b.findings, model.Finding{Rule: rule, Message: message, Because: because,
		Outcome: model.RefusesToStart(says), When: "terraform apply"})
}

// judgeListener finds listeners that their load balancer does not have: of a
// protocol of the other kind, or for TLS without a certificate.
func (lb *balancer) judgeListener(s *section, protocol model.Value[string]) {
	kind := lb.section.text("load_balancer_type")
	if !protocol.Known() || !kind.Known() || kind.V == "gateway" {
		return
	}
	if http := spoken(protocol.V) == "http"; http != (kind.V == "application") {
		lb.refuse("target-group-refused", fmt.Sprintf("%s of %s is none of a load balancer of type %s", protocol, s.res.local(), kind.V), "", protocol, kind)
		return
	}
	if secured(protocol.V) && protocol.Written() && !s.has("certificate_arn") && s.node.Doubt() == "" {
		lb.refuse("bind-without-certificate", fmt.Sprintf("%s of %s wants a certificate, and certificate_arn is not set", protocol, s.res.local()), "CertificateNotFound", protocol, s.node)
	}
}

// judgeForward finds target groups that a listener does not take.
func (lb *balancer) judgeForward(group, listener *section) {
	protocol, kind := group.text("protocol"), lb.section.text("load_balancer_type")
	version, spokenTo := group.text("protocol_version"), listener.text("protocol")
	switch {
	case !protocol.Known() || !kind.Known() || kind.V == "gateway" || model.Is(group.text("target_type"), "lambda"):
	case (spoken(protocol.V) == "http") != (kind.V == "application"):
		lb.refuse("target-group-refused", fmt.Sprintf("%s of %s is none of a load balancer of type %s", protocol, group.res.local(), kind.V), "", protocol, kind)
	case model.Is(version, "GRPC") && kind.V == "application" && spokenTo.Known() && strings.EqualFold(spokenTo.V, "HTTP"):
		lb.refuse("target-group-refused", fmt.Sprintf("%s of %s only goes with HTTPS, and %s of %s is HTTP", version, group.res.local(), spokenTo.Key(), listener.res.local()), "", spokenTo, version)
	}
}

// judgePriorities finds rules of one listener, in the order of their
// priorities, that have the same one.
func (lb *balancer) judgePriorities(rules []*resource) {
	for i := 1; i < len(rules); i++ {
		a, b := rules[i-1].section().whole("priority"), rules[i].section().whole("priority")
		if !a.Known() || !b.Known() || a.V != b.V || rules[i-1].maybe != "" || rules[i].maybe != "" || !b.Written() || a.At() == b.At() {
			continue
		}
		lb.refuse("duplicate-priority", fmt.Sprintf("%s of %s is that of %s, a rule of the same listener", b, rules[i].local(), rules[i-1].local()),
			"PriorityInUse: Priority '"+fmt.Sprint(b.V)+"' is currently in use", b, a)
	}
}

// judgeInternal finds a load balancer which only its own network reaches, and
// that a CDN is sent to over the internet.
func (b *builder) judgeInternal(s *section, attr string, lb *resource, outcome model.Outcome) {
	internal := lb.section().flag("internal")
	if !model.Is(internal, true) || s.node.Doubt() != "" {
		return
	}
	at, _ := s.whence(attr)
	b.findings = append(b.findings, model.Finding{Rule: "unreachable-origin",
		Message: fmt.Sprintf("%s leads to %s over the internet, and that is in its own network alone: %s", s.key(attr), lb.local(), internal),
		Because: []model.Fact{model.Mark{Span: at, Text: "asked over the internet"}, internal}, Outcome: outcome, When: "every request"})
}

// judgeIngress finds a tunnel whose last rule does not take all that is left.
func (b *builder) judgeIngress(rules []*section, more string) {
	if len(rules) == 0 || more != "" {
		return
	}
	last := rules[len(rules)-1]
	for _, filter := range []string{"hostname", "path"} {
		v := last.text(filter)
		if last.has(filter) && model.Not(v, "") && last.node.Doubt() == "" {
			b.refuse("tunnel-without-rest", fmt.Sprintf("%s stands in the last rule of the tunnel, which has to take whatever is left", v),
				"The last ingress rule must match all URLs", v)
			return
		}
	}
}

// judgeServerless finds settings that a backend service of serverless backends
// does not take: they have no checks, and timeouts of their own.
func (b *builder) judgeServerless(s *section) {
	const rule = "serverless-setting-refused"
	const checks = "google_compute_health_check"
	if named, _ := s.references("health_checks", checks, "google_compute_region_health_check", "google_compute_http_health_check", "google_compute_https_health_check"); len(named) > 0 && s.node.Doubt() == "" {
		at, _ := s.whence("health_checks")
		b.refuse(rule, fmt.Sprintf("health_checks of %s, whose backends are serverless and have none", s.res.local()),
			"A backend service cannot have a healthcheck with Serverless network endpoint group backends", model.Mark{Span: at, Text: "a check"}, s.node)
	}
	if wait := s.whole("timeout_sec"); wait.Written() && wait.V != 30 && s.node.Doubt() == "" {
		b.refuse(rule, fmt.Sprintf("%s of %s, whose backends are serverless and end requests by themselves", wait, s.res.local()),
			"Timeout sec is not supported for a backend service with Serverless network endpoint groups", wait)
	}
}

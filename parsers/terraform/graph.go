package terraform

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// A graph is all resources of a root, in the order in which they are written.
type graph struct {
	all    []*resource
	byAddr map[string]*resource
	byKind map[string][]*resource
	gone   map[string]string      // kinds of which some copies are left out only by an assumption: the assumption
	copies map[string][]*resource // by addresses without keys
}

func newGraph() *graph {
	return &graph{byAddr: map[string]*resource{}, byKind: map[string][]*resource{}, gone: map[string]string{}, copies: map[string][]*resource{}}
}

// kinds are the resources that are lowered, or that these are linked by. The
// others are evaluated only where something refers to them.
func relevant(kind string) bool {
	switch provider, _, _ := strings.Cut(kind, "_"); provider {
	case "aws":
		return strings.HasPrefix(kind, "aws_lb") || strings.HasPrefix(kind, "aws_alb") || slices.Contains(awsKinds, kind)
	case "google":
		return strings.HasPrefix(kind, "google_compute_")
	case "azurerm", "cloudflare", "digitalocean", "oci", "hcloud":
		return true
	}
	return false
}

var awsKinds = []string{
	"aws_elb", "aws_elb_attachment", "aws_ecs_service", "aws_ecs_task_definition", "aws_autoscaling_group", "aws_autoscaling_attachment",
	"aws_autoscaling_traffic_source_attachment", "aws_launch_template", "aws_launch_configuration", "aws_instance", "aws_spot_instance_request",
	"aws_security_group", "aws_default_security_group", "aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule",
	"aws_subnet", "aws_vpc", "aws_cloudfront_distribution", "aws_cloudfront_origin_request_policy", "aws_route53_record", "aws_lambda_function",
	"aws_acm_certificate", "aws_iam_server_certificate", "aws_cloudfront_vpc_origin", "aws_eip",
	"aws_api_gateway_integration", "aws_apigatewayv2_api", "aws_apigatewayv2_integration", "aws_lambda_permission",
}

func (g *graph) add(r *resource) {
	g.all = append(g.all, r)
	g.byAddr[r.addr] = r
	if !r.data {
		g.byKind[canonical(r.kind)] = append(g.byKind[canonical(r.kind)], r)
	}
	base := r.addr
	if at := strings.LastIndexByte(r.addr, '['); at > 0 && strings.HasSuffix(r.addr, "]") {
		base = r.addr[:at]
		g.copies[base] = append(g.copies[base], r)
	}
	if all := stripped(r.addr); all != base { // plans name modules without keys
		g.copies[all] = append(g.copies[all], r)
	}
}

func canonical(kind string) string {
	if k, ok := aliases[kind]; ok {
		return k
	}
	return kind
}

// of are the resources of a kind.
func (g *graph) of(kind string) []*resource { return g.byKind[kind] }

// at is the resource of an address; all copies where it names none of them.
func (g *graph) at(addr string) []*resource {
	if r := g.byAddr[addr]; r != nil {
		return []*resource{r}
	}
	return g.copies[addr]
}

// collect expands all resources of an instance and of what it calls.
func (l *loader) collect(i *instance) {
	for _, b := range i.mod.resources {
		if b.kind.Text == "resource" && !relevant(b.label(0)) || b.kind.Text == "data" && !strings.HasPrefix(b.label(0), "aws_cloudfront_") {
			continue
		}
		x := i.resource(address(b))
		for _, r := range x.all {
			l.graph.add(r)
		}
		if len(x.all) == 0 && x.doubt != "" {
			l.graph.gone[canonical(b.label(0))] = x.doubt
		}
	}
	for _, call := range i.mod.calls {
		x := i.child(call.label(0))
		for _, c := range x.all {
			if c != nil {
				l.collect(c)
			} else {
				l.count(needsInit)
			}
		}
	}
}

// count notes what would have helped.
func (l *loader) count(help string) {
	if l.untold == nil {
		l.untold = map[string]int{}
	}
	l.untold[help]++
}

// unknowns counts a setting that cannot be told.
func (l *loader) unknowns(v cty.Value) {
	for _, help := range []string{needsInit, needsVariable} {
		for _, m := range marksOf(v) {
			if m.kind == isUntold && strings.HasPrefix(m.text, help) {
				l.count(help)
				return
			}
		}
	}
}

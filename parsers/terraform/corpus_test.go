package terraform

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// corpus is the tree of a folder of the shared data, and what is ours in it.
func corpus(t testing.TB, folder string) (*files.Tree, []string) {
	t.Helper()
	shared := os.Getenv("GWLINT_SHARED")
	if shared == "" {
		t.Skip("GWLINT_SHARED is not set")
	}
	return treeOf(t, filepath.Join(shared, "corpus", folder))
}

func treeOf(t testing.TB, dir string) (*files.Tree, []string) {
	t.Helper()
	tree, err := files.New(context.Background(), os.DirFS(dir), []string{"."}, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range tree.Names() {
		if (Parser{}).Detect(n, func() []byte { return tree.Head(n) }) {
			names = append(names, n)
		}
	}
	return tree, names
}

// looked are the settings of load balancers that rules read.
var looked = map[string][]string{
	"aws_lb":                         {"idle_timeout", "security_groups", "subnets", "load_balancer_type", "client_keep_alive", "preserve_host_header"},
	"aws_lb_listener":                {"load_balancer_arn", "port", "protocol", "certificate_arn"},
	"aws_lb_target_group":            {"port", "protocol", "target_type", "deregistration_delay", "slow_start", "vpc_id", "protocol_version"},
	"aws_lb_target_group_attachment": {"target_group_arn", "target_id", "port"},
	"aws_ecs_service":                {"task_definition", "desired_count", "health_check_grace_period_seconds", "launch_type", "deployment_minimum_healthy_percent"},
	"aws_autoscaling_group":          {"target_group_arns", "health_check_type", "min_size", "desired_capacity"},
	"aws_elb":                        {"idle_timeout", "connection_draining", "connection_draining_timeout"},
	"google_compute_backend_service": {"timeout_sec", "protocol", "port_name", "health_checks", "load_balancing_scheme", "connection_draining_timeout_sec"},
}

var lookedBlocks = map[string][]string{
	"aws_lb_target_group health_check":                        {"path", "port", "protocol", "matcher", "interval", "timeout", "healthy_threshold", "unhealthy_threshold", "enabled"},
	"aws_lb_listener default_action":                          {"type", "target_group_arn"},
	"aws_lb_listener_rule action":                             {"type", "target_group_arn"},
	"aws_ecs_service load_balancer":                           {"target_group_arn", "container_name", "container_port"},
	"azurerm_application_gateway backend_http_settings":       {"port", "protocol", "request_timeout", "probe_name", "pick_host_name_from_backend_address", "host_name"},
	"azurerm_application_gateway probe":                       {"path", "interval", "timeout", "unhealthy_threshold", "host"},
	"aws_cloudfront_distribution origin":                      {"domain_name", "origin_id"},
	"aws_cloudfront_distribution origin custom_origin_config": {"origin_protocol_policy", "origin_read_timeout", "origin_keepalive_timeout", "http_port", "https_port"},
	"google_compute_backend_service backend":                  {"group"},
}

type tally struct{ known, linked, unknown, null int }

func (c *tally) add(v cty.Value) {
	known, link := true, false
	each(v, func(v cty.Value) {
		if !plain(v).IsKnown() {
			known = false
		}
		link = link || hasMark(v, isReference)
	})
	switch {
	case known && plain(v).IsKnown() && plain(v).IsNull():
		c.null++
	case known:
		c.known++
	case link:
		c.linked++
	default:
		c.unknown++
	}
}

func TestCorpus(t *testing.T) {
	tree, names := corpus(t, "terraform")
	start := time.Now()
	roots := (Parser{}).Roots(tree, names, nil)
	parsed := time.Since(start)
	total, why := tally{}, map[string]int{}
	products, gateways, hops, endpoints, places := map[string]int{}, 0, 0, 0, 0
	rules := map[string]int{}
	for _, root := range roots {
		root.Place = &model.Place{}
		l := newLoader(tree, root.Place)
		l.directory(filepath.ToSlash(filepath.Dir(root.Paths[0])))
		count := func(s *section, name string) {
			v := s.get(name)
			if v == cty.NilVal {
				return
			}
			before := total.unknown
			total.add(v)
			if total.unknown > before {
				why[whyUnknown(v)]++
			}
		}
		for kind, attrs := range looked {
			for _, r := range l.graph.of(kind) {
				for _, a := range attrs {
					count(r.section(), a)
				}
			}
		}
		for key, attrs := range lookedBlocks {
			steps := strings.Fields(key)
			for _, r := range l.graph.of(steps[0]) {
				all := []*section{r.section()}
				for _, step := range steps[1:] {
					var next []*section
					for _, s := range all {
						next = append(next, s.blocks(step)...)
					}
					all = next
				}
				for _, s := range all {
					for _, a := range attrs {
						count(s, a)
					}
				}
			}
		}
		out := (Parser{}).Load(tree, root)
		for _, g := range out.Gateways {
			gateways++
			products[g.Product.Name]++
			for _, l := range g.Listeners {
				for h := range l.Hops() {
					hops++
					endpoints += len(h.Pool.Endpoints)
					if h.Pool.Gateway != g {
						t.Errorf("%s: a hop to a pool of another gateway", g.Name)
					}
				}
			}
		}
		for _, f := range out.Findings {
			rules[f.Rule]++
			if f.Rule != "syntax" {
				t.Log(f.Rule, f.Message, f.Because[0].Where())
			}
		}
		places += len(out.Places)
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	t.Logf("%d files, %d roots: parsed in %s, all in %s, %d MB in use, %d MB from the system", len(names), len(roots), parsed, time.Since(start), mem.HeapInuse>>20, mem.Sys>>20)
	t.Logf("values: %+v", total)
	t.Logf("%d gateways with %d hops to %d endpoints, %d places: %v; findings %v", gateways, hops, endpoints, places, products, rules)
	var reasons []string
	for w, n := range why {
		reasons = append(reasons, fmt.Sprintf("%4d %s", n, w))
	}
	sort.Sort(sort.Reverse(sort.StringSlice(reasons)))
	t.Log("unknown:\n" + strings.Join(reasons[:min(40, len(reasons))], "\n"))
	all := total.known + total.linked + total.unknown + total.null
	if share := float64(all-total.unknown) / float64(all); all < 3000 || share < 0.9 {
		t.Errorf("%.1f %% of %d values resolve", share*100, all)
	} else {
		t.Logf("%.1f %% of %d values resolve", share*100, all)
	}
}

func TestPlans(t *testing.T) {
	tree, names := corpus(t, "terraform-plan")
	if len(names) != 5 {
		t.Errorf("%d plans are recognised, not 5", len(names))
	}
	gateways, damaged := 0, 0
	for _, root := range (Parser{}).Roots(tree, names, nil) {
		root.Place = &model.Place{}
		out := (Parser{}).Load(tree, root)
		for _, g := range out.Gateways {
			gateways++
			t.Logf("%s: %s %s at %s, %d listeners", root.Paths[0], g.Product.Name, g.Name, g.Node.Span, len(g.Listeners))
			for _, l := range g.Listeners {
				for h := range l.Hops() {
					t.Log("   ", h.Conn.Read, "|", h.Pool.Name, h.Pool.Drain, "|", h.Pool.Endpoints[0].Health.Path)
				}
			}
		}
		for _, f := range out.Findings {
			t.Log(root.Paths[0], f.Rule, f.Message)
			if f.Rule == "syntax" {
				damaged++
			}
		}
	}
	if damaged != 1 || gateways < 3 {
		t.Errorf("%d gateways, %d plans are damaged", gateways, damaged)
	}
}

package terraform

import (
	"slices"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A target is what a target group sends requests to: a service's container, a
// group of instances, one instance, an address.
type target struct {
	node   *model.Node
	place  *model.Place
	host   string // of an address
	port   model.Value[int]
	ported bool // port is known to be asked of the target, not of the group
	count  model.Value[int]
	groups []namer // where its security groups are named; none is not told

	kept     model.Value[int]           // percent that serves during a deploy
	delay    model.Value[time.Duration] // a new one is not judged before
	replaces model.Value[bool]          // who fails the check is replaced
}

// ecs makes places of the containers of tasks, and targets of services.
func (b *builder) ecs() {
	served := map[*resource]bool{}
	for _, r := range b.graph.of("aws_ecs_service") {
		b.service(r, served)
	}
	for _, r := range b.graph.of("aws_ecs_task_definition") {
		if !served[r] {
			containers, _ := b.containers(r)
			for _, c := range containers {
				p := b.container(r, c)
				for _, port := range p.Exposed {
					if port.Known() {
						b.idle[port.V] = append(b.idle[port.V], p)
					}
				}
			}
		}
	}
}

// service registers the containers of a service with target groups.
func (b *builder) service(r *resource, served map[*resource]bool) {
	s := r.section()
	places := map[string]*model.Place{}
	var all []*model.Place
	tasks, _ := s.references("task_definition", "aws_ecs_task_definition")
	for _, task := range tasks {
		served[task] = true
		containers, _ := b.containers(task)
		for _, c := range containers {
			name := c.text("name")
			p := b.container(task, c)
			all = append(all, p)
			if len(tasks) == 1 && name.Known() {
				places[name.V] = p
			}
		}
	}
	count, kept := b.tasks(r), s.whole("deployment_minimum_healthy_percent")
	if controller := s.sub("deployment_controller"); controller.open != "" || !controller.absent && !model.Is(controller.text("type"), "ECS") {
		kept = model.NotTold[int](s.node, kept.Key(), "the deployment controller decides")
	}
	for _, lb := range s.blocks("load_balancer") {
		t := &target{node: lb.node, port: setting(lb, "container_port", asPort), ported: true, count: count, kept: kept}
		t.delay = s.duration("health_check_grace_period_seconds")
		t.replaces = documented(s.node, "", true, "ECS replaces tasks that fail the check of the load balancer")
		if name := lb.text("container_name"); name.Known() {
			t.place = places[name.V]
			if t.place == nil && len(tasks) == 1 {
				b.judgeContainer(tasks[0], name)
			}
		} else if only := listening(all, t.port); len(tasks) == 1 && len(only) == 1 {
			t.place = only[0]
		}
		if t.place == nil {
			t.place = b.placeOf(r)
		}
		for _, n := range s.blocks("network_configuration") {
			t.groups = append(t.groups, namer{n, "security_groups"})
		}
		groups, _ := lb.references("target_group_arn", "aws_lb_target_group", "aws_alb_target_group")
		if classic, _ := lb.references("elb_name", "aws_elb"); len(classic) > 0 {
			groups = append(groups, classic...)
		}
		if a := lb.sub("advanced_configuration"); !a.absent { // blue and green
			more, _ := a.references("alternate_target_group_arn", "aws_lb_target_group", "aws_alb_target_group")
			groups = append(groups, more...)
		}
		for _, g := range groups {
			b.targets[g] = append(b.targets[g], t)
			if len(tasks) == 1 && g.kind != "aws_elb" {
				b.judgeTargetType(tasks[0], g)
			}
		}
	}
}

// listening are the containers that have a port.
func listening(all []*model.Place, port model.Value[int]) []*model.Place {
	return slices.DeleteFunc(slices.Clone(all), func(p *model.Place) bool {
		return !port.Known() || !slices.ContainsFunc(p.Exposed, func(e model.Value[int]) bool { return model.Is(e, port.V) })
	})
}

// tasks is how many a service runs; not told where something else changes it.
func (b *builder) tasks(r *resource) model.Value[int] {
	s := r.section()
	count := s.whole("desired_count")
	untold := func(why string) model.Value[int] { return model.NotTold[int](s.node, count.Key(), why) }
	if !model.Is(s.text("scheduling_strategy"), "REPLICA") {
		return untold("it runs on every instance")
	}
	if leaves(s.node, "desired_count") {
		return untold("it is changed elsewhere")
	}
	for _, a := range b.graph.of("aws_appautoscaling_target") {
		if to, whole := a.section().references("resource_id", "aws_ecs_service"); !whole || len(to) == 0 || slices.Contains(to, r) {
			return untold("it is scaled")
		}
	}
	return count
}

// leaves reports whether Terraform leaves an argument alone once it is made.
func leaves(n *model.Node, argument string) bool {
	for _, l := range n.All("lifecycle") {
		if i := l.Find("ignore_changes"); i != nil && (strings.Contains(i.Arg(0), argument) || i.Arg(0) == "all") {
			return true
		}
	}
	return false
}

// instances makes targets of instances and groups of them.
func (b *builder) instances() {
	const group, alias = "aws_lb_target_group", "aws_alb_target_group"
	for _, r := range b.graph.of("aws_lb_target_group_attachment") {
		s := r.section()
		groups, _ := s.references("target_group_arn", group, alias)
		t := &target{node: s.node, count: one(r)}
		if s.has("port") {
			t.port, t.ported = setting(s, "port", asPort), true
		}
		to, _ := s.references("target_id", "aws_instance", "aws_spot_instance_request", "aws_lb", "aws_alb", "aws_lambda_function")
		switch id := s.text("target_id"); {
		case len(to) == 1:
			t.place = b.placeOf(to[0])
			if to[0].kind == "aws_instance" {
				t.groups = instanceGroups(to[0].section())
			}
		case id.Known():
			t.host = id.V
			if strings.HasPrefix(id.V, "i-") || strings.HasPrefix(id.V, "arn:") {
				t.host = ""
			}
		}
		for _, g := range groups {
			b.targets[g] = append(b.targets[g], t)
		}
	}
	for _, r := range b.graph.of("aws_autoscaling_group") {
		b.scaling(r)
	}
}

func instanceGroups(s *section) (all []namer) {
	for _, name := range []string{"vpc_security_group_ids", "security_groups"} {
		if s.has(name) {
			all = append(all, namer{s, name})
		}
	}
	for _, n := range s.blocks("network_interfaces") {
		all = append(all, namer{n, "security_groups"})
	}
	return all
}

// scaling registers the instances of a group with what it names, and with what
// attachments name.
func (b *builder) scaling(r *resource) {
	s := r.section()
	const group, alias = "aws_lb_target_group", "aws_alb_target_group"
	to, _ := s.references("target_group_arns", group, alias)
	classic, _ := s.references("load_balancers", "aws_elb")
	to = append(to, classic...)
	for _, t := range s.blocks("traffic_source") {
		more, _ := t.references("identifier", group, alias, "aws_elb")
		to = append(to, more...)
	}
	for _, a := range b.graph.of("aws_autoscaling_attachment") {
		as := a.section()
		if of, _ := as.references("autoscaling_group_name", "aws_autoscaling_group"); slices.Contains(of, r) {
			for _, name := range []string{"lb_target_group_arn", "alb_target_group_arn", "elb"} {
				more, _ := as.references(name, group, alias, "aws_elb")
				to = append(to, more...)
			}
		}
	}
	for _, a := range b.graph.of("aws_autoscaling_traffic_source_attachment") {
		as := a.section()
		if of, _ := as.references("autoscaling_group_name", "aws_autoscaling_group"); slices.Contains(of, r) {
			for _, t := range as.blocks("traffic_source") {
				more, _ := t.references("identifier", group, alias, "aws_elb")
				to = append(to, more...)
			}
		}
	}
	if len(to) == 0 {
		return
	}
	t := &target{node: s.node, place: b.placeOf(r), count: s.whole("desired_capacity"), delay: s.duration("health_check_grace_period")}
	if !s.has("desired_capacity") {
		t.count = s.whole("min_size")
	}
	if !model.AtLeast(t.count, s.whole("max_size")) {
		t.count = model.NotTold[int](s.node, t.count.Key(), "it is scaled")
	}
	t.replaces = turn(s.text("health_check_type"), func(kinds string) bool { return strings.Contains(kinds, "ELB") })
	launch, _ := s.references("launch_configuration", "aws_launch_configuration")
	for _, l := range append(s.blocks("launch_template"), s.sub("mixed_instances_policy").sub("launch_template").blocks("launch_template_specification")...) {
		for _, name := range []string{"id", "name", "launch_template_id", "launch_template_name"} {
			more, _ := l.references(name, "aws_launch_template")
			launch = append(launch, more...)
		}
	}
	for _, l := range launch {
		t.groups = append(t.groups, instanceGroups(l.section())...)
	}
	for _, g := range unique(to) {
		b.targets[g] = append(b.targets[g], t)
	}
}

func unique(all []*resource) (out []*resource) {
	for _, r := range all {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

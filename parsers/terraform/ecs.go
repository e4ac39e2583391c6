package terraform

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

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
				b.container(r, c)
			}
		}
	}
}

// service registers the containers of a service with target groups.
func (b *builder) service(r *resource, served map[*resource]bool) {
	s := r.section()
	places := map[string]*model.Place{}
	tasks, _ := s.references("task_definition", "aws_ecs_task_definition")
	for _, task := range tasks {
		served[task] = true
		containers, _ := b.containers(task)
		for _, c := range containers {
			name := c.text("name")
			p := b.container(task, c)
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
		}
	}
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

// containers are the definitions in a task: as they are written where
// jsonencode writes them, else as the text says that arrives.
func (b *builder) containers(task *resource) (all []*section, whole bool) {
	s := task.section()
	const name = "container_definitions"
	a := s.attribute(name)
	if a == nil || s.scope == nil {
		v := s.get(name)
		if v == cty.NilVal {
			return nil, true
		}
		return s.decoded(name, v)
	}
	if all, ok := s.subs[name]; ok {
		return all, s.more[name] == ""
	}
	from, _ := s.scope.trace(a.expr)
	if call, ok := from.expr.(*hclsyntax.FunctionCallExpr); ok && call.Name == "jsonencode" && len(call.Args) == 1 {
		inner, _ := from.scope.trace(call.Args[0])
		all = from.scope.objects(s, name, &attribute{name: a.name, expr: inner.expr, span: a.span}, inner.scope)
		s.subs[name] = all
		return all, s.more[name] == ""
	}
	v, ok := from.scope.render(from.expr)
	if !ok {
		v = s.scope.eval(a.expr)
	}
	return s.decoded(name, v)
}

// decoded are the sections of a JSON text, gaps in it unknown.
func (sec *section) decoded(name string, v cty.Value) ([]*section, bool) {
	text, ok := asText(v)
	if !ok {
		sec.more[name] = whyUnknown(v)
		return nil, false
	}
	decoded, err := jsonDecodeFunc.Call([]cty.Value{cty.StringVal(text)})
	if err != nil {
		sec.more[name] = "it is no JSON"
		return nil, false
	}
	sec.subs[name] = sec.members(name, decoded, sec.node)
	return sec.subs[name], sec.more[name] == ""
}

// attribute of the section, nil where it is none or where there is no text.
func (sec *section) attribute(name string) *attribute {
	if sec.body == nil {
		return nil
	}
	return sec.body.attr(name)
}

// container is one container of a task as a place.
func (b *builder) container(task *resource, c *section) *model.Place {
	p := &model.Place{Name: task.addr, Node: c.node, Env: map[string]model.Value[string]{}, Versions: map[string]model.Versions{}}
	if name := c.text("name"); name.Known() {
		p.Name += " container " + name.V
		p.Names = []string{name.V}
	}
	for _, m := range c.blocks("portMappings") {
		inner := setting(m, "containerPort", asPort)
		if outer := m.whole("hostPort"); inner.Known() && outer.Known() {
			p.Ports = append(p.Ports, model.Port{Outer: outer.V, Inner: inner.V})
		} else if inner.Known() {
			p.Ports = append(p.Ports, model.Port{Outer: inner.V, Inner: inner.V})
		}
		p.Exposed = append(p.Exposed, inner)
	}
	p.Command = c.command()
	for _, e := range c.blocks("environment") {
		if name := e.text("name"); name.Known() {
			if secretName(name.V) {
				p.Env[name.V] = model.NotTold[string](e.node, name.V, "it is sensitive")
			} else {
				p.Env[name.V] = e.text("value")
			}
		}
	}
	p.Kill = c.duration("stopTimeout")
	if !c.has("stopTimeout") {
		p.Kill = documented(c.node, c.key("stopTimeout"), 30*time.Second, "AWS default")
	}
	if image := c.text("image"); image.Known() {
		if product, version := imageOf(image.V); version != "" {
			p.Versions[product] = model.VersionsOf(version, model.Explicit, "image tag", image.At())
		}
	}
	b.out.Places = append(b.out.Places, p)
	return p
}

// imageOf is the product of an image, and its tag.
func imageOf(image string) (product, version string) {
	image, _, _ = strings.Cut(image, "@")
	name := path.Base(image)
	product, version, _ = strings.Cut(name, ":")
	return product, version
}

// command is the entry point and the command of a container, when both are
// known; that of the image when neither is written.
func (sec *section) command() model.Value[[]string] {
	var words []string
	at, written := model.Span{}, false
	for _, name := range []string{"entryPoint", "command"} {
		v := sec.get(name)
		if isNull(v) {
			continue
		}
		part, whole := sec.texts(name)
		if !whole || hasMark(v, isSensitive) || slices.ContainsFunc(part, secretName) {
			return model.NotTold[[]string](sec.node, sec.key(name), whyUnknown(v))
		}
		words, written = append(words, part...), true
		at, _ = sec.whence(name)
	}
	if !written {
		return model.NotTold[[]string](sec.node, sec.key("command"), "that of the image")
	}
	return model.Set(sec.node, sec.key("command"), at, words, model.Explicit, "")
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

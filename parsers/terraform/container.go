package terraform

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/image"
)

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
	b.image(c, p)
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
	b.out.Places = append(b.out.Places, p)
	return p
}

// image says of a place what its container's image and command are. An image
// that nobody knows is that of the Dockerfile which most likely makes it.
func (b *builder) image(c *section, p *model.Place) {
	p.Image = c.text("image")
	var entry, cmd []model.Word
	if file := b.dockerfile(c, p); file != nil {
		m := image.Read(file.src, "")
		m.Within(b.tree, path.Dir(file.name))
		for _, k := range slices.Backward(m.Copies) { // of two copies to one path the last stays
			p.Mounts = append(p.Mounts, model.Mount{From: k.From, To: k.To, Copy: true})
		}
		doubtful := *c.node
		doubtful.Maybe = "if " + b.tree.Display(file.name) + " makes its image"
		image.Describe(p, &doubtful, m)
		p.Whole = model.NotTold[bool](c.node, "image", doubtful.Maybe)
		entry, cmd = m.Entrypoint, m.Cmd
	} else if p.Image.Known() {
		ref := image.Parse(p.Image.V)
		if v := ref.Versions(p.Image.At()); v.Origin != model.Unknown {
			p.Versions[ref.Product()] = v
		}
	}
	own, ok := c.words("entryPoint")
	if own != nil {
		entry, cmd = own, nil
	}
	args, known := c.words("command")
	if args != nil {
		cmd = args
	}
	switch {
	case !ok || !known:
		p.Words, p.Command = nil, model.NotTold[[]string](c.node, c.key("command"), "it cannot be told")
	case own != nil || args != nil:
		image.Command(p, c.node, slices.Concat(entry, cmd), func(string) (string, bool) { return "", false })
	case len(p.Words) == 0:
		p.Command = model.NotTold[[]string](c.node, c.key("command"), "that of the image")
	}
}

// words are those of a command, each where it is written, if it is; nil where
// none is. Not known are those of which one cannot be told or shown.
func (sec *section) words(name string) (words []model.Word, known bool) {
	v := sec.get(name)
	if isNull(v) {
		return nil, true
	}
	all, whole := sec.texts(name)
	if !whole || hasMark(v, isSensitive) || slices.ContainsFunc(all, secretName) {
		return nil, false
	}
	for _, text := range all {
		words = append(words, model.Word{Text: text})
	}
	if a := sec.attribute(name); a != nil && sec.scope != nil {
		from, _ := sec.scope.trace(a.expr)
		if parts := list(from.expr); len(parts) == len(words) {
			for i, e := range parts {
				if text, ok := literal(e); ok && text == words[i].Text {
					words[i].Span = from.scope.at(e)
				}
			}
		}
	}
	return words, true
}

// A dockerfile is one of the tree.
type dockerfile struct {
	name string
	src  *model.Source
}

// called reports whether a Dockerfile is one of the name: Dockerfile.api,
// api.dockerfile, api/Dockerfile.
func (d dockerfile) called(name string) bool {
	name = strings.ToLower(name)
	base := strings.ToLower(path.Base(d.name))
	return name != "" && name != "." && (base == "dockerfile."+name || base == name+".dockerfile" || strings.ToLower(path.Base(path.Dir(d.name))) == name)
}

// exposing are the Dockerfiles of the tree whose images expose a port.
func (b *builder) exposing(port int) []dockerfile {
	if b.images == nil {
		b.images = map[int][]dockerfile{}
		for _, name := range b.tree.Names() {
			if !image.IsDockerfile(name) {
				continue
			}
			if src, err := b.tree.Source(name, image.Dialect{}); err == nil {
				m := b.tree.Memo(src, func() any { return image.Read(src, "") }).(*image.Image)
				for _, p := range m.Ports {
					b.images[p] = append(b.images[p], dockerfile{name, src})
				}
			}
		}
	}
	return b.images[port]
}

// dockerfile is the one that most likely makes a container's image: it exposes
// the port to which requests come, as no other does, or has the container's
// name. nil where none or several do, and where the image is one of the world's.
func (b *builder) dockerfile(c *section, p *model.Place) *dockerfile {
	name := c.text("name").V
	ref := image.Parse(p.Image.V)
	if _, service := ref.Service(); p.Image.Known() && (service || ref.Product() != "") {
		return nil
	}
	var fitting []dockerfile
	for _, port := range p.Exposed {
		for _, d := range b.exposing(port.V) {
			if port.Known() && !slices.Contains(fitting, d) {
				fitting = append(fitting, d)
			}
		}
	}
	called := slices.DeleteFunc(slices.Clone(fitting), func(d dockerfile) bool { return !d.called(name) && !d.called(path.Base(ref.Name)) })
	if len(called) == 1 {
		return &called[0]
	}
	if len(fitting) != 1 || p.Image.Known() && !private(ref.Name) || b.contested(p.Exposed) {
		return nil
	}
	return &fitting[0]
}

// private reports whether an image is of a registry that only its owners fill.
func private(name string) bool {
	host, _, _ := strings.Cut(name, "/")
	for _, owned := range []string{".amazonaws.com", "-docker.pkg.dev", "gcr.io", ".azurecr.io", "ghcr.io", "registry.gitlab.com"} {
		if strings.HasSuffix(host, owned) {
			return true
		}
	}
	return false
}

// contested reports whether containers of several names listen on one of the
// ports: a port alone says nothing about them.
func (b *builder) contested(ports []model.Value[int]) bool {
	if b.claims == nil {
		b.claims = map[int][]string{}
		for _, r := range b.graph.of("aws_ecs_task_definition") {
			all, _ := b.containers(r)
			for _, c := range all {
				name := c.text("name").V
				for _, m := range c.blocks("portMappings") {
					if port := setting(m, "containerPort", asPort); port.Known() && !slices.Contains(b.claims[port.V], name) {
						b.claims[port.V] = append(b.claims[port.V], name)
					}
				}
			}
		}
	}
	return slices.ContainsFunc(ports, func(port model.Value[int]) bool { return port.Known() && len(b.claims[port.V]) > 1 })
}

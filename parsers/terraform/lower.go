package terraform

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// A builder makes the model of a graph.
type builder struct {
	*loader
	out     files.Loaded
	places  map[*resource]*model.Place
	targets map[*resource][]*target // of a target group, in the order of addresses
	names   map[*resource][]string  // DNS names that lead to a load balancer
	fire    *firewall

	// By port, nil until asked for:
	idle   map[int][]*model.Place // containers of tasks that no service runs
	open   map[int]int            // target groups whose targets are registered elsewhere
	images map[int][]dockerfile   // of the tree, that expose it
	claims map[int][]string       // names of the containers that listen on it
}

// lower makes the model of what was read.
func (l *loader) lower() files.Loaded {
	b := &builder{loader: l, places: map[*resource]*model.Place{}, targets: map[*resource][]*target{}, names: map[*resource][]string{}, idle: map[int][]*model.Place{}}
	b.fire = newFirewall(l.graph)
	b.addressed()
	b.aws()
	b.google()
	b.azure()
	b.cloudflare()
	b.others()
	b.rest()
	b.out.Findings, b.out.Untold = l.findings, l.untold
	return b.out
}

// gateway adds one for a resource, in a place of its own: load balancers share
// no loopback.
func (b *builder) gateway(r *resource, p model.Product) *model.Gateway {
	g := &model.Gateway{Name: r.addr, Node: r.section().node, Product: p, Place: b.placeOf(r)}
	b.out.Gateways = append(b.out.Gateways, g)
	return g
}

// placeOf is the place that a resource is; it is made when first asked for.
func (b *builder) placeOf(r *resource) *model.Place {
	p := b.places[r]
	if p == nil {
		p = &model.Place{Name: r.addr, Node: r.section().node, Names: b.names[r], Versions: map[string]model.Versions{}}
		b.places[r] = p
		b.out.Places = append(b.out.Places, p)
	}
	return p
}

// product of a load balancer, in the version of its provider, which is what
// its defaults depend on.
func product(r *resource, name string, outcomes map[model.Event]model.Outcome) model.Product {
	p := model.Product{Name: name, Outcomes: outcomes}
	if r.scope != nil {
		p.Versions = r.scope.providerVersion(canonical(r.kind))
	}
	return p
}

// listener adds one with a bind.
func listener(g *model.Gateway, n *model.Node) (*model.Listener, *model.Bind) {
	l := &model.Listener{Gateway: g, Node: n}
	bind := &model.Bind{Listener: l, Node: n}
	l.Binds = []*model.Bind{bind}
	g.Listeners = append(g.Listeners, l)
	return l, bind
}

// route adds one.
func route(l *model.Listener, n *model.Node, match string) *model.Route {
	r := &model.Route{Listener: l, Node: n, Match: match}
	l.Routes = append(l.Routes, r)
	return r
}

// hop adds one to a pool of the route's gateway.
func hop(r *model.Route, n *model.Node, p *model.Pool) *model.Hop {
	h := &model.Hop{Route: r, Pool: p, Node: n}
	r.Hops = append(r.Hops, h)
	return h
}

// pool adds one.
func pool(g *model.Gateway, name string, n *model.Node) *model.Pool {
	p := &model.Pool{Gateway: g, Name: name, Node: n}
	g.Pools = append(g.Pools, p)
	return p
}

// elsewhere adds the servers that are registered where it cannot be seen.
func elsewhere(p *model.Pool, why string) {
	p.Endpoints = append(p.Endpoints, &model.Endpoint{Pool: p, Node: p.Node,
		Addr: model.NotTold[model.Addr](p.Node, "", why), Count: model.NotTold[int](p.Node, "", why)})
}

// anyHost is the address of a port on every address of a place.
func anyHost(port model.Value[int]) model.Value[model.Addr] {
	return turn(port, func(n int) model.Addr { return model.Addr{Port: n} })
}

// rest is a gateway without listeners for the statements of the root directory
// that are no gateways: so that rules about text, and comments, reach them.
func (b *builder) rest() {
	m := b.modules[b.root]
	if m == nil || len(m.all) == 0 {
		return
	}
	of := map[model.Span]bool{}
	for _, g := range b.out.Gateways {
		for n := range g.Node.Walk() {
			of[n.Span] = true
		}
	}
	root := &model.Node{}
	attached := map[model.Span]bool{}
	for _, m := range b.sorted() {
		for _, k := range m.all {
			if !of[k.span] {
				n := b.node(k, root)
				root.Kids = append(root.Kids, n)
			}
		}
	}
	for n := range root.Walk() {
		for _, c := range n.Comments {
			attached[c.Span] = true
		}
	}
	for _, g := range b.out.Gateways {
		for n := range g.Node.Walk() {
			for _, c := range n.Comments {
				attached[c.Span] = true
			}
		}
	}
	for _, f := range b.inOrder() {
		for _, c := range f.comments {
			if !attached[c.word.Span] {
				root.Loose = append(root.Loose, c.word)
			}
		}
	}
	slices.SortFunc(root.Loose, func(a, b model.Word) int {
		return cmp.Or(strings.Compare(a.Span.Source.Path, b.Span.Source.Path), a.Span.Start-b.Span.Start)
	})
	if first := m.all[0].span.Source; first != nil {
		root.Span = first.Span(0, 0)
	}
	root.Seal()
	name := path.Base(b.root)
	if b.root == "." {
		name = "the root module"
	}
	b.out.Gateways = append(b.out.Gateways, &model.Gateway{Name: name, Node: root, Product: model.Product{Name: "terraform"}, Place: b.place})
}

// sorted are the modules by their directories, without those of ours.
func (b *builder) sorted() (all []*module) {
	for _, m := range b.modules {
		if !m.adapter {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(x, y *module) int { return strings.Compare(x.dir, y.dir) })
	return all
}

func (b *builder) inOrder() (all []*file) {
	for _, f := range b.files {
		all = append(all, f)
	}
	slices.SortFunc(all, func(x, y *file) int { return strings.Compare(x.src.Path, y.src.Path) })
	return all
}

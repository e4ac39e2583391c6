package model

import (
	"iter"
	"slices"
)

// A Workspace is everything that was read together. It is read-only once
// Connect has been called.
type Workspace struct {
	Sources  []*Source
	Places   []*Place
	Gateways []*Gateway
	Links    []*Link // one for each hop and endpoint

	hops  []*Hop
	named map[string][]*Node
	from  map[*Hop][]*Link
	outer map[*Listener][]*Link
	runs  map[*Place][]*Gateway
}

// An Answer is what a linker knows about where a connection ends, as in Link.
// The zero Answer is nothing.
type Answer struct {
	To          *Bind
	Place       *Place
	Sure        Confidence
	Why, WhyNot string
}

// Connect makes the links; find says what answers. It also indexes what the
// rules ask for, so that none has to walk all trees for it.
func (w *Workspace) Connect(find func(*Hop, *Endpoint) Answer) {
	w.Links, w.hops, w.named = nil, nil, map[string][]*Node{}
	for n := range w.Nodes() {
		w.named[n.Name.Text] = append(w.named[n.Name.Text], n)
	}
	for _, g := range w.Gateways {
		for _, l := range g.Listeners {
			w.hops = slices.AppendSeq(w.hops, l.Hops())
		}
	}
	w.from, w.outer, w.runs = map[*Hop][]*Link{}, map[*Listener][]*Link{}, map[*Place][]*Gateway{}
	for _, g := range w.Gateways {
		for p := g.Place; p != nil; p = p.Within {
			if k := len(w.runs[p]); k > 0 && w.runs[p][k-1] == g {
				break // two services can name each other
			}
			w.runs[p] = append(w.runs[p], g)
		}
	}
	for _, h := range w.hops {
		h.Pool.settle()
		for _, e := range h.Pool.Endpoints {
			a := find(h, e)
			k := &Link{Hop: h, Endpoint: e, Conn: h.To(e), To: nobody, Place: a.Place, Sure: a.Sure, Why: a.Why, WhyNot: a.WhyNot}
			if a.To != nil {
				k.To = a.To
				w.outer[a.To.Listener] = append(w.outer[a.To.Listener], k)
			}
			w.Links, w.from[h] = append(w.Links, k), append(w.from[h], k)
		}
	}
}

// From are the connections a hop may make.
func (w *Workspace) From(h *Hop) []*Link { return w.from[h] }

// Outer are the links that end at a listener.
func (w *Workspace) Outer(l *Listener) []*Link { return w.outer[l] }

// In are the gateways that run in a place, and those of the places within its
// network.
func (w *Workspace) In(p *Place) []*Gateway { return w.runs[p] }

// Hops are all of them, in the order of gateways, listeners and routes.
func (w *Workspace) Hops() iter.Seq[*Hop] { return slices.Values(w.hops) }

// Statements are those of a dialect that have one of the names, in the order
// of names, then of trees.
func (w *Workspace) Statements(dialect string, names ...string) iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		for _, name := range names {
			for _, n := range w.named[name] {
				if n.In(dialect) && !yield(n) {
					return
				}
			}
		}
	}
}

// Nodes are all statements of the trees that places and gateways stand in,
// roots first, each tree once.
func (w *Workspace) Nodes() iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		seen := map[*Node]bool{}
		once := func(n *Node) bool {
			for n != nil && n.Parent != nil {
				n = n.Parent
			}
			if n == nil || seen[n] {
				return true
			}
			seen[n] = true
			return n.walk(yield)
		}
		for _, p := range w.Places {
			if !once(p.Node) {
				return
			}
		}
		for _, g := range w.Gateways {
			if !once(g.Node) {
				return
			}
		}
	}
}

// Walk visits all statements of the tree, n first.
func (n *Node) Walk() iter.Seq[*Node] {
	return func(yield func(*Node) bool) { n.walk(yield) }
}

func (n *Node) walk(yield func(*Node) bool) bool {
	if !yield(n) {
		return false
	}
	for _, k := range n.Kids {
		if !k.walk(yield) {
			return false
		}
	}
	return true
}

package model

// A Node is one written statement of any dialect: a name, words, children. It
// is how a rule reaches native text without importing a parser.
//
// The root of a tree has no name: it is the file, or the files, as a whole.
type Node struct {
	Name   Word
	Args   []Word
	Kids   []*Node // as the program sees them: includes and templates expanded in place
	Parent *Node
	Via    *Node // the include that brought the statement here; nil when it is written in the block itself
	Base   *Node // the block whose statements hold where this one has none: the defaults of a proxy; nil: none
	Span   Span  // the whole statement, terminator and block included
	Body   Span  // what is inside the block's braces; zero without a block

	Comments []Word // of the statement: on the lines above it and behind it on its line
	Loose    []Word // in the block, but of no statement

	Partial  string // why the block may hold more than Kids: an include that is not there
	Maybe    string // why the statement may not be there at all: an undecided condition
	Fragment string // of a root: why blocks may enclose it that are not seen

	byName map[string][]*Node
}

// Seal indexes the children of n and below, once the tree is complete. Find,
// All and Up work without it, in time linear in the block.
func (n *Node) Seal() {
	const few = 8
	if len(n.Kids) > few {
		n.byName = make(map[string][]*Node, len(n.Kids))
		for _, k := range n.Kids {
			n.byName[k.Name.Text] = append(n.byName[k.Name.Text], k)
		}
	}
	for _, k := range n.Kids {
		k.Seal()
	}
}

// In reports whether a statement is written in a dialect; no statement is in
// none.
func (n *Node) In(dialect string) bool {
	if n == nil {
		return false
	}
	s := n.Span.Source
	return s != nil && s.Dialect != nil && s.Dialect.Name() == dialect
}

// Root is the tree that a statement stands in.
func (n *Node) Root() *Node {
	for n.Parent != nil {
		n = n.Parent
	}
	return n
}

// Head is the part worth underlining: name and arguments, without the block.
// Of a nameless node it is its Span.
func (n *Node) Head() Span {
	h := n.Name.Span
	if h.IsZero() {
		return n.Span
	}
	if k := len(n.Args); k > 0 && n.Args[k-1].Span.Source == h.Source {
		h.End = n.Args[k-1].Span.End
	}
	return h
}

// Arg is the text of the i-th argument, counted from 0, or "": configuration
// is not to be trusted to have one.
func (n *Node) Arg(i int) string {
	if i < 0 || i >= len(n.Args) {
		return ""
	}
	return n.Args[i].Text
}

// All are the children of that name, in order.
func (n *Node) All(name string) []*Node {
	if n.byName != nil {
		return n.byName[name]
	}
	var all []*Node
	for _, k := range n.Kids {
		if k.Name.Text == name {
			all = append(all, k)
		}
	}
	return all
}

// Find is the first child with that name and these leading arguments, or nil.
func (n *Node) Find(name string, args ...string) *Node {
	for _, k := range n.All(name) {
		if k.starts(args) {
			return k
		}
	}
	return nil
}

func (n *Node) starts(args []string) bool {
	if len(n.Args) < len(args) {
		return false
	}
	for i, a := range args {
		if n.Args[i].Text != a {
			return false
		}
	}
	return true
}

// Up is the statement of that name in the nearest block around n that has one
// (n itself is such a block), or nil. It is sure when nothing on the way can
// hold another that is not seen: no Partial block, and above a fragment's root
// nothing is sure. A root that is no fragment is not a block: what it lacks is
// no statement of the blocks in it.
func (n *Node) Up(name string) (found *Node, sure bool) {
	sure = true
	for b := n; b != nil; b = b.Parent {
		if k := b.Find(name); k != nil {
			return k, sure
		}
		if b.Parent == nil {
			return nil, sure && b.Fragment == ""
		}
		if b.Partial != "" {
			sure = false
		}
	}
	return nil, sure
}

// Held is the statement that holds in the block: the last of its own, else that
// of the block it is based on; nil when none is. It is sure when nothing on the
// way can hold another that is not seen.
func (n *Node) Held(name string, args ...string) (found *Node, sure bool) {
	for b := n; b != nil; b = b.Base {
		if b.Partial != "" {
			return nil, false
		}
		for _, k := range b.All(name) {
			if k.starts(args) {
				found = k
			}
		}
		if found != nil || b.Base == nil {
			return found, found != nil || b.Parent == nil || b.Parent.Fragment == ""
		}
	}
	return nil, true
}

// Within is the nearest block of that name around n, n included, or nil.
func (n *Node) Within(name string) *Node {
	for b := n; b != nil; b = b.Parent {
		if b.Name.Text == name {
			return b
		}
	}
	return nil
}

// Doubt is why the statement may not be there, from the nearest block around
// it that says so, or "".
func (n *Node) Doubt() string {
	for ; n != nil; n = n.Parent {
		if n.Maybe != "" {
			return n.Maybe
		}
	}
	return ""
}

// Where, String and Trust make a Node a Fact.
func (n *Node) Where() Span    { return n.Head() }
func (n *Node) String() string { return oneLine(n.Head().Text()) }
func (n *Node) Trust() Confidence {
	if n.Doubt() != "" {
		return Medium
	}
	return High
}

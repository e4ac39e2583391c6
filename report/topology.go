package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/gwlint/gwlint/model"
)

// Topologies are the forms in which Topology draws, in the words of the command line.
func Topologies() []string { return []string{"text", "mermaid", "dot"} }

// Topology draws what connects to what in one of the forms, text for any other:
// places, what listens there, and for each server of a pool what is known to
// answer, how sure that is and why; or why nothing is.
func Topology(w io.Writer, form string, all []*model.Workspace) error {
	t := topology{nodes: map[*model.Listener]*spot{}, dead: map[*model.Endpoint]*spot{}}
	for _, ws := range all {
		t.add(ws)
	}
	var b strings.Builder
	switch form {
	case "mermaid":
		t.mermaid(&b)
	case "dot":
		t.dot(&b)
	default:
		t.text(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// A topology is the listeners of workspaces, the servers that nothing is known
// to answer, and the connections to both.
type topology struct {
	sites []*site
	nodes map[*model.Listener]*spot
	lost  []*spot
	dead  map[*model.Endpoint]*spot
	spots int
}

// A site is a place with what listens there.
type site struct {
	title string // "" where it is not told
	at    string
	spots []*spot
}

// A spot is a listener, or a server that nothing is known to answer.
type spot struct {
	id    int
	title string // "nginx", "api (node)"
	on    string // its addresses
	hosts []string
	at    string
	out   []*wire
}

// A wire is a connection that a listener's requests may make.
type wire struct {
	pool, address string
	to            *spot
	sure          string // "" where nothing is known to answer
	why           string
	at            string
	routes        int
}

func (t *topology) add(ws *model.Workspace) {
	homes := map[*model.Place]*site{}
	home := func(p *model.Place) *site {
		s := homes[p]
		if s == nil {
			s = &site{}
			if p.Node != nil {
				s.title, s.at = safe(p.Name), at(p.Node)
			}
			homes[p] = s
			t.sites = append(t.sites, s)
		}
		return s
	}
	for _, p := range ws.Places {
		if p.Node != nil && p.Name != "" {
			home(p)
		}
	}
	for _, g := range ws.Gateways {
		for _, l := range g.Listeners {
			s := home(g.Place)
			n := t.spot(&spot{title: titleOf(g), on: addresses(l), hosts: l.Hosts, at: at(l.Node)})
			s.spots, t.nodes[l] = append(s.spots, n), n
		}
	}
	for _, g := range ws.Gateways {
		for _, l := range g.Listeners {
			t.wire(ws, l)
		}
	}
}

func (t *topology) spot(s *spot) *spot {
	t.spots++
	s.id = t.spots
	return s
}

// wire adds the connections of a listener, once for all routes that make one.
func (t *topology) wire(ws *model.Workspace, l *model.Listener) {
	type key struct {
		endpoint *model.Endpoint
		to       *model.Bind
	}
	once := map[key]*wire{}
	from := t.nodes[l]
	for h := range l.Hops() {
		for _, k := range ws.From(h) {
			if x := once[key{k.Endpoint, k.To}]; x != nil {
				x.routes++
				continue
			}
			x := &wire{pool: safe(h.Pool.Name), address: address(k.Endpoint), at: at(k.Endpoint.Node), routes: 1}
			if x.pool == "" && x.address == "" {
				x.pool = poolName(h.Pool)
			}
			if k.Linked() {
				x.to, x.sure, x.why = t.nodes[k.To.Listener], k.Sure.String(), safe(k.Why)
			} else {
				x.to, x.why = t.nobody(k.Endpoint, x), safe(k.WhyNot)
			}
			once[key{k.Endpoint, k.To}] = x
			from.out = append(from.out, x)
		}
	}
}

// nobody is the spot of a server that nothing is known to answer.
func (t *topology) nobody(e *model.Endpoint, x *wire) *spot {
	if t.dead[e] == nil {
		title := x.address
		if title == "" {
			title = x.pool
		}
		t.dead[e] = t.spot(&spot{title: title, at: x.at})
		t.lost = append(t.lost, t.dead[e])
	}
	return t.dead[e]
}

// titleOf is a gateway's name, and its product where that is another.
func titleOf(g *model.Gateway) string {
	if p := g.Product.Name; p != "" && p != "app" && p != g.Name {
		return safe(g.Name + " (" + p + ")")
	}
	return safe(g.Name)
}

func addresses(l *model.Listener) string {
	var all []string
	for _, b := range l.Binds {
		if b.Addr.Known() {
			all = append(all, b.Addr.V.String())
		}
	}
	return safe(strings.Join(all, ", "))
}

// address is that of a server, "" when it cannot be told.
func address(e *model.Endpoint) string {
	switch {
	case e.Addr.Known() && e.Place != nil && e.Addr.V.Host == "" && e.Addr.V.Path == "":
		return safe(fmt.Sprintf("port %d of %s", e.Addr.V.Port, e.Place.Name))
	case e.Addr.Known():
		return safe(e.Addr.V.String())
	case e.Place != nil:
		return safe(e.Place.Name)
	}
	return ""
}

// target is what a wire leads to, in the words of who wrote it.
func (x *wire) target() string {
	switch {
	case x.address == "":
		return x.pool
	case strings.HasPrefix(x.address, x.pool):
		return x.address
	}
	return x.pool + " " + x.address
}

// text writes a line for each spot and wire.
func (t *topology) text(b *strings.Builder) {
	links, linked := 0, 0
	for _, s := range t.sites {
		indent := ""
		if s.title != "" {
			fmt.Fprintf(b, "%s  %s\n", s.title, s.at)
			indent = "  "
		}
		for _, n := range s.spots {
			fmt.Fprintf(b, "%s%s\n", indent, n.line())
			w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
			for _, x := range n.out {
				links++
				answers, sure := "nobody known", "-"
				if x.sure != "" {
					linked++
					answers, sure = x.to.title, x.sure
					if x.to.on != "" {
						answers += " on " + x.to.on
					}
				}
				target := x.target()
				if x.routes > 1 {
					target += fmt.Sprintf(" (%d routes)", x.routes)
				}
				fmt.Fprintf(w, "%s  to %s\t%s\t%s\t%s\t%s\n", indent, target, answers, sure, x.why, x.at)
			}
			w.Flush()
		}
	}
	if links > 0 {
		fmt.Fprintf(b, "%d of %d servers answered by what is known\n", linked, links)
	}
}

func (n *spot) line() string {
	s := n.title + " listens"
	if n.on != "" {
		s += " on " + n.on
	} else {
		s += ", where is not told"
	}
	if len(n.hosts) > 0 {
		s += " for " + safe(strings.Join(n.hosts, " "))
	}
	return s + "  " + n.at
}

// label is what stands in the box of a spot, a line each.
func (n *spot) label() []string {
	lines := []string{n.title}
	if n.on != "" {
		lines = append(lines, n.on)
	}
	const most = 3
	hosts := strings.Join(n.hosts[:min(most, len(n.hosts))], " ")
	if more := len(n.hosts) - most; more > 0 {
		hosts += " and " + strconv.Itoa(more) + " more"
	}
	if hosts != "" {
		lines = append(lines, safe(hosts))
	}
	return append(lines, n.at)
}

// label is what stands at the arrow of a wire, a line each.
func (x *wire) label() []string {
	why := x.why
	if x.sure != "" {
		why = x.sure + ": " + x.why
	}
	return []string{x.target(), why}
}

// each calls do for every wire in the order of sites.
func (t *topology) each(do func(from *spot, x *wire)) {
	for _, s := range t.sites {
		for _, n := range s.spots {
			for _, x := range n.out {
				do(n, x)
			}
		}
	}
}

// mermaid writes a flowchart: https://mermaid.js.org/syntax/flowchart.html.
func (t *topology) mermaid(b *strings.Builder) {
	b.WriteString("flowchart LR\n")
	for i, s := range t.sites {
		indent := "  "
		if s.title != "" {
			fmt.Fprintf(b, "  subgraph p%d[%s]\n", i+1, mermaidText(s.title, s.at))
			indent = "    "
		}
		for _, n := range s.spots {
			fmt.Fprintf(b, "%sn%d[%s]\n", indent, n.id, mermaidText(n.label()...))
		}
		if s.title != "" {
			b.WriteString("  end\n")
		}
	}
	for _, n := range t.lost {
		fmt.Fprintf(b, "  n%d(%s)\n", n.id, mermaidText(n.label()...))
	}
	t.each(func(from *spot, x *wire) {
		arrow := map[string]string{"high": "==>", "medium": "-->"}[x.sure]
		if arrow == "" {
			arrow = "-.->"
		}
		fmt.Fprintf(b, "  n%d %s|%s| n%d\n", from.id, arrow, mermaidText(x.label()...), x.to.id)
	})
}

// mermaidText quotes text for Mermaid, whose entities are those of HTML with a
// # in front; what opens markup, an entity or a directive is written as one.
func mermaidText(lines ...string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, line := range lines {
		if i > 0 {
			b.WriteString("<br>")
		}
		for _, r := range line {
			if strings.ContainsRune("\"#&<>`%\\{}[]()|;", r) {
				fmt.Fprintf(&b, "#%d;", r)
			} else {
				b.WriteRune(r)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}

// dot writes a graph for Graphviz: https://graphviz.org/doc/info/lang.html.
func (t *topology) dot(b *strings.Builder) {
	b.WriteString("digraph gwlint {\n  rankdir=LR\n  node [shape=box]\n")
	for i, s := range t.sites {
		indent := "  "
		if s.title != "" {
			fmt.Fprintf(b, "  subgraph cluster_%d {\n    label=%s\n", i+1, dotText(s.title, s.at))
			if len(s.spots) == 0 {
				fmt.Fprintf(b, "    p%d [style=invis]\n", i+1) // Graphviz draws no empty cluster
			}
			indent = "    "
		}
		for _, n := range s.spots {
			fmt.Fprintf(b, "%sn%d [label=%s]\n", indent, n.id, dotText(n.label()...))
		}
		if s.title != "" {
			b.WriteString("  }\n")
		}
	}
	for _, n := range t.lost {
		fmt.Fprintf(b, "  n%d [label=%s, style=dashed]\n", n.id, dotText(n.label()...))
	}
	t.each(func(from *spot, x *wire) {
		style := map[string]string{"high": "bold", "medium": "solid", "low": "dashed"}[x.sure]
		if style == "" {
			style = "dotted"
		}
		fmt.Fprintf(b, "  n%d -> n%d [label=%s, style=%s]\n", from.id, x.to.id, dotText(x.label()...), style)
	})
	b.WriteString("}\n")
}

// dotText quotes text for DOT, in whose labels a backslash and an ampersand
// begin something.
func dotText(lines ...string) string {
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;")
	var all []string
	for _, line := range lines {
		all = append(all, quote.Replace(line))
	}
	return `"` + strings.Join(all, `\n`) + `"`
}

package lint

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// identify gives each finding its identity: the rule, the file, the blocks
// around it with their arguments, the setting it is about, and how many like
// it came before, silenced ones with them. Lines may move, values change and
// comments come without changing it.
func identify(w *model.Workspace, all []Finding, silenced []Silenced) {
	if len(all)+len(silenced) == 0 {
		return
	}
	var each []*Finding
	for i := range all {
		each = append(each, &all[i])
	}
	if len(silenced) > 0 {
		for i := range silenced {
			each = append(each, &silenced[i].Finding)
		}
		slices.SortStableFunc(each, func(a, b *Finding) int { return inOrder(*a, *b) })
	}
	o := outlineOf(w)
	seen := map[string]int{}
	for _, f := range each {
		f.Anchor = hash(append([]string{f.Check.ID, f.subject}, o.blocks(f.Primary)...)...)
		var values []string
		for _, v := range f.Effective {
			values = append(values, v.Key(), v.Plain())
		}
		f.Values = hash(append(values, strings.Fields(f.Primary.Text())...)...)
		file := pathOf(*f)
		f.Fingerprint = hash(file, f.Anchor, strconv.Itoa(seen[file+"\x00"+f.Anchor]))
		seen[file+"\x00"+f.Anchor]++
	}
}

// hash is 128 bits of SHA-256 over words, in hexadecimal.
func hash(words ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(words, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// An outline tells which statement stands at a place.
type outline struct {
	nodes map[*model.Source][]*model.Node // by start, outer ones first
	hosts map[*model.Node]string          // what a block without arguments is known by
}

func outlineOf(w *model.Workspace) outline {
	o := outline{map[*model.Source][]*model.Node{}, map[*model.Node]string{}}
	for n := range w.Nodes() {
		if s := n.Span.Source; s != nil {
			o.nodes[s] = append(o.nodes[s], n)
		}
	}
	for _, in := range o.nodes {
		slices.SortStableFunc(in, func(a, b *model.Node) int {
			return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(b.Span.End, a.Span.End))
		})
	}
	for _, g := range w.Gateways {
		for _, l := range g.Listeners {
			words := slices.Clone(l.Hosts)
			for _, b := range l.Binds {
				if b.Addr.Known() {
					words = append(words, b.Addr.V.String())
				}
			}
			o.hosts[l.Node] = strings.Join(words, " ")
		}
	}
	return o
}

// at is the innermost statement that holds s, or the block that includes the
// file; nil when none is known.
func (o outline) at(s model.Span) *model.Node {
	in := o.nodes[s.Source]
	i := sort.Search(len(in), func(i int) bool { return in[i].Span.Start > s.Start })
	if i == 0 {
		return nil
	}
	n := in[i-1]
	for n != nil && n.Span.Source == s.Source && !n.Span.Holds(s) {
		n = n.Parent
	}
	return n
}

// quantity is what may be changed without making another statement of it.
var quantity = regexp.MustCompile(`^\d+[a-zA-Z]*$`)

// blocks are the statement at s and the blocks around it, innermost first;
// where no statement is known, the first word of the line.
func (o outline) blocks(s model.Span) (path []string) {
	if s.IsZero() {
		return nil
	}
	n := o.at(s)
	if n == nil {
		word, _, _ := strings.Cut(strings.TrimSpace(string(s.Source.Line(s.Begin().Line))), " ")
		return []string{word}
	}
	for ; n != nil; n = n.Parent {
		if n.Name.Text == "" {
			continue
		}
		step := []string{n.Name.Text}
		if !n.Body.IsZero() || len(n.Kids) > 0 { // a block: what is behind its name tells it from others
			for _, a := range n.Args {
				step = append(step, a.Text)
			}
			if len(n.Args) == 0 {
				step = append(step, o.hosts[n])
			}
		} else if len(n.Args) > 1 && !quantity.MatchString(n.Args[0].Text) { // proxy_set_header Host, timeout server
			step = append(step, n.Args[0].Text)
		}
		path = append(path, strings.Join(step, " "))
	}
	return path
}

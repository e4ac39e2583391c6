package timeouts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// Nobody ends a wait for a server or a client that hangs.
var missingTimeout = &model.Check{
	ID:       "missing-timeout",
	Title:    "A timeout is not set, so that nothing ends the wait",
	Severity: model.Warning,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			if g.Product.Name != "haproxy" {
				continue
			}
			for _, m := range unset(g) {
				report(m.finding())
			}
		}
	},
}

// A lack is a timeout that a proxy does not have.
type lack struct {
	key   string
	held  string // what goes on without it
	value model.Value[time.Duration]
}

// A missing is what some proxies of a gateway lack: one timeout that is
// written as 0, or those that are not written.
type missing struct {
	lacks  []lack     // of the first of them
	other  model.Fact // a timeout that this one does have; nil: none is set
	name   string     // of the first of them
	others int        // further ones
}

func (m *missing) finding() (f model.Finding) {
	var keys, held []string
	for _, k := range m.lacks {
		keys, held = append(keys, k.key), append(held, k.held)
		f.Because = append(f.Because, k.value)
	}
	what := strings.Join(keys, " and ")
	switch zero := m.lacks[0].value; {
	case zero.Written():
		what += " " + zero.Text() + " is no limit"
	case len(keys) > 1:
		what += " are not set"
	default:
		what += " is not set"
	}
	who := m.name
	if m.others > 0 {
		who = fmt.Sprintf("%s and %d more", who, m.others)
	}
	f.Message = fmt.Sprintf("%s for %s: %s", what, who, strings.Join(held, ", and "))
	if m.other == nil && !m.lacks[0].value.Written() {
		f.AtMost = model.Note // none is set at all, of which HAProxy itself warns
	} else if m.other != nil {
		f.Because = append(f.Because, m.other)
	}
	return f
}

// unset are the timeouts that proxies of a gateway lack: one of each kind,
// those of which another is set apart from those of which none is.
func unset(g *model.Gateway) (all []*missing) {
	type kind struct {
		keys    string
		alone   bool
		literal model.Span
	}
	known := map[kind]*missing{}
	note := func(n *model.Node, lacks []lack, other model.Fact) {
		k := kind{alone: other == nil, literal: lacks[0].value.At()}
		for _, l := range lacks {
			k.keys += l.key
		}
		if first := known[k]; first != nil {
			first.others++
			return
		}
		known[k] = &missing{lacks: lacks, other: other, name: n.String()}
		all = append(all, known[k])
	}
	seen := map[*model.Node]bool{} // proxies
	for _, l := range g.Listeners {
		for h := range l.Hops() {
			n, c := h.Pool.Node, h.Conn
			if seen[n] || len(h.Pool.Endpoints) == 0 {
				continue
			}
			seen[n] = true
			server := lack{"timeout server", "a server that hangs holds its request and its client for ever", c.Read}
			connect := lack{"timeout connect", "a server that is gone is waited for until the system gives up, after minutes", c.Connect}
			client := lack{"timeout client", "a client that is gone holds its connection for ever", l.Idle}
			set := anySet(c.Read, c.Connect, l.Idle)
			switch {
			case l.Node == n:
				eachUnset(g, n, []lack{connect, server, client}, set, note)
			case !seen[l.Node]:
				seen[l.Node] = true
				eachUnset(g, l.Node, []lack{client}, set, note)
				fallthrough
			default:
				eachUnset(g, n, []lack{connect, server}, set, note)
			}
		}
	}
	return all
}

// anySet is one of the timeouts that somebody has set, or nil.
func anySet(timeouts ...model.Value[time.Duration]) model.Fact {
	for _, t := range timeouts {
		if t.Written() && model.Under(t, model.Forever) {
			return t
		}
	}
	return nil
}

// eachUnset notes of the timeouts of a proxy those that are no limit: each that
// is written as 0, and all the others together.
func eachUnset(g *model.Gateway, n *model.Node, timeouts []lack, set model.Fact, note func(*model.Node, []lack, model.Fact)) {
	var absent []lack
	for _, t := range timeouts {
		switch {
		case !model.Is(t.value, model.Forever):
		case t.value.Written():
			note(n, []lack{t}, set)
		case !dropped(g, n, t.key):
			absent = append(absent, t)
		}
	}
	if absent != nil {
		note(n, absent, set)
	}
}

// dropped reports whether a timeout stands in the defaults above those of a
// proxy, which began anew: defaults-not-inherited says that.
func dropped(g *model.Gateway, n *model.Node, key string) bool {
	own := n.Base
	if own == nil || own.Base != nil || n.Find("server") == nil {
		return false
	}
	all := g.Node.All("defaults")
	i := slices.Index(all, own)
	name, arg, _ := strings.Cut(key, " ")
	return i > 0 && all[i-1].Find(name, arg) != nil
}

package timeouts

import (
	"fmt"
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

// A missing is a timeout that some proxies of a gateway do not have.
type missing struct {
	key    string
	value  model.Value[time.Duration] // of the first of them
	other  model.Fact                 // a timeout that this one does have; nil: none is set
	held   string                     // what is held for ever
	name   string                     // of the first of them
	others int                        // further ones
}

func (m *missing) finding() model.Finding {
	what := m.key + " is not set"
	if m.value.Written() {
		what = m.key + " " + m.value.Text() + " is no limit"
	}
	who := m.name
	if m.others > 0 {
		who = fmt.Sprintf("%s and %d more", who, m.others)
	}
	f := model.Finding{
		Message: fmt.Sprintf("%s for %s: %s", what, who, m.held),
		Because: []model.Fact{m.value},
	}
	if m.other == nil && !m.value.Written() {
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
		held    string
		alone   bool
		literal model.Span
	}
	known := map[kind]*missing{}
	seen := map[*model.Node]bool{} // proxies, by the kind of proxy
	note := func(key, name, held string, v model.Value[time.Duration], others ...model.Value[time.Duration]) {
		if !model.Is(v, model.Forever) {
			return
		}
		m := &missing{key: key, value: v, held: held, name: name}
		for _, o := range others {
			if m.other == nil && o.Written() && model.Under(o, model.Forever) {
				m.other = o
			}
		}
		k := kind{held, m.other == nil, v.At()}
		if first := known[k]; first != nil {
			first.others++
			return
		}
		known[k] = m
		all = append(all, m)
	}
	for _, l := range g.Listeners {
		for h := range l.Hops() {
			n := h.Pool.Node
			if seen[n] || len(h.Pool.Endpoints) == 0 {
				continue
			}
			seen[n] = true
			c := h.Conn
			note("timeout server", n.String(), "a server that hangs holds its request and its client for ever", c.Read, c.Connect, l.Idle)
			note("timeout connect", n.String(), "a server that is gone is waited for until the system gives up, after minutes", c.Connect, c.Read, l.Idle)
			if n := l.Node; !seen[n] || n == h.Pool.Node {
				seen[n] = true
				note("timeout client", n.String(), "a client that is gone holds its connection for ever", l.Idle, c.Read, c.Connect)
			}
		}
	}
	return all
}

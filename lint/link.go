package lint

import (
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/facts"
)

// connect links every hop to what is known to answer it.
func connect(w *model.Workspace) {
	k := linker{
		declared: map[string][]*model.Bind{},
		literal:  map[string][]*model.Bind{},
		local:    map[*model.Place]map[int][]*model.Bind{},
		named:    map[string][]*model.Place{},
	}
	for _, p := range w.Places {
		for _, n := range p.Names {
			k.named[strings.ToLower(n)] = append(k.named[strings.ToLower(n)], p)
		}
	}
	for _, g := range w.Gateways {
		for _, l := range g.Listeners {
			for _, b := range l.Binds {
				k.learn(g, b)
			}
		}
	}
	w.Connect(k.find)
}

// A linker knows what listens where.
type linker struct {
	declared map[string][]*model.Bind               // by address: servers that the settings declare
	literal  map[string][]*model.Bind               // by address: what listens on one address or socket
	local    map[*model.Place]map[int][]*model.Bind // by place and port: what a place reaches through loopback
	named    map[string][]*model.Place
}

func (k *linker) learn(g *model.Gateway, b *model.Bind) {
	if !b.Addr.Known() {
		return
	}
	a := b.Addr.V
	switch {
	case facts.Declares(g):
		k.declared[key(a)] = append(k.declared[key(a)], b)
		return
	case a.Path != "" || !a.Any() && !a.Loopback():
		k.literal[key(a)] = append(k.literal[key(a)], b)
	}
	if a.Path == "" && (a.Any() || a.Loopback()) {
		ports := k.local[g.Place]
		if ports == nil {
			ports = map[int][]*model.Bind{}
			k.local[g.Place] = ports
		}
		ports[a.Port] = append(ports[a.Port], b)
	}
}

// key is the same for addresses that mean the same.
func key(a model.Addr) string {
	a.Host = strings.ToLower(a.Host)
	if a.Host == "localhost" {
		a.Host = "127.0.0.1"
	}
	return a.Net + " " + a.String()
}

// find says what answers when h connects to e. More than one candidate is no
// answer.
func (k *linker) find(h *model.Hop, e *model.Endpoint) model.Answer {
	if !e.Addr.Known() {
		return model.Answer{Place: e.Place}
	}
	a, here := e.Addr.V, h.Gateway().Place
	if b := choose(k.declared[key(a)], h); b != nil {
		return model.Answer{To: b, Place: b.Gateway.Place, Sure: model.High, Why: b.Gateway.Name + " is declared at " + a.String()}
	}
	switch {
	case e.Place != nil:
		return k.at(e.Place, h, a, model.High, "refers to "+e.Place.Name)
	case a.Path == "" && a.Loopback():
		return k.at(here, h, a, model.High, "the same host")
	case a.Named():
		if places := k.reachable(a.Host, here); len(places) == 1 {
			return k.at(places[0], h, a, model.High, "named "+places[0].Name)
		}
		return model.Answer{}
	}
	if b := choose(k.literal[key(a)], h); b != nil {
		sure := model.Medium
		if b.Gateway.Place == here {
			sure = model.High
		}
		return model.Answer{To: b, Place: b.Gateway.Place, Sure: sure, Why: b.Gateway.Name + " listens on " + a.String()}
	}
	return model.Answer{}
}

// at looks for the port in a place.
func (k *linker) at(p *model.Place, h *model.Hop, a model.Addr, sure model.Confidence, why string) model.Answer {
	out := model.Answer{Place: p, Sure: sure, Why: why}
	if b := choose(k.local[p][a.Port], h); b != nil {
		out.To = b
	}
	return out
}

// reachable are the places of that name which share a net with ours.
func (k *linker) reachable(name string, from *model.Place) []*model.Place {
	var out []*model.Place
	for _, p := range k.named[strings.ToLower(name)] {
		if len(p.Nets) == 0 || len(from.Nets) == 0 || slices.ContainsFunc(p.Nets, func(n string) bool { return slices.Contains(from.Nets, n) }) {
			out = append(out, p)
		}
	}
	return out
}

// choose picks the listener for what the hop sends: the one that has the name,
// else the first, which is the default. A name that only the client knows
// chooses nothing where there are several.
func choose(binds []*model.Bind, h *model.Hop) *model.Bind {
	switch {
	case len(binds) == 0:
		return nil
	case len(binds) == 1:
		return binds[0]
	case !h.Host.Known() || h.Host.V == "client":
		return nil
	}
	host := h.Host.V
	if host == "endpoint" {
		host = h.Pool.Name
	}
	for _, b := range binds {
		if slices.Contains(b.Hosts, host) {
			return b
		}
	}
	for _, b := range binds {
		if slices.ContainsFunc(b.Hosts, func(n string) bool { return strings.ContainsAny(n, "*~$") }) {
			return nil // a pattern may take it
		}
	}
	return binds[0]
}

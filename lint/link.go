package lint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/facts"
)

// connect links every hop to what is known to answer it. A gateway that is
// guessed runs in its place only most likely.
func connect(w *model.Workspace, guessed map[*model.Gateway]bool, opt Options) (wrong []model.Finding) {
	k := linker{
		declared:  map[string][]*model.Bind{},
		literal:   map[string][]*model.Bind{},
		sockets:   map[file][]*model.Bind{},
		paths:     map[string][]*model.Bind{},
		lost:      map[string][]*model.Bind{},
		local:     map[*model.Place]map[int][]*model.Bind{},
		named:     map[string][]*model.Place{},
		published: map[int][]publication{},
		beside:    map[publisher][]publication{},
		open:      map[int][]*model.Bind{},
		sought:    map[int]map[string]bool{},
		servers:   map[model.Span]bool{},
		guessed:   guessed,
		outside:   opt.outside,
	}
	for _, p := range w.Places {
		for _, n := range p.Names {
			k.named[strings.ToLower(n)] = append(k.named[strings.ToLower(n)], p)
		}
		for _, port := range p.Ports {
			if port.Outer != 0 {
				k.published[port.Outer] = append(k.published[port.Outer], publication{p, port.Inner})
				if file := p.Source(); file != nil {
					k.beside[publisher{file, port.Outer}] = append(k.beside[publisher{file, port.Outer}], publication{p, port.Inner})
				}
			}
		}
	}
	for _, g := range w.Gateways {
		for _, l := range g.Listeners {
			for _, b := range l.Binds {
				k.learn(g, b)
			}
		}
	}
	for _, g := range w.Gateways {
		k.seeks(g)
	}
	k.told = opt.declarations(w)
	w.Connect(k.find)
	return k.told.judge(w, opt)
}

// A linker knows what listens where.
type linker struct {
	declared  map[string][]*model.Bind               // by address: servers that the settings declare
	literal   map[string][]*model.Bind               // by address: what listens on one address
	sockets   map[file][]*model.Bind                 // by the socket's file
	paths     map[string][]*model.Bind               // sockets by path, whoever's
	lost      map[string][]*model.Bind               // by path or port: what listens in no place that is known
	local     map[*model.Place]map[int][]*model.Bind // by network and port
	named     map[string][]*model.Place
	published map[int][]publication
	beside    map[publisher][]publication // the same, of places declared in one file
	open      map[int][]*model.Bind       // by port: what programs listen on for others, one for each statement that starts one
	sought    map[int]map[string]bool     // by port: the pools of clouds whose servers are not known
	servers   map[model.Span]bool         // the statements that start them
	guessed   map[*model.Gateway]bool
	outside   func(declared *model.Node, g *model.Gateway) bool // of another environment of the settings
	told      declarations
}

// A file is one file of a place, or of what several of them mount.
type file struct {
	owner *model.Place
	name  string
}

func fileOf(p *model.Place, name string) (f file) {
	f.owner, f.name = p.File(name)
	return f
}

// A publication is the port of a place that its host publishes.
type publication struct {
	place *model.Place
	inner int
}

// A publisher is a file with a port that its places publish.
type publisher struct {
	file  *model.Source
	outer int
}

func (k *linker) learn(g *model.Gateway, b *model.Bind) {
	if !b.Addr.Known() {
		return
	}
	a := b.Addr.V
	if facts.Declares(g) {
		k.declared[key(a)] = append(k.declared[key(a)], b)
		return
	}
	if g.Node != nil && g.Node != g.Place.Node && !cloud(g) { // not only supposed
		at := g.Node.Head()
		k.servers[at] = true
		others := k.open[a.Port]
		known := len(others) > 0 && others[0].Gateway != g && others[0].Gateway.Node.Head() == at
		if n := len(others); a.Any() && !known && (n == 0 || others[n-1].Gateway == others[0].Gateway) { // two are as bad as many
			k.open[a.Port] = append(others, b)
		}
	}
	if unplaced(g.Place) && (a.Path != "" || a.Loopback() || a.Any()) {
		k.lost[portOf(a)] = append(k.lost[portOf(a)], b)
	}
	switch {
	case a.Path != "":
		k.paths[portOf(a)] = append(k.paths[portOf(a)], b)
		f := fileOf(g.Place, a.Path)
		k.sockets[f] = append(k.sockets[f], b)
		return
	case !a.Any() && !a.Loopback():
		k.literal[key(a)] = append(k.literal[key(a)], b)
	}
	net := g.Place.Network()
	if k.local[net] == nil {
		k.local[net] = map[int][]*model.Bind{}
	}
	k.local[net][a.Port] = append(k.local[net][a.Port], b)
}

// declares are the servers that the settings declare at an address, for the
// files that h is in.
func (k *linker) declares(a model.Addr, h *model.Hop) []*model.Bind {
	return slices.DeleteFunc(slices.Clone(k.declared[key(a)]), func(b *model.Bind) bool { return k.outside(b.Gateway.Node, h.Gateway()) })
}

// key is the same for addresses that mean the same.
func key(a model.Addr) string {
	a.Host = strings.ToLower(a.Host)
	if a.Host == "localhost" {
		a.Host = "127.0.0.1"
	}
	return a.Net + " " + a.String()
}

// portOf is the same for what an unknown machine may reach of itself.
func portOf(a model.Addr) string {
	if a.Path != "" {
		return strings.TrimPrefix(a.Path, "/var")
	}
	return a.Net + ":" + strconv.Itoa(a.Port)
}

// unplaced reports whether nothing is known about where a gateway runs.
func unplaced(p *model.Place) bool {
	return p.Network().Node == nil && p.Machine().Node == nil && len(p.Mounts) == 0
}

// find says what answers when h connects to e. More than one candidate is no
// answer.
func (k *linker) find(h *model.Hop, e *model.Endpoint) model.Answer {
	if d := k.told.of(h, e, k.outside); d != nil {
		return d.answer(h, e)
	}
	out := k.seek(h, e)
	if out.To == nil {
		return out
	}
	out.WhyNot = ""
	out.Sure = min(out.Sure, out.To.Addr.Trust(), e.Addr.Trust())
	if i := out.To.Gateway.Place.Image; i.Origin() == model.Assumed {
		out.Why += ", " + i.Why()
	}
	if g := out.To.Gateway; g != h.Gateway() && (k.guessed[g] || k.guessed[h.Gateway()]) {
		out.Sure = min(out.Sure, model.Medium)
	}
	return out
}

func (k *linker) seek(h *model.Hop, e *model.Endpoint) model.Answer {
	if !e.Addr.Known() {
		why := "its address cannot be told"
		if e.Addr.Why() != "" {
			why = e.Addr.Why()
		}
		return model.Answer{Place: e.Place, WhyNot: why}
	}
	a, here := e.Addr.V, h.Gateway().Place
	if b := choose(k.declares(a, h), h); b != nil {
		return model.Answer{To: b, Place: b.Gateway.Place, Sure: model.High, Why: b.Gateway.Name + " is declared at " + a.String()}
	}
	switch {
	case e.Place != nil:
		for _, name := range append([]string{e.Place.Name}, e.Place.Names...) {
			at := model.Addr{Net: a.Net, Host: name, Port: a.Port}
			if b := choose(k.declares(at, h), h); b != nil {
				return model.Answer{To: b, Place: b.Gateway.Place, Sure: model.High, Why: b.Gateway.Name + " is declared at " + at.String()}
			}
		}
		if a.Host == "" && cloud(h.Gateway()) && k.empty(e.Place) {
			out := k.only(h, a)
			out.Place = e.Place
			return out
		}
		return k.at(e.Place, h, a, model.High, "refers to "+e.Place.Name)
	case a.Path != "":
		return k.socket(here, h, a)
	case a.Loopback() || a.Any() && a.Host != "":
		return k.loopback(here, h, a)
	case ofHost(a.Host):
		return k.host(here, h, a)
	}
	places := k.reachable(a.Host, here)
	switch {
	case a.Host == "" && cloud(h.Gateway()):
		return k.only(h, a)
	case len(places) == 1:
		sure := model.High
		if unplaced(here) {
			sure = model.Medium
		}
		return k.at(places[0], h, a, sure, "named "+places[0].Name)
	case len(places) > 1:
		return model.Answer{WhyNot: "several are named " + a.Host}
	case len(k.named[strings.ToLower(a.Host)]) > 0:
		return model.Answer{WhyNot: a.Host + " shares no network with it"}
	case a.Named():
		return model.Answer{WhyNot: "nothing here is named " + a.Host}
	}
	if b := choose(k.literal[key(a)], h); b != nil {
		sure := model.Medium
		if b.Gateway.Place == here {
			sure = model.High
		}
		return model.Answer{To: b, Place: b.Gateway.Place, Sure: sure, Why: b.Gateway.Name + " listens on " + a.String()}
	}
	return model.Answer{WhyNot: unanswered(k.literal[key(a)], a.String())}
}

// cloud reports whether a gateway is one of a cloud, whose servers its files
// rarely name.
func cloud(g *model.Gateway) bool { return g.Node != nil && g.Node.In("terraform") }

// empty reports whether nothing at all is known about what runs in a place.
func (k *linker) empty(p *model.Place) bool {
	return len(k.local[p.Network()]) == 0 && !p.Image.Known() && !p.Command.Known()
}

// seeks notes the ports on which a cloud looks for servers that are not known.
func (k *linker) seeks(g *model.Gateway) {
	if !cloud(g) {
		return
	}
	for i, p := range g.Pools { // those of one module have one name
		for _, e := range p.Endpoints {
			if a := e.Addr.V; e.Addr.Known() && a.Host == "" && a.Port > 0 && (e.Place == nil || k.empty(e.Place)) {
				if k.sought[a.Port] == nil {
					k.sought[a.Port] = map[string]bool{}
				}
				k.sought[a.Port][g.Name+" "+strconv.Itoa(i)] = true // the same in each environment
			}
		}
	}
}

// only is the only program of the tree that listens on a port, for a load
// balancer which tells of its servers nothing but that. The port alone is
// little; it is more when the tree starts no other program, no other pool asks for
// the port, and it is none that stands in a target group by habit.
func (k *linker) only(h *model.Hop, a model.Addr) model.Answer {
	binds := where(k.open[a.Port], func(b model.Addr) bool { return b.Net == a.Net })
	b := choose(binds, h)
	if b == nil {
		return model.Answer{WhyNot: unanswered(binds, "port "+strconv.Itoa(a.Port))}
	}
	if len(k.servers) == 1 && len(k.sought[a.Port]) == 1 && a.Port != 80 && a.Port != 443 {
		return model.Answer{To: b, Sure: model.Medium, Why: b.Gateway.Name + " is the only program here, and listens on port " + strconv.Itoa(a.Port)}
	}
	return model.Answer{To: b, Sure: model.Low, Why: "only " + b.Gateway.Name + " listens on port " + strconv.Itoa(a.Port)}
}

// unanswered says why choose picks none of the binds of an address.
func unanswered(binds []*model.Bind, address string) string {
	if len(binds) == 0 {
		return "nothing is known to listen on " + address
	}
	first := binds[0].Gateway
	for _, b := range binds[1:] {
		if b.Gateway != first {
			return "several listen on " + address + ": " + fullName(first) + " and " + fullName(b.Gateway)
		}
	}
	return "which server of " + fullName(first) + " takes it depends on the host that is asked for"
}

// fullName is a gateway's name with the place or the file that tells it from
// others of that name.
func fullName(g *model.Gateway) string {
	switch {
	case g.Place.Name != "" && g.Place.Name != g.Name:
		return g.Name + " in " + g.Place.Name
	case g.Node != nil && g.Node.Span.Source != nil:
		return g.Name + " of " + g.Node.Span.Source.Path
	}
	return g.Name
}

// socket looks for who listens on a socket's file: in the same place, or in
// another that mounts its folder from the same source.
func (k *linker) socket(here *model.Place, h *model.Hop, a model.Addr) model.Answer {
	if b := choose(k.sockets[fileOf(here, a.Path)], h); b != nil {
		return model.Answer{To: b, Place: b.Gateway.Place, Sure: model.High, Why: b.Gateway.Name + " listens on " + a.String()}
	}
	return k.stray(here, h, a)
}

// loopback looks in the network of the place, and among the ports that are
// published there when it is a host's.
func (k *linker) loopback(here *model.Place, h *model.Hop, a model.Addr) model.Answer {
	out := k.at(here.Network(), h, a, model.High, "the same host")
	switch {
	case out.To != nil:
		return out
	case here.Within != nil && here.Network().Node == nil:
		if p := k.host(here, h, a); p.Place != nil {
			return p
		}
	case unplaced(here):
		return k.stray(here, h, a)
	}
	return out
}

// ofHost reports whether a name is that of the machine under a container.
func ofHost(name string) bool {
	switch strings.ToLower(name) {
	case "host.docker.internal", "gateway.docker.internal", "host.containers.internal", "docker.for.mac.localhost", "docker.for.mac.host.internal":
		return true
	}
	return false
}

// host looks among the ports that places publish to their host; those of the
// same file come first.
func (k *linker) host(here *model.Place, h *model.Hop, a model.Addr) model.Answer {
	all := k.published[a.Port]
	if near := k.beside[publisher{here.Source(), a.Port}]; len(near) > 0 {
		all = near
	}
	switch len(all) {
	case 0:
		return model.Answer{WhyNot: "nothing publishes port " + strconv.Itoa(a.Port)}
	case 1:
	default:
		return model.Answer{WhyNot: "several publish port " + strconv.Itoa(a.Port) + ": " + all[0].place.Name + " and " + all[1].place.Name}
	}
	a.Host, a.Port = "", all[0].inner
	return k.at(all[0].place, h, a, model.Medium, "published by "+all[0].place.Name)
}

// stray looks among what listens in no place that is known, or from there: the
// only one of that address may be meant.
func (k *linker) stray(here *model.Place, h *model.Hop, a model.Addr) model.Answer {
	binds := k.lost[portOf(a)]
	switch {
	case a.Path == "" && !unplaced(here):
		return model.Answer{WhyNot: unanswered(nil, a.String()+" there")}
	case a.Path == "":
		if len(binds) > 0 && binds[len(binds)-1].Gateway != binds[0].Gateway { // of a fleet: no need to look at each
			return model.Answer{WhyNot: unanswered([]*model.Bind{binds[0], binds[len(binds)-1]}, a.String())}
		}
		binds = looped(binds, a)
	case unplaced(here):
		binds = k.paths[portOf(a)]
	}
	b := choose(binds, h)
	switch {
	case b == nil:
		return model.Answer{WhyNot: unanswered(binds, a.String())}
	case b.Gateway == h.Gateway():
		return model.Answer{WhyNot: "only it itself listens on " + a.String()}
	case a.Path != "":
		return model.Answer{To: b, Sure: model.Medium, Why: "only " + b.Gateway.Name + " listens on " + a.String()}
	}
	return model.Answer{To: b, Sure: model.Low, Why: "only " + b.Gateway.Name + " listens on port " + strconv.Itoa(a.Port)}
}

// at looks for the port in a place.
func (k *linker) at(p *model.Place, h *model.Hop, a model.Addr, sure model.Confidence, why string) model.Answer {
	out := model.Answer{Place: p, Sure: sure, Why: why}
	binds := k.local[p.Network()][a.Port]
	if p.Network() == h.Gateway().Place.Network() && (a.Loopback() || a.Any()) {
		binds = looped(binds, a)
	} else {
		binds = where(binds, func(b model.Addr) bool { return (b.Any() || slices.Contains(p.Names, b.Host)) && b.Net == a.Net })
	}
	if b := choose(binds, h); b != nil {
		out.To = b
	} else {
		out.WhyNot = unanswered(binds, atPort(p, a))
	}
	return out
}

// atPort is a port of a place in words.
func atPort(p *model.Place, a model.Addr) string {
	port := "port " + strconv.Itoa(a.Port)
	if p.Name == "" {
		return port + " there"
	}
	return port + " of " + p.Name
}

// looped are the binds that a loopback address reaches: those on the very
// address, else those on every address of its family, else those on any.
func looped(binds []*model.Bind, a model.Addr) []*model.Bind {
	binds = where(binds, func(b model.Addr) bool { return b.Net == a.Net })
	ip, numeric := a.IP()
	six := numeric && ip.Is6()
	for _, reached := range []func(model.Addr) bool{
		func(b model.Addr) bool {
			on, ok := b.IP()
			return b.Loopback() && (!numeric || !ok || on == ip || ip.IsUnspecified() && on.Is6() == six)
		},
		func(b model.Addr) bool {
			on, ok := b.IP()
			return b.Any() && (!numeric || !ok && !six || ok && on.Is6() == six)
		},
		func(b model.Addr) bool { return b.Any() },
	} {
		if some := where(binds, reached); len(some) > 0 {
			return some
		}
	}
	return nil
}

func where(binds []*model.Bind, is func(model.Addr) bool) []*model.Bind {
	var some []*model.Bind
	for _, b := range binds {
		if is(b.Addr.V) {
			some = append(some, b)
		}
	}
	return some
}

// reachable are the places of that name which share a net with ours. Who is
// within another's network is reached by the other's name.
func (k *linker) reachable(name string, from *model.Place) []*model.Place {
	var out []*model.Place
	mine := from.Network().Nets
	for _, p := range k.named[strings.ToLower(name)] {
		if p.Within == nil && (len(p.Nets) == 0 || len(mine) == 0 || slices.ContainsFunc(p.Nets, func(n string) bool { return slices.Contains(mine, n) })) {
			out = append(out, p)
		}
	}
	return out
}

// choose picks one of the binds of an address for what the hop sends: that of
// the listener which has the name, else the default. Binds of several gateways
// are no answer.
func choose(binds []*model.Bind, h *model.Hop) *model.Bind {
	if len(binds) == 0 {
		return nil
	}
	several := false
	for _, b := range binds[1:] {
		if b.Gateway != binds[0].Gateway {
			return nil
		}
		several = several || b.Listener != binds[0].Listener
	}
	switch {
	case !several:
		return binds[0]
	case !h.Host.Known():
		return nil
	case h.Host.V == "client":
		return again(binds, h.Route.Listener)
	case h.Host.V == "endpoint":
		return named(binds, h.Pool.Name)
	}
	return named(binds, h.Host.V)
}

// again picks the bind for the client's own Host, of which only the listener
// that took the request tells something: it takes it again where it is asked
// again; elsewhere all of its names lead to one listener, or there is no answer.
func again(binds []*model.Bind, took *model.Listener) (found *model.Bind) {
	for _, b := range binds {
		if b.Listener == took {
			return b
		}
	}
	for _, host := range took.Hosts {
		b := named(binds, strings.TrimPrefix(host, "."))
		if b == nil || found != nil && found.Listener != b.Listener || strings.ContainsAny(host, "*~$") {
			return nil
		}
		found = b
	}
	return found
}

// named picks the bind for a host name: the one that has it, else the one with
// the longest wildcard that fits, else the default; none where an expression
// or what is not seen may fit.
func named(binds []*model.Bind, host string) *model.Bind {
	host = strings.ToLower(host)
	var best, rest *model.Bind
	fits, expression := 0, false
	for _, b := range binds {
		if b.Default && rest == nil {
			rest = b
		}
		for _, n := range b.Hosts {
			if strings.ContainsAny(n, "~$") {
				expression = true
			} else if f := fit(strings.ToLower(n), host); f > fits {
				best, fits = b, f
			}
		}
	}
	switch {
	case best != nil:
		return best
	case expression, binds[0].Listener.Node.Parent != nil && binds[0].Listener.Node.Parent.Partial != "":
		return nil // a listener that is not seen may have the name
	case rest != nil:
		return rest
	}
	return binds[0]
}

// fit is how well a name fits a host, 0 not at all: itself best, then
// "*.example.com" and ".example.com", then "www.*", the longer the better.
func fit(name, host string) int {
	const exact, leading, trailing = 3 << 16, 2 << 16, 1 << 16
	switch head, isTail := strings.CutSuffix(name, ".*"); {
	case name == host, name == "."+host:
		return exact
	case strings.HasPrefix(name, "*.") && strings.HasSuffix(host, name[1:]):
		return leading + len(name)
	case strings.HasPrefix(name, ".") && strings.HasSuffix(host, name):
		return leading + len(name) + 1
	case isTail && strings.HasPrefix(host, head+"."):
		return trailing + len(name)
	}
	return 0
}

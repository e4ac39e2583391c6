package targets

import (
	"fmt"
	"path"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A server listens on one socket, and the gateway looks for another.
var wrongSocket = &model.Check{
	ID:       "wrong-socket",
	Title:    "Nothing listens on the socket that requests are sent to",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		meant := misses(w)
		for _, l := range w.Links {
			b, at := meant[l], l.Endpoint.Addr
			if b == nil || at.V.Host != "" && at.V.Any() {
				continue // of the latter speaks any-address-target
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s %s is not where %s listens, which is %s", at.Key(), at.Text(), b.Gateway.Name, b.Addr),
				Because: []model.Fact{at, b.Addr, b.Protocol},
				Outcome: l.Hop.Outcome(model.Refused),
				When:    "every request",
			}
			if h, _ := sought(l); h.unplaced() {
				f.AtMost = model.Warning // that both run on one machine is only most likely
			}
			report(f)
		}
	},
}

// misses are the links that look for a socket that nobody listens on, each with
// the only one that it can mean.
func misses(w *model.Workspace) map[*model.Link]*model.Bind {
	free := unasked(w)
	lost := map[haven]map[string]bool{} // paths at which nobody answers
	for _, l := range w.Links {
		if h, ok := sought(l); ok {
			if lost[h] == nil {
				lost[h] = map[string]bool{}
			}
			lost[h][l.Endpoint.Addr.V.String()] = true
		}
	}
	meant := map[*model.Link]*model.Bind{}
	for _, l := range w.Links {
		h, ok := sought(l)
		if !ok || len(lost[h]) != 1 || len(free[h]) != 1 {
			continue
		}
		b := free[h][0]
		if b.Gateway == l.Hop.Gateway() || h.unplaced() && h.protocol == "http" && !namesake(l.Endpoint.Addr.V, b.Addr.V) {
			continue // HTTP is spoken by many that are not seen
		}
		meant[l] = b
	}
	return meant
}

// namesake reports whether two sockets have one name in different folders.
func namesake(a, b model.Addr) bool {
	return a.Path != "" && b.Path != "" && a.Path != b.Path && path.Base(a.Path) == path.Base(b.Path)
}

// A haven is where sockets of one protocol are seen from one another: on a
// machine, in what several places mount, or nobody knows where.
type haven struct {
	machine          *model.Place
	source, protocol string
}

// unplaced reports whether nothing tells where it is.
func (h haven) unplaced() bool { return h.machine == nil && h.source == "" }

func havenOf(p *model.Place, a model.Addr, protocol string) haven {
	source := ""
	if a.Path != "" {
		source = p.Shared(a.Path)
	}
	switch {
	case source != "":
		return haven{source: source, protocol: protocol}
	case p.Machine().Node == nil && p.Network().Node == nil:
		return haven{protocol: protocol}
	}
	return haven{machine: p.Machine(), protocol: protocol}
}

// sought is where a link looks for a socket that nobody is known to listen on.
func sought(l *model.Link) (h haven, ok bool) {
	at, says, p := l.Endpoint.Addr, l.Conn.Protocol, l.Hop.Gateway().Place
	if l.Linked() || !says.Known() || !literal(at) && !port(p, at, says.V) {
		return h, false
	}
	return havenOf(p, at.V, says.V), true
}

// port reports whether an address is a port of the place itself, at which a
// server of few kinds is sought: what speaks HTTP there may be anything.
func port(p *model.Place, at model.Value[model.Addr], protocol string) bool {
	return at.Known() && at.V.Port > 0 && at.V.Net == "" && (at.V.Loopback() || at.V.Any()) && p.Network() == p.Machine() &&
		(protocol == "fastcgi" || protocol == "uwsgi" || protocol == "scgi")
}

// literal reports whether an address is a socket in the file system whose path
// is written out.
func literal(at model.Value[model.Addr]) bool {
	return at.Known() && strings.HasPrefix(at.V.Path, "/") && !strings.ContainsAny(at.V.Path, "$%{}<*")
}

// unasked are the sockets that servers listen on and nothing is sent to.
func unasked(w *model.Workspace) map[haven][]*model.Bind {
	free := map[haven][]*model.Bind{}
	for _, g := range w.Gateways {
		for _, l := range g.Listeners {
			for _, b := range l.Binds {
				if b.Protocol.Known() && len(w.Outer(l)) == 0 && (literal(b.Addr) || port(g.Place, b.Addr, b.Protocol.V)) {
					h := havenOf(g.Place, b.Addr.V, b.Protocol.V)
					free[h] = append(free[h], b)
				}
			}
		}
	}
	return free
}

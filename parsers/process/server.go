package process

import (
	"slices"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// Server is the gateway that a program is, with one listener.
func (g Program) Server(product model.Product) *model.Gateway {
	out := &model.Gateway{Name: product.Name, Node: g.Node, Product: product, Place: g.Place}
	out.Signalled = g.Signalled()
	out.Listeners = []*model.Listener{{Gateway: out, Node: g.Node}}
	return out
}

// Signalled is whether the signal that stops the place reaches the program: a
// shell that waits for it neither ends on the signal, as the first process of a
// container, nor passes it on.
func (g Program) Signalled() model.Value[bool] {
	const key = "exec"
	switch f := g.front; {
	case g.Node == nil:
		return model.Value[bool]{}
	case f.unsure != "":
		return model.NotTold[bool](g.Node, key, f.unsure)
	case g.leaves():
		return model.NotTold[bool](g.Node, key, "it leaves whoever starts it, for the background")
	case !f.at.IsZero():
		return model.Set(g.Node, key, f.at, false, model.Explicit, f.why)
	}
	return model.Fallback(g.Node, key, true, model.Default, "no shell stays in front")
}

// leaves reports whether the program goes to the background by itself: it ends
// with the first process of its container, and waits for no signal.
func (g Program) leaves() bool {
	switch g.Name {
	case "php-fpm", "gunicorn":
		_, ok := g.Switch("-D", "--daemonize", "--daemon")
		return ok
	case "service":
		return true
	case "uwsgi":
		_, ok := g.Flag("-d", "--daemonize", "--daemonize2")
		return ok
	}
	return false
}

// Ends is how long requests live on in a server that the signal which stops its
// place ends at once.
func Ends(signal model.Value[string], server string) model.Value[time.Duration] {
	const none = time.Duration(0)
	if signal.Written() {
		return model.Set(signal.Owner(), signal.Key(), signal.At(), none, signal.Origin(), "stops "+server+" at once")
	}
	return model.Fallback(signal.Owner(), signal.Key(), none, signal.Origin(), signal.Why()+", "+signal.V+" stops "+server+" at once")
}

// Stops reports whether a place is stopped by one of the signals, named without
// SIG.
func Stops(p *model.Place, names ...string) bool {
	return p.Signal.Known() && slices.Contains(names, strings.TrimPrefix(p.Signal.V, "SIG"))
}

// Runs is whom the program runs as: the user a wrapper names, else its place's.
func (g Program) Runs() model.Value[string] {
	if g.User.Text != "" {
		return Read(g, "user", g.User, func(s string) (string, bool) { return s, s != "" })
	}
	for p := g.Place; p != nil; p = p.On {
		if u := p.User; u.Known() {
			return u
		}
	}
	return model.NotTold[string](g.Node, "user", "whoever starts it")
}

// Listen adds an address to a listener, and what is spoken there.
func Listen(l *model.Listener, addr model.Value[model.Addr], protocol model.Value[string]) *model.Bind {
	b := &model.Bind{Listener: l, Node: l.Node, Addr: addr, Protocol: protocol, Default: true}
	l.Binds = append(l.Binds, b)
	return b
}

// Speaks is the protocol of a server that has no other.
func Speaks(owner *model.Node, server, protocol string) model.Value[string] {
	return model.Fallback(owner, "protocol", protocol, model.Default, server+" speaks "+protocol)
}

// Plain is the TLS of a server that was given no certificate.
func Plain(owner *model.Node, key string) model.TLS {
	return model.TLS{Enabled: model.Fallback(owner, key, false, model.Default, "no certificate is given")}
}

// Encrypted is the TLS of a server that was given one.
func Encrypted(owner *model.Node, key string, at model.Span) model.TLS {
	return model.TLS{Enabled: model.Set(owner, key, at, true, model.Explicit, "")}
}

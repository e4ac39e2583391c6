package process

import (
	"github.com/gwlint/gwlint/model"
)

// Server is the gateway that a program is, with one listener.
func (g Program) Server(product model.Product) *model.Gateway {
	out := &model.Gateway{Name: product.Name, Node: g.Node, Product: product, Place: g.Place}
	out.Listeners = []*model.Listener{{Gateway: out, Node: g.Node}}
	return out
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

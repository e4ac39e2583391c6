package process

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// Declared is where something in a place listens: on the sockets it is handed,
// which is certain; else by its environment, else by
// the ports that are exposed, else by those published: only the strongest of
// them. None of these proves it, so all are assumed. env are the variables that
// servers of the kind read their port from.
func Declared(p *model.Place, owner *model.Node, env ...string) []model.Value[model.Addr] {
	if len(p.Sockets) > 0 {
		return p.Sockets
	}
	for _, name := range env {
		v := p.Env[name]
		if port, ok := Port(v.V); v.Known() && ok {
			return []model.Value[model.Addr]{model.Set(owner, name, v.At(), model.Addr{Port: port}, model.Assumed, "if the server takes its port from there")}
		}
	}
	var all []model.Value[model.Addr]
	once := map[int]bool{}
	say := func(key string, at model.Span, port int, why string) {
		if !once[port] {
			once[port] = true
			all = append(all, model.Set(owner, key, at, model.Addr{Port: port}, model.Assumed, why))
		}
	}
	for _, e := range p.Exposed {
		if e.Known() {
			say(e.Key(), e.At(), e.V, "exposed, so something most likely listens there")
		}
	}
	if len(all) > 0 {
		return all
	}
	for _, port := range p.Ports {
		say("ports", port.At, port.Inner, fmt.Sprintf("published as %d, so something most likely listens there", port.Outer))
	}
	return all
}

package lint

import (
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/image"
	"github.com/gwlint/gwlint/parsers/process"
)

// suppose makes gateways of the places in which none is known to listen: what
// their ports or their images say that they listen on.
func suppose(w *model.Workspace) {
	busy := map[*model.Place]bool{}
	for _, g := range w.Gateways {
		if !listens(g) {
			continue
		}
		for p := g.Place; p != nil && !busy[p]; p = p.Within {
			busy[p] = true
		}
	}
	for _, p := range w.Places {
		if !busy[p] && p.Node != nil && len(p.Names) > 0 {
			if g := supposed(p); g != nil {
				w.Gateways = append(w.Gateways, g)
			}
		}
	}
}

func listens(g *model.Gateway) bool {
	return slices.ContainsFunc(g.Listeners, func(l *model.Listener) bool { return len(l.Binds) > 0 })
}

// unchanged reports whether an image is used as it comes: nothing is built on
// it, and nothing lies over its configuration.
func unchanged(p *model.Place) bool {
	return p.Node.Find("image") != nil && p.Node.Find("build") == nil && !slices.ContainsFunc(p.Mounts, func(m model.Mount) bool {
		return strings.HasPrefix(m.To, "/etc") || strings.Contains(m.To+"/", "/conf/") || m.To == "/usr/local/apache2"
	})
}

// supposed is the gateway of a place, or nil when nothing tells.
func supposed(p *model.Place) *model.Gateway {
	service, known := image.Service{}, false
	if p.Image.Known() {
		service, known = image.Parse(p.Image.V).Service()
	}
	binds, tells := kestrel(p)
	if !tells {
		return nil
	}
	if len(binds) == 0 {
		binds = process.Declared(p, p.Node, "PORT", "SERVER_PORT", "HTTP_PORT", "ASPNETCORE_HTTP_PORTS")
	}
	if len(binds) == 0 {
		if !known {
			return nil
		}
		o, why := model.Default, "the port of the image "+p.Image.V
		if p.Command.Known() {
			o, why = model.Assumed, why+", unless its command says otherwise"
		}
		binds = append(binds, model.Fallback(p.Node, "port", model.Addr{Port: service.Port}, o, why))
	}
	g := &model.Gateway{Name: p.Name, Node: p.Node, Place: p}
	if known {
		g.Product = model.Product{Name: service.Product, Versions: p.Versions[service.Product]}
	}
	l := &model.Listener{Gateway: g, Node: p.Node}
	if key, idle, told := image.KeepAlive(service.Product); told && unchanged(p) {
		l.Idle = model.Fallback(p.Node, key, idle, model.Default, "as the image has it")
	}
	for _, addr := range binds {
		protocol := model.NotTold[string](p.Node, "protocol", "the server is not known")
		if known && (service.Protocol == "tcp" || addr.V.Port == service.Port) {
			protocol = model.Fallback(p.Node, "protocol", service.Protocol, model.Default, service.Product+" speaks "+service.Protocol)
		}
		b := process.Listen(l, addr, protocol)
		if model.Is(protocol, "http") && addr.Key() != kestrelURLs {
			b.TLS.Enabled = model.Fallback(p.Node, "tls", false, model.Assumed, service.Product+" speaks plain HTTP there, unless it is configured to do otherwise")
		}
	}
	g.Listeners = []*model.Listener{l}
	return g
}

const kestrelURLs = "ASPNETCORE_URLS"

// kestrel are the addresses that ASP.NET Core listens on by its environment:
// "http://+:5000;https://localhost:5001". They come before those of the image.
// It tells nothing where one of them cannot be read.
func kestrel(p *model.Place) (binds []model.Value[model.Addr], tells bool) {
	v, set := p.Env[kestrelURLs]
	if !set {
		return nil, true
	}
	for _, one := range strings.Split(v.V, ";") {
		scheme, rest, ok := strings.Cut(strings.TrimSpace(one), "://")
		host, port, _ := strings.Cut(strings.TrimSuffix(rest, "/"), ":")
		n, number := process.Port(port)
		if !v.Known() || !ok || !number || scheme != "http" && scheme != "https" {
			return nil, false
		}
		if host != "localhost" && host != "127.0.0.1" {
			host = "" // every address, or a name of this one
		}
		binds = append(binds, model.Set(p.Node, kestrelURLs, v.At(), model.Addr{Host: host, Port: n}, model.Assumed, "unless the code names another"))
	}
	return binds, true
}

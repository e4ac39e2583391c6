package lint

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/facts"
	"github.com/gwlint/gwlint/settings"
)

// A declaration is a link block of the settings: who answers a server.
type declaration struct {
	settings.Link
	binds []*model.Bind // of whom To names
	port  int           // that To names; 0 is none
	asked bool          // a server has the name that is said
	fails string        // why it links none of them
	links bool          // it links one
}

// declarations are the link blocks by the server they say, in lower case.
type declarations map[string][]*declaration

// declarations finds out whom the link blocks of the settings name.
func (opt Options) declarations(w *model.Workspace) declarations {
	all := declarations{}
	if opt.Settings == nil {
		return all
	}
	for _, k := range opt.Settings.Links() {
		d := &declaration{Link: k}
		if d.binds = opt.named(w, k.To.V); d.binds == nil {
			if name, port, ok := strings.Cut(k.To.V, ":"); ok {
				n, err := strconv.Atoi(port)
				if d.port = n; err == nil {
					d.binds = slices.DeleteFunc(opt.named(w, name), func(b *model.Bind) bool { return b.Addr.Known() && b.Addr.V.Port != n })
				}
			}
		}
		from := strings.ToLower(k.From.V)
		all[from] = append(all[from], d)
	}
	return all
}

// named are the binds of those that the settings call by a name: of the app,
// else of what stands in the file, else runs in the place, else has the name.
func (opt Options) named(w *model.Workspace, name string) []*model.Bind {
	file := path.Clean(name)
	is := func(at model.Span) bool {
		return at.Source != nil && path.Join(opt.Settings.Base, opt.name(at.Source)) == file
	}
	found := map[int][]*model.Bind{}
	for _, g := range w.Gateways {
		for _, l := range g.Listeners {
			rank := 0
			switch {
			case facts.Declares(g) && g.Name == name:
				rank = 1
			case l.Node != nil && is(l.Node.Span):
				rank = 2
			case g.Node != nil && is(g.Node.Span), is(l.Idle.At()), is(l.Limit.At()), is(l.Slots.At()), slices.ContainsFunc(l.Binds, func(b *model.Bind) bool { return is(b.Addr.At()) }):
				rank = 3
			case g.Place.Node != nil && (g.Place.Name == name || slices.Contains(g.Place.Names, name)):
				rank = 4
			case g.Name == name:
				rank = 5
			default:
				continue
			}
			binds := l.Binds
			if len(binds) == 0 { // where it listens is not told, and need not be
				binds = []*model.Bind{{Listener: l, Node: l.Node}}
			}
			found[rank] = append(found[rank], binds...)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found[slices.Min(slices.Collect(maps.Keys(found)))]
}

// of is the declaration for a server of a hop, by its address as it is meant
// or written, its host, or the name of its pool; nil where there is none.
func (all declarations) of(h *model.Hop, e *model.Endpoint, outside func(*model.Node, *model.Gateway) bool) *declaration {
	if len(all) == 0 {
		return nil
	}
	for _, name := range [...]string{e.Addr.V.String(), e.Addr.At().Text(), e.Addr.V.Host, h.Pool.Name} {
		for _, d := range all[strings.ToLower(name)] {
			if name != "" && !outside(d.Node, h.Gateway()) {
				d.asked = true
				return d
			}
		}
	}
	return nil
}

// answer is the listener that a declaration leads to from a server.
func (d *declaration) answer(h *model.Hop, e *model.Endpoint) model.Answer {
	binds := d.binds
	if d.port == 0 && e.Addr.Known() {
		if same := where(binds, func(a model.Addr) bool { return a.Port == e.Addr.V.Port && a.Path == e.Addr.V.Path }); len(same) > 0 {
			binds = same
		}
	}
	if len(binds) == 0 {
		return model.Answer{WhyNot: "nothing that listens is called " + d.To.V}
	}
	var b *model.Bind
	ports := map[int]bool{}
	for _, o := range binds {
		ports[o.Addr.V.Port] = true
	}
	if len(ports) == 1 {
		b = choose(binds, h)
	}
	if b == nil {
		d.fails = unanswered(binds, d.To.V)
		if len(ports) > 1 {
			first := slices.MinFunc(binds, func(a, b *model.Bind) int { return cmp.Compare(a.Addr.V.Port, b.Addr.V.Port) })
			d.fails = d.To.V + " listens on several ports: name one, as in \"" + d.To.V + ":" + strconv.Itoa(first.Addr.V.Port) + "\""
		}
		return model.Answer{WhyNot: d.fails}
	}
	d.links = true
	return model.Answer{To: b, Place: b.Gateway.Place, Sure: model.High, Why: "declared in " + d.From.At.String()}
}

// judge says of each declaration what is wrong with it, once all links are
// made. Of a part of the files nothing can be said: the rest may have the name.
func (all declarations) judge(w *model.Workspace, opt Options) (wrong []model.Finding) {
	if len(all) == 0 || opt.Settings.Base != "." || !opt.whole() {
		return nil
	}
	meant := func(said string, known map[string]bool) string {
		if near := settings.Nearest(said, slices.Sorted(maps.Keys(known))); near != "" {
			return "; did you mean " + near + "?"
		}
		return ""
	}
	for _, from := range slices.Sorted(maps.Keys(all)) {
		for _, d := range all[from] {
			switch {
			case len(d.binds) == 0:
				wrong = append(wrong, settings.Wrong(d.To.At, "nothing that listens is called %q: no app, file, place or gateway%s", d.To.V, meant(d.To.V, listeners(w, opt))))
			case !d.asked:
				f := settings.Wrong(d.From.At, "no server of a pool is called %q%s", d.From.V, meant(d.From.V, servers(w)))
				f.AtMost = model.Warning
				wrong = append(wrong, f)
			case !d.links:
				wrong = append(wrong, settings.Wrong(d.To.At, "%s", d.fails))
			}
		}
	}
	return wrong
}

// listeners are the names that a declaration may lead to.
func listeners(w *model.Workspace, opt Options) map[string]bool {
	names := map[string]bool{}
	for _, g := range w.Gateways {
		if len(g.Listeners) == 0 {
			continue
		}
		names[g.Name] = true
		if g.Place.Node != nil {
			names[g.Place.Name] = true
		}
		for _, l := range g.Listeners {
			if l.Node != nil && l.Node.Span.Source != nil {
				names[opt.name(l.Node.Span.Source)] = true
			}
		}
	}
	return names
}

// servers are the names that a declaration may be of.
func servers(w *model.Workspace) map[string]bool {
	names := map[string]bool{}
	for _, k := range w.Links {
		names[k.Hop.Pool.Name] = true
		if k.Endpoint.Addr.Known() {
			names[k.Endpoint.Addr.V.String()] = true
		}
	}
	delete(names, "")
	return names
}

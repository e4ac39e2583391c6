package nginx

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/image"
	"github.com/gwlint/gwlint/parsers/process"
)

// Load reads a main file, a dump, or fragments that belong together.
func (p Parser) Load(t *files.Tree, root files.Root) files.Loaded {
	r := read(t, root)
	l := &loader{
		root: r.root, context: r.context, findings: r.findings,
		product:  model.Product{Name: p.Name(), Versions: root.Place.Versions[p.Name()], Outcomes: outcomes()},
		defaults: map[settingKey]fallback{},
		pools:    map[string]*model.Pool{},
		sets:     map[string][]*model.Node{},
		maps:     map[string][]*model.Node{},
		static:   map[string]bool{},
		asked:    map[subrequest]bool{},
		main:     len(root.Paths) > 0 && isMain(root.Place, root.Paths[0]),
	}
	l.gateway = &model.Gateway{Name: "nginx", Node: r.root, Product: l.product, Place: root.Place}
	l.gateway.User, l.gateway.Grace = l.user(), l.grace()
	l.lower()
	l.judge()
	return files.Loaded{Gateways: []*model.Gateway{l.gateway}, Findings: l.findings}
}

// user is whom the workers run as: a user alone has the group of its name. Of
// what is built without one, only the images of nginx tell.
func (l *loader) user() model.Value[string] {
	const key = "user"
	if u := l.gateway.Place.User; model.Not(u, "root") {
		return u // the directive needs a master that is root
	}
	stmt, missing := l.find(l.root, key)
	switch {
	case missing != "":
		return model.NotTold[string](l.root, key, missing)
	case stmt != nil:
		return written(l.root, stmt, key, func(args []string) (string, bool) { return strings.Join(args, ":"), len(args) == 1 || len(args) == 2 })
	case l.gateway.Place.Image.Known() && image.Parse(l.gateway.Place.Image.V).Name == "nginx":
		return model.Fallback(l.root, key, "nginx", model.Default, "the image's user")
	}
	return model.NotTold[string](l.root, key, "it depends on how nginx was built")
}

// grace is how long a worker that is replaced or stopped by SIGQUIT goes on
// with its requests: as long as they last, unless worker_shutdown_timeout says
// otherwise; 0 is no limit (ngx_set_shutdown_timer). SIGTERM and SIGINT stop at
// once (nginx, control.html).
func (l *loader) grace() model.Value[time.Duration] {
	const key = "worker_shutdown_timeout"
	if p := l.gateway.Place; process.Stops(p, "TERM", "INT", "15", "2") && signalled(p) {
		return process.Ends(p.Signal, "nginx")
	}
	switch stmt, missing := l.find(l.root, key); {
	case missing != "":
		return model.NotTold[time.Duration](l.root, key, missing)
	case stmt != nil:
		return written(l.root, stmt, key, orForever)
	}
	return model.Fallback(l.root, key, model.Forever, l.atMost(model.Default), l.unseen("nginx default: as long as they last"))
}

// signalled reports whether the signal that stops a place goes to nginx: it is
// what the place starts, as far as it says what it does.
func signalled(p *model.Place) bool {
	if !p.Command.Known() {
		return p.Image.Known() && image.Parse(p.Image.V).Product() == "nginx"
	}
	return slices.ContainsFunc(p.Command.V, func(w string) bool { return path.Base(w) == "nginx" || path.Base(w) == "openresty" })
}

// A loader lowers one tree.
type loader struct {
	root     *model.Node
	context  string // what the root's statements stand in
	main     bool   // its place starts nginx with it
	product  model.Product
	gateway  *model.Gateway
	findings []model.Finding

	defaults map[settingKey]fallback  // for the product's versions
	pools    map[string]*model.Pool   // by level and lower-case name
	sets     map[string][]*model.Node // by variable: set statements
	maps     map[string][]*model.Node // by variable: map, geo and split_clients blocks
	static   map[string]bool          // addresses of passes without variables

	asked map[subrequest]bool // by auth_request
}

func (l *loader) lower() {
	var blocks []*model.Node
	for n := range l.root.Walk() {
		switch n.Name.Text {
		case "upstream":
			if !n.Body.IsZero() {
				l.upstream(n)
			}
		case "set":
			l.sets[n.Arg(0)] = append(l.sets[n.Arg(0)], n)
		case "map", "geo", "split_clients":
			if k := len(n.Args); k > 0 && !n.Body.IsZero() {
				l.maps[n.Arg(k-1)] = append(l.maps[n.Arg(k-1)], n)
			}
		case "auth_request":
			l.asked[subrequest{n.Within("server"), n.Arg(0)}] = true
		case "server":
			if !n.Body.IsZero() {
				blocks = append(blocks, n)
			}
		default:
			for _, f := range families {
				if f.pass == n.Name.Text {
					l.learnStatic(f, n)
				}
			}
		}
	}
	if l.context == "server" || l.context == "location" || l.context == "stream-server" {
		blocks = []*model.Node{l.root} // a snippet: its server block is not among the files
	}
	var rest, all []*model.Listener
	for _, b := range blocks {
		listener, isDefault := l.server(b)
		if listener != nil {
			all = append(all, listener)
		}
		switch {
		case listener == nil:
		case isDefault:
			l.gateway.Listeners = append(l.gateway.Listeners, listener)
		default:
			rest = append(rest, listener)
		}
	}
	l.gateway.Listeners = append(l.gateway.Listeners, rest...)
	markDefaults(all)
}

// markDefaults marks for each address the bind that takes what names choose no
// other listener for: the one that says so, else the first.
func markDefaults(all []*model.Listener) {
	marked := map[model.Addr]bool{}
	for _, l := range all {
		for _, b := range l.Binds {
			marked[b.Addr.V] = marked[b.Addr.V] || b.Default
		}
	}
	for _, l := range all {
		for _, b := range l.Binds {
			if b.Addr.Known() && !marked[b.Addr.V] {
				b.Default, marked[b.Addr.V] = true, true
			}
		}
	}
}

// level is the outermost block that a statement stands in.
func (l *loader) level(n *model.Node) string {
	c := l.contextOf(n)
	if strings.HasPrefix(c, "stream") {
		return "stream"
	}
	return "http"
}

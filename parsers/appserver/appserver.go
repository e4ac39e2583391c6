// Package appserver knows the servers that their command line configures
// alone, or nearly so: uvicorn, hypercorn, daphne, waitress, and those that
// frameworks bring for development.
package appserver

import (
	"fmt"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/process"
	"github.com/gwlint/gwlint/parsers/text"
)

const forever = model.Forever

// A Parser reads their commands. It has no files but what those name.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return "appserver" }

// Render writes the value of an option.
func (Parser) Render(_ string, value any) (literal, statement string) {
	switch v := value.(type) {
	case time.Duration:
		return text.Seconds(v), ""
	case int, int64:
		return fmt.Sprint(v), ""
	}
	return "", ""
}

// Detect claims no file.
func (Parser) Detect(string, func() []byte) bool { return false }

// Roots are the places that start one of the servers.
func (Parser) Roots(t *files.Tree, _ []string, places []*model.Place) (roots []files.Root) {
	serves := func(g process.Program) bool { _, ok := serverOf(t, g); return ok }
	return process.Roots(t, nil, places, serves, func(*files.Tree, process.Program) string { return "" })
}

// Load makes a gateway of each of them.
func (d Parser) Load(t *files.Tree, root files.Root) (out files.Loaded) {
	for _, g := range process.Programs(t, root.Place) {
		if s, ok := serverOf(t, g); ok {
			if s.name == "hypercorn" {
				s.read(t, d)
			}
			s.look(t)
			out.Gateways = append(out.Gateways, s.gateway())
		}
	}
	return out
}

// serverOf is the server that a program is, or that its script starts.
func serverOf(t *files.Tree, g process.Program) (*server, bool) {
	if name, k, ok := kindOf(g); ok {
		return &server{Program: g, kind: k, name: name}, true
	}
	if c, ok := codedIn(t, g); ok {
		return &server{Program: g, kind: kinds[c.kind], name: c.kind, code: c}, true
	}
	return nil, false
}

// kindOf is the server that a program is.
func kindOf(g process.Program) (name string, k kind, ok bool) {
	name = g.Name
	switch first := arg(g, 0); name {
	case "next", "fastapi":
		name += " " + first
	case "vite":
		if first == "build" {
			return "", k, false
		}
		if first == "preview" {
			name += " preview"
		}
	case "php":
		if strings.HasSuffix(first, "artisan") {
			name = "artisan " + arg(g, 1)
		} else if _, builtin := g.Flag("-S"); builtin {
			name = "php -S"
		}
	case "artisan":
		name += " " + first
	}
	k, ok = kinds[name]
	if ok && len(k.sub) > 0 {
		_, ok = g.Switch(k.sub...)
	}
	name, _, _ = strings.Cut(name, " ")
	return name, k, ok
}

func arg(g process.Program, i int) string {
	if i < len(g.Args) {
		return g.Args[i].Text
	}
	return ""
}

type server struct {
	process.Program
	kind kind
	name string
	file *model.Node         // hypercorn's configuration
	code *coded              // the call that starts it; nil: its command does
	host model.Value[string] // of a file of settings; no owner: it says nothing
	port model.Value[int]
}

// read reads the TOML file of hypercorn, its top level.
func (s *server) read(t *files.Tree, d Parser) {
	w, ok := s.Flag("-c", "--config")
	if !ok {
		return
	}
	s.file = &model.Node{Partial: "its configuration " + w.Text + " is not read"}
	name, ok := process.File(t, s.Place, w.Text)
	if !ok || !strings.HasSuffix(name, ".toml") {
		return
	}
	if src, err := t.Source(name, d); err == nil {
		s.file = text.INI{Inline: "#"}.Read(src)
	}
}

// option is the value of the last of its options, else of the environment's
// variable among them.
func option[T any](s *server, names []string, parse func(string) (T, bool)) (v model.Value[T], written bool) {
	if s.code != nil {
		return argument(s, names, parse)
	}
	for _, name := range names {
		if w, ok := s.Flag(name); ok && !variable(name) {
			return process.Read(s.Program, name, w, parse), true
		}
	}
	for _, name := range names {
		if env := s.Getenv(name); variable(name) && env.Known() {
			x, ok := parse(env.V)
			if !ok {
				return model.NotTold[T](s.Node, name, "it is "+env.V), true
			}
			return model.Set(s.Node, name, env.At(), x, env.Origin(), env.Why()), true
		} else if _, set := s.Place.Env[name]; variable(name) && set {
			return model.NotTold[T](s.Node, name, "it comes from the environment"), true
		}
	}
	return v, false
}

// argument is what the code gives for one of the options. It is assumed: other
// code may decide whether it comes to that.
func argument[T any](s *server, options []string, parse func(string) (T, bool)) (v model.Value[T], written bool) {
	for _, name := range options {
		given := s.code.argument(name)
		if given == nil || variable(name) {
			continue
		}
		x, ok := parse(given.Text)
		if given.Why != "" || given.List != nil || !ok {
			return model.NotTold[T](s.Node, snake(name), "the code decides"), true
		}
		why := "as the code has it"
		if given.Assumed != "" {
			why = given.Assumed
		}
		return model.Set(s.Node, snake(name), given.At, x, model.Assumed, why), true
	}
	return v, false
}

func variable(name string) bool { return name == strings.ToUpper(name) && name[0] != '-' }

func (s *server) gateway() *model.Gateway {
	g := s.Server(model.Product{Name: s.name, Versions: s.Place.Versions[s.name]})
	l := g.Listeners[0]
	k := s.kind
	l.Idle = s.period(k.idle, "keep_alive_timeout", k.keeps, "idle connections")
	g.Grace = s.period(k.grace, "graceful_timeout", k.lives, "shutdown")
	l.Limit = model.Fallback(s.Node, "limit", model.Forever, model.Default, s.name+" ends no request")
	if n, ok := option(s, k.slots, process.Number); ok {
		l.Slots = n
	} else if k.serves > 0 {
		l.Slots = model.Fallback(s.Node, k.slots[0], k.serves, model.Default, s.name+" default")
	}
	if k.head > 0 {
		l.MaxHead = model.Fallback(s.Node, "header size", k.head, model.Default, s.name+" default")
		l.Abrupt = model.Fallback(s.Node, "header size", false, model.Default, s.name+" answers 4xx")
	}
	for _, addr := range s.addresses() {
		b := process.Listen(l, addr, process.Speaks(s.Node, s.name, "http"))
		b.TLS = process.Plain(s.Node, "tls")
		switch w, ok := s.Flag(k.certs...); {
		case s.code != nil && s.code.encrypted():
			b.TLS = model.TLS{Enabled: model.NotTold[bool](s.Node, "ssl", "the code decides")}
		case ok:
			b.TLS = process.Encrypted(s.Node, k.certs[0], w.Span)
		}
		b.Proxy = model.Fallback(s.Node, "PROXY protocol", false, model.Default, s.name+" does not read it")
		if addr.V.Path != "" && k.mode != 0 {
			b.Mode = model.Fallback(s.Node, "mode", k.mode, model.Default, s.name+" default")
			b.Owner = s.Runs()
		}
	}
	return g
}

// period is a time that an option or the file gives, else the default.
func (s *server) period(options []string, key string, otherwise time.Duration, of string) model.Value[time.Duration] {
	unit := s.kind.idleUnit
	if unit == 0 {
		unit = time.Second
	}
	scaled := func(t string) (time.Duration, bool) {
		d, ok := process.Seconds(t)
		return time.Duration(float64(d) / float64(time.Second) * float64(unit)), ok
	}
	if v, written := option(s, options, scaled); written {
		return v
	}
	if s.file != nil {
		if n := s.file.Find(key); n != nil && len(n.Args) > 0 {
			if d, ok := scaled(n.Arg(0)); ok {
				return model.Set(s.file, key, n.Args[0].Span, d, model.Explicit, "")
			}
		}
	}
	if len(options) > 0 {
		key = options[0]
	} else {
		key = of
	}
	if otherwise == unknown || s.code != nil && s.code.Unsure || s.file != nil && s.file.Partial != "" {
		return model.NotTold[time.Duration](s.Node, key, "what "+s.name+" does without the option is not known")
	}
	return model.Fallback(s.Node, key, otherwise, model.Default, s.name+" default")
}

// addresses are where the server listens.
func (s *server) addresses() (all []model.Value[model.Addr]) {
	k := s.kind
	if p, ok := option(s, k.sockets, func(p string) (model.Addr, bool) { return model.Addr{Net: "unix", Path: p}, p != "" }); ok {
		return append(all, p)
	}
	for _, name := range k.binds {
		for _, w := range s.Flags(name) {
			all = append(all, process.Read(s.Program, name, w, bound(k)))
		}
	}
	if k.positional && len(s.Args) > 0 && !strings.HasPrefix(s.Args[0].Text, "-") {
		all = append(all, process.Read(s.Program, s.Name, s.Args[0], bound(k)))
	}
	if s.file != nil && len(all) == 0 {
		all = s.bindsOfFile()
	}
	if len(all) > 0 {
		return all
	}
	return append(all, s.hostAndPort())
}

// bound reads an address; a port alone keeps the host that the server has
// without one.
func bound(k kind) func(string) (model.Addr, bool) {
	read := process.Address(k.port)
	return func(t string) (model.Addr, bool) {
		a, ok := read(t)
		if a.Host == "" && a.Path == "" {
			a.Host = k.host
		}
		return a, ok
	}
}

// bindsOfFile are those of bind = "..." or bind = ["...", "..."].
func (s *server) bindsOfFile() (all []model.Value[model.Addr]) {
	n := s.file.Find("bind")
	if n == nil || len(n.Args) == 0 {
		return nil
	}
	for _, one := range strings.Split(strings.Trim(n.Arg(0), "[]"), ",") {
		one = strings.Trim(strings.TrimSpace(one), `"'`)
		if a, ok := bound(s.kind)(one); ok {
			all = append(all, model.Set(s.file, "bind", n.Args[0].Span, a, model.Explicit, ""))
		}
	}
	return all
}

// hostAndPort are given apart, each with its default.
func (s *server) hostAndPort() model.Value[model.Addr] {
	k := s.kind
	if s.code != nil && s.code.Unsure {
		return model.NotTold[model.Addr](s.Node, s.code.function, "the code decides")
	}
	host, hostGiven := option(s, k.hosts, func(h string) (string, bool) { return h, true })
	port, portGiven := option(s, k.ports, process.Port)
	if hostGiven && strings.HasPrefix(host.V, "-") { // vite --host --port
		host = model.Set(s.Node, k.hosts[0], host.At(), "", model.Explicit, "")
	}
	if !hostGiven {
		if w, bare := s.Switch(k.hosts...); bare && s.code == nil {
			host, hostGiven = model.Set(s.Node, k.hosts[0], w.Span, "", model.Explicit, ""), true
		}
	}
	if !hostGiven && s.host.Owner() != nil {
		host, hostGiven = s.host, true
	}
	if !portGiven && s.port.Owner() != nil {
		port, portGiven = s.port, true
	}
	key, hostKey := s.name, ""
	if len(k.ports) > 0 {
		key = k.ports[0]
	}
	if len(k.hosts) > 0 {
		hostKey = k.hosts[0]
	}
	if s.code != nil {
		key, hostKey = "port", "host"
	}
	switch {
	case hostGiven && !host.Known():
		return model.NotTold[model.Addr](s.Node, key, host.Why())
	case portGiven && !port.Known():
		return model.NotTold[model.Addr](s.Node, key, port.Why())
	case k.port == 0 && !portGiven, s.file != nil && s.file.Partial != "":
		return model.NotTold[model.Addr](s.Node, key, "no address is given")
	}
	a, o, why := model.Addr{Host: k.host, Port: k.port}, model.Explicit, ""
	if hostGiven {
		a.Host, o, why = host.V, min(o, host.Origin()), host.Why()
	}
	if portGiven {
		a.Port, o = port.V, min(o, port.Origin())
		if why == "" {
			why = port.Why()
		}
	}
	switch {
	case portGiven && !hostGiven && a.Host != "":
		return model.Set(s.Node, key, port.At(), a, o, strings.TrimSuffix("on "+a.Host+", which is the default; "+why, "; "))
	case portGiven:
		return model.Set(s.Node, key, port.At(), a, o, why)
	case hostGiven:
		return model.Set(s.Node, hostKey, host.At(), a, o, strings.TrimSpace(fmt.Sprintf("port %d is the default %s", a.Port, why)))
	}
	if s.code != nil {
		at := s.code.At
		at.Start += len(s.code.function)
		return model.Set(s.Node, s.code.function, at, a, model.Assumed, "the default of "+s.name)
	}
	return model.Fallback(s.Node, key, a, model.Default, s.name+" default")
}

// Package gunicorn reads how gunicorn is started: its command line, the
// GUNICORN_CMD_ARGS of its environment, and its configuration file, which is
// Python, as far as that assigns literals.
package gunicorn

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/process"
	"github.com/gwlint/gwlint/parsers/python"
	"github.com/gwlint/gwlint/parsers/text"
)

// A Parser reads gunicorn's settings.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return "gunicorn" }

// Render writes an assignment of the configuration file, or the value of an
// option.
func (Parser) Render(key string, value any) (literal, statement string) {
	switch v := value.(type) {
	case time.Duration:
		literal = text.Seconds(v)
	case int, int64:
		literal = fmt.Sprint(v)
	case string:
		literal = strconv.Quote(v)
	default:
		return "", ""
	}
	if strings.HasPrefix(key, "-") {
		return literal, ""
	}
	return literal, key + " = " + literal
}

// Detect knows the file by its name.
func (Parser) Detect(p string, _ func() []byte) bool {
	base := path.Base(p)
	return strings.HasPrefix(base, "gunicorn") && strings.HasSuffix(base, ".py")
}

// Roots are the places that start gunicorn, each with the files its command
// lines read, and the files that none of them reads.
func (Parser) Roots(t *files.Tree, paths []string, places []*model.Place) (roots []files.Root) {
	return process.Roots(t, paths, places, func(g process.Program) bool { return g.Name == "gunicorn" }, configured)
}

// configured is the configuration file that a command line reads, or "". A
// file gunicorn.conf.py in the folder it starts in needs no naming.
func configured(t *files.Tree, g process.Program) string {
	asked := "gunicorn.conf.py"
	for _, w := range append(cmdArgs(g).Flags("-c", "--config"), g.Flags("-c", "--config")...) {
		asked = strings.TrimPrefix(w.Text, "file:")
	}
	name, _ := process.File(t, g.Place, asked)
	return name
}

// cmdArgs is a program with the options that the environment gives.
func cmdArgs(g process.Program) process.Program {
	v := g.Getenv("GUNICORN_CMD_ARGS")
	if !v.Known() {
		return process.Program{}
	}
	at, exact := text.Inner(model.Word{Text: v.V, Span: v.At()})
	g.Args, _ = text.Words(at)
	for i := range g.Args {
		if !exact {
			g.Args[i].Span = v.At()
		}
	}
	return g
}

// Load makes a gateway of each gunicorn that a place starts, or of a file.
func (d Parser) Load(t *files.Tree, root files.Root) (out files.Loaded) {
	started := false
	for _, g := range process.Programs(t, root.Place) {
		if g.Name != "gunicorn" {
			continue
		}
		started = true
		s := server{Program: g, args: cmdArgs(g)}
		if name := configured(t, g); name != "" {
			s.read(t, d, name, &out)
		} else if w, asked := g.Flag("-c", "--config"); asked {
			s.unseen = "its file " + w.Text + " is not read"
		} else if !process.Sees(t, g.Place) {
			s.unseen = "a gunicorn.conf.py may be where it starts"
		}
		out.Gateways = append(out.Gateways, s.gateway(d))
	}
	if !started && len(root.Paths) > 0 {
		s := server{Program: process.Program{Name: d.Name(), Place: root.Place}}
		s.read(t, d, root.Paths[0], &out)
		if s.conf != nil {
			s.Node = s.conf.Root
			out.Gateways = append(out.Gateways, s.gateway(d))
		}
	}
	return out
}

// A server is one gunicorn: what its command line says, the environment's
// options, and its file.
type server struct {
	process.Program
	args   process.Program
	conf   *python.Script
	unseen string // why there may be a file that is not seen
}

func (s *server) read(t *files.Tree, d Parser, name string, out *files.Loaded) {
	src, err := t.Source(name, d)
	if err != nil {
		out.Unreadable(t, name, d, err)
		return
	}
	s.conf = python.Parse(src, s.Getenv)
}

// setting is a value in effect: the command line's, else the environment's,
// else the file's; zero, and not written, when none of them has it.
func setting[T any](s *server, name string, flags []string, parse func(string) (T, bool)) (v model.Value[T], written bool) {
	for _, from := range []process.Program{s.Program, s.args} {
		if w, ok := from.Flag(flags...); ok {
			return process.Read(from, flags[len(flags)-1], w, parse), true
		}
	}
	if s.conf != nil {
		if a := s.conf.Vars[name]; a != nil {
			return value(s.conf.Root, name, a, parse), true
		}
	}
	return v, false
}

// value is what an assignment gives.
func value[T any](owner *model.Node, name string, a *python.Value, parse func(string) (T, bool)) model.Value[T] {
	v, ok := parse(a.Text)
	switch {
	case a.Why != "":
		return model.NotTold[T](owner, name, a.Why)
	case !ok:
		return model.NotTold[T](owner, name, "it is computed")
	case a.Assumed != "":
		return model.Set(owner, name, a.At, v, model.Assumed, a.Assumed)
	}
	return model.Set(owner, name, a.At, v, model.Explicit, "")
}

// or is a setting, or what gunicorn does without it (docs, settings).
func or[T any](s *server, name string, flags []string, parse func(string) (T, bool), otherwise T) model.Value[T] {
	v, written := setting(s, name, flags, parse)
	switch {
	case written:
		return v
	case s.conf != nil && s.conf.Root.Partial != "":
		return model.Fallback(s.Node, name, otherwise, model.Assumed, "gunicorn default; "+s.conf.Root.Partial)
	case s.unseen != "":
		return model.Fallback(s.Node, name, otherwise, model.Assumed, "gunicorn default; "+s.unseen)
	}
	return model.Fallback(s.Node, name, otherwise, model.Default, "gunicorn default")
}

func word(s string) (string, bool) { return s, s != "" }

// limited reads seconds of which 0 is no limit.
func limited(s string) (time.Duration, bool) {
	d, ok := process.Seconds(s)
	if ok && d == 0 {
		d = model.Forever
	}
	return d, ok
}

// octal reads a mode as Python writes it: 0o007, 007, 7.
func octal(s string) (int, bool) {
	n, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimLeft(s, "0"), "o"), 8, 32)
	return int(n), err == nil || strings.Trim(s, "0") == ""
}

func size(s string) (int64, bool) {
	n, ok := process.Number(s)
	return int64(n), ok
}

func (s *server) gateway(d Parser) *model.Gateway {
	g := s.Server(model.Product{Name: d.Name(), Versions: s.Place.Versions[d.Name()]})
	l := g.Listeners[0]
	g.User = or(s, "user", []string{"-u", "--user"}, word, "")
	if !g.User.Written() {
		g.User = model.NotTold[string](s.Node, "user", "whoever starts it")
	}
	g.Grace = or(s, "graceful_timeout", []string{"--graceful-timeout"}, process.Seconds, 30*time.Second)
	if process.Stops(s.Place, "INT", "QUIT", "2", "3") { // docs, signals; measured, 20.1
		g.Grace = process.Ends(s.Place.Signal, "gunicorn")
	}
	l.MaxHead = or(s, "limit_request_field_size", []string{"--limit-request-field_size"}, size, 8190)
	if model.Is(l.MaxHead, 0) {
		l.MaxHead = model.NotTold[int64](s.Node, "limit_request_field_size", "it is unlimited")
	}
	l.Abrupt = model.Fallback(s.Node, "limit_request_field_size", false, model.Default, "gunicorn answers 400")
	s.work(l)
	s.listen(l)
	return g
}

// work is what depends on the kind of the workers.
func (s *server) work(l *model.Listener) {
	class := or(s, "worker_class", []string{"-k", "--worker-class"}, word, "sync")
	workers := or(s, "workers", []string{"-w", "--workers"}, process.Number, 1)
	if env := s.Getenv("WEB_CONCURRENCY"); !workers.Written() && env.Known() {
		workers = fromEnv(s, "WEB_CONCURRENCY", env, process.Number)
	}
	threads := or(s, "threads", []string{"--threads"}, process.Number, 1)
	kind := class.V
	if kind == "sync" && threads.Known() && threads.V > 1 {
		kind = "gthread" // config.py, worker_class_str
	}
	unsure := func(key string) string { return key + " depends on the worker class, which cannot be told" }
	timeout := or(s, "timeout", []string{"-t", "--timeout"}, limited, 30*time.Second)
	idle := or(s, "keepalive", []string{"--keep-alive"}, process.Seconds, 2*time.Second)
	switch {
	case !class.Known() || kind == "sync" && !threads.Known():
		l.Idle = model.NotTold[time.Duration](s.Node, "keepalive", unsure("keepalive"))
		l.Limit = model.NotTold[time.Duration](s.Node, "timeout", unsure("timeout"))
		l.Slots = model.NotTold[int](s.Node, "workers", unsure("workers"))
	case kind == "sync":
		l.Idle = model.Fallback(s.Node, "worker_class", time.Duration(0), class.Origin(), "sync workers close after each answer")
		l.Limit = timeout
		l.Slots = workers
	default:
		l.Idle = idle
		l.Limit = model.Fallback(s.Node, "timeout", model.Forever, model.Default, "--timeout ends workers that hang, not requests, with "+kind+" workers")
		switch {
		case kind != "gthread":
			l.Slots = model.NotTold[int](s.Node, "workers", "workers of "+kind+" take many requests at once")
		case !workers.Known() || !threads.Known():
			l.Slots = model.NotTold[int](s.Node, "workers", "how many there are cannot be told")
		default:
			l.Slots = product(s.Node, workers, threads)
		}
	}
}

// product is workers times threads, owned by the one that is written.
func product(owner *model.Node, workers, threads model.Value[int]) model.Value[int] {
	o, why := min(workers.Origin(), threads.Origin()), fmt.Sprintf("%d workers of %d threads", workers.V, threads.V)
	if o >= model.Inherited {
		return model.Set(owner, "threads", threads.At(), workers.V*threads.V, o, why)
	}
	return model.Fallback(owner, "threads", workers.V*threads.V, o, why)
}

func fromEnv[T any](s *server, name string, v model.Value[string], parse func(string) (T, bool)) model.Value[T] {
	x, ok := parse(v.V)
	if !ok {
		return model.NotTold[T](s.Node, name, "it is "+v.V)
	}
	return model.Set(s.Node, name, v.At(), x, v.Origin(), v.Why())
}

// listen adds the addresses: 127.0.0.1:8000, or every address at $PORT, when
// none is given (config.py, Bind).
func (s *server) listen(l *model.Listener) {
	address := process.Address(8000)
	addrs := s.Place.Sockets // in place of any other (arbiter.py, LISTEN_FDS)
	for _, from := range []process.Program{s.Program, s.args} {
		if len(addrs) > 0 {
			break
		}
		for _, w := range from.Flags("-b", "--bind") {
			addrs = append(addrs, process.Read(from, "--bind", w, address))
		}
	}
	if len(addrs) == 0 && s.conf != nil {
		if a := s.conf.Vars["bind"]; a != nil {
			for _, one := range a.Items() {
				addrs = append(addrs, value(s.conf.Root, "bind", one, address))
			}
		}
	}
	if len(addrs) == 0 {
		addrs = s.unbound()
	}
	umask := or(s, "umask", []string{"-m", "--umask"}, octal, 0)
	cert, encrypted := setting(s, "certfile", []string{"--certfile"}, word)
	_, proxied := s.Switch("--proxy-protocol")
	for _, addr := range addrs {
		b := process.Listen(l, addr, process.Speaks(s.Node, "gunicorn", "http"))
		b.TLS = process.Plain(s.Node, "certfile")
		if encrypted {
			b.TLS = model.TLS{Enabled: model.Set(s.Node, "certfile", cert.At(), true, model.Explicit, ""), Cert: cert}
		}
		b.Proxy = or(s, "proxy_protocol", []string{}, truth, proxied)
		b.Backlog = or(s, "backlog", []string{"--backlog"}, process.Number, 2048)
		if addr.V.Path != "" {
			b.Owner = s.owner()
			b.Mode = model.NotTold[int](s.Node, "umask", umask.Why())
			if umask.Known() && len(s.Place.Sockets) == 0 { // sock.py, UnixSocket.bind
				b.Mode = model.Fallback(s.Node, "umask", 0o777&^umask.V, min(umask.Origin(), model.Default), fmt.Sprintf("gunicorn makes sockets with umask %03o", umask.V))
			}
		}
	}
}

// owner is whom the sockets belong to: --user and --group, else who starts
// gunicorn (measured, 20.1).
func (s *server) owner() model.Value[string] {
	starter := s.Runs()
	user, written := setting(s, "user", []string{"-u", "--user"}, word)
	group, grouped := setting(s, "group", []string{"-g", "--group"}, word)
	switch {
	case len(s.Place.Sockets) > 0:
		return model.NotTold[string](s.Node, "user", "systemd makes the socket")
	case !written && !grouped:
		return starter
	case written && !user.Known() || grouped && !group.Known() || !written && !starter.Known():
		return model.NotTold[string](s.Node, "user", "it cannot be told")
	case !written:
		user, _, _ := strings.Cut(starter.V, ":")
		return model.Set(group.Owner(), group.Key(), group.At(), user+":"+group.V, group.Origin(), "")
	case !grouped:
		return user
	}
	return model.Set(user.Owner(), user.Key(), user.At(), user.V+":"+group.V, min(user.Origin(), group.Origin()), "")
}

func truth(s string) (bool, bool) { return s == "True", s == "True" || s == "False" }

// unbound is where gunicorn listens when no address is given. What may be given
// in a file that is not seen tells less than the ports that are exposed.
func (s *server) unbound() []model.Value[model.Addr] {
	one := func(v model.Value[model.Addr]) []model.Value[model.Addr] { return []model.Value[model.Addr]{v} }
	port := s.Getenv("PORT")
	switch {
	case port.Known():
		return one(fromEnv(s, "PORT", port, func(v string) (model.Addr, bool) {
			n, ok := process.Port(v)
			return model.Addr{Host: "0.0.0.0", Port: n}, ok
		}))
	case port.Owner() != nil:
		return one(model.NotTold[model.Addr](s.Node, "bind", "it is $PORT, which comes from the environment"))
	case s.unseen != "" || s.Place.Hidden != "":
		if declared := process.Declared(s.Place, s.Node); len(declared) > 0 {
			return declared
		}
		return one(model.NotTold[model.Addr](s.Node, "bind", s.unseen+s.Place.Hidden))
	}
	return one(model.Fallback(s.Node, "bind", model.Addr{Host: "127.0.0.1", Port: 8000}, model.Default, "gunicorn default"))
}

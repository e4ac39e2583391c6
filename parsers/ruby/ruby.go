// Package ruby reads how Puma and Unicorn are started: their command lines, and
// their configuration files, which are Ruby, as far as those call settings with
// literals.
package ruby

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/process"
	"github.com/gwlint/gwlint/parsers/text"
)

// A Parser reads the settings of Puma and Unicorn.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return "puma" }

// Render writes a setting, or the value of an option.
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
	return literal, key + " " + literal
}

// Detect knows the files by their names.
func (Parser) Detect(p string, _ func() []byte) bool {
	base := path.Base(p)
	return path.Ext(base) == ".rb" && (strings.Contains(base, "puma") || strings.Contains(base, "unicorn")) && !strings.Contains(base, "spec") && !strings.Contains(base, "test")
}

// programs are those that start one of the servers.
var programs = map[string]string{"puma": "puma", "pumactl": "puma", "rails": "puma", "rackup": "puma", "unicorn": "unicorn", "unicorn_rails": "unicorn"}

// serverOf is the server that a program starts, or "".
func serverOf(g process.Program) string {
	if g.Name == "rails" {
		if len(g.Args) == 0 || g.Args[0].Text != "s" && g.Args[0].Text != "server" {
			return ""
		}
	}
	return programs[g.Name]
}

// Roots are the places that start one of the servers, each with the file it
// reads, and the files that none of them reads.
func (Parser) Roots(t *files.Tree, paths []string, places []*model.Place) (roots []files.Root) {
	return process.Roots(t, paths, places, func(g process.Program) bool { return serverOf(g) != "" }, configured)
}

// configured is the file that a server reads, or "": that of its option, else
// the customary one.
func configured(t *files.Tree, g process.Program) string {
	for _, w := range g.Flags("-C", "--config", "-c", "--config-file") {
		name, _ := process.File(t, g.Place, w.Text)
		return name
	}
	if serverOf(g) == "puma" {
		name, _ := process.File(t, g.Place, "config/puma.rb")
		return name
	}
	return ""
}

// Load makes a gateway of each server that a place starts, or of a file.
func (d Parser) Load(t *files.Tree, root files.Root) (out files.Loaded) {
	started := false
	for _, g := range process.Programs(t, root.Place) {
		if serverOf(g) == "" {
			continue
		}
		started = true
		s := server{Program: g, product: serverOf(g), tree: t}
		if name := configured(t, g); name != "" {
			s.read(t, d, name, &out)
		}
		out.Gateways = append(out.Gateways, s.gateway())
	}
	if !started && len(root.Paths) > 0 {
		s := server{Program: process.Program{Name: "puma", Place: root.Place}, product: "puma", tree: t}
		if strings.Contains(path.Base(root.Paths[0]), "unicorn") {
			s.Name, s.product = "unicorn", "unicorn"
		}
		if s.read(t, d, root.Paths[0], &out); s.conf != nil {
			s.Node = s.conf
			out.Gateways = append(out.Gateways, s.gateway())
		}
	}
	return out
}

// A server is one Puma or Unicorn.
type server struct {
	process.Program
	product string
	conf    *model.Node
	tree    *files.Tree
}

func (s *server) read(t *files.Tree, d Parser, name string, out *files.Loaded) {
	src, err := t.Source(name, d)
	if err != nil {
		out.Unreadable(t, name, d, err)
		return
	}
	s.conf = parse(src)
}

var (
	statement = regexp.MustCompile(`^([a-z_]+)(?:[ \t]+|[ \t]*\([ \t]*)([^=\s].*)$`)
	assigned  = regexp.MustCompile(`^([a-z_]+)[ \t]*=[ \t]*([^=\s~>].*)$`)
	fetch     = regexp.MustCompile(`^(?:Integer\()?ENV(?:\.fetch\(|\[)[ \t]*["'](\w+)["'][ \t]*(?:,[ \t]*([^)]+?)[ \t]*)?[)\]][ \t]*(?:\{[ \t]*([^}]+?)[ \t]*\}|\|\|[ \t]*(.+?))?\)?$`)
)

// parse reads the statements of a file: "name value" lines, and assignments,
// whose statements are named "name =". Those within blocks may not be there.
func parse(src *model.Source) *model.Node {
	root := &model.Node{Span: src.Span(0, len(src.Text)), Body: src.Span(0, len(src.Text))}
	depth := 0
	for line := 1; line <= src.Lines(); line++ {
		at := src.LineSpan(line)
		text := at.Text()
		body := strings.TrimSpace(uncommented(text))
		if body == "" {
			continue
		}
		start := at.Start + strings.Index(text, body)
		first, _, _ := strings.Cut(body, " ")
		if first == "end" {
			depth = max(depth-1, 0)
			continue
		}
		name, value := "", []int(nil)
		if m := assigned.FindStringSubmatchIndex(body); m != nil {
			name, value = body[m[2]:m[3]]+" =", m[4:6]
		} else if m := statement.FindStringSubmatchIndex(body); m != nil && !keyword(body[m[2]:m[3]]) {
			name, value = body[m[2]:m[3]], m[4:6]
		}
		if name != "" {
			written := strings.TrimSpace(conditionless(body[value[0]:value[1]]))
			if strings.Contains(body[:value[0]], "(") {
				written = strings.TrimSuffix(written, ")")
			}
			n := &model.Node{Name: model.Word{Text: name, Span: src.Span(start, start+len(strings.TrimSuffix(name, " =")))}, Parent: root,
				Args: []model.Word{{Text: written, Span: src.Span(start+value[0], start+value[0]+len(written))}}, Span: src.Span(start, start+len(body))}
			if depth > 0 || written != strings.TrimSuffix(strings.TrimSpace(body[value[0]:value[1]]), ")") && conditionless(body) != body {
				n.Maybe = "it stands under a condition"
			}
			root.Kids = append(root.Kids, n)
		}
		if opens(body) {
			depth++
		}
	}
	root.Seal()
	return root
}

func keyword(s string) bool {
	switch s {
	case "if", "unless", "else", "elsif", "end", "def", "do", "require", "while", "case", "when", "begin", "puts", "rescue", "ensure", "return", "class", "module":
		return true
	}
	return false
}

// opens reports whether a line begins a block that "end" closes.
func opens(body string) bool {
	first, _, _ := strings.Cut(body, " ")
	switch first {
	case "if", "unless", "def", "while", "case", "begin", "class", "module":
		return true
	}
	return strings.HasSuffix(body, " do") || strings.HasSuffix(body, "|") && strings.Contains(body, " do |") || strings.HasSuffix(body, "= if") || strings.HasSuffix(body, "= case")
}

// conditionless is a statement without the condition behind it.
func conditionless(s string) string {
	for _, word := range []string{" if ", " unless "} {
		s, _, _ = strings.Cut(s, word)
	}
	return s
}

// uncommented is a line without its comment.
func uncommented(s string) string {
	for i, c := range text.Bare(s, true) {
		if c == '#' {
			return s[:i]
		}
	}
	return s
}

// eval works out a literal, a variable of the file, or one of the environment.
func (s *server) eval(w model.Word, depth int) (text string, at model.Span, o model.Origin, why string) {
	v := strings.TrimSpace(w.Text)
	if m := fetch.FindStringSubmatch(v); m != nil {
		env := s.Getenv(m[1])
		otherwise := m[2] + m[3] + m[4]
		switch {
		case env.Known():
			return env.V, env.At(), env.Origin(), env.Why()
		case env.Owner() != nil || otherwise == "":
			return "", w.Span, model.Unknown, m[1] + " comes from the environment"
		}
		text, _, o, _ = s.eval(model.Word{Text: otherwise, Span: w.Span}, depth+1)
		return text, w.Span, min(o, model.Assumed), "unless " + m[1] + " is set in the environment"
	}
	switch k := len(v); {
	case k >= 2 && (v[0] == '"' || v[0] == '\'') && v[k-1] == v[0]:
		return s.interpolate(v[1:k-1], w.Span, depth)
	case number.MatchString(v):
		return strings.ReplaceAll(v, "_", ""), w.Span, model.Explicit, ""
	case s.conf != nil && depth < 8:
		for _, n := range s.conf.All(v + " =") {
			if n.Maybe == "" {
				text, _, o, why = s.eval(n.Args[0], depth+1)
				return text, n.Args[0].Span, o, why
			}
		}
	}
	return "", w.Span, model.Unknown, "it is computed: " + v
}

var number = regexp.MustCompile(`^\d[\d_]*(\.\d+)?$`)

// interpolate fills "#{...}" in a string.
func (s *server) interpolate(v string, at model.Span, depth int) (string, model.Span, model.Origin, string) {
	out, o, why := "", model.Explicit, ""
	for depth < 8 {
		before, rest, ok := strings.Cut(v, "#{")
		out += before
		if !ok {
			return out, at, o, why
		}
		inner, after, shut := strings.Cut(rest, "}")
		if strings.Count(inner, "{") > 0 { // ENV.fetch("X") { 1 }
			more, behind, _ := strings.Cut(after, "}")
			inner, after = inner+"}"+more, behind
		}
		t, _, part, because := s.eval(model.Word{Text: inner, Span: at}, depth+1)
		if !shut || part == model.Unknown {
			return "", at, model.Unknown, "it is computed: " + inner
		}
		out, v, depth = out+t, after, depth+1
		if part < o {
			o, why = part, because
		}
	}
	return "", at, model.Unknown, "it is computed"
}

// setting is a value that the command line gives, else the file.
func setting[T any](s *server, name string, flags []string, i int, parse func(string) (T, bool)) (v model.Value[T], written bool) {
	if w, ok := s.Flag(flags...); ok {
		return process.Read(s.Program, flags[0], part(w, ':', i), parse), true
	}
	if s.conf == nil {
		return v, false
	}
	for _, n := range s.conf.All(name) {
		v, written = read(s, n, part(n.Args[0], ',', i), parse), true
	}
	return v, written
}

func read[T any](s *server, n *model.Node, w model.Word, parse func(string) (T, bool)) model.Value[T] {
	text, at, o, why := s.eval(w, 0)
	x, ok := parse(text)
	switch {
	case o == model.Unknown:
		return model.NotTold[T](s.conf, n.Name.Text, why)
	case n.Maybe != "":
		return model.NotTold[T](s.conf, n.Name.Text, n.Maybe)
	case !ok:
		return model.NotTold[T](s.conf, n.Name.Text, "it is "+text)
	}
	return model.Set(s.conf, n.Name.Text, at, x, o, why)
}

// part is the i-th of several values, or the only one; -1 is the whole word.
func part(w model.Word, sign byte, i int) model.Word {
	if i < 0 {
		return w
	}
	depth, start, k := 0, 0, 0
	for at := 0; at <= len(w.Text); at++ {
		end := at == len(w.Text)
		if !end {
			switch w.Text[at] {
			case '(', '{', '[':
				depth++
			case ')', '}', ']':
				depth--
			}
		}
		if end || w.Text[at] == sign && depth == 0 {
			if k == i || end {
				piece := w.Text[start:at]
				trimmed := strings.TrimSpace(piece)
				lead := start + strings.Index(piece, trimmed)
				out := model.Word{Text: trimmed, Span: w.Span}
				if w.Span.Text() == w.Text {
					out.Span = w.Span.Source.Span(w.Span.Start+lead, w.Span.Start+lead+len(trimmed))
				}
				return out
			}
			k, start = k+1, at+1
		}
	}
	return w
}

// or is a setting, or what the server does without it.
func or[T any](s *server, name string, flags []string, i int, parse func(string) (T, bool), otherwise T) model.Value[T] {
	if v, written := setting(s, name, flags, i, parse); written {
		return v
	}
	return model.Fallback(s.Node, name, otherwise, model.Default, s.product+" default")
}

func (s *server) gateway() *model.Gateway {
	g := s.Server(model.Product{Name: s.product, Versions: s.versions()})
	l := g.Listeners[0]
	g.User = model.NotTold[string](s.Node, "user", "whoever starts it")
	l.MaxHead = model.Fallback(s.Node, "header size", int64(80<<10), model.Default, s.product+" default")
	l.Abrupt = model.Fallback(s.Node, "header size", false, model.Default, s.product+" answers 400")
	if s.product == "puma" {
		s.puma(g, l)
	} else {
		s.unicorn(g, l)
	}
	for _, b := range l.Binds {
		b.Proxy = model.Fallback(s.Node, "PROXY protocol", false, model.Default, s.product+" default")
		if b.Addr.V.Path != "" {
			b.Owner = s.Runs()
			if !b.Mode.Known() {
				b.Mode = model.Fallback(s.Node, "umask", 0o777, model.Default, s.product+" default")
			}
		}
	}
	return g
}

// versions are those that Gemfile.lock has.
func (s *server) versions() model.Versions {
	name, ok := process.File(s.tree, s.Place, "Gemfile.lock")
	if !ok {
		return s.Place.Versions[s.product]
	}
	src, err := s.tree.Source(name, process.Code)
	if err != nil {
		return model.Versions{}
	}
	m := regexp.MustCompile(`(?m)^    ` + s.product + ` \(([\d.]+)`).FindSubmatchIndex(src.Text)
	if m == nil {
		return model.Versions{}
	}
	return model.VersionsOf(string(src.Text[m[2]:m[3]]), model.Explicit, "Gemfile.lock", src.Span(m[2], m[3]))
}

// puma: persistent_timeout is 20s, 65s from 7.0.0 (History.md; 20.2s measured
// on 5.6.5). It ends no request: worker_timeout is that of workers which hang.
func (s *server) puma(g *model.Gateway, l *model.Listener) {
	if v, written := setting(s, "persistent_timeout", []string{"--persistent-timeout"}, -1, process.Seconds); written {
		l.Idle = v
	} else {
		switch v := g.Product; {
		case v.Before("7.0.0"):
			l.Idle = model.Fallback(s.Node, "persistent_timeout", 20*time.Second, min(model.Default, v.Versions.Origin), "puma default before 7.0")
		case v.From("7.0.0"):
			l.Idle = model.Fallback(s.Node, "persistent_timeout", 65*time.Second, min(model.Default, v.Versions.Origin), "puma default since 7.0")
		default:
			l.Idle = model.NotTold[time.Duration](s.Node, "persistent_timeout", "it depends on the version of puma")
		}
	}
	l.Limit = model.Fallback(s.Node, "limit", model.Forever, model.Default, "puma ends no request")
	g.Grace = or(s, "force_shutdown_after", nil, -1, process.Seconds, model.Forever)
	threads := or(s, "threads", []string{"-t", "--threads"}, 1, process.Number, 5)
	workers := or(s, "workers", []string{"-w", "--workers"}, -1, process.Number, 0)
	if threads.Known() && workers.Known() {
		n := threads.V * max(workers.V, 1)
		l.Slots = model.Fallback(threads.Owner(), "threads", n, min(threads.Origin(), workers.Origin(), model.Default), fmt.Sprintf("%d threads in each of %d workers", threads.V, max(workers.V, 1)))
	}
	port, host := 9292, ""
	if s.Name == "rails" {
		port = 3000
	}
	s.bind(l, "bind", []string{"-b", "--bind"})
	if len(l.Binds) > 0 && s.Name != "rails" {
		return
	}
	if s.Name == "rails" { // -b is a host alone
		l.Binds = nil
		if w, ok := s.Flag("-b", "--binding"); ok {
			host = w.Text
		} else if env := s.Getenv("RAILS_ENV"); !env.Known() || env.V == "development" {
			host = "localhost"
		}
	}
	addr, given := setting(s, "port", []string{"-p", "--port"}, 0, func(v string) (model.Addr, bool) {
		n, ok := process.Port(v)
		return model.Addr{Host: host, Port: n}, ok
	})
	if env := s.Getenv("PORT"); !given && env.Known() {
		n, ok := process.Port(env.V)
		addr, given = model.Set(s.Node, "PORT", env.At(), model.Addr{Host: host, Port: n}, env.Origin(), env.Why()), ok
	}
	if !given {
		addr = model.Fallback(s.Node, "port", model.Addr{Host: host, Port: port}, model.Default, s.product+" default")
	}
	b := process.Listen(l, addr, process.Speaks(s.Node, "puma", "http"))
	b.TLS = process.Plain(s.Node, "tls")
	b.Backlog = model.Fallback(s.Node, "backlog", 1024, model.Default, "puma default")
}

// unicorn closes after each answer, and kills a worker whose request takes
// longer than timeout (measured, 6.0.0).
func (s *server) unicorn(g *model.Gateway, l *model.Listener) {
	l.Idle = model.Fallback(s.Node, "keepalive", time.Duration(0), model.Default, "unicorn closes after each answer")
	l.Limit = or(s, "timeout", nil, -1, process.Seconds, 60*time.Second)
	l.Slots = or(s, "worker_processes", nil, -1, process.Number, 1)
	g.Grace = model.Fallback(s.Node, "signal", time.Duration(0), model.Default, "SIGTERM ends unicorn at once")
	if process.Stops(s.Place, "QUIT", "3") { // SIGNALS of unicorn; measured, 6.0
		g.Grace = model.Fallback(s.Node, s.Place.Signal.Key(), model.Forever, model.Default, "SIGQUIT waits for requests")
	}
	s.bind(l, "listen", []string{"-l", "--listen"})
	if len(l.Binds) > 0 {
		return
	}
	addr := model.Fallback(s.Node, "listen", model.Addr{Port: 8080}, model.Default, "unicorn default")
	if w, ok := s.Flag("-p", "--port"); ok {
		addr = process.Read(s.Program, "--port", w, process.Address(8080))
	}
	process.Listen(l, addr, process.Speaks(s.Node, "unicorn", "http")).TLS = process.Plain(s.Node, "tls")
}

// bind adds the addresses given: "tcp://0.0.0.0:9292", "unix:///run/app.sock",
// "ssl://0.0.0.0:3000?key=...".
func (s *server) bind(l *model.Listener, name string, flags []string) {
	add := func(addr model.Value[model.Addr], text string) {
		b := process.Listen(l, addr, process.Speaks(s.Node, s.product, "http"))
		b.TLS = process.Plain(s.Node, name)
		if strings.HasPrefix(text, "ssl://") {
			b.TLS = process.Encrypted(addr.Owner(), name, addr.At())
		}
		b.Backlog = model.Fallback(s.Node, "backlog", 1024, model.Default, s.product+" default")
		if _, mask, ok := strings.Cut(text, "umask="); ok {
			if n, err := strconv.ParseInt(strings.TrimPrefix(mask[:min(len(mask), 5)], "0o"), 8, 32); err == nil {
				b.Mode = model.Set(s.Node, "umask", addr.At(), 0o777&^int(n), model.Explicit, "")
			}
		}
	}
	words := s.Flags(flags...)
	for _, w := range words {
		add(process.Read(s.Program, flags[0], w, address), w.Text)
	}
	if len(words) > 0 || s.conf == nil {
		return
	}
	for _, n := range s.conf.All(name) {
		w := part(n.Args[0], ',', 0)
		v := read(s, n, w, address)
		add(v, strings.Trim(w.Text, `"'`))
	}
}

// address reads what both servers take; options stand behind "?".
func address(v string) (model.Addr, bool) {
	v, _, _ = strings.Cut(v, "?")
	v = strings.TrimPrefix(v, "ssl://")
	return process.Address(0)(v)
}

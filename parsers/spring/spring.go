// Package spring reads the settings of Spring Boot: application.properties and
// application.yml, and what a command line or the environment puts over them.
package spring

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/process"
	"github.com/gwlint/gwlint/parsers/text"
)

// A Parser reads the settings of Spring Boot.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return "spring" }

// Render writes a literal; where it goes depends on the file.
func (Parser) Render(_ string, value any) (literal, statement string) {
	switch v := value.(type) {
	case time.Duration:
		return model.Plain(v), ""
	case int, int64:
		return fmt.Sprint(v), ""
	case string:
		return v, ""
	}
	return "", ""
}

var fileName = regexp.MustCompile(`^application(-[\w-]+)?\.(properties|ya?ml)$`)

// Detect knows the files by their names, but not those of tests.
func (Parser) Detect(p string, _ func() []byte) bool {
	return fileName.MatchString(path.Base(p)) && !strings.Contains(p, "src/test/")
}

// Roots are the places that start Java with the settings in the folder that
// their image is built from, and the other folders that have some.
func (Parser) Roots(t *files.Tree, paths []string, places []*model.Place) (roots []files.Root) {
	modules := map[string][]string{} // by the folder of the build
	var order []string
	for _, p := range paths {
		dir := moduleOf(p)
		if modules[dir] == nil {
			order = append(order, dir)
		}
		modules[dir] = append(modules[dir], p)
	}
	owned := map[string]bool{}
	for _, p := range places {
		if _, ok := process.Find(t, p, "java"); !ok || p.Words[0].Span.IsZero() {
			continue
		}
		root := files.Root{Place: p, Sure: model.High}
		for _, dir := range order {
			copied := slices.ContainsFunc(p.Mounts, func(m model.Mount) bool { return m.Copy && within(dir, m.From) })
			if copied || path.Dir(p.Words[0].Span.Source.Path) == path.Dir(t.Display(path.Join(dir, "x"))) {
				root.Paths, owned[dir] = append(root.Paths, modules[dir]...), true
			}
		}
		if len(root.Paths) > 0 {
			roots = append(roots, root)
		}
	}
	for _, dir := range order {
		if !owned[dir] {
			roots = append(roots, files.Root{Paths: modules[dir]})
		}
	}
	return roots
}

// moduleOf is the folder of the build that a file of resources belongs to.
func moduleOf(p string) string {
	dir, _, _ := strings.Cut(path.Dir(p), "src/main/")
	return path.Clean("./" + dir)
}

// within reports whether a copy brings what is built in a folder: the folder,
// or what is below it.
func within(dir, from string) bool {
	from, _, _ = strings.Cut(from, "*")
	return from == dir || dir == "." && !strings.Contains(from, "/") || strings.HasPrefix(from, dir+"/")
}

// Load makes a gateway of what a place starts, or of the files alone.
func (d Parser) Load(t *files.Tree, root files.Root) (out files.Loaded) {
	g, started := process.Find(t, root.Place, "java")
	s := server{Program: g}
	if !started {
		s.Program = process.Program{Name: "java", Place: root.Place}
	}
	for _, name := range root.Paths {
		src, err := t.Source(name, d)
		if err != nil {
			out.Unreadable(t, name, d, err)
			continue
		}
		s.read(src, strings.HasPrefix(path.Base(name), "application-"))
	}
	if len(s.trees) == 0 {
		return out
	}
	if !started {
		s.Node = s.trees[0]
	}
	if !started && !s.serves() {
		return out
	}
	out.Gateways = []*model.Gateway{s.gateway()}
	return out
}

// A server is one application: the files of no profile, and of all of them.
type server struct {
	process.Program
	trees    []*model.Node
	main     map[string]model.Word // by key, as written
	profiles map[string]bool       // keys that some profile sets
}

// serves reports whether the files say anything about a server.
func (s *server) serves() bool {
	for k := range s.main {
		if strings.HasPrefix(k, "server.") {
			return true
		}
	}
	return false
}

func (s *server) read(src *model.Source, profile bool) {
	if s.main == nil {
		s.main, s.profiles = map[string]model.Word{}, map[string]bool{}
	}
	var tree *model.Node
	if strings.HasSuffix(src.Path, ".properties") {
		tree = text.INI{Backslash: true, Colon: true}.Read(src)
	} else if t, err := text.YAML(src); err == nil {
		tree = t
	} else {
		return
	}
	s.trees = append(s.trees, tree)
	documents := 0
	s.flatten(tree, "", profile, &documents)
}

// flatten notes keys as "server.port". Later documents of a YAML file repeat
// keys, and are those of profiles.
func (s *server) flatten(n *model.Node, prefix string, profile bool, again *int) {
	for _, k := range n.Kids {
		key := prefix + relaxed(k.Name.Text)
		if len(k.Kids) > 0 {
			s.flatten(k, key+".", profile, again)
			continue
		}
		if len(k.Args) == 0 {
			continue
		}
		if _, twice := s.main[key]; profile || twice && s.main[key].Span.Source == k.Args[0].Span.Source {
			s.profiles[key] = true
		} else {
			s.main[key] = k.Args[0]
		}
	}
}

// relaxed is a key as Spring compares them: serverPort and server_port are
// server-port.
func relaxed(key string) string {
	var b strings.Builder
	for i, c := range key {
		switch {
		case c >= 'A' && c <= 'Z':
			if i > 0 && key[i-1] != '.' && key[i-1] != '-' {
				b.WriteByte('-')
			}
			b.WriteRune(c + 'a' - 'A')
		case c == '_':
			b.WriteByte('-')
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// setting is the value of a key: the command line's, else the environment's,
// else the file's. What a profile sets cannot be told: nobody knows which is
// active.
func setting[T any](s *server, key string, parse func(string) (T, bool)) (v model.Value[T], written bool) {
	if w, ok := s.Flag("--"+key, "-D"+key); ok {
		return process.Read(s.Program, "--"+key, w, parse), true
	}
	name := strings.ToUpper(strings.NewReplacer(".", "_", "-", "").Replace(key))
	if env := s.Getenv(name); env.Known() {
		x, ok := parse(env.V)
		if !ok {
			return model.NotTold[T](s.Node, name, "it is "+env.V), true
		}
		return model.Set(s.Node, name, env.At(), x, env.Origin(), env.Why()), true
	} else if env.Owner() != nil {
		return model.NotTold[T](s.Node, name, "it comes from the environment"), true
	}
	w, ok := s.main[key]
	switch {
	case s.profiles[key]:
		return model.NotTold[T](s.Node, key, "profiles differ in it"), true
	case !ok:
		return v, false
	}
	reader := s.Program
	reader.Node = s.trees[0]
	w.Text = placeholder.ReplaceAllString(w.Text, "${$1:-$2}")
	return process.Read(reader, key, w, parse), true
}

// placeholder is "${NAME:default}".
var placeholder = regexp.MustCompile(`\$\{(\w+):([^}]*)\}`)

func or[T any](s *server, key string, parse func(string) (T, bool), otherwise T, why string) model.Value[T] {
	if v, written := setting(s, key, parse); written {
		return v
	}
	return model.Fallback(s.Node, key, otherwise, model.Default, why)
}

// period reads "20s", "500ms", "2m" and bare milliseconds.
func period(v string) (time.Duration, bool) {
	if n, err := strconv.ParseInt(v, 10, 32); err == nil {
		return time.Duration(n) * time.Millisecond, n >= 0
	}
	d, err := time.ParseDuration(v)
	return d, err == nil && d >= 0
}

// size reads "8KB", "16384".
func size(v string) (int64, bool) {
	upper, unit := strings.ToUpper(v), int64(1)
	for suffix, u := range map[string]int64{"KB": 1 << 10, "MB": 1 << 20} {
		if cut, ok := strings.CutSuffix(upper, suffix); ok {
			upper, unit = cut, u
		}
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(upper, "B"), 10, 32)
	return n * unit, err == nil && n >= 0
}

func word(v string) (string, bool) { return v, v != "" }

// gateway is an application with the Tomcat in it, whose keep-alive is 60s
// without the setting (measured, 10.1).
func (s *server) gateway() *model.Gateway {
	g := s.Server(model.Product{Name: "tomcat", Versions: s.Place.Versions["tomcat"]})
	l := g.Listeners[0]
	if v, written := setting(s, "server.tomcat.keep-alive-timeout", period); written {
		l.Idle = v
	} else {
		l.Idle = or(s, "server.tomcat.connection-timeout", period, 60*time.Second, "tomcat default")
	}
	if s.other() {
		l.Idle = model.NotTold[time.Duration](s.Node, "server.tomcat.keep-alive-timeout", "the server is not Tomcat")
	}
	l.Limit = model.Fallback(s.Node, "limit", model.Forever, model.Default, "Tomcat ends no request")
	l.Slots = or(s, "server.tomcat.threads.max", process.Number, 200, "tomcat default")
	l.MaxHead = or(s, "server.max-http-request-header-size", size, 8<<10, "spring default")
	l.Abrupt = model.Fallback(s.Node, "server.max-http-request-header-size", false, model.Default, "Tomcat answers 400")
	g.User = model.NotTold[string](s.Node, "user", "whoever starts it")
	switch shutdown := or(s, "server.shutdown", word, "", "it depends on the version"); shutdown.V {
	case "graceful":
		g.Grace = or(s, "spring.lifecycle.timeout-per-shutdown-phase", period, 30*time.Second, "spring default")
	case "immediate":
		g.Grace = model.Set(s.Node, "server.shutdown", shutdown.At(), time.Duration(0), model.Explicit, "")
	default:
		g.Grace = model.NotTold[time.Duration](s.Node, "server.shutdown", "it is graceful since Spring Boot 3.4")
	}
	addr := or(s, "server.port", func(v string) (model.Addr, bool) {
		n, ok := process.Port(v)
		return model.Addr{Port: n}, ok
	}, model.Addr{Port: 8080}, "spring default")
	if host, ok := setting(s, "server.address", word); ok && host.Known() && addr.Known() {
		a := addr.V
		a.Host = host.V
		addr = model.Set(s.Node, "server.address", host.At(), a, min(host.Origin(), addr.Origin()), fmt.Sprintf("port %d", a.Port))
	}
	b := process.Listen(l, addr, process.Speaks(s.Node, "Tomcat", "http"))
	b.Backlog = or(s, "server.tomcat.accept-count", process.Number, 100, "tomcat default")
	b.TLS = process.Plain(s.Node, "server.ssl.key-store")
	for _, key := range []string{"server.ssl.key-store", "server.ssl.certificate", "server.ssl.bundle"} {
		if cert, ok := setting(s, key, word); ok {
			b.TLS = process.Encrypted(s.Node, key, cert.At())
		}
	}
	b.Proxy = model.Fallback(s.Node, "PROXY protocol", false, model.Default, "Tomcat does not read it")
	return g
}

// other reports whether the settings are those of another server.
func (s *server) other() bool {
	for k := range s.main {
		if strings.HasPrefix(k, "server.jetty.") || strings.HasPrefix(k, "server.undertow.") || strings.HasPrefix(k, "server.netty.") {
			return true
		}
	}
	return false
}

// Package uwsgi reads how uWSGI is started: its command line, and its ini
// files.
package uwsgi

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/process"
	"github.com/gwlint/gwlint/parsers/text"
)

// A Parser reads uWSGI's settings.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return "uwsgi" }

// Render writes a key of the ini file, or the value of an option.
func (Parser) Render(key string, value any) (literal, statement string) {
	switch v := value.(type) {
	case time.Duration:
		literal = text.Seconds(v)
	case int, int64:
		literal = fmt.Sprint(v)
	case bool:
		literal = strconv.FormatBool(v)
	case string:
		literal = v
	default:
		return "", ""
	}
	return literal, key + " = " + literal
}

// Detect knows the ini files by their names, or by their section.
func (Parser) Detect(p string, head func() []byte) bool {
	base := path.Base(p)
	return path.Ext(base) == ".ini" && (strings.Contains(base, "uwsgi") || strings.Contains("\n"+string(head()), "\n[uwsgi]"))
}

// Roots are the places that start uWSGI, each with the files it reads, and the
// files that none of them reads.
func (Parser) Roots(t *files.Tree, paths []string, places []*model.Place) (roots []files.Root) {
	return process.Roots(t, paths, places, func(g process.Program) bool { return g.Name == "uwsgi" }, configured)
}

// configured is the ini file of a command line, or "".
func configured(t *files.Tree, g process.Program) string {
	w, ok := g.Flag("--ini", "-i", "--ini-paste")
	for _, a := range g.Args {
		if !ok && strings.HasSuffix(a.Text, ".ini") {
			w, ok = a, true
		}
	}
	file, _, _ := strings.Cut(w.Text, ":") // file.ini:section
	name, _ := process.File(t, g.Place, file)
	return name
}

// Load makes a gateway of each uWSGI that a place starts, or of a file.
func (d Parser) Load(t *files.Tree, root files.Root) (out files.Loaded) {
	started := false
	for _, g := range process.Programs(t, root.Place) {
		if g.Name != "uwsgi" {
			continue
		}
		started = true
		s := server{Program: g}
		if name := configured(t, g); name != "" {
			s.read(t, d, name, &out)
		} else if w, ok := g.Flag("--ini", "-i", "--xml", "-x", "--yaml", "-y", "--json", "-j", "--emperor"); ok {
			s.hidden = "its configuration " + w.Text + " is not read"
		}
		out.Gateways = append(out.Gateways, s.gateway(d))
	}
	if !started && len(root.Paths) > 0 {
		s := server{Program: process.Program{Name: d.Name(), Place: root.Place}}
		if s.read(t, d, root.Paths[0], &out); s.ini != nil {
			s.Node = s.ini
			out.Gateways = append(out.Gateways, s.gateway(d))
		}
	}
	return out
}

// A server is one uWSGI: its command line, and its section of an ini file.
type server struct {
	process.Program
	tree, ini *model.Node
	hidden    string // why there may be more
}

func (s *server) read(t *files.Tree, d Parser, name string, out *files.Loaded) {
	src, err := t.Source(name, d)
	if err != nil {
		out.Unreadable(t, name, d, err)
		return
	}
	s.tree = text.INI{Inline: ";"}.Read(src)
	s.ini = s.tree.Find("uwsgi")
	if s.ini == nil {
		s.ini = s.tree
	}
	for _, n := range s.ini.Kids {
		if key := keyOf(n); key == "ini" || key == "include" || key == "inherit" || strings.HasPrefix(key, "if-") || key == "for" {
			s.hidden = n.String() + " is not read"
		}
	}
}

// keyOf is a key as uWSGI compares them: it takes "-" for "_".
func keyOf(n *model.Node) string { return strings.ReplaceAll(n.Name.Text, "_", "-") }

// options are the values of an option on the command line, else in the file.
func (s *server) options(names ...string) (all []model.Word, from *model.Node) {
	var flags []string
	for _, n := range names {
		flags = append(flags, "--"+n, "--"+strings.ReplaceAll(n, "-", "_"))
		if len(n) == 1 {
			flags = append(flags, "-"+n)
		}
	}
	if all = s.Flags(flags...); len(all) > 0 {
		return all, s.Node
	}
	if s.ini == nil {
		return nil, s.Node
	}
	for _, n := range s.ini.Kids {
		for _, name := range names {
			if keyOf(n) == name {
				w := model.Word{Text: "true", Span: n.Name.Span}
				if len(n.Args) > 0 {
					w = model.Word{Text: s.placeholders(n.Arg(0), 0), Span: n.Args[0].Span}
				}
				all = append(all, w)
			}
		}
	}
	return all, s.ini
}

// placeholders replaces %(key) by what the file sets and $(NAME) by ${NAME},
// which Read looks up.
func (s *server) placeholders(v string, depth int) string {
	for depth < 8 {
		before, rest, ok := strings.Cut(v, "%(")
		name, after, shut := strings.Cut(rest, ")")
		if !ok || !shut {
			break
		}
		value := "$"
		for _, n := range s.ini.Kids {
			if n.Name.Text == name && len(n.Args) > 0 {
				value = n.Arg(0)
			}
		}
		v, depth = before+value+after, depth+1
	}
	v = strings.ReplaceAll(v, "$(", "${")
	if strings.Contains(v, "${") {
		v = strings.ReplaceAll(v, ")", "}")
	}
	return v
}

// setting is the value of an option given last, else what uWSGI does without.
func setting[T any](s *server, name string, parse func(string) (T, bool), otherwise T, also ...string) model.Value[T] {
	all, from := s.options(append([]string{name}, also...)...)
	switch {
	case len(all) > 0:
		g := s.Program
		if g.Node = from; from == s.Program.Node && s.ini != from && s.tree != from {
			name = "--" + name
		}
		return process.Read(g, name, all[len(all)-1], parse)
	case s.hidden != "":
		return model.NotTold[T](s.Node, name, s.hidden)
	}
	return model.Fallback(s.Node, name, otherwise, model.Default, "uWSGI default")
}

func seconds(v string) (time.Duration, bool) {
	d, ok := process.Seconds(v)
	if ok && d == 0 {
		d = model.Forever
	}
	return d, ok
}

func bytes(v string) (int64, bool) {
	n, ok := process.Number(v)
	return int64(n), ok
}

// mode reads that of a socket; one that is only switched on is for everybody.
func mode(v string) (int, bool) {
	if v == "true" {
		return 0o666, true
	}
	n, err := strconv.ParseInt(v, 8, 32)
	return int(n), err == nil
}

func word(v string) (string, bool) { return v, v != "" }

func (s *server) gateway(d Parser) *model.Gateway {
	g := s.Server(model.Product{Name: d.Name(), Versions: s.Place.Versions[d.Name()]})
	g.User = setting(s, "uid", word, "")
	if g.User.V == "" {
		g.User = model.NotTold[string](s.Node, "uid", "whoever starts it")
	}
	// TERM kills what is in flight, with die-on-term and without (measured, 2.0.21).
	if hooks, _ := s.options("hook-master-start"); len(hooks) > 0 || s.hidden != "" {
		g.Grace = model.NotTold[time.Duration](s.Node, "hook-master-start", "a hook may handle signals")
	} else {
		g.Grace = model.Fallback(s.Node, "signal", time.Duration(0), model.Default, "uWSGI kills its workers on SIGTERM")
	}
	base := g.Listeners[0]
	base.Idle = model.Fallback(s.Node, "http-keepalive", time.Duration(0), model.Default, "uWSGI closes after each answer")
	base.Limit = setting(s, "harakiri", seconds, model.Forever, "t")
	base.MaxHead = setting(s, "buffer-size", bytes, 4096, "b")
	base.Abrupt = model.Fallback(s.Node, "buffer-size", true, model.Default, "uWSGI closes on a larger request")
	base.Slots = s.slots()
	g.Listeners = nil
	s.listen(g, base)
	return g
}

// slots are processes times threads; an event loop takes more.
func (s *server) slots() model.Value[int] {
	processes := setting(s, "processes", process.Number, 1, "workers", "p")
	threads := setting(s, "threads", process.Number, 1)
	if loops, _ := s.options("gevent", "async", "asyncio"); len(loops) > 0 {
		return model.NotTold[int](s.Node, "gevent", "an event loop takes many requests at once")
	}
	switch {
	case !processes.Known() || !threads.Known():
		return model.NotTold[int](s.Node, "processes", processes.Why()+threads.Why())
	case threads.V == 1:
		return processes
	}
	return model.Set(threads.Owner(), "threads", threads.At(), processes.V*threads.V, min(processes.Origin(), threads.Origin()),
		fmt.Sprintf("%d processes of %d threads", processes.V, threads.V))
}

// permissions are mode and owner of the sockets: what is left of 777 by the
// umask, 022 mostly; and uid:gid, else who starts uWSGI (measured, 2.0.21).
func (s *server) permissions() (perms model.Value[int], owner model.Value[string]) {
	perms = setting(s, "chmod-socket", mode, 0o755, "C", "chmod")
	if mask := setting(s, "umask", mode, 0o022); !perms.Written() && mask.Written() {
		perms = model.Set(mask.Owner(), mask.Key(), mask.At(), 0o777&^mask.V, mask.Origin(), "")
	}
	owner = setting(s, "chown-socket", word, "")
	uid, gid := setting(s, "uid", word, ""), setting(s, "gid", word, "")
	switch {
	case owner.V != "" || !owner.Known():
	case !uid.Known() || !gid.Known():
		owner = model.NotTold[string](s.Node, "uid", "it cannot be told")
	case uid.V != "" && gid.V != "":
		owner = model.Set(uid.Owner(), uid.Key(), uid.At(), uid.V+":"+gid.V, min(uid.Origin(), gid.Origin()), "")
	case uid.V != "":
		owner = uid
	default:
		owner = s.Runs()
	}
	return perms, owner
}

// protocols are the options that open a socket, and what is spoken there.
var protocols = []struct{ option, short, protocol string }{
	{"socket", "s", "uwsgi"}, {"uwsgi-socket", "", "uwsgi"}, {"http-socket", "", "http"}, {"http", "", "http"}, {"https", "", "http"},
	{"https-socket", "", "http"}, {"fastcgi-socket", "", "fastcgi"}, {"scgi-socket", "", "scgi"},
}

func (s *server) listen(g *model.Gateway, base *model.Listener) {
	backlog := setting(s, "listen", process.Number, 100, "l")
	perms, owner := s.permissions()
	said := setting(s, "protocol", word, "uwsgi")
	for _, p := range protocols {
		names := []string{p.option}
		if p.short != "" {
			names = append(names, p.short)
		}
		all, from := s.options(names...)
		if len(all) == 0 {
			continue
		}
		l := *base
		if keep, _ := s.options("http-keepalive"); len(keep) > 0 && p.option == "http" {
			l.Idle = model.NotTold[time.Duration](s.Node, "http-keepalive", "the router keeps connections")
		}
		g.Listeners = append(g.Listeners, &l)
		for _, w := range all {
			reader := s.Program
			reader.Node = from
			if p.option == "https" || p.option == "https-socket" {
				w.Text, _, _ = strings.Cut(w.Text, ",") // address,certificate,key
			}
			b := process.Listen(&l, process.Read(reader, p.option, w, process.Address(0)), model.Set(from, p.option, w.Span, p.protocol, model.Explicit, "--"+p.option))
			if p.option == "socket" {
				b.Protocol = said
				if !said.Written() {
					b.Protocol = model.Set(from, p.option, w.Span, "uwsgi", model.Explicit, "")
				}
			}
			b.TLS = process.Plain(s.Node, "https")
			if strings.HasPrefix(p.option, "https") {
				b.TLS = process.Encrypted(from, p.option, w.Span)
			}
			b.Proxy = model.Fallback(s.Node, "proxy-protocol", false, model.Default, "uWSGI default")
			if on, _ := s.options("proxy-protocol", "http-enable-proxy-protocol"); len(on) > 0 {
				b.Proxy = model.NotTold[bool](s.Node, "proxy-protocol", "it is detected")
			}
			b.Backlog = backlog
			if b.Addr.V.Path != "" {
				b.Mode, b.Owner = perms, owner
			}
		}
	}
	if len(g.Listeners) == 0 {
		g.Listeners = []*model.Listener{base}
	}
}

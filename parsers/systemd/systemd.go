// Package systemd makes a place of each service that systemd starts, with the
// sockets that it hands over. Services of one folder share a host.
package systemd

import (
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/image"
	"github.com/gwlint/gwlint/parsers/process"
	"github.com/gwlint/gwlint/parsers/text"
)

// A Parser reads units.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return "systemd" }

// Render writes a key.
func (Parser) Render(key string, value any) (literal, statement string) {
	if strings.HasPrefix(key, "-") {
		return text.Option(key, value), ""
	}
	switch v := value.(type) {
	case time.Duration:
		literal = model.Plain(v)
		if v == model.Forever {
			literal = "infinity"
		}
	case int:
		literal = strconv.Itoa(v)
	case string:
		literal = v
	default:
		return "", ""
	}
	return literal, key + "=" + literal
}

// Detect knows units by their names, and drop-ins by their folder.
func (Parser) Detect(p string, head func() []byte) bool {
	switch path.Ext(p) {
	case ".service", ".socket":
		return strings.Contains("\n"+string(head()), "\n[")
	case ".conf":
		return strings.HasSuffix(path.Dir(p), ".service.d") || strings.HasSuffix(path.Dir(p), ".socket.d")
	}
	return false
}

// Roots are folders: the units of one host, with their drop-ins.
func (Parser) Roots(_ *files.Tree, paths []string, _ []*model.Place) (roots []files.Root) {
	at := map[string]int{}
	for _, p := range paths {
		dir := path.Dir(p)
		if path.Ext(p) == ".conf" {
			dir = path.Dir(dir)
		}
		i, ok := at[dir]
		if !ok {
			i = len(roots)
			at[dir], roots = i, append(roots, files.Root{})
		}
		roots[i].Paths = append(roots[i].Paths, p)
	}
	return roots
}

// A unit is its file, and the drop-ins behind it.
type unit struct {
	name  string // without the ending
	trees []*model.Node
}

// Load makes a place of each service.
func (d Parser) Load(t *files.Tree, root files.Root) (out files.Loaded) {
	services, sockets := map[string]*unit{}, map[string]*unit{}
	var order []string
	for _, dropins := range []bool{false, true} {
		for _, p := range root.Paths {
			if (path.Ext(p) == ".conf") != dropins {
				continue
			}
			src, err := t.Source(p, d)
			if err != nil {
				out.Unreadable(t, p, d, err)
				continue
			}
			file := path.Base(p)
			if dropins {
				file = strings.TrimSuffix(path.Base(path.Dir(p)), ".d")
			}
			name, all := strings.TrimSuffix(file, path.Ext(file)), services
			if path.Ext(file) == ".socket" {
				all = sockets
			}
			if all[name] == nil {
				all[name] = &unit{name: name}
				if path.Ext(file) == ".service" {
					order = append(order, name)
				}
			}
			all[name].trees = append(all[name].trees, text.INI{Backslash: true}.Read(src))
		}
	}
	host := root.Place
	host.Name = "the host of " + path.Dir(root.Paths[0])
	for _, name := range order {
		p := services[name].place(t, host)
		for _, other := range sockets {
			if served := other.last("Socket", "Service"); served == nil && other.name == name || served != nil && served.Arg(0) == name+".service" {
				p.Sockets = append(p.Sockets, other.listens()...)
			}
		}
		out.Places = append(out.Places, p)
	}
	return out
}

// all are the values of a key in effect: an empty one takes back those before
// it (systemd.service).
func (u *unit) all(section, key string) (nodes []*model.Node) {
	for _, tree := range u.trees {
		for _, s := range tree.All(section) {
			for _, n := range s.All(key) {
				if n.Arg(0) == "" {
					nodes = nil
				} else {
					nodes = append(nodes, n)
				}
			}
		}
	}
	return nodes
}

func (u *unit) last(section, key string) *model.Node {
	if all := u.all(section, key); len(all) > 0 {
		return all[len(all)-1]
	}
	return nil
}

// owner is the section of a unit, where its settings are written.
func (u *unit) owner(section string) *model.Node {
	for _, tree := range u.trees {
		if s := tree.Find(section); s != nil {
			return s
		}
	}
	return u.trees[0]
}

// place is that of a service: SIGTERM, and 90s until SIGKILL, without settings
// (systemd.kill, systemd-system.conf).
func (u *unit) place(t *files.Tree, host *model.Place) *model.Place {
	s := u.owner("Service")
	p := &model.Place{Name: u.name, Node: s, Within: host, On: host, Env: map[string]model.Value[string]{}, Versions: host.Versions}
	if n := u.last("Service", "WorkingDirectory"); n != nil {
		p.Dir = strings.TrimPrefix(n.Arg(0), "-")
	}
	if n := u.last("Service", "ExecStart"); n != nil {
		image.Command(p, s, words(n.Args[0]), func(string) (string, bool) { return "", false })
	}
	for _, n := range u.all("Service", "Environment") {
		for _, w := range words(n.Args[0]) {
			if k, v, ok := strings.Cut(w.Text, "="); ok {
				p.Env[k] = model.Set(s, k, text.Tail(w, len(v)).Span, v, model.Explicit, "")
			}
		}
	}
	for _, n := range u.all("Service", "EnvironmentFile") {
		file := strings.TrimPrefix(n.Arg(0), "-")
		if name, ok := t.Find(file, path.Dir(t.Name(n.Span.Source)), nil); ok && t.IsFile(name) {
			if src, err := t.Source(name, text.Environment); err == nil {
				for k, v := range text.Variables(src) {
					p.Env[k] = model.Set(s, k, v.Span, v.Text, model.Assumed, "if "+src.Path+" is "+file)
				}
				continue
			}
		}
		p.Hidden = file + " is not among the files"
	}
	p.Signal = model.Fallback(s, "KillSignal", "SIGTERM", model.Default, "systemd default")
	if n := u.last("Service", "KillSignal"); n != nil {
		p.Signal = model.Set(s, "KillSignal", n.Args[0].Span, "SIG"+strings.TrimPrefix(n.Arg(0), "SIG"), model.Explicit, "")
	}
	p.Kill = model.Fallback(s, "TimeoutStopSec", 90*time.Second, model.Default, "systemd default")
	for _, key := range []string{"TimeoutSec", "TimeoutStopSec"} {
		if n := u.last("Service", key); n != nil {
			if d, ok := period(n.Arg(0)); ok {
				p.Kill = model.Set(s, key, n.Args[0].Span, d, model.Explicit, "")
			}
		}
	}
	if n := u.last("Service", "ExecStop"); n != nil {
		p.Signal = model.NotTold[string](s, "KillSignal", "ExecStop stops it: "+n.Arg(0))
	}
	p.User = u.user(s)
	p.Restarts = model.Fallback(s, "Restart", false, model.Default, "systemd default")
	if n := u.last("Service", "Restart"); n != nil {
		p.Restarts = model.Set(s, "Restart", n.Args[0].Span, n.Arg(0) != "no" && n.Arg(0) != "on-success", model.Explicit, "")
	}
	p.Whole = model.NotTold[bool](s, "ExecStart", "it shares its host")
	return p
}

// user is whom a service runs as: root, unless it says (systemd.exec). A user
// alone has the groups of its account.
func (u *unit) user(s *model.Node) model.Value[string] {
	n := u.last("Service", "User")
	switch {
	case u.last("Service", "DynamicUser") != nil:
		return model.NotTold[string](s, "User", "it is made at the start")
	case n == nil:
		return model.Fallback(s, "User", "root", model.Default, "systemd default")
	case strings.Contains(n.Arg(0), "%"):
		return model.NotTold[string](s, "User", "it is a variable: "+n.Arg(0))
	}
	name := n.Arg(0)
	if g := u.last("Service", "Group"); g != nil {
		name += ":" + g.Arg(0)
	}
	return model.Set(s, "User", n.Args[0].Span, name, model.Explicit, "")
}

// words are those of a command line, without the signs that change how it is
// run (systemd.service, "special executable prefixes").
func words(w model.Word) []model.Word {
	at, exact := text.Inner(w)
	if strings.Contains(w.Span.Text(), "\\\n") {
		at, exact = w.Span, true
	}
	for at.Start < at.End && strings.IndexByte("@-:+!", at.Source.Text[at.Start]) >= 0 {
		at.Start++
	}
	all, _ := text.Words(at)
	for i := range all {
		if !exact {
			all[i].Span = w.Span
		}
	}
	return all
}

// period reads "90", "1min 30s", "infinity".
func period(s string) (time.Duration, bool) {
	if s == "infinity" {
		return model.Forever, true
	}
	units := map[string]time.Duration{"": time.Second, "ms": time.Millisecond, "s": time.Second, "sec": time.Second, "second": time.Second, "seconds": time.Second,
		"m": time.Minute, "min": time.Minute, "minute": time.Minute, "minutes": time.Minute, "h": time.Hour, "hr": time.Hour, "hour": time.Hour, "hours": time.Hour}
	total := time.Duration(0)
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimLeft(s, " ") {
		digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
		n, err := strconv.ParseInt(s[:digits], 10, 32)
		rest := strings.TrimLeft(s[digits:], " ")
		letters := len(rest) - len(strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyz"))
		unit, ok := units[rest[:letters]]
		if err != nil || !ok {
			return 0, false
		}
		total, s = total+time.Duration(n)*unit, rest[letters:]
	}
	if total == 0 {
		total = model.Forever // 0 is no limit
	}
	return total, true
}

// listens are the addresses of a socket unit: a path, a port on every address,
// or an address.
func (u *unit) listens() (all []model.Value[model.Addr]) {
	s := u.owner("Socket")
	for _, n := range u.all("Socket", "ListenStream") {
		if a, ok := process.Address(0)(n.Arg(0)); ok {
			all = append(all, model.Set(s, "ListenStream", n.Args[0].Span, a, model.Explicit, ""))
		}
	}
	return all
}

// Package phpfpm reads the pools of PHP-FPM.
package phpfpm

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/image"
	"github.com/gwlint/gwlint/parsers/process"
	"github.com/gwlint/gwlint/parsers/text"
)

// A Parser reads PHP-FPM's configuration.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return "php-fpm" }

// Render writes a key of the ini file.
func (Parser) Render(key string, value any) (literal, statement string) {
	switch v := value.(type) {
	case time.Duration:
		if v == model.Forever {
			v = 0
		}
		literal = text.Seconds(v) + "s"
	case int:
		literal = strconv.Itoa(v)
	case string:
		literal = v
	default:
		return "", ""
	}
	return literal, key + " = " + literal
}

// Detect knows pools by what they set.
func (Parser) Detect(p string, head func() []byte) bool {
	if path.Ext(p) != ".conf" && !strings.HasSuffix(p, ".conf.default") {
		return false
	}
	for line := range strings.Lines(string(head())) {
		line = strings.TrimSpace(line)
		for _, key := range []string{"pm", "pm.max_children", "listen.owner", "listen.mode", "request_terminate_timeout", "process_control_timeout", "clear_env", "daemonize", "catch_workers_output"} {
			rest, ok := strings.CutPrefix(strings.TrimLeft(line, "; "), key)
			if ok && strings.HasPrefix(strings.TrimSpace(rest), "=") && (strings.Contains(string(head()), "\n[") || strings.HasPrefix(string(head()), "[")) {
				return true
			}
		}
	}
	return false
}

// pools are where packages and images have theirs; main, the file that
// includes them.
var (
	pools = []string{"/usr/local/etc/php-fpm.d/*.conf", "/etc/php-fpm.d/*.conf", "/etc/php*/php-fpm.d/*.conf", "/etc/php/*/fpm/pool.d/*.conf", "/opt/bitnami/php/etc/php-fpm.d/*.conf"}
	main  = []string{"/usr/local/etc/php-fpm.conf", "/etc/php-fpm.conf", "/etc/php*/php-fpm.conf", "/etc/php/*/fpm/php-fpm.conf", "/opt/bitnami/php/etc/php-fpm.conf"}
)

// Roots are the places that run PHP-FPM, each with the files it sees, in the
// order in which it reads them; and of the other files those of one folder.
func (d Parser) Roots(t *files.Tree, paths []string, places []*model.Place) (roots []files.Root) {
	read := map[string]bool{}
	below := map[*model.Place]bool{} // machines on which a supervisor starts it
	for _, p := range places {
		if certain, _ := starts(t, p); certain && p.On != nil {
			below[p.Machine()] = true
		}
	}
	for _, p := range places {
		certain, runs := starts(t, p)
		if below[p] {
			continue
		}
		root := files.Root{Place: p, Sure: model.High}
		if !certain {
			root.Sure = model.Medium
		}
		for _, f := range seen(p, paths) {
			root.Paths = append(root.Paths, f.name)
		}
		if !certain && (!runs || len(root.Paths) == 0) {
			continue
		}
		for _, name := range root.Paths {
			read[name] = true
		}
		roots = append(roots, root)
	}
	folders := map[string]int{}
	for _, name := range paths {
		if read[name] {
			continue
		}
		dir := strings.TrimSuffix(path.Dir(name), "/php-fpm.d")
		if i, ok := folders[dir]; ok {
			roots[i].Paths = append(roots[i].Paths, name)
			continue
		}
		folders[dir] = len(roots)
		roots = append(roots, files.Root{Paths: []string{name}})
	}
	return roots
}

// starts reports whether a place certainly runs PHP-FPM: by its command, or as
// its image does without one; and whether it may: its command tells nothing.
func starts(t *files.Tree, p *model.Place) (certain, may bool) {
	if !p.Command.Known() {
		return p.Image.Known() && image.Parse(p.Image.V).FPM(), true
	}
	all := process.Programs(t, p)
	certain = slices.ContainsFunc(all, func(g process.Program) bool { name, _ := masterOf(g); return name })
	return certain, len(all) == 0
}

// packaged is how the packages of Debian and Ubuntu call what they install:
// php-fpm8.2 the program, php8.2-fpm the service.
var packaged = regexp.MustCompile(`^php(?:-fpm(\d\.\d)|(\d\.\d)-fpm)$`)

// masterOf reports whether a program is PHP-FPM, or starts the service of that
// name, and of which version of Debian's packages it is; "" of none.
func masterOf(g process.Program) (ok bool, version string) {
	word := strings.Trim(g.Node.Name.Span.Text(), `"'`)
	if g.Name == "service" && len(g.Args) > 1 && (g.Args[1].Text == "start" || g.Args[1].Text == "restart") {
		word = g.Args[0].Text
	}
	if v := packaged.FindStringSubmatch(path.Base(word)); v != nil {
		return true, v[1] + v[2]
	}
	return g.Name == "php-fpm", ""
}

// A sighting is a file as the place sees it.
type sighting struct{ at, name string }

// seen are the files that PHP-FPM reads in a place: the main one, then the
// pools in byte order.
func seen(p *model.Place, paths []string) (all []sighting) {
	for q := p; q != nil; q = q.On { // its own, and those of its machine
		for _, name := range files.Mounted(q, paths) {
			for _, at := range q.Seen(name) {
				match := func(pattern string) bool { return files.Match(pattern, at) }
				if slices.ContainsFunc(main, match) || slices.ContainsFunc(pools, match) {
					all = append(all, sighting{at, name})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b sighting) int {
		isMain := func(s sighting) int {
			if slices.ContainsFunc(main, func(m string) bool { return files.Match(m, s.at) }) {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(isMain(a), isMain(b)), cmp.Compare(a.at, b.at))
	})
	return all
}

// Load makes a gateway with a listener for each pool.
func (d Parser) Load(t *files.Tree, root files.Root) (out files.Loaded) {
	m := &master{place: root.Place, pools: map[string]*pool{}}
	m.tree = &model.Node{}
	var all []sighting
	certain, _ := starts(t, root.Place)
	if all = seen(root.Place, slices.Sorted(slices.Values(root.Paths))); len(all) == 0 {
		for _, name := range root.Paths {
			all = append(all, sighting{name, name})
		}
	}
	stock := certain && m.stock(all)
	for _, f := range all {
		src, err := t.Source(f.name, d)
		if err != nil {
			out.Unreadable(t, f.name, d, err)
			continue
		}
		m.add(text.INI{Inline: ";"}.Read(src), path.Base(f.at))
	}
	var g process.Program
	for _, started := range process.Programs(t, root.Place) {
		if ok, version := masterOf(started); ok {
			g = started
			if len(m.order) == 0 && m.untouched(version) {
				m.version = version
			}
			break
		}
	}
	if len(m.order) == 0 && (g.Node != nil || stock) {
		m.pool("www")
	}
	out.Gateways = append(out.Gateways, m.gateway(g, stock)...)
	return out
}

// A master is one PHP-FPM with its pools.
type master struct {
	place  *model.Place
	tree   *model.Node
	global []*model.Node
	pools  map[string]*pool
	order  []string

	version string // of Debian's package, whose own pool is there as it comes; "" where that cannot be told
}

// changes are the words of a Dockerfile that changes the pool of a package, or
// brings one.
var changes = regexp.MustCompile(`pool\.d|www\.conf|php-fpm\.conf|\blisten\b|/fpm/?["\s*]|/etc/php[/0-9.]*["\s*]`)

// untouched reports whether the pool of Debian's package is as it was
// installed: the image is built by a Dockerfile that says nothing of it.
func (m *master) untouched(version string) bool {
	machine := m.place.Machine()
	src := machine.Image.At().Source
	if version == "" || src == nil || changes.Match(src.Text) {
		return false
	}
	_, brought := machine.Original("/etc/php/" + version + "/fpm/pool.d/www.conf")
	return !brought
}

// A pool is the sections of its name, in the order read.
type pool struct {
	name     string
	sections []*model.Node
	files    []string // base names of the files they are in
}

func (m *master) pool(name string) *pool {
	p := m.pools[name]
	if p == nil {
		p = &pool{name: name}
		m.pools[name] = p
		m.order = append(m.order, name)
	}
	return p
}

func (m *master) add(tree *model.Node, base string) {
	if m.tree.Span.IsZero() {
		m.tree = tree
	} else {
		for _, k := range tree.Kids {
			k.Parent = m.tree
			m.tree.Kids = append(m.tree.Kids, k)
		}
	}
	for _, s := range tree.Kids {
		switch name := s.Name.Text; {
		case len(s.Args) > 0:
		case name == "global":
			m.global = append(m.global, s)
		case !s.Body.IsZero():
			p := m.pool(name)
			p.sections, p.files = append(p.sections, s), append(p.files, base)
		}
	}
}

// stock reports whether the official image's own files are there beside those
// seen: its www.conf, and zz-docker.conf, which comes last and listens on 9000.
func (m *master) stock(all []sighting) bool {
	machine := m.place.Machine()
	if !machine.Image.Known() {
		return false
	}
	if r := image.Parse(machine.Image.V); !r.Official() || !r.FPM() {
		return false
	}
	return !slices.ContainsFunc(all, func(f sighting) bool {
		return path.Base(f.at) == "zz-docker.conf" || f.at == "/usr/local/etc/php-fpm.conf"
	})
}

// find is the last statement of a key among sections, as later files override
// earlier ones.
func find(sections []*model.Node, key string) (n, owner *model.Node, index int) {
	for i, s := range sections {
		for _, k := range s.All(key) {
			if len(k.Args) > 0 {
				n, owner, index = k, s, i
			}
		}
	}
	return n, owner, index
}

// setting is a value that sections give, else the default.
func setting[T any](sections []*model.Node, tree *model.Node, name, pool string, parse func(string) (T, bool), otherwise T) model.Value[T] {
	n, owner, _ := find(sections, name)
	if n == nil {
		owner = tree
		if len(sections) > 0 {
			owner = sections[len(sections)-1]
		}
		return model.Fallback(owner, name, otherwise, model.Default, "PHP-FPM default")
	}
	word := strings.ReplaceAll(n.Arg(0), "$pool", pool)
	v, ok := parse(word)
	switch {
	case strings.Contains(word, "${"):
		return model.NotTold[T](owner, name, "it is a variable: "+word)
	case !ok:
		return model.NotTold[T](owner, name, "PHP-FPM does not take "+word)
	}
	return model.Set(owner, name, n.Args[0].Span, v, model.Explicit, "")
}

// period reads seconds, or a number with s, m, h or d; 0 is no limit.
func period(s string) (time.Duration, bool) {
	d, ok := span(s)
	if ok && d == 0 {
		d = model.Forever
	}
	return d, ok
}

func span(s string) (time.Duration, bool) {
	unit := time.Second
	if k := len(s) - 1; k > 0 {
		if u, ok := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[s[k]]; ok {
			s, unit = s[:k], u
		}
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return time.Duration(n) * unit, err == nil && n >= 0
}

func word(s string) (string, bool) { return s, s != "" }

func octal(s string) (int, bool) {
	n, err := strconv.ParseInt(s, 8, 32)
	return int(n), err == nil
}

func backlog(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	if n < 0 {
		n = 511 // as many as the system allows; PHP-FPM caps itself on Linux
	}
	return n, err == nil
}

// address reads "9000", "127.0.0.1:9000", "[::]:9000" and "/run/php-fpm.sock".
func address(s string) (model.Addr, bool) {
	if strings.Contains(s, "/") {
		return model.Addr{Net: "unix", Path: s}, true
	}
	return process.Address(0)(s)
}

func (m *master) gateway(g process.Program, stock bool) []*model.Gateway {
	if len(m.order) == 0 {
		return nil
	}
	out := &model.Gateway{Name: "php-fpm", Node: m.tree, Place: m.place, Product: model.Product{Name: "php-fpm", Versions: m.place.Versions["php"]}}
	if m.tree.Span.IsZero() {
		if out.Node = m.place.Node; g.Node != nil {
			out.Node = g.Node
		}
	}
	out.Signalled = g.Signalled()
	out.Grace = m.grace(out.Node)
	for _, name := range m.order {
		p := m.pools[name]
		l := &model.Listener{Gateway: out, Node: out.Node}
		if k := len(p.sections); k > 0 {
			l.Node = p.sections[k-1]
		}
		addr := m.address(p, out.Node, stock)
		if n, _, _ := find(p.sections, "listen"); n == nil && !addr.Known() {
			continue // the rest of a pool that is defined in a file we do not see
		}
		l.Limit = setting(p.sections, out.Node, "request_terminate_timeout", name, period, model.Forever)
		l.Slots = m.children(p, out.Node, stock)
		l.Idle = model.NotTold[time.Duration](l.Node, "keepalive", "it keeps connections for as long as the client asks")
		out.User = setting(p.sections, out.Node, "user", name, word, "")
		if !out.User.Written() {
			out.User = model.NotTold[string](l.Node, "user", "whoever starts it")
		}
		b := process.Listen(l, addr, process.Speaks(l.Node, "PHP-FPM", "fastcgi"))
		b.TLS = process.Plain(l.Node, "tls")
		b.Proxy = model.Fallback(l.Node, "PROXY protocol", false, model.Default, "PHP-FPM does not read it")
		b.Backlog = setting(p.sections, out.Node, "listen.backlog", name, backlog, 511)
		if addr.V.Path != "" {
			b.Mode = setting(p.sections, out.Node, "listen.mode", name, octal, 0o660)
			if b.Owner = owner(p, out.Node); m.version != "" {
				b.Owner = model.Fallback(out.Node, "listen.owner", "www-data:www-data", model.Assumed, "as Debian's package of PHP "+m.version+" has it")
			}
			for _, key := range []string{"listen.acl_users", "listen.acl_groups"} {
				if n, owner, _ := find(p.sections, key); n != nil {
					b.Mode, b.Owner = model.NotTold[int](owner, key, "an access list decides"), model.NotTold[string](owner, key, "an access list decides")
				}
			}
		}
		out.Listeners = append(out.Listeners, l)
	}
	return []*model.Gateway{out}
}

// grace is how long requests live on when PHP-FPM is stopped by SIGQUIT, or
// reloaded: 0 ends them, and so does SIGTERM whatever is set (measured, 8.2).
func (m *master) grace(tree *model.Node) model.Value[time.Duration] {
	if process.Stops(m.place, "TERM", "INT", "15", "2") {
		return process.Ends(m.place.Signal, "PHP-FPM")
	}
	return setting(m.global, tree, "process_control_timeout", "", span, 0)
}

// owner is user and group of the socket; without any it is the master's, which
// is root (measured, 8.2).
func owner(p *pool, tree *model.Node) model.Value[string] {
	user := setting(p.sections, tree, "listen.owner", p.name, word, "root")
	group := setting(p.sections, tree, "listen.group", p.name, word, "root")
	switch {
	case !user.Known() || !group.Known():
		return model.NotTold[string](tree, "listen.owner", "it is a variable")
	case user.Written():
		return model.Set(user.Owner(), "listen.owner", user.At(), user.V+":"+group.V, model.Explicit, "")
	case group.Written():
		return model.Set(group.Owner(), "listen.group", group.At(), user.V+":"+group.V, model.Explicit, "")
	}
	return model.Fallback(user.Owner(), "listen.owner", "root:root", model.Default, "PHP-FPM default")
}

// address is where a pool listens. In the official image zz-docker.conf comes
// behind what sorts before it, and listens on port 9000.
func (m *master) address(p *pool, tree *model.Node, stock bool) model.Value[model.Addr] {
	const docker = "zz-docker.conf"
	n, owner, i := find(p.sections, "listen")
	if stock && p.name == "www" && (n == nil || p.files[i] < docker) {
		if n == nil {
			return model.Fallback(tree, "listen", model.Addr{Port: 9000}, model.Default, "set by "+docker+" of the image")
		}
		v := setting(p.sections, tree, "listen", p.name, address, model.Addr{})
		if a := v.V; a.Path == "" && a.Port == 9000 && a.Any() {
			return v
		}
		return model.Fallback(owner, "listen", model.Addr{Port: 9000}, model.Assumed, "set by "+docker+" of the image, behind "+n.String()+", unless the image removes it")
	}
	if n == nil && m.version != "" {
		return model.Fallback(tree, "listen", model.Addr{Net: "unix", Path: "/run/php/php" + m.version + "-fpm.sock"}, model.Assumed, "as Debian's package of PHP "+m.version+" has it")
	}
	if n == nil {
		return model.NotTold[model.Addr](tree, "listen", "it is not written")
	}
	return setting(p.sections, tree, "listen", p.name, address, model.Addr{})
}

// children are the requests a pool works on at once; the www.conf of the image
// has 5.
func (m *master) children(p *pool, tree *model.Node, stock bool) model.Value[int] {
	if n, _, _ := find(p.sections, "pm.max_children"); n == nil {
		if stock && p.name == "www" && !slices.Contains(p.files, "www.conf") {
			return model.Fallback(tree, "pm.max_children", 5, model.Default, "set by www.conf of the image")
		}
		return model.NotTold[int](tree, "pm.max_children", "it is not written")
	}
	return setting(p.sections, tree, "pm.max_children", p.name, process.Number, 0)
}

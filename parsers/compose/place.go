package compose

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/image"
	"github.com/gwlint/gwlint/parsers/text"
)

// place makes the place of a service, all but what depends on other services.
func (w *world) place(s *service) {
	n := s.defs[0]
	p := &model.Place{Name: s.name, Node: n, Names: []string{s.name}, Env: map[string]model.Value[string]{}, Versions: map[string]model.Versions{}}
	s.place = p
	s.image = w.image(s)
	for _, key := range []string{"container_name", "hostname"} {
		switch v := scalar(w, s, key, word); {
		case v.Known() && !slices.Contains(p.Names, v.V):
			p.Names = append(p.Names, v.V)
		case !v.Known() && s.get(key) != nil: // some name, which nobody can tell
			p.Names = append(p.Names, s.get(key).Arg(0))
		}
	}
	w.networks(s)
	w.hosts(s)
	w.ports(s)
	w.mounts(s)
	image.Describe(p, s.imageOwner(), s.image)
	w.environment(s)
	for _, list := range s.all("expose") {
		for _, item := range items(list) {
			if port, err := strconv.Atoi(strings.TrimSuffix(w.resolve(item.Text), "/tcp")); err == nil {
				p.Exposed = append(p.Exposed, model.Set(n, "expose", item.Span, port, model.Explicit, ""))
			}
		}
	}
	w.command(s)
	w.stopping(s)
}

// image is what a service runs: a Dockerfile's, or a reference's.
func (w *world) image(s *service) *image.Image {
	if b := s.get("build"); b != nil {
		context, dockerfile, target := b.Arg(0), "Dockerfile", ""
		if k := b.Find("context"); k != nil {
			context = k.Arg(0)
		}
		if k := b.Find("dockerfile"); k != nil {
			dockerfile = k.Arg(0)
		}
		if k := b.Find("target"); k != nil {
			target = w.resolve(k.Arg(0))
		}
		if context == "" {
			context = "."
		}
		return w.built(path.Join(w.dir, w.resolve(context)), w.resolve(dockerfile), target)
	}
	i := s.get("image")
	if i == nil || len(i.Args) == 0 {
		return &image.Image{Partial: "no image is written"}
	}
	name := w.resolve(i.Arg(0))
	m := image.OfReference(model.Word{Text: name, Span: i.Args[0].Span})
	if strings.Contains(name, "$") {
		m = &image.Image{Partial: "the image is a variable: " + i.Arg(0)}
	} else if _, known := m.Base.Service(); known || m.Base.Product() != "" {
		return m
	}
	if guess := w.guess(s); guess != nil {
		return guess
	}
	return m
}

// built is the image that a Dockerfile makes.
func (w *world) built(dir, dockerfile, target string) *image.Image {
	src, err := w.tree.Source(path.Join(dir, dockerfile), image.Dialect{})
	if err != nil {
		return &image.Image{Partial: "the Dockerfile is not among the files"}
	}
	m := image.Read(src, target)
	for i := range m.Copies {
		m.Copies[i].From = path.Join(dir, m.Copies[i].From)
	}
	return m
}

// guess is the image of a service whose reference tells nothing: that of the
// only Dockerfile nobody builds that is called like the service, or that has
// what the service starts.
func (w *world) guess(s *service) *image.Image {
	var named, fitting []string
	for _, name := range w.unbuilt {
		base := strings.ToLower(path.Base(name))
		folder := strings.ToLower(path.Base(path.Dir(name)))
		if folder == strings.ToLower(s.name) || base == "dockerfile."+strings.ToLower(s.name) || base == strings.ToLower(s.name)+".dockerfile" {
			named = append(named, name)
		}
	}
	if k := s.get("command"); k != nil && strings.Contains(strings.Join(texts(k), " "), "php-fpm") {
		for _, name := range w.unbuilt {
			if src, err := w.tree.Source(name, image.Dialect{}); err == nil && image.Read(src, "").Base.FPM() {
				fitting = append(fitting, name)
			}
		}
	}
	for _, only := range [][]string{named, fitting} {
		if len(only) == 1 {
			src, err := w.tree.Source(only[0], image.Dialect{})
			if err != nil {
				return nil
			}
			m := image.Read(src, "")
			m.Within(w.tree, path.Dir(only[0]))
			m.Guess = "if " + w.tree.Display(only[0]) + " is its Dockerfile"
			return m
		}
	}
	return nil
}

func texts(n *model.Node) (all []string) {
	for _, a := range n.Args {
		all = append(all, a.Text)
	}
	for _, item := range items(n) {
		all = append(all, item.Text)
	}
	return all
}

// imageOwner is whom the settings of the image govern: the service, in doubt
// where the image is guessed.
func (s *service) imageOwner() *model.Node {
	n := s.defs[0]
	if s.image.Guess == "" {
		return n
	}
	doubtful := *n
	doubtful.Maybe = s.image.Guess
	return &doubtful
}

// hosts are the names that a service has in its own hosts file.
func (w *world) hosts(s *service) {
	for _, list := range s.all("extra_hosts") {
		for _, item := range items(list) {
			name, _, _ := strings.Cut(strings.ReplaceAll(w.resolve(item.Text), "=", ":"), ":")
			s.place.Hosts = append(s.place.Hosts, name)
		}
	}
}

// networks are named by the world they exist in, so that alternatives never
// meet. An external one is the same in every world.
func (w *world) networks(s *service) {
	p := s.place
	n := s.get("networks")
	if s.get("image") == nil && s.get("build") == nil {
		return // laid over a file that is not told
	}
	if n == nil {
		p.Nets = []string{w.name + "/default"}
		return
	}
	for _, k := range n.Kids {
		name := k.Name.Text
		if name == "-" {
			name = k.Arg(0)
		}
		p.Nets = append(p.Nets, w.net(name))
		if aliases := k.Find("aliases"); aliases != nil {
			for _, a := range items(aliases) {
				p.Names = append(p.Names, a.Text)
			}
		}
		if ip := k.Find("ipv4_address"); ip != nil && len(ip.Args) > 0 {
			p.Names = append(p.Names, w.resolve(ip.Arg(0)))
		}
	}
}

func (w *world) net(name string) string {
	for _, layer := range w.layers {
		if nets := layer.Find("networks"); nets != nil {
			if def := nets.Find(name); def != nil {
				if e := def.Find("external"); e != nil && e.Arg(0) != "false" {
					if k := def.Find("name"); k != nil {
						name = k.Arg(0)
					}
					return "external/" + name
				}
			}
		}
	}
	return w.name + "/" + name
}

// ports are those published: "8080:80", "127.0.0.1:8080:80/tcp", {target, published}.
func (w *world) ports(s *service) {
	for _, list := range s.all("ports") {
		for _, k := range list.Kids {
			if target := k.Find("target"); target != nil {
				inner, _ := strconv.Atoi(target.Arg(0))
				outer := 0
				if pub := k.Find("published"); pub != nil {
					outer, _ = strconv.Atoi(w.resolve(pub.Arg(0)))
				}
				s.publish(outer, inner, k.Span)
				continue
			}
			spec, protocol, _ := strings.Cut(w.resolve(k.Arg(0)), "/")
			if protocol == "udp" || strings.Contains(spec, "$") {
				continue
			}
			parts := strings.Split(spec, ":")
			inner, err := strconv.Atoi(parts[len(parts)-1])
			if err != nil {
				continue
			}
			outer := 0
			if len(parts) > 1 {
				outer, _ = strconv.Atoi(parts[len(parts)-2])
			}
			s.publish(outer, inner, k.Args[0].Span)
		}
	}
}

func (s *service) publish(outer, inner int, at model.Span) {
	same := func(p model.Port) bool { return p.Outer == outer && p.Inner == inner }
	if inner > 0 && !slices.ContainsFunc(s.place.Ports, same) {
		s.place.Ports = append(s.place.Ports, model.Port{Outer: outer, Inner: inner, At: at})
	}
}

// mounts are the files that the service sees: binds first, then what its
// Dockerfile copies. A named volume hides what is below it.
func (w *world) mounts(s *service) {
	add := func(from, to string) {
		to = path.Clean(w.resolve(to))
		for _, here := range []string{"${PWD}/", "$PWD/"} { // where compose is started, most likely
			if rest, ok := strings.CutPrefix(from, here); ok {
				from = "./" + rest
			}
		}
		switch from = w.resolve(from); {
		case !path.IsAbs(to) || strings.Contains(to, "$"):
			return
		case strings.Contains(from, "$"):
			from = "host:" + from
		case strings.HasPrefix(from, "."):
			from = path.Join(w.dir, from)
		case strings.HasPrefix(from, "/"), strings.HasPrefix(from, "~"):
			from = "host:" + from
		default:
			from = "volume:" + w.volume(from)
		}
		s.place.Mounts = append(s.place.Mounts, model.Mount{From: from, To: to})
	}
	for _, list := range s.all("volumes") {
		for _, k := range list.Kids {
			if target := k.Find("target"); target != nil {
				from := ""
				if source := k.Find("source"); source != nil {
					from = source.Arg(0)
				}
				add(from, target.Arg(0))
				continue
			}
			parts := strings.Split(k.Arg(0), ":")
			if len(parts) >= 2 {
				add(parts[0], parts[1])
			} else {
				add("anonymous/"+s.name, parts[0])
			}
		}
	}
	for _, kind := range []string{"configs", "secrets"} {
		for _, list := range s.all(kind) {
			for _, k := range list.Kids {
				source, target := k.Find("source"), k.Find("target")
				if source == nil || target == nil {
					continue
				}
				for _, layer := range w.layers {
					if all := layer.Find(kind); all != nil && all.Find(source.Arg(0)) != nil {
						if file := all.Find(source.Arg(0)).Find("file"); file != nil {
							add("./"+strings.TrimPrefix(file.Arg(0), "./"), target.Arg(0))
						}
					}
				}
			}
		}
	}
	for _, c := range slices.Backward(s.image.Copies) { // of two copies to one path the last stays
		s.place.Mounts = append(s.place.Mounts, model.Mount{From: c.From, To: c.To, Copy: true})
	}
}

// volume is the name of a volume in all worlds: an external one is the same in
// each.
func (w *world) volume(name string) string {
	for _, layer := range w.layers {
		if all := layer.Find("volumes"); all != nil && all.Find(name) != nil {
			if e := all.Find(name).Find("external"); e != nil && e.Arg(0) != "false" {
				return "external/" + name
			}
		}
	}
	return w.name + "/" + name
}

// environment is that of the service, over that of its image.
func (w *world) environment(s *service) {
	p, n := s.place, s.defs[0]
	for _, list := range slices.Backward(s.all("env_file")) {
		names := items(list)
		if len(list.Args) > 0 {
			names = list.Args
		}
		for _, k := range list.Kids {
			if file := k.Find("path"); file != nil && len(file.Args) > 0 {
				names = append(names, file.Args[0])
			}
		}
		for _, name := range names {
			w.environmentFile(p, n, name)
		}
	}
	for _, list := range slices.Backward(s.all("environment")) {
		for _, item := range items(list) {
			k, v, ok := strings.Cut(item.Text, "=")
			value := w.resolve(v)
			at := text.Tail(item, len(v)).Span
			switch {
			case !ok || strings.Contains(value, "$"):
				p.Env[k] = model.NotTold[string](n, k, "it comes from the environment")
			case text.Defaulted(v):
				p.Env[k] = model.Set(n, k, at, value, model.Assumed, "the default of a variable")
			default:
				p.Env[k] = model.Set(n, k, at, value, model.Explicit, "")
			}
		}
	}
}

// environmentFile reads an env_file. One that is not among the files may set
// anything.
func (w *world) environmentFile(p *model.Place, n *model.Node, name model.Word) {
	src, err := w.tree.Source(path.Join(w.dir, w.resolve(name.Text)), text.Environment)
	if err != nil {
		p.Hidden = name.Text + " is not among the files"
		return
	}
	for k, v := range text.Variables(src) {
		p.Env[k] = model.Set(n, k, v.Span, v.Text, model.Explicit, "")
	}
}

// command is what starts: the entrypoint of the service or image, and the
// command behind it.
func (w *world) command(s *service) {
	p, n, m := s.place, s.defs[0], s.image
	words := func(k *model.Node) (out []model.Word) {
		if len(k.Args) != 1 {
			return items(k)
		}
		at, exact := text.Inner(k.Args[0])
		if whole := k.Args[0].Span; !exact && whole.Begin().Line < whole.Finish().Line {
			at, exact = whole, true // folded
		}
		out, _ = text.Words(at)
		for i := range out {
			if !exact {
				out[i].Span = k.Args[0].Span
			}
		}
		return out
	}
	entry, cmd := m.Entrypoint, m.Cmd
	if k := s.get("entrypoint"); k != nil {
		entry, cmd, p.Shell = words(k), nil, false
	}
	if k := s.get("command"); k != nil {
		cmd, p.Shell = words(k), p.Shell && len(entry) > 0
	}
	image.Command(p, n, slices.Concat(entry, cmd), func(name string) (string, bool) { v, ok := w.env[name]; return v, ok })
	if dir := scalar(w, s, "working_dir", word); dir.Known() {
		p.Dir = dir.V
	}
}

// stopping is how the service is stopped: by its own word, its image's, or as
// docker does.
func (w *world) stopping(s *service) {
	p, n := s.place, s.defs[0]
	p.Kill = scalar(w, s, "stop_grace_period", duration)
	if s.get("stop_grace_period") == nil {
		p.Kill = model.Fallback(n, "stop_grace_period", 10*time.Second, model.Default, "docker default")
	}
	if s.get("stop_signal") != nil {
		p.Signal = scalar(w, s, "stop_signal", word)
	}
	if s.get("user") != nil {
		p.User = scalar(w, s, "user", word)
	}
	w.restarts(s)
	w.checked(s)
}

// checked is whether docker looks how the service is: by its own word, else by
// its image's.
func (w *world) checked(s *service) {
	k := s.get("healthcheck")
	if k == nil {
		return
	}
	off := false
	if d := k.Find("disable"); d != nil {
		off = d.Arg(0) == "true"
	}
	if t := k.Find("test"); t != nil && (t.Arg(0) == "NONE" || len(t.Kids) > 0 && t.Kids[0].Arg(0) == "NONE") {
		off = true
	} else if t == nil && !off {
		return // it changes how the image's own is done
	}
	s.place.Checked = model.Set(k, "healthcheck", k.Head(), !off, model.Explicit, "")
}

// after says what is started before a service.
func (w *world) after(s *service) {
	for _, key := range []string{"depends_on", "links"} {
		for _, list := range s.all(key) {
			for _, k := range list.Kids {
				name := k.Name.Text
				if name == "-" {
					name, _, _ = strings.Cut(k.Arg(0), ":")
				}
				if o := w.services[name]; o != nil && o != s {
					s.place.After = append(s.place.After, o.place)
					if c := k.Find("condition"); c != nil && c.Arg(0) == "service_healthy" {
						s.place.Waits = append(s.place.Waits, model.Wait{For: o.place, At: c.Head()})
					}
				}
			}
			for _, a := range list.Args { // [db, cache]
				if o := w.services[a.Text]; o != nil && o != s {
					s.place.After = append(s.place.After, o.place)
				}
			}
		}
	}
}

// restarts says whether docker starts the service again when it ends: not
// unless it is told to (compose-spec, restart and deploy).
func (w *world) restarts(s *service) {
	p, n := s.place, s.defs[0]
	p.Restarts = model.Fallback(n, "restart", false, model.Default, "docker default")
	if s.get("restart") != nil {
		p.Restarts = scalar(w, s, "restart", func(v string) (bool, bool) { return v != "no" && v != "false", v != "" })
	} else if d := s.get("deploy"); d != nil {
		p.Restarts = model.NotTold[bool](n, "restart", "a swarm starts it again")
	}
}

// settle says whose network a service is in, and that a command of its own may
// run something that is not seen.
func (w *world) settle(s *service) {
	p, n := s.place, s.defs[0]
	for _, list := range s.all("links") {
		for _, item := range items(list) {
			name, alias, ok := strings.Cut(item.Text, ":")
			if o := w.services[name]; ok && o != nil && !slices.Contains(o.place.Names, alias) {
				o.place.Names = append(o.place.Names, alias)
			}
		}
	}
	w.after(s)
	mode := ""
	if k := s.get("network_mode"); k != nil {
		mode = w.resolve(k.Arg(0))
	}
	if other, ok := strings.CutPrefix(mode, "service:"); ok {
		if o := w.services[other]; o != nil && o != s {
			p.Within = o.place
		}
	} else if mode == "host" {
		if w.host == nil {
			w.host = &model.Place{Name: "the host of " + w.name, Nets: []string{w.name + "/host"}} // on which the names of services mean nothing
		}
		p.Within, p.Nets = w.host, nil
	} else if mode != "" && mode != "bridge" && mode != "default" {
		p.Nets = nil
	}
	if s.get("entrypoint") != nil || s.get("command") != nil && !s.image.Starts(p.Words) {
		p.Whole = model.NotTold[bool](n, "image", "something else may run in it")
	}
}

package haproxy

import (
	"regexp"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// refer notes the pools that a frontend names.
func (l *lowering) refer(p *section) {
	if p.kind() == "listen" {
		l.reached[p] = true
	}
	for _, s := range p.by["use_backend"] {
		if b := l.backends[s.Arg(0)]; b != nil {
			l.reached[b] = true
		}
	}
	if f := p.find("default_backend"); f.statement != nil {
		if b := l.backends[f.Arg(0)]; b != nil {
			l.reached[b] = true
		}
	}
}

// routes lowers what a frontend does with a request, in the order in which it
// is asked: http-request and redirect rules, the statistics page, use_backend,
// default_backend, the servers of a listen.
func (l *lowering) routes(p *section, f *model.Listener) {
	if uri := p.find("monitor-uri"); uri.statement != nil && uri.unsure == "" {
		f.Routes = append(f.Routes, &model.Route{Listener: f, Node: uri.Node, Match: uri.String(),
			Reply: l.reply(uri.statement, 200, "")})
	}
	http := l.mode(p) != "tcp"
	for _, rules := range []struct {
		key  string
		http bool
	}{{"tcp-request connection", false}, {"tcp-request content", false}, {"http-request", true}, {"redirect", true}} {
		if rules.http && !http {
			continue
		}
		for _, from := range []*section{p.defaults, p} {
			if from == nil || from == p.defaults && from.name() == "" {
				continue // only named defaults hand their rules down
			}
			for _, s := range from.by[rules.key] {
				reply, ok := l.answers(s)
				if !ok {
					continue
				}
				r := &model.Route{Listener: f, Node: s.Node, Match: match(s), Reply: reply}
				f.Routes = append(f.Routes, r)
				if r.Match == "" && s.Doubt() == "" {
					return
				}
			}
		}
	}
	stats := l.stats(p)
	if stats != nil {
		r := &model.Route{Listener: f, Node: stats.Node, Match: stats.String(), Reply: l.reply(stats.statement, 200, "")}
		if stats.keyword == "stats uri" && stats.Arg(1) == "/" {
			r.Match = ""
		}
		f.Routes = append(f.Routes, r)
		if r.Match == "" {
			return
		}
	}
	for _, s := range p.by["use_backend"] {
		l.forward(p, f, s, match(s))
	}
	switch d := p.find("default_backend"); {
	case d.unsure != "":
		l.unknownRoute(f, p.Node, "", d.unsure)
	case d.statement != nil:
		l.forward(p, f, d.statement, "")
	case p.kind() == "listen":
		b := l.pool(p)
		if len(b.Endpoints) == 0 && (stats != nil || len(f.Routes) > 0) {
			break // made for what it answers itself
		}
		r := &model.Route{Listener: f, Node: p.Node}
		r.Hops = []*model.Hop{l.hop(p, r, b, p.Node)}
		f.Routes = append(f.Routes, r)
	case p.Partial != "":
		l.unknownRoute(f, p.Node, "", p.Partial)
	}
}

// stats is the statement that makes a statistics page, if one does: any but
// the ones that only describe it.
func (l *lowering) stats(p *section) *found {
	for _, key := range []string{"stats uri", "stats enable", "stats auth", "stats realm", "stats refresh", "stats scope", "stats hide-version", "stats show-legends", "stats show-node", "stats show-desc", "stats admin", "stats http-request"} {
		if f := p.find(key); f.statement != nil && f.unsure == "" && f.from == p {
			return &f
		}
	}
	return nil
}

// match is the condition of a rule in its own words; "" takes all.
func match(s *statement) string {
	for i, a := range s.Args {
		switch a.Text {
		case "if", "unless":
			words := make([]string, 0, len(s.Args)-i)
			for _, w := range s.Args[i:] {
				words = append(words, w.Text)
			}
			c := strings.Join(words, " ")
			if c == "if TRUE" || c == "if { always_true }" {
				return ""
			}
			return c
		}
	}
	return ""
}

func (l *lowering) reply(s *statement, status int, location string) model.Value[model.Reply] {
	return certain(s.Node, s.keyword, s, s.Head(), doubt{}, model.Reply{Status: status, Location: location}, model.Explicit, "")
}

// answers tells what a rule answers itself; not ok if it lets the request
// pass.
func (l *lowering) answers(s *statement) (model.Value[model.Reply], bool) {
	args := s.Args
	action := s.Arg(0)
	switch s.keyword {
	case "redirect":
		action = "redirect"
	case "tcp-request connection", "tcp-request content":
		action, args = s.Arg(1), args[min(1, len(args)):]
	default:
		args = args[min(1, len(args)):]
	}
	option := func(name string) (string, bool) {
		for i := 0; i+1 < len(args) && args[i].Text != "if" && args[i].Text != "unless"; i++ {
			if args[i].Text == name {
				return args[i+1].Text, true
			}
		}
		return "", false
	}
	status := func(name string, fallback int) model.Value[model.Reply] {
		text, ok := option(name)
		if !ok {
			return l.reply(s, fallback, "")
		}
		n, ok := readInt(text)
		if !ok {
			return model.NotTold[model.Reply](s.Node, s.keyword, "its status is an expression")
		}
		return l.reply(s, n, "")
	}
	switch action {
	case "redirect":
		code := 302
		if text, ok := option("code"); ok {
			if n, ok := readInt(text); ok {
				code = n
			}
		}
		for _, kind := range []string{"location", "prefix", "scheme"} {
			if to, ok := option(kind); ok {
				if kind == "scheme" {
					to += "://"
				}
				return l.reply(s, code, to), true
			}
		}
		return l.reply(s, code, ""), true
	case "return":
		return status("status", 200), true
	case "deny":
		return status("deny_status", 403), true
	case "tarpit":
		return status("deny_status", 500), true
	case "auth":
		return l.reply(s, 401, ""), true
	case "reject", "silent-drop":
		return l.reply(s, 0, ""), true
	case "use-service":
		return model.NotTold[model.Reply](s.Node, s.keyword, "the service decides"), true
	}
	return model.Value[model.Reply]{}, false
}

// forward lowers a use_backend or default_backend statement.
func (l *lowering) forward(p *section, f *model.Listener, s *statement, condition string) {
	if len(s.Args) == 0 {
		return
	}
	name, d := s.Arg(0), s.doubt(0)
	r := &model.Route{Listener: f, Node: s.Node, Match: condition}
	switch {
	case !d.none() && !d.assumed:
		l.unknownRoute(f, s.Node, condition, d.why)
		return
	case strings.Contains(name, "%["):
		if r.Match == "" && s.keyword == "use_backend" {
			r.Match = name // a backend that is not there is passed over
		}
		l.dynamic(p, r, s, name)
	default:
		b := l.backends[name]
		if b == nil {
			l.undefinedBackend(p, s)
			l.unknownRoute(f, s.Node, condition, "the backend "+name+" is not seen")
			return
		}
		if reply := l.answered(b); reply != nil {
			r.Reply = *reply
		} else {
			r.Hops = []*model.Hop{l.hop(p, r, l.pool(b), s.Node)}
		}
	}
	f.Routes = append(f.Routes, r)
}

// answered tells what a backend answers itself to every request; nil if it
// forwards some.
func (l *lowering) answered(b *section) *model.Value[model.Reply] {
	if v, ok := l.replies[b]; ok {
		return v
	}
	l.replies[b] = nil
	for _, key := range []string{"http-request", "redirect"} {
		for _, s := range b.by[key] {
			if v, ok := l.answers(s); ok && match(s) == "" && s.Doubt() == "" {
				l.replies[b] = &v
				return &v
			}
		}
	}
	return nil
}

// unknownRoute is one that leads to a pool of which nothing is told.
func (l *lowering) unknownRoute(f *model.Listener, n *model.Node, condition, why string) {
	r := &model.Route{Listener: f, Node: n, Match: condition}
	r.Hops = []*model.Hop{{Route: r, Node: n, Pool: l.unknownPool("?", n, why)}}
	f.Routes = append(f.Routes, r)
}

func (l *lowering) unknownPool(name string, n *model.Node, why string) *model.Pool {
	p := &model.Pool{Gateway: l.out, Name: name, Node: n}
	p.Endpoints = []*model.Endpoint{l.untold(p, n, why)}
	return p
}

// maxGuessed bounds what is tried for names known only at run time.
const maxGuessed = 4096

// dynamic makes the hops of a name that is computed: the values of its map if
// it is there, else the pools that nothing else leads to and that fit what is
// literal in the name; and one of which nothing is told.
func (l *lowering) dynamic(p *section, r *model.Route, s *statement, name string) {
	seen := map[*section]bool{}
	add := func(b *section) {
		if b == nil || seen[b] || l.guessed >= maxGuessed || l.disabled(b) {
			return
		}
		if l.answered(b) != nil {
			return
		}
		seen[b] = true
		l.guessed++
		r.Hops = append(r.Hops, l.hop(p, r, l.pool(b), s.Node))
	}
	before, rest, _ := strings.Cut(name, "%[")
	_, after, _ := strings.Cut(rest, "]")
	complete := false
	if before == "" && strings.Trim(after, ")") == "" {
		var values []string
		values, complete = l.mapValues(name)
		for _, v := range values {
			add(l.backends[v])
		}
	}
	if !complete && len(seen) == 0 {
		for _, b := range l.unnamed {
			if l.guessed++; l.guessed >= maxGuessed {
				break
			}
			if strings.HasPrefix(b.name(), before) && strings.HasSuffix(b.name(), after) {
				add(b)
			}
		}
	}
	if !complete {
		r.Hops = append(r.Hops, &model.Hop{Route: r, Node: s.Node, Pool: l.unknownPool(name, s.Node, "the name is computed: "+name)})
	}
}

// aMap is a map converter at the end of an expression: one behind it would
// change the value.
var aMap = regexp.MustCompile(`,map(?:_[a-z0-9_]+)?\(([^,()]+)(?:,([^()]*))?\)\]$`)

// mapValues are the values that a map converter may yield; complete if there
// are no others.
func (l *lowering) mapValues(name string) (values []string, complete bool) {
	m := aMap.FindStringSubmatch(name)
	if m == nil {
		return nil, false
	}
	file, fallback := strings.TrimPrefix(strings.TrimSpace(m[1]), "virt@"), strings.TrimSpace(m[2])
	if l.files == nil || file == "" {
		return nil, false
	}
	path, ok := l.files.Find(file, l.near, l.place)
	if !ok {
		return nil, false
	}
	src, err := l.files.Source(path, Parser{})
	if err != nil {
		return nil, false
	}
	for line := range strings.Lines(string(src.Text)) {
		if f := strings.Fields(line); len(f) > 1 && !strings.HasPrefix(f[0], "#") {
			values = append(values, f[1])
		}
	}
	if fallback != "" {
		values = append(values, fallback)
	}
	return values, true
}

// hop is one way from a listener to a pool.
func (l *lowering) hop(p *section, r *model.Route, b *pool, n *model.Node) *model.Hop {
	h := &model.Hop{
		Route: r,
		Pool:  b.Pool,
		Node:  n,
		Conn:  b.conn,
		Retry: l.retry(b),
		Queue: l.queue(b),
	}
	h.MaxBody = r.Listener.MaxBody
	if b.idle != nil {
		h.Conn.Idle = *b.idle
	}
	h.Host, h.Headers = l.headers(p, b.section)
	h.Path = l.path(p, b.section)
	logged, ok := l.logs[p]
	if !ok {
		logged = l.logged(p)
		l.logs[p] = logged
	}
	h.Logged = logged
	h.Outcomes = l.shared(b)
	return h
}

package haproxy

import (
	"cmp"
	"maps"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A param is one parameter of a server, default-server or bind line.
type param struct {
	key   string
	name  model.Word // as written: "no-check"
	arg   model.Word // the first word behind it, if it takes one
	doubt doubt      // of arg
	off   bool       // "no-check" of check
	line  *statement
	from  string // "inherited from default-server"; "" on the line itself
}

// params are the parameters in effect on a line: its own over those of a
// template.
type params struct {
	own      []param // the last of a key counts
	template *template
	open     string // why there may be others, or ""
	strange  []model.Word
	cut      model.Word // an empty word that ends the line though more words follow
}

// A template is what default-server lines came to. It is shared and never
// changed; nil is an empty one.
type template struct {
	params map[string]param
	open   string
}

func (p *params) get(key string) (param, bool) {
	for i := len(p.own) - 1; i >= 0; i-- {
		if p.own[i].key == key {
			return p.own[i], true
		}
	}
	if p.template == nil {
		return param{}, false
	}
	x, ok := p.template.params[key]
	return x, ok
}

// doubt is why a parameter that is not seen may be there, or "".
func (p *params) doubt() string {
	if p.open == "" && p.template != nil {
		return p.template.open
	}
	return p.open
}

// on reports whether a switch is certainly given.
func (p *params) on(name string) bool {
	x, ok := p.get(name)
	return ok && !x.off
}

// read takes the parameters of a line from argument i on. kind is "server" or
// "bind".
func (v *vocabulary) read(kind string, s *statement, i int, from string) *params {
	p := &params{own: make([]param, 0, max(len(s.Args)-i, 0))}
	var after doubt // of everything behind a word that may be empty
	for i < len(s.Args) {
		name := s.Args[i]
		switch d := s.doubt(i); {
		case d.blank && !d.assumed:
			p.open, after = d.why, doubt{why: "unless " + name.Text + " is empty, which ends the line", assumed: true}
			i++
			continue
		case name.Text == "":
			if i+1 < len(s.Args) {
				p.cut = name
			}
			return p
		}
		x := param{name: name, line: s, from: from, doubt: after}
		key, _, _ := strings.Cut(name.Text, "(") // set-proxy-v2-tlv-fmt(0xE1)
		k, known := v.words[kind+":"+key]
		if base, negated := strings.CutPrefix(key, "no-"); negated {
			if _, switches := v.words[kind+":"+base]; switches {
				key, x.off = base, true
			}
		}
		switch {
		case key == "enabled":
			key, x.off = "disabled", true
		case strings.HasPrefix(key, "send-proxy"):
			key = "send-proxy"
		}
		if !known && !x.off {
			p.strange = append(p.strange, name)
			if p.open == "" {
				p.open = "the parameter " + name.Text + " is not known"
			}
			i++
			continue
		}
		i++
		if k.args != 0 && i < len(s.Args) {
			x.arg = s.Args[i]
			if d := s.doubt(i); !d.none() {
				x.doubt = d
			}
			i++
			for key == "source" && i+1 < len(s.Args) && (s.Args[i].Text == "usesrc" || s.Args[i].Text == "interface") {
				i += 2
			}
		}
		x.key = key
		p.own = append(p.own, x)
	}
	return p
}

// merge is the template after a default-server line: what it sets, over what
// was there.
func (t *template) merge(line *params) *template {
	m := &template{params: make(map[string]param, len(line.own)), open: line.open}
	if t != nil {
		maps.Copy(m.params, t.params)
		m.open = cmp.Or(t.open, line.open)
	}
	for _, x := range line.own {
		m.params[x.key] = x
	}
	return m
}

// value makes a value of a parameter's argument.
func value[T any](owner *model.Node, key string, x param, v T) model.Value[T] {
	o := model.Explicit
	if x.from != "" {
		o = model.Inherited
	}
	return certain(owner, key, x.line, x.arg.Span, x.doubt, v, o, x.from)
}

// A host of parameters, and who asks.
type line struct {
	*lowering
	*params
	node *model.Node
}

// missing is the value of a parameter that is not given.
func missing[T any](l *line, key string, v T, why string) model.Value[T] {
	if doubt := l.params.doubt(); doubt != "" {
		return model.NotTold[T](l.node, key, doubt)
	}
	return absent(l.lowering, l.node, key, v, why)
}

// flag is a parameter that is only there or not.
func (l *line) flag(name string) model.Value[bool] {
	x, ok := l.get(name)
	if !ok {
		return missing(l, name, false, builtIn)
	}
	x.arg = x.name
	if strings.HasPrefix(x.name.Text, name) { // send-proxy-v2
		name = x.name.Text
	}
	return value(l.node, name, x, !x.off)
}

// text is a parameter that is a word.
func (l *line) text(name string) model.Value[string] {
	x, ok := l.get(name)
	if !ok || x.off {
		return missing(l, name, "", "not set")
	}
	return value(l.node, name, x, x.arg.Text)
}

// count is a parameter that is a number; zero is what 0 stands for.
func (l *line) count(name string, fallback, zero int, why string) model.Value[int] {
	x, ok := l.get(name)
	if !ok {
		return missing(l, name, fallback, why)
	}
	n, ok := readInt(x.arg.Text)
	switch {
	case !ok && x.doubt.none():
		x.doubt = doubt{why: "is no number"}
	case n == 0:
		n = zero
	}
	return value(l.node, name, x, n)
}

// time is a parameter that is a time.
func (l *line) time(name string, fallback time.Duration) model.Value[time.Duration] {
	x, ok := l.get(name)
	if !ok {
		return missing(l, name, fallback, builtIn)
	}
	d, ok := readTime(x.arg.Text)
	if !ok && x.doubt.none() {
		x.doubt = doubt{why: "is no time"}
	}
	return value(l.node, name, x, d)
}

package haproxy

import (
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A found is what a lookup of a setting came to.
type found struct {
	*statement          // nil: written nowhere, or set back to the default
	from       *section // where it is written
	unsure     string   // why it cannot be told, or ""
}

// find is the statement that decides a setting of a section: its own last one,
// else that of its defaults.
func (s *section) find(key string) found {
	own := s.by[key]
	if len(own) == 0 {
		switch {
		case s.Partial != "":
			return found{unsure: s.Partial}
		case s.lost != "":
			return found{unsure: s.lost}
		case s.defaults == nil:
			return found{}
		}
		return s.defaults.find(key)
	}
	last := own[len(own)-1]
	if last.Maybe != "" && (len(own) > 1 || s.defaults != nil && s.defaults.find(key).statement != nil) {
		return found{unsure: last.Maybe}
	}
	if last.Name.Text == "default" {
		return found{}
	}
	return found{statement: last, from: s}
}

// off reports whether the statement switches its option off.
func (f found) off() bool { return f.statement != nil && f.Name.Text == "no" }

// literal is argument i behind the keyword, counted from 0.
func (f found) literal(i int) (model.Word, doubt) {
	i += strings.Count(f.keyword, " ")
	if i >= len(f.Args) {
		return model.Word{}, doubt{}
	}
	return f.Args[i], f.doubt(i)
}

// inherited says from which defaults a setting comes.
func inherited(from *section) string {
	if name := from.name(); name != "" {
		return "inherited from " + from.kind() + " " + name
	}
	return "inherited from " + from.kind()
}

// written makes a value of a literal of a found statement.
func written[T any](owner *section, key string, f found, at model.Word, d doubt, v T) model.Value[T] {
	why, o := "", model.Explicit
	if f.from != owner {
		o, why = model.Inherited, inherited(f.from)
	}
	return certain(owner.Node, key, f.statement, at.Span, d, v, o, why)
}

// certain makes a value of what is written in a statement, less sure where the
// statement or the word is.
func certain[T any](owner *model.Node, key string, in *statement, at model.Span, d doubt, v T, o model.Origin, why string) model.Value[T] {
	switch {
	case !d.none() && !d.assumed:
		return model.NotTold[T](owner, key, d.why)
	case !d.none():
		o, why = model.Assumed, d.why
	case in.Doubt() != "":
		o, why = model.Assumed, in.Doubt()
	}
	return model.Set(owner, key, at, v, o, why)
}

// absent is the value of a setting that is written nowhere.
func absent[T any](l *lowering, owner *model.Node, key string, v T, why string) model.Value[T] {
	if doubt := l.tree.root.Fragment; doubt != "" {
		return model.Fallback(owner, key, v, model.Assumed, why+"; "+doubt)
	}
	return model.Fallback(owner, key, v, model.Default, why)
}

const (
	builtIn   = "HAProxy default"
	noLimit   = "no limit: not set"
	neverEnds = "HAProxy has no such limit"
)

// oldTimeouts are the forms that were removed in 2.1.
var oldTimeouts = map[string]string{"client": "clitimeout", "server": "srvtimeout", "connect": "contimeout"}

// timeout is a "timeout x" of a proxy: Forever where it is 0 or written
// nowhere.
func (l *lowering) timeout(p *section, name string) model.Value[time.Duration] {
	key := "timeout " + name
	f := p.find(key)
	if f.unsure != "" {
		return model.NotTold[time.Duration](p.Node, key, f.unsure)
	}
	if before, ok := oldTimeouts[name]; ok && f.statement == nil {
		if old := p.find(before); old.statement != nil {
			key, f = before, old
		}
	}
	if f.statement == nil {
		return absent(l, p.Node, key, model.Forever, noLimit)
	}
	w, d := f.literal(0)
	t, ok := readTime(w.Text)
	if !ok {
		if d.none() {
			d = doubt{why: "is no time"}
		}
	} else if t == 0 {
		t = model.Forever
	}
	return written(p, key, f, w, d, t)
}

// fallingBack is a timeout that takes the first of others when it is not set
// or 0: proxy_fix_... of HAProxy's post-configuration and section 4.2 of the
// manual.
func (l *lowering) fallingBack(p *section, name string, others ...string) model.Value[time.Duration] {
	v := l.timeout(p, name)
	for _, other := range others {
		if !v.Known() || v.V != model.Forever {
			return v
		}
		o := l.timeout(p, other)
		if !o.Known() {
			return model.NotTold[time.Duration](p.Node, v.Key(), o.Why())
		}
		if o.V == model.Forever {
			continue
		}
		why := "timeout " + other + ", as timeout " + name + " is not set"
		if o.Why() != "" {
			why += "; " + o.Why()
		}
		return model.Set(p.Node, "timeout "+name, o.At(), o.V, min(o.Origin(), model.Inherited), why)
	}
	return v
}

// number is a setting of a proxy or of global that is a whole number.
func (l *lowering) number(p *section, key string, fallback int, why string, convert func(int) int) model.Value[int] {
	f := p.find(key)
	if f.unsure != "" {
		return model.NotTold[int](p.Node, key, f.unsure)
	}
	if f.statement == nil {
		return absent(l, p.Node, key, fallback, why)
	}
	w, d := f.literal(0)
	n, ok := readInt(w.Text)
	if !ok && d.none() {
		d = doubt{why: "is no number"}
	}
	return written(p, key, f, w, d, convert(n))
}

// mode of a proxy: tcp, http, log ...; "" when it cannot be told.
func (l *lowering) mode(p *section) string {
	f := p.find("mode")
	if f.unsure != "" {
		return ""
	}
	if f.statement == nil {
		if l.tree.root.Fragment != "" {
			return ""
		}
		return "tcp"
	}
	w, d := f.literal(0)
	if !d.none() && !d.assumed {
		return ""
	}
	return w.Text
}

package process

import (
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/text"
)

// Flags are the values of an option in the order in which they are given:
// "--bind x", "--bind=x", "-b x", "-bx".
func (g Program) Flags(names ...string) (values []model.Word) {
	for i := 0; i < len(g.Args); i++ {
		for _, name := range names {
			rest, ok := strings.CutPrefix(g.Args[i].Text, name)
			long := strings.HasPrefix(name, "--") || len(name) > 2
			switch {
			case !ok:
				continue
			case rest == "" && i+1 < len(g.Args):
				values = append(values, g.Args[i+1])
			case strings.HasPrefix(rest, "="):
				values = append(values, text.Tail(g.Args[i], len(rest)-1))
			case rest != "" && !long:
				values = append(values, text.Tail(g.Args[i], len(rest)))
			default:
				continue
			}
			break
		}
	}
	return values
}

// Flag is the value of an option that is given last.
func (g Program) Flag(names ...string) (w model.Word, ok bool) {
	all := g.Flags(names...)
	if len(all) == 0 {
		return w, false
	}
	return all[len(all)-1], true
}

// Switch is an option without a value.
func (g Program) Switch(names ...string) (w model.Word, ok bool) {
	for _, a := range g.Args {
		for _, name := range names {
			if a.Text == name {
				w, ok = a, true
			}
		}
	}
	return w, ok
}

// Getenv is a variable of the program's environment; Unknown where it is not
// set as far as we see.
func (g Program) Getenv(name string) model.Value[string] {
	if w, ok := g.Env[name]; ok {
		return Read(g, name, w, func(s string) (string, bool) { return s, true })
	}
	for p := g.Place; p != nil; p = p.On {
		if v, ok := p.Env[name]; ok {
			return v
		}
	}
	return model.Value[string]{}
}

// Read is a value that a word of the command gives, variables replaced by what
// the environment says. It is assumed where a default stands in for one.
func Read[T any](g Program, key string, w model.Word, parse func(string) (T, bool)) model.Value[T] {
	origin, why, missing := model.Explicit, "", ""
	s := text.Expand(w.Text, func(name string) (string, bool) {
		if name == "" || w.Text == "$"+name && g.Env[name].Text == w.Text {
			return "", false
		}
		v := g.Getenv(name)
		if _, set := g.Place.Env[name]; set && !v.Known() {
			missing = name // from an environment that is not seen: no default tells
		}
		if v.Origin() == model.Assumed {
			origin, why = model.Assumed, v.Why()
		}
		return v.V, v.Known()
	})
	if origin != model.Assumed && text.Defaulted(w.Text) {
		origin, why = model.Assumed, "the default of a variable"
	}
	v, ok := parse(s)
	switch {
	case missing != "" || strings.Contains(s, "$"):
		return model.NotTold[T](g.Node, key, "it is a variable: "+w.Text)
	case !ok:
		return model.NotTold[T](g.Node, key, g.Name+" does not take "+w.Text)
	}
	at := w.Span
	if inner, exact := text.Inner(w); exact {
		at = inner // a new value stays between the quotes
	}
	return model.Set(g.Node, key, at, v, origin, why)
}

// Seconds reads a number of seconds.
func Seconds(s string) (time.Duration, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 || f > 1e9 {
		return 0, false
	}
	return time.Duration(f * float64(time.Second)), true
}

// Number reads a whole number that is not negative.
func Number(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0
}

// Port reads a port.
func Port(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0 && n < 65536
}

// Address reads "host:port", ":port", "port", "unix:path" and "[::]:port". What
// names no port has the one given.
func Address(port int) func(string) (model.Addr, bool) {
	return func(s string) (model.Addr, bool) {
		for _, scheme := range []string{"unix://", "unix:"} {
			if p, ok := strings.CutPrefix(s, scheme); ok {
				return model.Addr{Net: "unix", Path: p}, p != ""
			}
		}
		if strings.HasPrefix(s, "/") {
			return model.Addr{Net: "unix", Path: s}, true
		}
		for _, scheme := range []string{"http://", "https://", "tcp://"} {
			s = strings.TrimPrefix(s, scheme)
		}
		if n, ok := Port(s); ok {
			return model.Addr{Port: n}, true
		}
		host, rest := s, ""
		if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
			host, rest = s[:i], s[i+1:]
		}
		host = strings.Trim(host, "[]")
		if rest == "" {
			return model.Addr{Host: host, Port: port}, host != "" && port != 0
		}
		n, ok := Port(rest)
		return model.Addr{Host: host, Port: n}, ok
	}
}

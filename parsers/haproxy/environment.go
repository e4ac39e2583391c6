package haproxy

import (
	"strings"

	"github.com/gwlint/gwlint/model"
)

// An environment is the variables HAProxy sees: those of its place, as global
// changes them on the way.
type environment struct {
	place map[string]model.Value[string]
	set   map[string]setting
}

// A setting is what setenv and its like make of a variable.
type setting struct {
	value string
	doubt doubt
	unset bool
}

// A ref is a reference to a variable: "$X", "${X}", "${X-default}", "${X[*]}".
type ref struct {
	name, fallback string
	hasFallback    bool
	split          bool // into several words, none if it is not set
}

// reference reads the reference that s begins with; n is 0 when it is none.
func reference(s string) (r ref, n int) {
	i := 1
	braces := strings.HasPrefix(s, "${")
	if braces {
		i = 2
	}
	from := i
	for i < len(s) && (isName(s[i]) || i == from && s[i] == '.') {
		i++
	}
	if i == from || s[from] >= '0' && s[from] <= '9' {
		return ref{}, 0
	}
	r.name = s[from:i]
	if !braces {
		return r, i
	}
	if strings.HasPrefix(s[i:], "[*]") {
		r.split = true
		i += 3
	}
	if i < len(s) && s[i] == '-' {
		k := strings.IndexByte(s[i:], '}')
		if k < 0 {
			return ref{}, 0
		}
		r.fallback, r.hasFallback = s[i+1:i+k], true
		i += k
	}
	if i >= len(s) || s[i] != '}' {
		return ref{}, 0
	}
	return r, i + 1
}

func isName(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// lookup is the value of a reference. It is assumed when it is the default of
// a variable that somebody may set, and not told when there is none.
func (e *environment) lookup(r ref) (string, doubt) {
	if s, ok := e.set[r.name]; ok {
		if s.unset {
			return r.fallback, s.doubt
		}
		return s.value, s.doubt
	}
	if v, ok := e.place[r.name]; ok && v.Known() {
		if v.Origin() == model.Assumed {
			return v.V, doubt{why: v.Why(), assumed: true}
		}
		return v.V, doubt{}
	}
	if r.hasFallback {
		return r.fallback, doubt{why: "default of the variable " + r.name + ", which may be set", assumed: true}
	}
	return "", doubt{why: "the variable " + r.name + " is not known"}
}

// expand does what env_expand does to addresses: it replaces references in
// text that was not quoted, a second time in text that was.
func (e *environment) expand(text string) (string, doubt) {
	if strings.IndexByte(text, '$') < 0 {
		return text, doubt{}
	}
	var (
		b   strings.Builder
		all doubt
	)
	for i := 0; i < len(text); {
		if text[i] == '$' {
			if r, n := reference(text[i:]); n > 0 {
				value, d := e.lookup(r)
				if !d.none() && (all.none() || !d.assumed) {
					all = d
				}
				b.WriteString(value)
				i += n
				continue
			}
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String(), all
}

// apply carries out a statement of global that changes variables.
func (e *environment) apply(words []word) {
	name, args := words[0].Text, words[1:]
	switch name {
	case "setenv", "presetenv":
		if len(args) < 2 {
			return
		}
		v := args[0].Text
		if name == "presetenv" {
			if _, ok := e.set[v]; ok {
				return
			}
			if p, ok := e.place[v]; ok && p.Known() {
				return
			}
			e.put(v, setting{args[1].Text, doubt{why: "presetenv, unless the variable is set", assumed: true}, false})
			return
		}
		e.put(v, setting{value: args[1].Text, doubt: args[1].doubt})
	case "unsetenv":
		for _, a := range args {
			e.put(a.Text, setting{unset: true})
		}
	}
}

func (e *environment) put(name string, s setting) {
	if e.set == nil {
		e.set = map[string]setting{}
	}
	e.set[name] = s
}

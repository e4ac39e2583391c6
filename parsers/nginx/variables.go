package nginx

import (
	"strings"

	"github.com/gwlint/gwlint/model"
)

// limits of evaluation: what real configuration never needs more of.
const (
	maxTexts    = 32
	maxIndirect = 8
)

// A text is one thing that a word with variables may be. Variables that cannot
// be told are left in it.
type text struct {
	s    string
	from []model.Span // the statements that gave the variables their values
}

// expand evaluates the variables of a word as far as set, map, geo and
// split_clients tell, for requests that reach owner.
func (l *loader) expand(owner *model.Node, word string) []text {
	return l.expandTo(owner, word, 0)
}

func (l *loader) expandTo(owner *model.Node, word string, depth int) []text {
	done := []text{{}}
	for word != "" {
		plain, name, rest := nextVariable(word)
		values := []text{{s: name}}
		if name != "" && depth < maxIndirect {
			if known := l.values(owner, variableName(name), depth); known != nil {
				values = known
			}
		}
		var next []text
		for _, d := range done {
			for _, v := range values {
				if len(next) < maxTexts {
					next = append(next, text{d.s + plain + v.s, append(d.from[:len(d.from):len(d.from)], v.from...)})
				}
			}
		}
		done, word = next, rest
	}
	return done
}

// nextVariable splits a word before and behind its first variable, which is
// returned as written.
func nextVariable(s string) (before, variable, after string) {
	for i := 0; i+1 < len(s); i++ {
		if s[i] != '$' {
			continue
		}
		if s[i+1] == '{' {
			if end := strings.IndexByte(s[i:], '}'); end > 0 {
				return s[:i], s[i : i+end+1], s[i+end+1:]
			}
			continue
		}
		end := i + 1
		for end < len(s) && isVariableByte(s[end]) {
			end++
		}
		if end > i+1 {
			return s[:i], s[i:end], s[end:]
		}
	}
	return s, "", ""
}

func isVariableByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// variableName is "$x" for "$x" and "${x}".
func variableName(written string) string { return "$" + strings.Trim(written, "${}") }

// values are what a variable may be; nil when it is not told by statements.
func (l *loader) values(owner *model.Node, name string, depth int) []text {
	var out []text
	for _, s := range l.setsFor(owner, name) {
		for _, t := range l.expandTo(owner, s.Arg(1), depth+1) {
			out = append(out, text{t.s, append([]model.Span{s.Head()}, t.from...)})
		}
	}
	for _, m := range l.maps[name] {
		if m.Partial != "" {
			return nil
		}
		hasDefault := false
		for _, k := range m.Kids {
			switch k.Name.Text {
			case "hostnames", "volatile", "include", "ranges", "proxy", "proxy_recursive", "delete":
				continue
			case "default", "*":
				hasDefault = true
			}
			for _, t := range l.expandTo(owner, k.Arg(0), depth+1) {
				out = append(out, text{t.s, append([]model.Span{k.Head()}, t.from...)})
			}
		}
		if !hasDefault && len(out) < maxTexts {
			out = append(out, text{"", []model.Span{m.Head()}})
		}
	}
	return out[:min(len(out), maxTexts)]
}

// setsFor are the set statements whose value a request in owner may see: those
// in the blocks around it, and in if blocks there. One that surely runs later
// hides the ones before it.
func (l *loader) setsFor(owner *model.Node, name string) []*model.Node {
	var out []*model.Node
	for b := owner; b != nil; b = b.Parent {
		certain := false
		var here []*model.Node
		for _, s := range l.sets[name] {
			in := s.Parent
			for in != nil && in != b && in.Name.Text == "if" {
				in = in.Parent
			}
			if in != b {
				continue
			}
			if s.Parent == b {
				here, certain = nil, true
			}
			here = append(here, s)
		}
		out = append(here, out...)
		if certain {
			break
		}
	}
	return out
}

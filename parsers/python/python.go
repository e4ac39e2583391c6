// Package python reads Python as far as literals and the environment tell.
package python

import (
	"regexp"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/text"
)

// A Script is a Python file, as far as it assigns what can be told at its top.
type Script struct {
	Root *model.Node // its assignments, with what they assign as one word
	Vars map[string]*Value

	source *model.Source
	getenv func(string) model.Value[string]
}

// A Value is what an expression gives.
type Value struct {
	Text    string // strings unquoted
	At      model.Span
	Assumed string   // why it may be another: the default of a variable of the environment
	Why     string   // why it cannot be told
	List    []*Value // of a list, its items
}

// Items are those of a list, or the one value.
func (a *Value) Items() []*Value {
	if a.List != nil {
		return a.List
	}
	return []*Value{a}
}

var assigns = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)[ \t]*(?::[^=]*)?=[ \t]*([^=\n].*)$`)

// Parse reads the assignments of a file. What is assigned in a branch cannot be
// told. getenv is the environment it will run in.
func Parse(src *model.Source, getenv func(string) model.Value[string]) *Script {
	s := &Script{Root: &model.Node{Span: src.Span(0, len(src.Text)), Body: src.Span(0, len(src.Text))}, Vars: map[string]*Value{}, source: src, getenv: getenv}
	for line := 1; line <= src.Lines(); line++ {
		at := src.LineSpan(line)
		body := at.Text()
		trimmed := strings.TrimLeft(body, " \t")
		branch := len(trimmed) < len(body)
		m := assigns.FindStringSubmatchIndex(trimmed)
		if m == nil {
			if !branch && (strings.HasPrefix(trimmed, "from ") && strings.HasSuffix(trimmed, "import *")) {
				s.Root.Partial = "it imports what is not read"
			}
			continue
		}
		start := at.Start + len(body) - len(trimmed)
		name, value := trimmed[m[2]:m[3]], src.Span(start+m[4], start+m[5])
		for open(value.Text()) > 0 && line < src.Lines() && line < 1<<20 { // goes on
			line++
			value.End = src.LineSpan(line).End
			if value.End-value.Start > 1<<12 {
				break
			}
		}
		value.End = value.Start + len(strings.TrimRight(uncommented(value.Text()), " \t\r\n"))
		n := &model.Node{Name: model.Word{Text: name, Span: src.Span(start+m[2], start+m[3])}, Parent: s.Root,
			Args: []model.Word{{Text: value.Text(), Span: value}}, Span: src.Span(start+m[2], value.End)}
		s.Root.Kids = append(s.Root.Kids, n)
		if branch {
			n.Maybe = "it is assigned in a branch"
			s.Vars[name] = &Value{At: value, Why: n.Maybe}
			continue
		}
		e := evaluator{vars: s.Vars, getenv: getenv}
		s.Vars[name] = e.value(value, 0)
	}
	s.Root.Seal()
	return s
}

// open counts the brackets of an expression that are not closed.
func open(s string) (depth int) {
	for _, c := range text.Bare(s, false) {
		depth += nests(c)
	}
	return depth
}

// nests is by how much a byte changes the depth of brackets.
func nests(c byte) int {
	switch c {
	case '(', '[', '{':
		return 1
	case ')', ']', '}':
		return -1
	}
	return 0
}

// uncommented is a line without its comment.
func uncommented(s string) string {
	for i, c := range text.Bare(s, true) {
		if c == '#' && !strings.Contains(s[i:], "\n") {
			return s[:i]
		}
	}
	return s
}

// An evaluator works out expressions of literals, variables of the file and
// variables of the environment.
type evaluator struct {
	vars   map[string]*Value
	getenv func(string) model.Value[string]
}

var (
	number = regexp.MustCompile(`^[0-9][0-9_]*(\.[0-9]+)?$|^0o?[0-7]+$`)
	call   = regexp.MustCompile(`^([A-Za-z_.]+)\((.*)\)$`)
	ident  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

const computed = "it is computed"

func (e evaluator) value(at model.Span, depth int) *Value {
	s := strings.TrimSpace(at.Text())
	lead := strings.Index(at.Text(), s)
	at = at.Source.Span(at.Start+lead, at.Start+lead+len(s))
	a := &Value{At: at}
	if depth > 8 {
		a.Why = computed
		return a
	}
	terms := cut(at, '+')
	if len(terms) > 1 {
		for _, t := range terms {
			v := e.value(t, depth+1)
			if v.Why != "" || v.List != nil || !quoted(v.At.Text()) && number.MatchString(v.Text) && number.MatchString(v.At.Text()) {
				a.Why = computed
				return a
			}
			a.Text += v.Text
			if v.Assumed != "" {
				a.Assumed = v.Assumed
			}
		}
		return a
	}
	switch m := call.FindStringSubmatch(s); {
	case s == "":
		a.Why = computed
	case s[0] == '[' || s[0] == '(' && s[len(s)-1] == ')':
		for _, item := range cut(at.Source.Span(at.Start+1, at.End-1), ',') {
			if strings.TrimSpace(item.Text()) != "" {
				a.List = append(a.List, e.value(item, depth+1))
			}
		}
		if len(a.List) == 1 && s[0] == '(' {
			return a.List[0]
		}
		if a.List == nil {
			a.Why = computed
		}
	case quoted(s):
		a.Text = s[1 : len(s)-1]
	case (s[0] == 'f' || s[0] == 'F') && quoted(s[1:]):
		e.format(a, s[2:len(s)-1], depth)
	case number.MatchString(s), s == "True", s == "False":
		a.Text = strings.ReplaceAll(s, "_", "")
	case s == "None":
		a.Why = "it is None"
	case m != nil:
		e.call(a, m[1], m[2], at, depth)
	case ident.MatchString(s) && e.vars[s] != nil:
		v := *e.vars[s]
		return &v
	default:
		a.Why = computed
	}
	return a
}

func quoted(s string) bool {
	k := len(s)
	return k >= 2 && (s[0] == '"' || s[0] == '\'') && s[k-1] == s[0] && !strings.Contains(s[1:k-1], s[:1])
}

// format fills an f-string.
func (e evaluator) format(a *Value, s string, depth int) {
	for {
		before, rest, ok := strings.Cut(s, "{")
		a.Text += before
		if !ok {
			return
		}
		name, after, _ := strings.Cut(rest, "}")
		v := e.vars[strings.TrimSpace(name)]
		if v == nil || v.Why != "" || v.List != nil {
			a.Why = computed
			return
		}
		a.Text, s = a.Text+v.Text, after
		if v.Assumed != "" {
			a.Assumed = v.Assumed
		}
	}
}

// call works out int(x), str(x) and the ways to ask the environment.
func (e evaluator) call(a *Value, name, args string, at model.Span, depth int) {
	inner := at.Source.Span(at.End-1-len(args), at.End-1)
	parts := cut(inner, ',')
	switch name {
	case "int", "str", "float":
		if len(parts) == 1 {
			v := e.value(inner, depth+1)
			a.Text, a.Assumed, a.Why = v.Text, v.Assumed, v.Why
			return
		}
	case "os.getenv", "os.environ.get", "getenv", "environ.get":
		if key := strings.TrimSpace(parts[0].Text()); quoted(key) {
			env := e.getenv(key[1 : len(key)-1])
			switch {
			case env.Known():
				a.Text, a.At = env.V, env.At()
				if env.Origin() == model.Assumed {
					a.Assumed = env.Why()
				}
				return
			case len(parts) == 2 && env.Owner() == nil:
				v := e.value(parts[1], depth+1)
				a.Text, a.At, a.Why, a.Assumed = v.Text, v.At, v.Why, "unless "+key[1:len(key)-1]+" is set in the environment"
				return
			}
		}
	}
	a.Why = computed
}

// cut splits an expression at a sign that stands in no brackets or quotes.
func cut(at model.Span, sign byte) (parts []model.Span) {
	depth, start := 0, 0
	for i, c := range text.Bare(at.Text(), true) {
		if c == sign && depth == 0 {
			parts = append(parts, at.Source.Span(at.Start+start, at.Start+i))
			start = i + 1
		}
		depth += nests(c)
	}
	return append(parts, at.Source.Span(at.Start+start, at.End))
}

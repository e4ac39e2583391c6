package python

import (
	"regexp"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/text"
)

// A Call is one call of a function: what stands in its parentheses.
type Call struct {
	At     model.Span // from the name to the closing parenthesis
	Args   []*Value   // by position
	Named  map[string]*Value
	Unsure bool // it takes *x or **x, or does not end
}

// Arg is an argument by name or by position, nil where it is not given.
func (c *Call) Arg(name string, position int) *Value {
	if v := c.Named[name]; v != nil {
		return v
	}
	if position >= 0 && position < len(c.Args) {
		return c.Args[position]
	}
	return nil
}

// Calls are those of a function, named as in the code: "app.run". Those in
// comments and strings over one line are none.
func (s *Script) Calls(function string) (all []*Call) {
	name := regexp.MustCompile(`(?:^|[^\w.'"])(` + regexp.QuoteMeta(function) + `[ \t]*\()`)
	for _, m := range name.FindAllSubmatchIndex(s.source.Text, 16) {
		if line := s.source.LineSpan(s.source.Position(m[2]).Line); line.Start+len(uncommented(s.source.Span(line.Start, line.End).Text())) <= m[2] {
			continue
		}
		c := &Call{At: s.source.Span(m[2], m[3]), Named: map[string]*Value{}}
		all = append(all, c)
		end := closing(s.source.Text, m[3])
		if end < 0 {
			c.Unsure = true
			continue
		}
		c.At.End = end + 1
		c.read(s.source.Span(m[3], end), evaluator{vars: s.Vars, getenv: s.getenv})
	}
	return all
}

var keyword = regexp.MustCompile(`^\s*([A-Za-z_]\w*)\s*=([^=]|$)`)

func (c *Call) read(inner model.Span, e evaluator) {
	for _, part := range cut(inner, ',') {
		written := part.Text()
		switch m := keyword.FindStringSubmatchIndex(written); {
		case strings.TrimSpace(written) == "":
		case strings.HasPrefix(strings.TrimSpace(written), "*"):
			c.Unsure = true
		case m != nil:
			c.Named[written[m[2]:m[3]]] = e.value(part.Source.Span(part.Start+m[4], part.End), 0)
		default:
			c.Args = append(c.Args, e.value(part, 0))
		}
	}
}

// closing is where the parenthesis that is open at from closes, or -1.
func closing(code []byte, from int) int {
	const most = 1 << 12
	depth := 1
	for i, c := range text.Bare(string(code[from:min(len(code), from+most)]), false) {
		if depth += nests(c); depth == 0 {
			return from + i
		}
	}
	return -1
}

package haproxy

import (
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A truth has three values: conditions ask for things that only the machine
// and the build of HAProxy know.
type truth int8

const (
	no truth = iota - 1
	perhaps
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// A condition evaluates the expression of an .if (manual 2.4).
type condition struct {
	text     string
	env      *environment
	versions model.Versions
	depth    int
}

// evaluate is the truth of an expression; what cannot be read is undecided.
func evaluate(text string, env *environment, versions model.Versions) truth {
	c := &condition{text: strings.TrimSpace(text), env: env, versions: versions}
	if c.text == "" {
		return no
	}
	t := c.or()
	if c.text != "" {
		return perhaps
	}
	return t
}

func (c *condition) or() truth {
	t := c.and()
	for c.take("||") {
		t = max(t, c.and())
	}
	return t
}

func (c *condition) and() truth {
	t := c.term()
	for c.take("&&") {
		t = min(t, c.term())
	}
	return t
}

// maxDepth bounds the nesting of parentheses and negations that is followed.
const maxDepth = 100

func (c *condition) term() truth {
	if c.depth++; c.depth > maxDepth {
		c.text = ""
		return perhaps
	}
	defer func() { c.depth-- }()
	switch {
	case c.take("!"):
		return -c.term()
	case c.take("("):
		t := c.or()
		if !c.take(")") {
			c.text = "?"
		}
		return t
	}
	end := strings.IndexAny(c.text, "()|&! ")
	if end < 0 {
		end = len(c.text)
	}
	name := c.text[:end]
	c.text = c.text[end:]
	if strings.HasPrefix(c.text, "(") {
		close := strings.IndexByte(c.text, ')')
		if close < 0 {
			c.text = "?"
			return perhaps
		}
		args := strings.Split(c.text[1:close], ",")
		c.text = strings.TrimLeft(c.text[close+1:], " \t")
		return c.predicate(name, args)
	}
	c.text = strings.TrimLeft(c.text, " \t")
	if n, rest, ok := digits(name); ok && rest == "" {
		return truthOf(n != 0)
	}
	return perhaps
}

func (c *condition) predicate(name string, args []string) truth {
	for i := range args {
		args[i] = strings.TrimSpace(args[i])
	}
	switch {
	case name == "defined" && len(args) == 1:
		if s, ok := c.env.set[args[0]]; ok && (s.doubt.none() || s.doubt.assumed) {
			return truthOf(!s.unset)
		}
		if v, ok := c.env.place[args[0]]; ok && v.Known() {
			return yes
		}
	case name == "streq" && len(args) == 2:
		return truthOf(args[0] == args[1])
	case name == "strneq" && len(args) == 2:
		return truthOf(args[0] != args[1])
	case name == "strstr" && len(args) == 2:
		return truthOf(strings.Contains(args[0], args[1]))
	case name == "version_atleast" && len(args) == 1:
		return c.version(args[0], yes)
	case name == "version_before" && len(args) == 1:
		return c.version(args[0], no)
	}
	return perhaps
}

// version compares the target with a version: from is the answer when it is
// that old or newer. An assumed version decides nothing.
func (c *condition) version(v string, from truth) truth {
	switch {
	case c.versions.Origin <= model.Assumed:
		return perhaps
	case c.versions.From(v):
		return from
	case c.versions.Before(v):
		return -from
	}
	return perhaps
}

func (c *condition) take(token string) bool {
	rest, ok := strings.CutPrefix(c.text, token)
	if ok {
		c.text = strings.TrimLeft(rest, " \t")
	}
	return ok
}

// A branch is one .if that is open, in the part that is being read.
type branch struct {
	node    *model.Node // the .if
	home    *model.Node // the block in which the .if stands; nil until what follows tells
	state   truth       // of this part
	taken   truth       // of any part before it
	outer   truth       // of what is around it
	why     string      // why what is inside may not be there
	hadElse bool
}

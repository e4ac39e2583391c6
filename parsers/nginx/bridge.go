package nginx

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tufanbarisyildirim/gonginx/config"
	"github.com/tufanbarisyildirim/gonginx/parser"
)

// nest makes a tree of a script's statements. gonginx builds it: it is given
// the statements in a canonical form, one terminator a line, and since its
// nodes know the line of their terminator, each leads back to the statement it
// came from. Words, order and places are always the scanner's; gonginx would
// reorder and rewrite them.
func (s *script) nest() {
	text, ended := canonical(s.statements)
	cfg, err := parser.NewStringParser(text, parser.WithSkipValidDirectivesErr(), parser.WithSkipComments()).Parse()
	if err == nil {
		var n int
		n, err = adopt(s, nil, cfg.GetDirectives(), ended)
		if err == nil && n != len(s.statements) {
			err = fmt.Errorf("%d of %d statements", n, len(s.statements))
		}
	}
	if err != nil {
		s.nestAlone()
		s.broken = err
	}
}

// nestAlone does the same by the scanner's own account.
func (s *script) nestAlone() {
	s.top = nil
	for _, k := range s.statements {
		k.kids = nil
	}
	for _, k := range s.statements {
		s.put(k.outer, k)
	}
}

func (s *script) put(b, k *statement) {
	if b == nil {
		s.top = append(s.top, k)
	} else {
		b.kids = append(b.kids, k)
	}
}

// canonical writes statements so that gonginx reads what nginx would: words
// that its lexer takes for something else become a placeholder, and so do
// names whose wrappers fail. ended are the statements by the line of their
// terminator, counted from 1; nil for a line that opens a block.
func canonical(all []*statement) (text string, ended []*statement) {
	var b strings.Builder
	if len(all) > 0 {
		b.Grow(all[len(all)-1].end - all[0].start + 8*len(all))
	}
	ended = make([]*statement, 1, 1+len(all)+len(all)/4)
	var open []*statement
	closeTo := func(outer *statement) {
		for len(open) > 0 && open[len(open)-1] != outer {
			b.WriteString("}\n")
			ended = append(ended, open[len(open)-1])
			open = open[:len(open)-1]
		}
	}
	for _, s := range all {
		closeTo(s.outer)
		for i, w := range s.words {
			if i > 0 {
				b.WriteByte(' ')
			}
			if raw := w.Text; plainWord(raw, w.Span.End-w.Span.Start) && (i > 0 || wrappable(s)) {
				b.WriteString(raw)
			} else {
				b.WriteString(`"x"`)
			}
		}
		if len(s.words) == 0 {
			b.WriteString(`"x"`)
		}
		if s.block() {
			b.WriteString(" {\n")
			ended = append(ended, nil)
			open = append(open, s)
		} else {
			b.WriteString(" ;\n")
			ended = append(ended, s)
		}
	}
	closeTo(nil)
	return b.String(), ended
}

// plainWord reports whether gonginx's lexer reads the word as nginx does: it
// is written as it is read, and made of what means nothing to either.
func plainWord(w string, written int) bool {
	if len(w) != written || w == "" || w[0] == '#' || isLua(w) {
		return false
	}
	for i := 0; i < len(w); i++ {
		if c := w[i]; !plainByte[c] {
			return false
		}
	}
	return true
}

var plainByte = func() (ok [256]bool) {
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=$%&*+,~^@!?|<>()-[]#" {
		ok[c] = true
	}
	return ok
}()

// wrappable reports whether gonginx's type for a directive of that name takes
// the statement: one that fails would cost the whole file.
func wrappable(s *statement) bool {
	switch s.words[0].Text {
	case "http", "server":
		return s.block() && (s.outer == nil || s.outer.name() != "upstream") || !s.block() && s.words[0].Text == "server"
	case "location":
		return !s.block() || len(s.words) == 2 || len(s.words) == 3
	case "upstream":
		return !s.block() || len(s.words) > 1
	case "include":
		return !s.block() && len(s.words) == 2
	}
	return true
}

// adopt gives the statements behind gonginx's nodes to the block b, and their
// blocks what is in them. It counts them.
func adopt(s *script, b *statement, nodes []config.IDirective, ended []*statement) (n int, err error) {
	if len(nodes) == 0 {
		return 0, nil
	}
	kids := make([]*statement, 0, len(nodes))
	for _, d := range nodes {
		line := d.GetLine()
		if line < 1 || line >= len(ended) || ended[line] == nil {
			return n, fmt.Errorf("no statement ends on line %d", line)
		}
		k := ended[line]
		ended[line] = nil
		inside := d.GetBlock()
		if k.outer != b || (inside != nil) != k.block() {
			return n, fmt.Errorf("%s stands elsewhere", k.label())
		}
		kids = append(kids, k)
		n++
		if inside != nil {
			m, err := adopt(s, k, inside.GetDirectives(), ended)
			if n += m; err != nil {
				return n, err
			}
		}
	}
	// http and upstream come back with their servers last.
	if byStart := func(a, b *statement) int { return a.start - b.start }; !slices.IsSortedFunc(kids, byStart) {
		slices.SortFunc(kids, byStart)
	}
	if b == nil {
		s.top = kids
	} else {
		b.kids = kids
	}
	return n, nil
}

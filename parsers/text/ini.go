package text

import (
	"strings"

	"github.com/gwlint/gwlint/model"
)

// An INI says how a language of sections and keys differs from others.
type INI struct {
	Inline    string // signs that begin a comment behind a value, after a blank
	Backslash bool   // a line that ends in one goes on
	Indent    bool   // an indented line belongs to the value above
	Colon     bool   // keys may end in one, too
}

// Read makes a tree of a source: sections are children with keys as children,
// whose argument is the value without its quotes. Keys above all sections are
// the root's. A line without "=" is a key without an argument.
func (d INI) Read(s *model.Source) *model.Node {
	root := &model.Node{Span: s.Span(0, len(s.Text)), Body: s.Span(0, len(s.Text))}
	block := root
	var last *model.Node
	var comments []model.Word
	for line := 1; line <= s.Lines(); line++ {
		at := s.LineSpan(line)
		body := strings.TrimSpace(at.Text())
		start := at.Start + strings.Index(at.Text(), body)
		at = s.Span(start, start+len(body))
		switch {
		case body == "":
			comments, last = nil, nil
			continue
		case body[0] == '#' || body[0] == ';' || strings.HasPrefix(body, "//"):
			comments = append(comments, model.Word{Text: body, Span: at})
			continue
		case body[0] == '[' && strings.Contains(body, "]"):
			name := body[1:strings.IndexByte(body, ']')]
			block = &model.Node{Name: model.Word{Text: strings.TrimSpace(name), Span: s.Span(start, start+len(name)+2)}, Parent: root, Comments: comments}
			block.Span, block.Body = block.Name.Span, s.Span(start+len(name)+2, start+len(name)+2)
			root.Kids = append(root.Kids, block)
			comments, last = nil, nil
			continue
		case d.Indent && last != nil && start > s.LineSpan(line).Start:
			d.extend(last, at)
			close(block, at.End)
			continue
		}
		if d.Backslash {
			for strings.HasSuffix(at.Text(), `\`) && line < s.Lines() {
				line++
				at.End = s.LineSpan(line).End
			}
		}
		last = d.key(at, block)
		last.Comments, comments = comments, nil
		block.Kids = append(block.Kids, last)
		close(block, last.Span.End)
	}
	root.Seal()
	return root
}

// close moves the end of a section behind what is in it.
func close(block *model.Node, end int) {
	if block.Parent != nil {
		block.Span.End, block.Body.End = max(block.Span.End, end), max(block.Body.End, end)
	}
}

// key reads one line.
func (d INI) key(at model.Span, block *model.Node) *model.Node {
	s := at.Text()
	sign := strings.IndexByte(s, '=')
	if d.Colon {
		sign = strings.IndexAny(s, "=:")
	}
	n := &model.Node{Parent: block, Span: at}
	if sign < 0 {
		n.Name = model.Word{Text: d.uncommented(s), Span: at.Source.Span(at.Start, at.Start+len(d.uncommented(s)))}
		return n
	}
	name := strings.TrimRight(s[:sign], " \t")
	n.Name = model.Word{Text: name, Span: at.Source.Span(at.Start, at.Start+len(name))}
	value := d.uncommented(s[sign+1:])
	trimmed := strings.TrimSpace(value)
	start := at.Start + sign + 1 + strings.Index(value, trimmed)
	w := model.Word{Text: trimmed, Span: at.Source.Span(start, start+len(trimmed))}
	n.Span.End = max(w.Span.End, n.Name.Span.End)
	if k := len(trimmed); k >= 2 && (trimmed[0] == '"' || trimmed[0] == '\'') && strings.IndexByte(trimmed[1:], trimmed[0]) == k-2 {
		w.Text = trimmed[1 : k-1]
	}
	if d.Backslash && strings.Contains(w.Text, "\\\n") {
		w.Text = strings.ReplaceAll(w.Text, "\\\n", " ")
	}
	n.Args = []model.Word{w}
	return n
}

// extend adds a line to the value above it.
func (d INI) extend(n *model.Node, at model.Span) {
	more := strings.TrimSpace(d.uncommented(at.Text()))
	n.Span.End = at.Start + len(more)
	if len(n.Args) == 0 {
		return
	}
	w := &n.Args[0]
	if w.Text == "" {
		*w = model.Word{Text: more, Span: at.Source.Span(at.Start, n.Span.End)}
		return
	}
	w.Text, w.Span.End = w.Text+"\n"+more, n.Span.End
}

// uncommented is a value without the comment behind it.
func (d INI) uncommented(s string) string {
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			if strings.IndexByte(s[i+1:], c) < 0 {
				continue
			}
			quote = c
		case strings.IndexByte(d.Inline, c) >= 0 && (i == 0 || s[i-1] == ' ' || s[i-1] == '\t'):
			return strings.TrimRight(s[:i], " \t")
		}
	}
	return s
}

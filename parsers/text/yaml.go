// Package text reads the plain formats that several dialects are written in,
// with exact places: YAML, shell words.
package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/gwlint/gwlint/model"
)

// YAML reads the documents of a source into one tree: a mapping's entries are
// children by key, with a scalar as their argument; the items of a sequence are
// children named "-". Aliases stand for what they point to; merge keys ("<<")
// are merged in, behind the mapping's own entries. The error names the line.
func YAML(s *model.Source) (*model.Node, error) {
	root := &model.Node{Span: s.Span(0, len(s.Text))}
	d := yaml.NewDecoder(bytes.NewReader(s.Text))
	r := yamlReader{source: s, left: 100_000}
	for {
		var doc yaml.Node
		switch err := d.Decode(&doc); {
		case errors.Is(err, io.EOF):
			root.Seal()
			return root, nil
		case err != nil:
			return root, err
		}
		for _, k := range doc.Content {
			r.fill(root, k, 0)
		}
		if r.left <= 0 {
			return root, fmt.Errorf("more than 100,000 values, aliases included")
		}
	}
}

// ErrorLine is the line that an error of YAML names, counted from 1; 1 when it
// names none.
func ErrorLine(err error) int {
	if m := regexp.MustCompile(`line (\d+)`).FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1])
		return max(n, 1)
	}
	return 1
}

type yamlReader struct {
	source *model.Source
	left   int // values that may still be read: aliases can multiply them
}

const maxYAMLDepth = 100

// fill gives n the children, or the argument, that v has.
func (r *yamlReader) fill(n *model.Node, v *yaml.Node, depth int) {
	if r.left--; r.left < 0 || depth > maxYAMLDepth {
		n.Partial = "the file nests too deep"
		return
	}
	switch v.Kind {
	case yaml.AliasNode:
		r.fill(n, v.Alias, depth+1)
	case yaml.ScalarNode:
		n.Args = append(n.Args, model.Word{Text: v.Value, Span: r.scalar(v)})
	case yaml.SequenceNode:
		for _, item := range v.Content {
			at := r.at(item)
			k := &model.Node{Name: model.Word{Text: "-", Span: r.source.Span(at, at)}, Parent: n}
			r.fill(k, item, depth+1)
			r.close(k, at)
			n.Kids = append(n.Kids, k)
		}
	case yaml.MappingNode:
		var merged []*yaml.Node
		for i := 0; i+1 < len(v.Content); i += 2 {
			key, value := v.Content[i], v.Content[i+1]
			if key.Tag == "!!merge" {
				merged = append(merged, value)
				continue
			}
			k := &model.Node{Name: model.Word{Text: key.Value, Span: r.scalar(key)}, Parent: n}
			r.fill(k, value, depth+1)
			r.close(k, r.at(key))
			n.Kids = append(n.Kids, k)
		}
		for _, m := range merged {
			r.merge(n, m, depth+1)
		}
	}
}

// merge adds the entries of a merge key that n does not have itself.
func (r *yamlReader) merge(n *model.Node, v *yaml.Node, depth int) {
	switch v.Kind {
	case yaml.AliasNode:
		r.merge(n, v.Alias, depth+1)
	case yaml.SequenceNode:
		for _, one := range v.Content {
			r.merge(n, one, depth+1)
		}
	case yaml.MappingNode:
		if r.left <= 0 || depth > maxYAMLDepth {
			return
		}
		tmp := &model.Node{}
		r.fill(tmp, v, depth)
		for _, k := range tmp.Kids {
			if n.Find(k.Name.Text) == nil {
				k.Parent = n
				n.Kids = append(n.Kids, k)
			}
		}
	}
}

// close sets the span of an entry from its own start to the end of its last
// part.
func (r *yamlReader) close(n *model.Node, start int) {
	end := max(start, n.Name.Span.End)
	for _, a := range n.Args {
		end = max(end, a.Span.End)
	}
	for _, k := range n.Kids {
		end = max(end, k.Span.End)
	}
	n.Span = r.source.Span(start, end)
}

// at is the offset where a value begins: YAML counts columns in characters.
func (r *yamlReader) at(v *yaml.Node) int {
	line := r.source.LineSpan(max(v.Line, 1))
	text, at := r.source.Text[line.Start:line.End], 0
	for range v.Column - 1 {
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	return line.Start + at
}

// scalar is where a scalar is written, quotes included. Of a plain one that
// goes over several lines it is the first.
func (r *yamlReader) scalar(v *yaml.Node) model.Span {
	at := r.at(v)
	end := r.source.LineSpan(max(v.Line, 1)).End
	rest := r.source.Text[at:max(at, end)]
	switch {
	case v.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 && strings.TrimSpace(v.Value) != "":
		return r.block(v.Line + 1)
	case v.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 && len(rest) > 0:
		quote := rest[0]
		rest = r.source.Text[at:]
		for i := 1; i < len(rest); i++ {
			if rest[i] == '\\' && quote == '"' {
				i++
			} else if rest[i] == quote {
				return r.source.Span(at, at+i+1)
			}
		}
	case bytes.HasPrefix(rest, []byte(v.Value)):
		return r.source.Span(at, at+len(v.Value))
	}
	return r.source.Span(at, end)
}

// block is the lines of a block scalar that begins at a line: those as deep as
// the first that is not empty.
func (r *yamlReader) block(line int) model.Span {
	depth, at := 0, model.Span{}
	for ; line <= r.source.Lines(); line++ {
		text := r.source.LineSpan(line)
		body := bytes.TrimLeft(r.source.Text[text.Start:text.End], " ")
		in := text.End - text.Start - len(body)
		switch {
		case len(body) == 0:
			continue
		case at.IsZero():
			depth, at = in, r.source.Span(text.Start+in, text.End)
		case in < depth:
			return at
		}
		at.End = text.End
	}
	if at.IsZero() {
		return r.source.Span(len(r.source.Text), len(r.source.Text))
	}
	return at
}

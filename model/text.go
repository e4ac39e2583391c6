// Package model is the language every other package speaks: the text as it
// was read, the settings in effect and where they come from, what happens to
// a request on its way, and what is found on it.
//
// Data flows one way: text, [Node], [Gateway] to [Link], [Finding]. The
// package imports nothing but the standard library and knows no product.
package model

import (
	"bytes"
	"fmt"
	"sort"
	"unicode/utf8"
)

// A Source is one file as it was read. Spans point into it by byte offset;
// lines and columns are computed when somebody asks to see them.
type Source struct {
	Path    string // slash-separated, relative to the root; "-" is standard input
	Text    []byte // as read, never changed
	Dialect Dialect
	Stock   bool  // not among the files: what a package is known to install
	lines   []int // offset of the first byte of each line
}

// NewSource makes a source of text and builds its line table.
func NewSource(path string, text []byte, d Dialect) *Source {
	lines := make([]int, 1, 1+bytes.Count(text, []byte{'\n'}))
	for i := 0; ; {
		k := bytes.IndexByte(text[i:], '\n')
		if k < 0 {
			break
		}
		i += k + 1
		lines = append(lines, i)
	}
	return &Source{Path: path, Text: text, Dialect: d, lines: lines}
}

// A Position is a place as people count: Line and Column from 1, Column in
// code points (a byte that is no UTF-8 counts as one); Offset in bytes from 0.
type Position struct{ Line, Column, Offset int }

// Position of a byte offset; offsets outside the text are clamped.
func (s *Source) Position(offset int) Position {
	offset = min(max(offset, 0), len(s.Text))
	line := s.line(offset)
	return Position{line, utf8.RuneCount(s.Text[s.lines[line-1]:offset]) + 1, offset}
}

// Lines is how many lines the source has; a text that ends in a newline has an
// empty last one.
func (s *Source) Lines() int { return len(s.lines) }

// Line is the text of line n, counted from 1, without its line end. Lines
// outside the source are empty.
func (s *Source) Line(n int) []byte { return s.LineSpan(n).bytes() }

// LineSpan is where line n stands, without its line end.
func (s *Source) LineSpan(n int) Span {
	if n < 1 || n > len(s.lines) {
		return s.Span(len(s.Text), len(s.Text))
	}
	end := len(s.Text)
	if n < len(s.lines) {
		end = s.lines[n] - 1
	}
	if end > s.lines[n-1] && s.Text[end-1] == '\r' {
		end--
	}
	return s.Span(s.lines[n-1], end)
}

func (s *Source) line(offset int) int { return sort.SearchInts(s.lines, offset+1) }

// Span makes a range of s out of offsets that are not to be trusted, such as a
// foreign parser's on broken input: they are clamped and put in order.
func (s *Source) Span(start, end int) Span {
	start = min(max(start, 0), len(s.Text))
	return Span{s, start, min(max(end, start), len(s.Text))}
}

// A Span is a half-open range of bytes. The zero Span is nowhere.
type Span struct {
	Source     *Source
	Start, End int
}

// IsZero reports whether the span is nowhere.
func (s Span) IsZero() bool { return s.Source == nil }

func (s Span) bytes() []byte {
	if s.Source == nil {
		return nil
	}
	return s.Source.Text[s.Start:s.End]
}

// Text is what stands there; "" nowhere.
func (s Span) Text() string { return string(s.bytes()) }

// Begin and Finish are the two ends as people count them.
func (s Span) Begin() Position  { return s.Source.Position(s.Start) }
func (s Span) Finish() Position { return s.Source.Position(s.End) }

// Holds reports whether t lies within s, in the same source.
func (s Span) Holds(t Span) bool {
	return s.Source != nil && s.Source == t.Source && s.Start <= t.Start && t.End <= s.End
}

// String is path:line:column, or "-" nowhere.
func (s Span) String() string {
	if s.IsZero() {
		return "-"
	}
	p := s.Begin()
	return fmt.Sprintf("%s:%d:%d", s.Source.Path, p.Line, p.Column)
}

// A Word is a name, an argument or a comment of a statement.
type Word struct {
	Text string // as the program reads it: unquoted, escapes resolved
	Span Span   // as it is written, quotes included
}

// A Dialect is a configuration language. It knows how a setting is written
// down, so that rules can propose an edit without knowing the language.
type Dialect interface {
	Name() string
	// Render writes value as the setting key takes it: the literal alone, and
	// the whole statement. Both are "" when it cannot be written.
	Render(key string, value any) (literal, statement string)
}

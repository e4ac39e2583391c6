package model

import (
	"bytes"
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"
)

func TestPosition(t *testing.T) {
	s := NewSource("x", []byte("a\r\nü€😀b\n\xff\xfez\n"), nil)
	for _, c := range []struct {
		text         string
		line, column int
	}{{"a", 1, 1}, {"ü", 2, 1}, {"€", 2, 2}, {"😀", 2, 3}, {"b", 2, 4}, {"\xfe", 3, 2}, {"z", 3, 3}} {
		at := bytes.Index(s.Text, []byte(c.text))
		if p := s.Position(at); p != (Position{c.line, c.column, at}) {
			t.Errorf("%q is at %v", c.text, p)
		}
	}
	if got := string(s.Line(1)); got != "a" {
		t.Errorf("line 1 is %q", got)
	}
	if s.Lines() != 4 || len(s.Line(4)) != 0 || len(s.Line(9)) != 0 {
		t.Errorf("%d lines, the last %q", s.Lines(), s.Line(4))
	}
}

// TestPositionsAgree compares with counting from the start of the text.
func TestPositionsAgree(t *testing.T) {
	agree := func(text string, offset uint16) bool {
		s := NewSource("x", []byte(text), nil)
		at := min(int(offset), len(text))
		before := text[:at]
		start := strings.LastIndexByte(before, '\n') + 1
		want := Position{strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1, at}
		return s.Position(int(offset)) == want
	}
	if err := quick.Check(agree, nil); err != nil {
		t.Error(err)
	}
}

// TestSpanIsClamped feeds offsets that no parser should give.
func TestSpanIsClamped(t *testing.T) {
	s := NewSource("x", []byte("some text"), nil)
	inside := func(a, b int) bool {
		p := s.Span(a, b)
		return 0 <= p.Start && p.Start <= p.End && p.End <= len(s.Text) && strings.Contains("some text", p.Text())
	}
	if err := quick.Check(inside, nil); err != nil {
		t.Error(err)
	}
	if zero := (Span{}); zero.Text() != "" || zero.String() != "-" || zero.Holds(zero) {
		t.Error("nowhere is somewhere")
	}
}

func TestInsert(t *testing.T) {
	for _, c := range []struct{ text, kid, want string }{
		{"block {\n    wait 5s; # why\n}\n", "wait 5s;", "block {\n    wait 5s; # why\n    new;\n}\n"},
		{"block { wait 5s; }\n", "wait 5s;", "block { wait 5s; new; }\n"},
		{"block {\r\n\twait 5s;\r\n}\r\n", "wait 5s;", "block {\r\n\twait 5s;\r\n\tnew;\r\n}\r\n"},
		{"block {\n}\n", "", "block {\n    new;\n}\n"},
		{"block {}\n", "", "block { new; }\n"},
		{"block {\n    wait 5s; }\n", "wait 5s;", "block {\n    wait 5s;\n    new; }\n"},
	} {
		s := NewSource("x", []byte(c.text), nil)
		n := &Node{Name: Word{"block", s.Span(0, 5)}, Span: s.Span(0, strings.LastIndex(c.text, "}")+1), Body: s.Span(7, strings.LastIndex(c.text, "}"))}
		if at := strings.Index(c.text, c.kid); c.kid != "" {
			n.Kids = []*Node{{Parent: n, Span: s.Span(at, at+len(c.kid))}}
		}
		e := Insert(n, "new;")
		if got := c.text[:e.Span.Start] + e.Text + c.text[e.Span.End:]; got != c.want {
			t.Errorf("%q becomes %q, not %q", c.text, got, c.want)
		}
	}
	if Insert(&Node{}, "new;") != nil {
		t.Error("a statement is added where there is no block")
	}
}

func TestUp(t *testing.T) {
	root := &Node{}
	add := func(p *Node, name string) *Node {
		n := &Node{Name: Word{Text: name}, Parent: p}
		p.Kids = append(p.Kids, n)
		return n
	}
	http := add(root, "http")
	want := add(http, "resolver")
	server := add(http, "server")
	location := add(server, "location")
	for _, sealed := range []bool{false, true} {
		if sealed {
			root.Seal()
		}
		if got, sure := location.Up("resolver"); got != want || !sure {
			t.Errorf("found %v, sure %v", got, sure)
		}
		server.Partial = "a missing include"
		if got, sure := location.Up("resolver"); got != want || sure {
			t.Errorf("through a partial block: found %v, sure %v", got, sure)
		}
		server.Partial, root.Partial = "", "a missing include"
		if got, sure := location.Up("nothing"); got != nil || !sure {
			t.Errorf("the root hides statements of blocks: %v, %v", got, sure)
		}
		root.Partial, root.Fragment = "", "a fragment"
		if _, sure := location.Up("nothing"); sure {
			t.Error("sure above a fragment")
		}
		root.Fragment = ""
	}
}

package text

import (
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A Command is one simple command of a shell's line or script.
type Command struct {
	Words []model.Word
	Then  string // what follows it: ";" "&&" "||" "|" "&"; "" at the end of its line
	If    bool   // it stands in a branch or a loop, and may not run
}

// Commands takes apart what a shell is given to run. A line end ends a command
// but where the next line begins with an option, as folded YAML has it.
func Commands(w model.Word) (all []Command) {
	at, exact := Inner(w)
	depth := 0
	for at.Start < at.End {
		line, next := cutLine(at)
		at.Start = next
		for line.Start < line.End {
			c := Command{}
			var rest int
			c.Words, rest = Words(line)
			c.Then, line.Start = operator(line, rest)
			c.Words, depth = unbranched(c.Words, depth)
			c.If = depth > 0
			if !exact {
				for i := range c.Words {
					c.Words[i].Span = w.Span
				}
			}
			if len(c.Words) > 0 {
				all = append(all, c)
			}
		}
	}
	return all
}

// operator reads what ends a command, and where the next one begins: behind
// it, or at the end of the line behind a comment.
func operator(line model.Span, at int) (then string, next int) {
	s, next := line.Source.Text, at
	for next < line.End && strings.IndexByte(";&|", s[next]) >= 0 {
		next++
	}
	if next == at {
		return "", line.End
	}
	return string(s[at:next]), next
}

// unbranched takes the reserved words of a shell off the front of a command;
// depth counts the branches around it.
func unbranched(words []model.Word, depth int) ([]model.Word, int) {
	for len(words) > 0 {
		switch words[0].Text {
		case "if", "while", "until", "for", "case":
			return nil, depth + 1
		case "fi", "done", "esac":
			return nil, max(depth-1, 0)
		case "then", "else", "do", "{", "(", "!", "time":
			words = words[1:]
		case "elif":
			return nil, depth
		default:
			return words, depth
		}
	}
	return nil, depth
}

// cutLine is the beginning of a span up to the first line end that ends a
// command, and where what follows begins.
func cutLine(at model.Span) (line model.Span, next int) {
	s := at.Source.Text[:at.End]
	quote, blank := byte(0), true
	for i := at.Start; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote, blank = c, false
		case c == '\n' && !blank && !optionNext(s, i):
			at.End = i
			return at, i + 1
		case c != ' ' && c != '\t' && c != '\r' && c != '\n':
			blank = false
		}
	}
	return at, at.End
}

// optionNext reports whether the line behind a line end begins with an option.
func optionNext(s []byte, i int) bool {
	for i++; i < len(s) && (s[i] == ' ' || s[i] == '\t'); i++ {
	}
	return i < len(s) && s[i] == '-'
}

// Inner is where the text of a word stands, without its quotes. It is not exact
// where escapes write it otherwise; then the text has a source of its own.
func Inner(w model.Word) (at model.Span, exact bool) {
	if !w.Span.IsZero() {
		if i := strings.Index(w.Span.Text(), w.Text); i >= 0 {
			start := w.Span.Start + i
			return w.Span.Source.Span(start, start+len(w.Text)), true
		}
	}
	src := model.NewSource("", []byte(w.Text), nil)
	return src.Span(0, len(src.Text)), false
}

// Tail is the last n bytes of a word, where they are written as they read.
func Tail(w model.Word, n int) model.Word {
	out := model.Word{Text: w.Text[len(w.Text)-n:], Span: w.Span}
	if at, exact := Inner(w); exact {
		out.Span = at.Source.Span(at.End-n, at.End)
	}
	return out
}

package text

import (
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Words splits a part of a source as a POSIX shell does: quotes and backslashes
// are resolved, variables are left as they are written. What follows a
// command's end (; && || | &) or a comment is left out; rest is where it begins.
func Words(at model.Span) (words []model.Word, rest int) {
	s, i := at.Text(), 0
	for i < len(s) {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case c == '\\' && i+1 < len(s) && (s[i+1] == '\n' || s[i+1] == '\r'):
			i += 2
			continue
		case c == ';' || c == '&' || c == '|' || c == '#':
			return words, at.Start + i
		}
		start := i
		var b strings.Builder
		for i < len(s) && !strings.ContainsRune(" \t\n\r;&|", rune(s[i])) {
			switch c := s[i]; c {
			case '\\':
				if i++; i < len(s) && s[i] != '\n' {
					b.WriteByte(s[i])
				}
			case '\'', '"':
				for i++; i < len(s) && s[i] != c; i++ {
					if s[i] == '\\' && c == '"' && i+1 < len(s) && strings.IndexByte(`"\$`+"`", s[i+1]) >= 0 {
						i++
					}
					b.WriteByte(s[i])
				}
			default:
				b.WriteByte(c)
			}
			if i < len(s) {
				i++
			}
		}
		words = append(words, model.Word{Text: b.String(), Span: at.Source.Span(at.Start+start, at.Start+i)})
	}
	return words, at.End
}

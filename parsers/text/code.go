package text

import (
	"iter"
	"strings"
)

// Bare are the bytes of code that stand in no quotes, by offset, as Python and
// Ruby quote. A comment begins with a "#" and is code like any other, unless
// it is left out.
func Bare(code string, comments bool) iter.Seq2[int, byte] {
	return func(yield func(int, byte) bool) {
		quote := byte(0)
		for i := 0; i < len(code); i++ {
			switch c := code[i]; {
			case quote != 0 && c == '\\':
				i++
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '\'' || c == '"':
				quote = c
			case c == '#' && !comments:
				end := strings.IndexByte(code[i:], '\n')
				if end < 0 {
					return
				}
				i += end
			case !yield(i, c):
				return
			}
		}
	}
}

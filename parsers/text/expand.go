package text

import "strings"

// Expand replaces $X, ${X}, ${X-d}, ${X:-d} and ${X:?e} by the values of value,
// as compose and Dockerfiles have them; "$$" is a dollar. What is not known and
// has no default stays as it is written.
func Expand(s string, value func(name string) (string, bool)) string { return expand(s, value, false) }

// Fill replaces the same where the value is known, and leaves the rest with its
// defaults for whoever knows more.
func Fill(s string, value func(name string) (string, bool)) string { return expand(s, value, true) }

func expand(s string, value func(name string) (string, bool), leave bool) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '$' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		name, op, word, end := reference(s, i)
		switch v, ok := value(name); {
		case s[i+1] == '$':
			b.WriteByte('$')
			i++
			continue
		case name == "":
			b.WriteByte('$')
			continue
		case ok && (v != "" || !strings.HasPrefix(op, ":")):
			b.WriteString(v)
		case (op == "-" || op == ":-") && !leave:
			b.WriteString(word)
		default:
			b.WriteString(s[i:end])
		}
		i = end - 1
	}
	return b.String()
}

// Defaulted reports whether s has a variable with a default, which whoever
// starts the program may change.
func Defaulted(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '$' {
			if name, op, _, end := reference(s, i); name != "" {
				if op == "-" || op == ":-" {
					return true
				}
				i = end - 1
			}
		}
	}
	return false
}

// reference reads the variable at s[i], which is a dollar.
func reference(s string, i int) (name, op, word string, end int) {
	if s[i+1] != '{' {
		end = i + 1
		for end < len(s) && nameByte(s[end], end == i+1) {
			end++
		}
		return s[i+1 : end], "", "", end
	}
	shut := strings.IndexByte(s[i:], '}')
	if shut < 0 {
		return "", "", "", i + 1
	}
	inner := s[i+2 : i+shut]
	k := 0
	for k < len(inner) && nameByte(inner[k], k == 0) {
		k++
	}
	name, rest := inner[:k], inner[k:]
	for _, o := range []string{":-", ":?", ":+", "-", "?", "+"} {
		if w, ok := strings.CutPrefix(rest, o); ok {
			return name, o, w, i + shut + 1
		}
	}
	return name, rest, "", i + shut + 1
}

func nameByte(c byte, first bool) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || !first && c >= '0' && c <= '9'
}

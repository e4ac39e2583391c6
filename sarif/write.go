package sarif

import (
	"bytes"
	"encoding/json"
	"io"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"
)

// Write writes a log as indented JSON with a newline at the end. Members that
// are null are left out: the schema has none, but go-sarif writes some where
// a field is not set.
func Write(w io.Writer, log *gosarif.Report) error {
	var plain bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	if err := e.Encode(log); err != nil {
		return err
	}
	_, err := w.Write(layout(plain.Bytes()))
	return err
}

// layout indents compact, valid JSON and leaves out the members that are null.
func layout(text []byte) []byte {
	out := make([]byte, 0, 2*len(text))
	depth, member := 0, 0 // member: where the last string starts in out
	newline := func() {
		out = append(out, '\n')
		for range depth {
			out = append(out, ' ')
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			end := i + 1
			for text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			member = len(out)
			out = append(out, text[i:end+1]...)
			i = end
		case ':':
			if !bytes.HasPrefix(text[i:], []byte(":null")) {
				out = append(out, ": "...)
				continue
			}
			out = bytes.TrimRight(out[:member], " \n")
			i += len(":null") - 1
			switch comma := bytes.HasSuffix(out, []byte(",")); {
			case comma:
				out = out[:len(out)-1] // the next member, if any, brings its own
			case text[i+1] == ',': // the first of several
				i++
				newline()
			}
		case '{', '[':
			out = append(out, c)
			depth++
			if text[i+1] != '}' && text[i+1] != ']' {
				newline()
			}
		case '}', ']':
			depth--
			if last := out[len(out)-1]; last != '{' && last != '[' {
				newline()
			}
			out = append(out, c)
		case ',':
			out = append(out, c)
			newline()
		default:
			out = append(out, c)
		}
	}
	return out
}

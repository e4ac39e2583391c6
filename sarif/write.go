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
	var out bytes.Buffer
	if err := json.Indent(&out, dropNulls(plain.Bytes()), "", " "); err != nil {
		return err
	}
	_, err := out.WriteTo(w)
	return err
}

// dropNulls leaves the members that are null out of compact, valid JSON.
func dropNulls(text []byte) []byte {
	out := make([]byte, 0, len(text))
	str := 0 // where the last string starts in out
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			str = len(out)
			end := i + 1
			for text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			out = append(out, text[i:end+1]...)
			i = end
		case c == ':' && bytes.HasPrefix(text[i:], []byte(":null")):
			out = out[:str]
			i += len(":null") - 1
			switch last := len(out) - 1; {
			case out[last] == ',':
				out = out[:last]
			case text[i+1] == ',':
				i++
			}
		default:
			out = append(out, c)
		}
	}
	return out
}

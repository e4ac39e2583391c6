package report

import (
	"bufio"
	"encoding/xml"

	"github.com/gwlint/gwlint/model"
)

// writeXML writes a document with its declaration and a newline at the end.
func writeXML(w *bufio.Writer, doc any) error {
	w.WriteString(xml.Header)
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(doc); err != nil {
		return err
	}
	return w.WriteByte('\n')
}

// pathOf is the file that s is in; "-" for nowhere.
func pathOf(s model.Span) string {
	if s.IsZero() {
		return "-"
	}
	return s.Source.Path
}

package process

import (
	"encoding/json"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/text"
)

// Script is what package.json has under scripts, where it is written; empty
// where it has no script of that name. Not ok when it cannot be read.
func Script(t *files.Tree, file, name string) (w model.Word, ok bool) {
	src, err := t.Source(file, Package)
	if err != nil || !json.Valid(src.Text) { // the YAML reader takes JSON, and more
		return w, false
	}
	root, err := text.YAML(src)
	if err != nil {
		return w, false
	}
	if all := root.Find("scripts"); all != nil {
		if s := all.Find(name); s != nil && len(s.Args) > 0 {
			return s.Args[0], true
		}
	}
	return w, true
}

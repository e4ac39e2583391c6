package process

import (
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// Roots are the places that start a server, each with the files that its
// command lines read, and those of paths that none of them reads. configured is
// the file that a command line reads, or "".
func Roots(t *files.Tree, paths []string, places []*model.Place, serves func(Program) bool, configured func(*files.Tree, Program) string) (roots []files.Root) {
	read := map[string]bool{}
	for _, p := range places {
		root, starts := files.Root{Place: p, Sure: model.High}, false
		for _, g := range Programs(t, p) {
			if !serves(g) {
				continue
			}
			starts = true
			if name := configured(t, g); name != "" {
				root.Paths, read[name] = append(root.Paths, name), true
			}
		}
		if starts {
			roots = append(roots, root)
		}
	}
	for _, name := range paths {
		if !read[name] {
			roots = append(roots, files.Root{Paths: []string{name}})
		}
	}
	return roots
}

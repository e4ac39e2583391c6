// Package dockerfile makes a place of each Dockerfile: a container of its
// image, with what it copies from the build context mounted into it.
package dockerfile

import (
	"path"
	"slices"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/image"
)

// A Parser reads Dockerfiles.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return image.Dialect{}.Name() }

// Render writes an instruction.
func (Parser) Render(key string, value any) (literal, statement string) {
	return image.Dialect{}.Render(key, value)
}

// Detect knows Dockerfiles by their names.
func (Parser) Detect(p string, _ func() []byte) bool { return image.IsDockerfile(p) }

// Roots are the Dockerfiles that no place was built from already.
func (d Parser) Roots(t *files.Tree, paths []string, places []*model.Place) (roots []files.Root) {
	for _, p := range paths {
		built := slices.ContainsFunc(places, func(q *model.Place) bool {
			return q.Image.At().Source != nil && q.Image.At().Source.Path == t.Display(p)
		})
		if !built {
			roots = append(roots, files.Root{Paths: []string{p}})
		}
	}
	return roots
}

// Load makes the place.
func (d Parser) Load(t *files.Tree, root files.Root) (out files.Loaded) {
	name := root.Paths[0]
	src, err := t.Source(name, image.Dialect{})
	if err != nil {
		out.Unreadable(t, name, d, err)
		return out
	}
	m := image.Read(src, "")
	p := &model.Place{Name: name, Node: m.Node, Env: map[string]model.Value[string]{}, Versions: map[string]model.Versions{}}
	m.Within(t, path.Dir(name))
	for _, c := range slices.Backward(m.Copies) { // of two copies to one path the last stays
		p.Mounts = append(p.Mounts, model.Mount{From: c.From, To: c.To, Copy: true})
	}
	image.Describe(p, m.Node, m)
	p.Kill = model.Fallback(m.Node, "stop timeout", 10*time.Second, model.Assumed, "docker default, which whoever runs it may change")
	out.Places = []*model.Place{p}
	return out
}

// Package procfile makes places of what a Procfile, or else package.json, says
// that a platform starts.
package procfile

import (
	"path"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/image"
	"github.com/gwlint/gwlint/parsers/process"
)

// A Parser reads Procfiles.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return "procfile" }

// Render writes nothing: a line is a command.
func (Parser) Render(string, any) (literal, statement string) { return "", "" }

// Detect knows the files by their names.
func (Parser) Detect(p string, _ func() []byte) bool {
	base := path.Base(p)
	return base == "Procfile" || strings.HasPrefix(base, "Procfile.") || base == "package.json"
}

// Roots are the Procfiles, and the packages beside none, in folders that no
// place is declared in or around.
func (Parser) Roots(t *files.Tree, paths []string, places []*model.Place) (roots []files.Root) {
	declared := map[string]bool{}
	for _, p := range places {
		if p.Node != nil && !p.Node.Span.IsZero() {
			declared[path.Dir(p.Node.Span.Source.Path)] = true
		}
	}
	covered := func(name string) bool {
		for dir := path.Dir(t.Display(name)); ; dir = path.Dir(dir) {
			if declared[dir] {
				return true
			}
			if dir == "." || dir == "/" {
				return false
			}
		}
	}
	for _, name := range paths {
		isPackage := path.Base(name) == "package.json"
		if covered(name) || isPackage && slices.Contains(paths, path.Join(path.Dir(name), "Procfile")) {
			continue
		}
		if isPackage {
			if script, ok := process.Script(t, name, "start"); !ok || script.Text == "" {
				continue
			}
		}
		roots = append(roots, files.Root{Paths: []string{name}})
	}
	return roots
}

// Load makes a place of each line, or of the start script.
func (d Parser) Load(t *files.Tree, root files.Root) (out files.Loaded) {
	name := root.Paths[0]
	host := root.Place
	host.Name = "the host of " + name
	host.Dir = "/app" // where platforms put it; any path would do
	host.Mounts = []model.Mount{{From: path.Dir(name), To: host.Dir}}
	if path.Base(name) == "package.json" {
		script, _ := process.Script(t, name, "start")
		src := script.Span.Source
		n := &model.Node{Name: model.Word{Text: "start", Span: script.Span}, Span: script.Span, Parent: &model.Node{Span: src.Span(0, len(src.Text))}}
		start := src.Span(script.Span.Start, script.Span.Start)
		out.Places = append(out.Places, place(n, "start", host, []model.Word{{Text: "sh", Span: start}, {Text: "-c", Span: start}, script}))
		return out
	}
	src, err := t.Source(name, d)
	if err != nil {
		out.Unreadable(t, name, d, err)
		return out
	}
	tree := &model.Node{Span: src.Span(0, len(src.Text))}
	for line := 1; line <= src.Lines(); line++ {
		at := src.LineSpan(line)
		kind, command, ok := strings.Cut(at.Text(), ":")
		if kind = strings.TrimSpace(kind); !ok || kind == "" || kind[0] == '#' || strings.ContainsAny(kind, " \t") {
			continue
		}
		start := at.Start + strings.IndexByte(at.Text(), ':') + 1
		w := model.Word{Text: command, Span: src.Span(start, at.End)}
		n := &model.Node{Name: model.Word{Text: kind, Span: src.Span(at.Start, start-1)}, Args: []model.Word{w}, Parent: tree, Span: at}
		tree.Kids = append(tree.Kids, n)
		shell := src.Span(start, start)
		out.Places = append(out.Places, place(n, kind, host, []model.Word{{Text: "sh", Span: shell}, {Text: "-c", Span: shell}, w}))
	}
	tree.Seal()
	return out
}

// place is that of one process type. The platform says which port is its own.
func place(n *model.Node, name string, host *model.Place, words []model.Word) *model.Place {
	p := &model.Place{Name: name, Node: n, Within: host, On: host, Dir: host.Dir, Versions: host.Versions,
		Env: map[string]model.Value[string]{"PORT": model.NotTold[string](n, "PORT", "the platform says which")}}
	image.Command(p, n, words, func(string) (string, bool) { return "", false })
	p.Whole = model.NotTold[bool](n, name, "it is started by a platform")
	return p
}

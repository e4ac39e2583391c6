// Package compose reads compose files: each service is a place, with the image
// it runs, what is mounted into it, and who reaches it by which name.
package compose

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/image"
	"github.com/gwlint/gwlint/parsers/text"
)

// A Parser reads compose files.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return "compose" }

// Render writes durations and numbers as YAML scalars, and the values of a
// command's options.
func (Parser) Render(key string, value any) (literal, statement string) {
	if strings.HasPrefix(key, "-") {
		return text.Option(key, value), ""
	}
	switch v := value.(type) {
	case time.Duration:
		if key == strings.ToUpper(key) {
			return "", "" // of the environment: whoever reads it decides how
		}
		literal = model.Plain(v)
	case int:
		literal = strconv.Itoa(v)
	case string:
		literal = strconv.Quote(v)
	default:
		return "", ""
	}
	return literal, key + ": " + literal
}

var fileName = regexp.MustCompile(`^(docker-)?compose([.-][\w.-]+)?\.ya?ml$`)

// Detect knows compose files by their names.
func (Parser) Detect(p string, _ func() []byte) bool { return fileName.MatchString(path.Base(p)) }

// Roots are worlds: what "docker compose up" could start. The main file of a
// folder with its override is one. Another file beside it is an alternative:
// laid over the main file when its services lack an image, else alone.
func (d Parser) Roots(t *files.Tree, paths []string, _ []*model.Place) (roots []files.Root) {
	folders := map[string][]string{}
	var order []string
	for _, p := range paths {
		dir := path.Dir(p)
		if folders[dir] == nil {
			order = append(order, dir)
		}
		folders[dir] = append(folders[dir], p)
	}
	for _, dir := range order {
		base, override := "", ""
		var others []string
		for _, name := range []string{"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"} {
			if p := path.Join(dir, name); base == "" && slices.Contains(folders[dir], p) {
				base = p
			}
		}
		for _, p := range folders[dir] {
			switch {
			case p == base:
			case strings.Contains(path.Base(p), ".override."):
				override = p
			default:
				others = append(others, p)
			}
		}
		if base != "" {
			world := []string{base}
			if override != "" {
				world = append(world, override)
			}
			roots = append(roots, files.Root{Paths: world})
		}
		for _, p := range others {
			if base != "" && d.isLayer(t, p) {
				roots = append(roots, files.Root{Paths: []string{base, p}})
			} else {
				roots = append(roots, files.Root{Paths: []string{p}})
			}
		}
	}
	return roots
}

// isLayer reports whether some service of the file has neither image nor
// build, so that the file means something only over another.
func (d Parser) isLayer(t *files.Tree, name string) bool {
	src, err := t.Source(name, d)
	if err != nil {
		return false
	}
	root, err := text.YAML(src)
	services := root.Find("services")
	if err != nil || services == nil {
		return false
	}
	return slices.ContainsFunc(services.Kids, func(s *model.Node) bool {
		return s.Find("image") == nil && s.Find("build") == nil && s.Find("extends") == nil
	})
}

// Load makes a place of each service.
func (d Parser) Load(t *files.Tree, root files.Root) (out files.Loaded) {
	w := world{dialect: d, tree: t, dir: path.Dir(root.Paths[0]), name: root.Paths[len(root.Paths)-1],
		services: map[string]*service{}, env: map[string]string{}}
	w.readEnv()
	for _, p := range root.Paths {
		src, err := t.Source(p, d)
		if err != nil {
			at := model.NewSource(t.Display(p), nil, d).Span(0, 0)
			w.say("unreadable", at, fmt.Sprintf("%s %s", path.Base(p), err))
			continue
		}
		tree, err := text.YAML(src)
		if err != nil {
			w.say("syntax", src.LineSpan(text.ErrorLine(err)), "the file is no YAML: "+strings.TrimPrefix(err.Error(), "yaml: "))
		}
		w.layers = append(w.layers, tree)
		services := tree.Find("services")
		if services == nil {
			continue
		}
		for _, s := range services.Kids {
			w.add(s)
		}
	}
	w.survey()
	for _, name := range w.order {
		w.place(w.services[name])
	}
	for _, name := range w.order {
		w.settle(w.services[name])
		out.Places = append(out.Places, w.services[name].place)
	}
	if w.host != nil {
		out.Places = append(out.Places, w.host)
	}
	out.Findings = w.findings
	return out
}

// A world is what one "docker compose up" starts.
type world struct {
	dialect  Parser
	tree     *files.Tree
	dir      string // of the first file, which relative paths start from
	name     string // the file that makes the difference
	layers   []*model.Node
	services map[string]*service
	order    []string
	env      map[string]string // of the .env file beside it
	host     *model.Place      // what network_mode: host shares
	unbuilt  []string          // Dockerfiles that may be anybody's
	findings []model.Finding
}

func (w *world) say(rule string, at model.Span, message string) {
	w.findings = append(w.findings, model.Finding{Rule: rule, Message: message, Because: []model.Fact{model.Mark{Span: at, Text: "here"}}})
}

// A service is its definitions in the order of the layers, the last one first.
type service struct {
	name  string
	defs  []*model.Node
	image *image.Image
	place *model.Place
}

func (w *world) add(n *model.Node) {
	s := w.services[n.Name.Text]
	if s == nil {
		s = &service{name: n.Name.Text}
		w.services[s.name] = s
		w.order = append(w.order, s.name)
	}
	s.defs = append([]*model.Node{n}, s.defs...)
	if e := n.Find("extends"); e != nil { // from a service of the same file only
		name := e.Arg(0)
		if k := e.Find("service"); k != nil && e.Find("file") == nil {
			name = k.Arg(0)
		}
		if base := n.Parent.Find(name); base != nil && base != n {
			s.defs = append(s.defs, base)
		}
	}
}

// get is the definition of a key that counts.
func (s *service) get(key string) *model.Node {
	for _, d := range s.defs {
		if n := d.Find(key); n != nil {
			return n
		}
	}
	return nil
}

// all are the definitions of a key in every layer, for keys that add up.
func (s *service) all(key string) (out []*model.Node) {
	for _, d := range s.defs {
		if n := d.Find(key); n != nil {
			out = append(out, n)
		}
	}
	return out
}

// items are the values of a list, or the entries of a mapping as "key=value".
func items(n *model.Node) (out []model.Word) {
	for _, k := range n.Kids {
		switch {
		case k.Name.Text == "-" && len(k.Args) > 0:
			out = append(out, k.Args[0])
		case k.Name.Text != "-":
			at := k.Name.Span
			if len(k.Args) > 0 {
				at = k.Args[0].Span
			}
			out = append(out, model.Word{Text: k.Name.Text + "=" + k.Arg(0), Span: at})
		}
	}
	return out
}

// resolve replaces variables by what .env says of them.
func (w *world) resolve(s string) string {
	return text.Expand(s, func(name string) (string, bool) { v, ok := w.env[name]; return v, ok })
}

func (w *world) readEnv() {
	if src, err := w.tree.Source(path.Join(w.dir, ".env"), text.Environment); err == nil {
		for k, v := range text.Variables(src) {
			w.env[k] = v.Text
		}
	}
}

// survey finds the Dockerfiles that no compose file of the folder builds.
func (w *world) survey() {
	var beside []*model.Source
	for _, p := range w.tree.Beside(w.name) {
		if !fileName.MatchString(path.Base(p)) {
			continue
		}
		if src, err := w.tree.Source(p, w.dialect); err == nil {
			beside = append(beside, src)
		}
	}
	if len(beside) == 0 {
		return
	}
	w.unbuilt = w.tree.Memo(beside[0], func() any { // the same for all of the folder
		built := map[string]bool{}
		for _, src := range beside {
			root, err := text.YAML(src)
			services := root.Find("services")
			if err != nil || services == nil {
				continue
			}
			for _, s := range services.Kids {
				if b := s.Find("build"); b != nil {
					built[dockerfileOf(w, b)] = true
				}
			}
		}
		var unbuilt []string
		for _, p := range w.tree.Below(w.dir) {
			if image.IsDockerfile(p) && !built[p] {
				unbuilt = append(unbuilt, p)
			}
		}
		return unbuilt
	}).([]string)
}

// dockerfileOf is the Dockerfile that a build names.
func dockerfileOf(w *world, b *model.Node) string {
	context, file := b.Arg(0), "Dockerfile"
	if k := b.Find("context"); k != nil {
		context = k.Arg(0)
	}
	if k := b.Find("dockerfile"); k != nil {
		file = k.Arg(0)
	}
	return path.Join(w.dir, w.resolve(context), w.resolve(file))
}

// scalar is a value in effect for a service: what a layer writes, variables
// resolved; assumed where a default of a variable stands in.
func scalar[T any](w *world, s *service, key string, read func(string) (T, bool)) model.Value[T] {
	n := s.get(key)
	if n == nil || len(n.Args) == 0 {
		return model.NotTold[T](s.defs[0], key, "not written")
	}
	v, ok := read(w.resolve(n.Arg(0)))
	switch {
	case !ok || strings.Contains(w.resolve(n.Arg(0)), "$"):
		return model.NotTold[T](s.defs[0], key, "it is a variable: "+n.Arg(0))
	case text.Defaulted(n.Arg(0)):
		return model.Set(s.defs[0], key, n.Args[0].Span, v, model.Assumed, "the default of a variable")
	}
	return model.Set(s.defs[0], key, n.Args[0].Span, v, model.Explicit, "")
}

func word(s string) (string, bool) { return s, s != "" }

func duration(s string) (time.Duration, bool) {
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= 0
}

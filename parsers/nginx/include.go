package nginx

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// Caps of a root. A file that includes another twice, which does the same,
// and so on, is a few lines and grows without end.
const (
	maxNodes    = 2_000_000
	maxIncludes = 40 // files that include each other
)

// reading is one root's tree, with what files include in its place.
type reading struct {
	root     *model.Node
	context  string // "main", or the inferred context of a fragment: "http", "server", "location", "stream" ...
	findings []model.Finding
}

// read makes the tree of a root: a main file, a dump, a fragment, or several
// fragments that one missing main file would include together.
func read(t *files.Tree, root files.Root) *reading {
	x := &expansion{tree: t, reading: &reading{root: &model.Node{}}, said: map[*script]bool{}}
	var scripts []*script
	for _, name := range root.Paths {
		src, err := t.Source(name, Parser{})
		if err != nil {
			x.unreadable(t.Display(name), err)
			continue
		}
		if parts := dumped(src); parts != nil {
			t.Keep(parts...)
			x.lib = newDump(parts)
			scripts = []*script{x.script(parts[0])}
			break
		}
		scripts = append(scripts, x.script(src))
	}
	if len(scripts) == 0 {
		return x.reading
	}
	context := x.infer(scripts)
	if isMain(root.Place, root.Paths[0]) && x.lib == nil {
		context, x.context, x.root.Fragment = inMain, "main", ""
	}
	if x.lib == nil {
		x.lib = newShelf(t, root, context == inMain)
	}
	x.env = environment(root)
	x.root.Span = scripts[0].source.Span(0, len(scripts[0].source.Text))
	if (context == inHTTP || context == inMain) && inStockImage(root) {
		x.context, x.root.Fragment = "main", ""
		x.sites, scripts = scripts, []*script{stockMain()}
	}
	for _, s := range scripts {
		x.stack = append(x.stack[:0], s.source)
		x.file(s, x.root, nil)
	}
	x.root.Seal()
	return x.reading
}

// infer finds the context of what stands at the top.
func (x *expansion) infer(scripts []*script) places {
	top := scripts[0].top
	for _, s := range scripts[1:] {
		top = append(slices.Clip(top), s.top...)
	}
	context, _ := contextOf(top)
	if names := context.names(); len(names) > 0 {
		x.context = names[0]
	}
	x.root.Fragment = enclosing(context)
	return context
}

// An expansion puts statements into a tree, and what they include.
type expansion struct {
	*reading
	tree  *files.Tree
	lib   library
	stack []*model.Source // files being included, the outermost first
	said  map[*script]bool
	sites []*script // what the main file of the image includes
	env   func(*model.Source, model.Word) (model.Word, string)
	slab  []model.Node
	nodes int
	depth int
	full  bool
}

// A library is where included files are.
type library interface {
	// lookup is what an include names, for the file that says so.
	lookup(pattern string, from *model.Source) shelfmark
	open(name string) (*model.Source, error)
}

// A shelfmark is what a library knows about an include.
type shelfmark struct {
	names   []string
	missing string         // why there may be more: "" when it is known that there is not
	report  model.Severity // of the finding about it; zero: none
	says    string         // what nginx says about it
	guessed bool           // the files were found by the ends of their paths
	outside bool           // it is certain that they are elsewhere
}

// script is a file as scanned, once for all who include it.
func (x *expansion) script(src *model.Source) *script { return scripted(x.tree, src) }

func scripted(t *files.Tree, src *model.Source) *script {
	return t.Memo(src, func() any {
		s := scan(src)
		s.nest()
		return s
	}).(*script)
}

// file puts a script's statements into a block.
func (x *expansion) file(s *script, block, via *model.Node) {
	if !x.said[s] {
		x.said[s] = true
		for _, f := range s.faults {
			x.findings = append(x.findings, f.finding())
		}
		if s.broken != nil {
			x.findings = append(x.findings, model.Finding{Rule: "internal-error",
				Message: fmt.Sprintf("%s: the tree of gonginx is another than the scanner's: %v", s.source.Path, s.broken),
				Because: []model.Fact{model.Mark{Span: s.source.Span(0, 0), Text: "in this file"}}})
		}
	}
	if s.clipped {
		partial(block, s.source.Path+" is not read to its end")
	}
	if s.template != "" {
		partial(block, s.template)
	}
	block.Loose = append(block.Loose, s.loose...)
	x.put(s, s.top, block, via)
}

// partial notes why a block may hold more than is seen; the first reason stays.
func partial(block *model.Node, why string) {
	if block.Partial == "" {
		block.Partial = why
	}
}

// put makes nodes of statements, and gives them to a block.
func (x *expansion) put(s *script, all []*statement, block, via *model.Node) {
	if len(all) == 0 || x.full {
		return
	}
	if x.depth >= maxDepth {
		x.say(block, model.Finding{Rule: "syntax", Message: fmt.Sprintf("blocks are nested more than %d deep by includes; what is in this one is not read", maxDepth)})
		partial(block, "it is nested too deep")
		return
	}
	x.depth++
	if block.Kids == nil {
		block.Kids = make([]*model.Node, 0, len(all))
	}
	for _, k := range all {
		if x.full {
			break
		}
		if x.nodes++; x.nodes > maxNodes {
			x.say(block, model.Finding{Rule: "syntax", Message: fmt.Sprintf("with everything included there are more than %d directives; the rest is not read", maxNodes)})
			x.full = true
			break
		}
		n := x.node(s, k)
		n.Parent, n.Via = block, via
		block.Kids = append(block.Kids, n)
		switch {
		case k.block():
			if k.clipped {
				n.Partial = s.source.Path + " is not read to its end"
			}
			if s.template != "" {
				n.Partial = s.template
			}
			x.put(s, k.kids, n, nil)
		case k.name() == "include" && len(k.words) == 2:
			x.include(s, n, block)
		}
	}
	if x.full {
		partial(block, "there are too many directives")
	}
	x.depth--
}

func (x *expansion) node(s *script, k *statement) *model.Node {
	if len(x.slab) == cap(x.slab) {
		x.slab = make([]model.Node, 0, min(max(16, len(s.statements)), 512))
	}
	x.slab = append(x.slab, model.Node{Span: s.source.Span(k.start, k.end), Comments: k.comments, Loose: slices.Clip(k.loose)})
	n := &x.slab[len(x.slab)-1]
	if len(k.words) > 0 {
		n.Name, n.Args = k.words[0], k.words[1:]
	}
	if x.env != nil {
		x.substitute(s, n)
	}
	if k.block() {
		n.Body = s.source.Span(k.body, k.last)
	}
	if s.template != "" {
		n.Maybe = s.template
	}
	return n
}

// say reports a finding about a node.
func (x *expansion) say(n *model.Node, f model.Finding) {
	if n.Span.IsZero() || n.Span.Source.Stock {
		return
	}
	f.Because = []model.Fact{n}
	if n.Parent == nil { // the root would underline the whole file
		f.Because = []model.Fact{model.Mark{Span: n.Span.Source.Span(n.Span.Start, n.Span.Start), Text: "in this file"}}
	}
	x.findings = append(x.findings, f)
}

func (x *expansion) unreadable(file string, err error) {
	src := model.NewSource(file, nil, Parser{})
	f := model.Finding{Rule: "unreadable", Message: file + " " + plain(err), Because: []model.Fact{model.Mark{Span: src.Span(0, 0), Text: "this file"}}}
	if errors.Is(err, files.ErrOutside) {
		f.Rule = "outside-root"
	}
	x.findings = append(x.findings, f)
	x.root.Partial = file + " cannot be read"
}

// plain is an error as the rest of a sentence that begins with a file's name.
func plain(err error) string {
	for _, e := range []error{files.ErrOutside, files.ErrTooBig, files.ErrNoFile} {
		if errors.Is(err, e) {
			return err.Error()
		}
	}
	return "cannot be read: " + err.Error()
}

// include puts behind the node what it includes.
func (x *expansion) include(s *script, n, block *model.Node) {
	pattern := n.Arg(0)
	from := s.source
	var mark shelfmark
	if from.Stock && pattern == stockSites {
		for _, site := range x.sites {
			x.stack = append(x.stack, site.source)
			x.file(site, block, n)
			x.stack = x.stack[:len(x.stack)-1]
		}
		return
	}
	if from.Stock {
		mark = shelfmark{missing: n.String() + " is not among the files"}
	} else if strings.Contains(pattern, "$") || s.template != "" && slices.ContainsFunc(tags, func(t tag) bool { return strings.Contains(pattern, t.open) }) {
		partial(block, n.String()+" depends on a variable")
		return
	} else {
		mark = x.lib.lookup(pattern, from)
	}
	if len(mark.names) == 0 && mark.missing != "" {
		if stock := stockFile(pattern); stock != nil {
			x.depth++
			x.file(stock, block, n)
			x.depth--
			return
		}
		if mark.report != 0 {
			f := model.Finding{Rule: "missing-include", AtMost: mark.report, Message: mark.missing}
			if mark.outside {
				f.Rule = "outside-root"
			}
			if mark.says != "" {
				f.Outcome = model.RefusesToStart(mark.says)
			}
			x.say(n, f)
		}
		partial(block, mark.missing)
		return
	}
	if mark.missing != "" {
		partial(block, mark.missing)
	}
	for _, name := range mark.names {
		if x.full {
			return
		}
		src, err := x.lib.open(name)
		switch {
		case err != nil:
			x.unopened(n, name, err)
			partial(block, fmt.Sprintf("%s, which %s brings, cannot be read", x.tree.Display(name), n.String()))
		case slices.Contains(x.stack, src) && mark.guessed:
			// A file that stands elsewhere when it is installed.
			if len(mark.names) == 1 {
				partial(block, n.String()+" is not among the files")
			}
		case slices.Contains(x.stack, src):
			x.say(n, model.Finding{Rule: "syntax", Message: n.String() + ": the file includes itself" + x.chain(src),
				Outcome: model.RefusesToStart(fmt.Sprintf(`open() "%s" failed (24: Too many open files)`, pattern))})
			partial(block, n.String()+" includes the file itself")
		case len(x.stack) > maxIncludes:
			x.say(n, model.Finding{Rule: "syntax", Message: fmt.Sprintf("files include each other more than %d deep; what is included here is not read", maxIncludes)})
			partial(block, n.String()+" is nested too deep")
		default:
			x.nodes++
			x.stack = append(x.stack, src)
			x.depth-- // a file is no block
			x.file(x.script(src), block, n)
			x.depth++
			x.stack = x.stack[:len(x.stack)-1]
		}
	}
}

// chain says over which files a file includes itself.
func (x *expansion) chain(src *model.Source) string {
	i := slices.Index(x.stack, src)
	if i+1 >= len(x.stack) {
		return ""
	}
	var over []string
	for _, s := range x.stack[i+1:] {
		over = append(over, s.Path)
	}
	return " by way of " + strings.Join(over, ", ")
}

// unopened reports an included file that is there and cannot be read.
func (x *expansion) unopened(n *model.Node, name string, err error) {
	shown := x.tree.Display(name)
	switch {
	case errors.Is(err, files.ErrOutside):
		x.say(n, model.Finding{Rule: "outside-root", Message: fmt.Sprintf("%s: %s %s", n.String(), shown, plain(err))})
	case errors.Is(err, fs.ErrNotExist): // a link to nowhere
		x.say(n, model.Finding{Rule: "missing-include", AtMost: model.Note, Message: fmt.Sprintf("%s: %s is a link to nothing among the files", n.String(), shown)})
	case errors.Is(err, files.ErrNoFile):
		x.say(n, model.Finding{Rule: "unreadable", Message: fmt.Sprintf("%s: %s is no regular file", n.String(), shown),
			Outcome: model.RefusesToStart(fmt.Sprintf(`pread() "%s" failed (21: Is a directory)`, shown))})
	default:
		x.say(n, model.Finding{Rule: "unreadable", Message: fmt.Sprintf("%s: %s %s", n.String(), shown, plain(err))})
	}
}

// A shelf is a library that stands in a tree of files.
type shelf struct {
	tree *files.Tree
	dir  string // of the main file: what relative includes start from, at any depth (nginx.c, conf_prefix)
	root files.Root
	main bool   // there is a main file, so that dir is what nginx starts from
	at   string // dir as the place sees it; "" is not told
}

func newShelf(t *files.Tree, root files.Root, main bool) *shelf {
	s := &shelf{tree: t, dir: path.Dir(root.Paths[0]), root: root, main: main}
	if root.Place == nil {
		return s
	}
	for _, at := range root.Place.Seen(root.Paths[0]) {
		if main {
			s.at = path.Dir(at)
		} else if home := homeOf(at); home != "" {
			s.at = home
		}
	}
	return s
}

func (s *shelf) open(name string) (*model.Source, error) { return s.tree.Source(name, Parser{}) }

func (s *shelf) lookup(pattern string, from *model.Source) shelfmark {
	absent := shelfmark{missing: "include " + pattern + " is not among the files"}
	glob := files.IsPattern(pattern)
	if !glob {
		absent.report = model.Note
	}
	if names, whole := s.mounted(pattern); len(names) > 0 || whole && glob {
		return shelfmark{names: names}
	}
	var name string
	guessed := false
	if path.IsAbs(pattern) {
		found, ok := s.tree.Find(pattern, s.dir, s.root.Place)
		if !ok {
			return absent
		}
		name, guessed = found, true
	} else {
		name = path.Join(s.dir, pattern)
		if name == ".." || strings.HasPrefix(name, "../") {
			return shelfmark{missing: "include " + pattern + " is outside of the tree that is linted", report: model.Note, outside: true}
		}
		for dir := s.dir; !s.main && dir != "." && !s.there(name, glob); {
			dir = path.Dir(dir) // of a fragment, one of the directories around it
			if up := path.Join(dir, pattern); s.there(up, glob) {
				name = up
			}
		}
	}
	if glob {
		names, folder := s.tree.Glob(name)
		if !folder {
			return absent
		}
		return shelfmark{names: names, guessed: guessed}
	}
	if !s.tree.Exists(name) {
		if s.main && !path.IsAbs(pattern) {
			absent.missing = fmt.Sprintf("include %s: there is no %s", pattern, s.tree.Display(name))
			absent.report = model.Warning
			absent.says = fmt.Sprintf(`open() "%s" failed (2: No such file or directory)`, pattern)
		}
		return absent
	}
	return shelfmark{names: []string{name}, guessed: guessed}
}

// mounted is what the place sees under a path; whole when its folder is
// mounted.
func (s *shelf) mounted(pattern string) (names []string, whole bool) {
	if s.root.Place == nil {
		return nil, false
	}
	if !path.IsAbs(pattern) {
		if s.at == "" {
			return nil, false
		}
		pattern = path.Join(s.at, pattern)
	}
	names, whole = s.tree.In(s.root.Place, pattern)
	if len(names) > 0 {
		return names, whole
	}
	for _, ending := range templates { // what a start script makes the file of
		made, _ := s.tree.In(s.root.Place, pattern+ending)
		names = append(names, made...)
	}
	if path.Dir(pattern) == "/etc/nginx/conf.d" {
		made, _ := s.tree.In(s.root.Place, "/etc/nginx/templates/"+path.Base(pattern)+".template")
		names = append(names, made...)
	}
	return names, whole
}

func (s *shelf) there(name string, glob bool) bool {
	if glob {
		names, _ := s.tree.Glob(name)
		return len(names) > 0
	}
	return s.tree.Exists(name)
}

package terraform

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// A module is a directory of configuration, overrides merged in.
type module struct {
	dir       string // in the tree
	files     map[string]*file
	variables map[string]*block
	locals    map[string]*attribute
	outputs   map[string]*block
	calls     []*block
	resources []*block          // of kind resource, and data
	declared  map[string]*block // the same by "TYPE.NAME" and "data.TYPE.NAME"
	all       []*block          // every block of the top level, in order
	findings  []model.Finding

	required map[string]constraint // provider source to versions
	adapter  bool                  // ours, standing for a module of the registry
}

// kindsMerged are the blocks of the top level that override files merge into,
// and the number of labels by which they are found.
func address(b *block) string {
	switch b.kind.Text {
	case "resource":
		return b.label(0) + "." + b.label(1)
	case "data", "ephemeral":
		return b.kind.Text + "." + b.label(0) + "." + b.label(1)
	}
	return b.kind.Text + "." + b.label(0)
}

// newModule puts the files of a directory together.
func newModule(dir string, all []*file) *module {
	m := &module{dir: dir, files: map[string]*file{}, variables: map[string]*block{}, locals: map[string]*attribute{}, outputs: map[string]*block{},
		declared: map[string]*block{}, required: map[string]constraint{}}
	var overrides []*file
	for _, f := range all {
		m.files[f.src.Path] = f
		m.findings = append(m.findings, f.findings...)
		if isOverride(f.src.Path) {
			overrides = append(overrides, f)
			continue
		}
		m.all = append(m.all, f.body.blocks...)
	}
	for _, f := range overrides {
		m.override(f)
	}
	for _, b := range m.all {
		switch b.kind.Text {
		case "variable":
			m.variables[b.label(0)] = b
		case "output":
			m.outputs[b.label(0)] = b
		case "locals":
			for _, a := range b.body.attrs {
				m.locals[a.name.Text] = a
			}
		case "module":
			m.calls = append(m.calls, b)
		case "resource", "data":
			if len(b.labels) == 2 {
				m.resources = append(m.resources, b)
				m.declared[address(b)] = b
			}
		case "terraform":
			for _, r := range b.body.blocks {
				if r.kind.Text == "required_providers" {
					m.require(r.body.attrs)
				}
			}
			if r := b.body.attr("required_providers"); r != nil { // JSON
				if pairs, diags := hcl.ExprMap(r.expr); !diags.HasErrors() {
					m.require(objectBody(b.span.Source, r.expr, pairs).attrs)
				}
			}
		}
	}
	return m
}

func isOverride(name string) bool {
	base, _, _ := strings.Cut(path.Base(name), ".")
	return base == "override" || strings.HasSuffix(base, "_override")
}

// override merges a file as Terraform does: an argument replaces that of the
// same name, blocks of a type replace all blocks of that type.
func (m *module) override(f *file) {
	for _, o := range f.body.blocks {
		i := slices.IndexFunc(m.all, func(b *block) bool {
			return b.kind.Text == o.kind.Text && address(b) == address(o) && b.kind.Text != "locals" && b.kind.Text != "terraform"
		})
		if i < 0 {
			m.all = append(m.all, o)
			continue
		}
		m.all[i] = merge(m.all[i], o)
	}
}

func merge(base, over *block) *block {
	b := *base
	inner := *base.body
	inner.attrs = slices.DeleteFunc(slices.Clone(inner.attrs), func(a *attribute) bool { return over.body.attr(a.name.Text) != nil })
	inner.attrs = append(inner.attrs, over.body.attrs...)
	inner.blocks = slices.DeleteFunc(slices.Clone(inner.blocks), func(k *block) bool {
		return slices.ContainsFunc(over.body.blocks, func(o *block) bool { return o.blockType() == k.blockType() })
	})
	inner.blocks = append(inner.blocks, over.body.blocks...)
	b.body = &inner
	return &b
}

// blockType is what the block makes: a dynamic block makes those it names.
func (b *block) blockType() string {
	if b.kind.Text == "dynamic" {
		return b.label(0)
	}
	return b.kind.Text
}

func (m *module) require(attrs []*attribute) {
	for _, a := range attrs {
		source, version := "hashicorp/"+a.name.Text, ""
		at := a.expr
		if pairs, diags := hcl.ExprMap(a.expr); !diags.HasErrors() {
			for _, p := range pairs {
				key, _ := literal(p.Key)
				v, _ := p.Value.Value(nil)
				switch text, _ := asText(v); key {
				case "source":
					source = text
				case "version":
					version, at = text, p.Value
				}
			}
		} else if v, diags := a.expr.Value(nil); !diags.HasErrors() {
			version, _ = asText(v)
		}
		source = strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(source, "registry.terraform.io/"), "registry.opentofu.org/"))
		if version != "" {
			m.required[source] = constraint{version, a.name.Span.Source.Span(at.Range().Start.Byte, at.Range().End.Byte)}
		}
	}
}

// files of a directory that Terraform reads, in its order. Of x.tf and x.tofu
// OpenTofu reads only the latter.
func configuration(t *files.Tree, dir string) (names []string) {
	all, _ := t.Glob(path.Join(dir, "*"))
	for _, name := range all {
		base := path.Base(name)
		if ignored(base) || !isConfiguration(base) {
			continue
		}
		if tofu := strings.Replace(name, ".tf", ".tofu", 1); !strings.Contains(base, ".tofu") && slices.Contains(all, tofu) {
			continue
		}
		names = append(names, name)
	}
	return names
}

// load reads a directory, once for the root.
func (l *loader) load(dir string) *module {
	if m, ok := l.modules[dir]; ok {
		return m
	}
	var all []*file
	for _, name := range configuration(l.tree, dir) {
		all = append(all, parse(l.tree, name))
	}
	m := newModule(dir, all)
	for p, f := range m.files {
		l.files[p] = f
	}
	l.modules[dir] = m
	l.findings = append(l.findings, m.findings...)
	return m
}

// source is what a module call names, when it is a literal.
func source(call *block) string {
	if a := call.body.attr("source"); a != nil {
		if v, diags := a.expr.Value(nil); !diags.HasErrors() {
			s, _ := asText(v)
			return s
		}
	}
	return ""
}

// local is the directory that a call names; ok is false for modules that are
// installed from elsewhere.
func local(dir, source string) (string, bool) {
	if !strings.HasPrefix(source, "./") && !strings.HasPrefix(source, "../") {
		return "", false
	}
	return path.Join(dir, source), true
}

// installed are the directories of .terraform/modules/modules.json, by the
// path of the call: "alb", "service.alb".
func (l *loader) installed(root string) map[string]string {
	src, err := l.tree.Source(path.Join(root, ".terraform/modules/modules.json"), Parser{})
	if err != nil {
		return nil
	}
	var manifest struct {
		Modules []struct{ Key, Dir string }
	}
	if json.Unmarshal(src.Text, &manifest) != nil {
		return nil
	}
	dirs := map[string]string{}
	for _, m := range manifest.Modules {
		if m.Key != "" {
			dirs[m.Key] = path.Join(root, strings.ReplaceAll(m.Dir, `\`, "/"))
		}
	}
	return dirs
}

// Roots are the directories that no other directory calls, and the plans. A
// circle of modules that call each other is called by nobody else: its first
// directory stands for it.
func (Parser) Roots(t *files.Tree, paths []string, _ []*model.Place) []files.Root {
	byDir, plans := map[string][]string{}, []string(nil)
	var dirs []string
	for _, name := range paths {
		switch base := path.Base(name); {
		case isConfiguration(base):
			dir := path.Dir(name)
			if byDir[dir] == nil {
				dirs = append(dirs, dir)
			}
			byDir[dir] = append(byDir[dir], name)
		case !isVariables(base):
			plans = append(plans, name)
		}
	}
	var names []string
	for _, dir := range dirs {
		names = append(names, byDir[dir]...)
	}
	parsed := parseAll(t, names)
	calls := map[string][]string{}
	for _, dir := range dirs {
		for _, name := range byDir[dir] {
			for _, b := range parsed[name].body.blocks {
				if b.kind.Text != "module" {
					continue
				}
				if to, ok := local(dir, source(b)); ok && to != dir {
					calls[dir] = append(calls[dir], to)
				}
			}
		}
	}
	called := map[string]bool{}
	for _, dir := range dirs {
		for _, to := range calls[dir] {
			called[to] = true
		}
	}
	reached := map[string]bool{}
	var reach func(dir string)
	reach = func(dir string) {
		if !reached[dir] {
			reached[dir] = true
			for _, to := range calls[dir] {
				reach(to)
			}
		}
	}
	var tops []string
	for _, pass := range []func(string) bool{func(d string) bool { return !called[d] }, func(d string) bool { return !reached[d] }} {
		for _, dir := range dirs {
			if pass(dir) {
				tops = append(tops, dir)
				reach(dir)
			}
		}
	}
	slices.Sort(tops)
	return rooted(t, tops, byDir, plans)
}

// rooted makes the roots. A plan is read together with the directory it was
// made from, where that can be told: its own, or the only one.
func rooted(t *files.Tree, tops []string, byDir map[string][]string, plans []string) (roots []files.Root) {
	planned := map[string]bool{}
	for _, p := range plans {
		root := files.Root{Paths: []string{p}}
		dir := path.Dir(p)
		if len(tops) == 1 {
			dir = tops[0]
		}
		if slices.Contains(tops, dir) && !planned[dir] {
			root.Paths, planned[dir] = append(root.Paths, byDir[dir]...), true
		}
		roots = append(roots, root)
	}
	for _, dir := range tops {
		if !planned[dir] {
			roots = append(roots, files.Root{Paths: byDir[dir]})
		}
	}
	return roots
}

// A setValue is what a file of variables says.
type setValue struct {
	attr *attribute
	file string
}

// given are the values of variables that Terraform loads by itself, the later
// over the earlier: terraform.tfvars, terraform.tfvars.json, *.auto.tfvars and
// *.auto.tfvars.json in the order of their names.
func (l *loader) given(dir string) (values, elsewhere map[string]setValue) {
	values, elsewhere = map[string]setValue{}, map[string]setValue{}
	all, _ := l.tree.Glob(path.Join(dir, "*.tfvars*"))
	var auto, other []string
	for _, name := range all {
		switch base := path.Base(name); {
		case ignored(base) || !isVariables(base):
		case strings.HasSuffix(strings.TrimSuffix(base, ".json"), ".auto.tfvars"):
			auto = append(auto, name)
		case base == "terraform.tfvars":
			auto = append([]string{name}, auto...)
		case base == "terraform.tfvars.json":
		default:
			other = append(other, name)
		}
	}
	if json := path.Join(dir, "terraform.tfvars.json"); slices.Contains(all, json) {
		i := 0
		if len(auto) > 0 && path.Base(auto[0]) == "terraform.tfvars" {
			i = 1
		}
		auto = slices.Insert(auto, i, json)
	}
	slices.SortStableFunc(auto, func(a, b string) int {
		return strings.Compare(order(path.Base(a)), order(path.Base(b)))
	})
	for _, name := range auto {
		for _, a := range l.variables(name) {
			values[a.name.Text] = setValue{a, path.Base(name)}
		}
	}
	for _, name := range l.tree.Vars() { // over all others, as on Terraform's command line
		for _, a := range l.variables(name) {
			values[a.name.Text] = setValue{a, path.Base(name)}
		}
	}
	clash := map[string]bool{}
	for _, name := range other {
		for _, a := range l.variables(name) {
			key := a.name.Text
			if old, ok := elsewhere[key]; ok && !sameLiteral(old.attr, a) {
				clash[key] = true
			}
			elsewhere[key] = setValue{a, path.Base(name)}
		}
	}
	for key := range clash {
		delete(elsewhere, key)
	}
	return values, elsewhere
}

func sameLiteral(a, b *attribute) bool {
	v, _ := a.expr.Value(nil)
	w, _ := b.expr.Value(nil)
	return v != cty.NilVal && w != cty.NilVal && v.RawEquals(w)
}

// order sorts terraform.tfvars and its JSON form before the automatic ones.
func order(base string) string {
	switch base {
	case "terraform.tfvars":
		return "0"
	case "terraform.tfvars.json":
		return "1"
	}
	return "2" + base
}

func (l *loader) variables(name string) []*attribute {
	f := parse(l.tree, name)
	l.files[f.src.Path] = f
	l.findings = append(l.findings, f.findings...)
	return f.body.attrs
}

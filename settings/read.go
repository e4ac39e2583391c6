package settings

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"

	"github.com/gwlint/gwlint/model"
)

// Parse reads a settings file. What it does not understand is in Errors, and
// the rest counts.
func Parse(s *model.Source) *File {
	r := &reader{file: &File{Source: s, Targets: map[string]Text{}, Node: &model.Node{Span: s.Span(0, len(s.Text))}}}
	var f *hcl.File
	var diags hcl.Diagnostics
	if path.Ext(s.Path) == ".json" {
		if len(bytes.TrimSpace(s.Text)) == 0 {
			return r.file
		}
		f, diags = json.Parse(s.Text, s.Path)
	} else {
		f, diags = hclsyntax.ParseConfig(s.Text, s.Path, hcl.InitialPos)
	}
	r.diagnose(diags)
	if f != nil && f.Body != nil {
		r.top(r.section(f.Body, fileBlock, "", r.file.Node))
	}
	return r.file
}

type reader struct{ file *File }

func (r *reader) span(h hcl.Range) model.Span { return r.file.Source.Span(h.Start.Byte, h.End.Byte) }

// Wrong is the finding that says what is wrong with a settings file.
func Wrong(at model.Span, format string, a ...any) model.Finding {
	return model.Finding{Rule: ErrorRule,
		Message: strings.TrimSuffix(strings.Join(strings.Fields(fmt.Sprintf(format, a...)), " "), "."),
		Because: []model.Fact{model.Mark{Span: at, Text: "the settings"}}}
}

func (f *File) complain(at model.Span, format string, a ...any) {
	f.Errors = append(f.Errors, Wrong(at, format, a...))
}

func (r *reader) complain(at hcl.Range, format string, a ...any) {
	r.file.complain(r.span(at), format, a...)
}

func (r *reader) diagnose(diags hcl.Diagnostics) {
	for _, d := range diags {
		if d.Subject != nil {
			r.complain(*d.Subject, "%s: %s", d.Summary, d.Detail)
		}
	}
}

// A section is a block as it was read.
type section struct {
	block  *block
	label  Text
	at     hcl.Range
	node   *model.Node
	values map[string]cty.Value
	spans  map[string]model.Span
	blocks []section
}

// section reads what a block of the schema has; the rest is complained of.
func (r *reader) section(body hcl.Body, b *block, label string, n *model.Node) section {
	s := section{block: b, node: n, values: map[string]cty.Value{}, spans: map[string]model.Span{}}
	schema := &hcl.BodySchema{}
	var names []string
	for _, f := range b.fields {
		schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: f.name})
		names = append(names, f.name)
	}
	if b == fileBlock {
		schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: "$schema"})
	}
	for _, in := range b.blocks {
		schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: in.name, LabelNames: []string{in.label}})
		names = append(names, in.name)
	}
	where := "there is"
	if b.name != "" {
		where = b.name + " has"
	}
	content, diags := body.Content(schema)
	for _, d := range diags {
		switch d.Summary {
		case "Unsupported argument", "Unsupported block type", "Extraneous JSON object property":
			said := strings.Trim(strings.TrimSpace(r.span(*d.Subject).Text()), `"`)
			hint := ": it has " + strings.Join(names, ", ")
			if near := Nearest(said, names); near != "" {
				hint = "; did you mean " + near + "?"
			} else if b.name == "" {
				hint = ", only " + strings.Join(names, ", ")
			}
			r.complain(*d.Subject, "%s no setting %q%s", where, said, hint)
		default:
			if kind, ok := strings.CutPrefix(d.Summary, "Missing "); ok {
				if label, name, ok := strings.Cut(kind, " for "); ok {
					r.complain(*d.Subject, "%s has a %s: %s \"...\" {", name, label, name)
					continue
				}
			}
			r.diagnose(hcl.Diagnostics{d})
		}
	}
	if content == nil {
		return s
	}
	for _, f := range b.fields {
		if a := content.Attributes[f.name]; a != nil {
			if v, ok := r.value(a, f); ok {
				s.values[f.name], s.spans[f.name] = v, r.span(a.Expr.Range())
			}
		}
	}
	for _, in := range content.Blocks {
		i := slices.IndexFunc(b.blocks, func(o *block) bool { return o.name == in.Type })
		if len(in.Labels) != 1 {
			continue
		}
		k := r.node(in, n)
		child := r.section(in.Body, b.blocks[i], in.Labels[0], k)
		child.label, child.at = Text{in.Labels[0], r.span(in.LabelRanges[0])}, in.DefRange
		s.blocks = append(s.blocks, child)
	}
	return s
}

// node is the statement that a block is, so that reports can show it.
func (r *reader) node(b *hcl.Block, parent *model.Node) *model.Node {
	n := &model.Node{
		Name:   model.Word{Text: b.Type, Span: r.span(b.TypeRange)},
		Parent: parent,
		Span:   r.span(b.DefRange),
		Args:   []model.Word{{Text: b.Labels[0], Span: r.span(b.LabelRanges[0])}},
	}
	if native, ok := b.Body.(*hclsyntax.Body); ok {
		n.Span.End = native.SrcRange.End.Byte
		n.Body = r.file.Source.Span(native.SrcRange.Start.Byte+1, native.SrcRange.End.Byte-1)
	}
	parent.Kids = append(parent.Kids, n)
	return n
}

// value is what a setting was given, of the kind it takes.
func (r *reader) value(a *hcl.Attribute, f field) (cty.Value, bool) {
	v, diags := a.Expr.Value(nil)
	if diags.HasErrors() {
		r.diagnose(diags)
		return v, false
	}
	ok := !v.IsNull() && v.IsWhollyKnown()
	if ok {
		switch t := v.Type(); f.kind {
		case text, duration:
			ok = t == cty.String
		case boolean:
			ok = t == cty.Bool
		case number:
			ok = t == cty.Number && whole(v)
		case size:
			ok = t == cty.String || t == cty.Number && whole(v)
		case list:
			ok = (t.IsTupleType() || t.IsListType()) && texts(v)
		case table:
			ok = (t.IsObjectType() || t.IsMapType()) && texts(v)
		}
	}
	if !ok {
		r.complain(a.Expr.Range(), "%s takes a %s, not %s", f.name, f.kind, r.span(a.Expr.Range()).Text())
		return v, false
	}
	if f.values != nil && !slices.Contains(f.values, v.AsString()) {
		hint := ""
		if near := Nearest(v.AsString(), f.values); near != "" {
			hint = "; did you mean " + near + "?"
		}
		r.complain(a.Expr.Range(), "%s takes %s, not %q%s", f.name, strings.Join(f.values, ", "), v.AsString(), hint)
		return v, false
	}
	return v, true
}

func whole(v cty.Value) bool {
	f, _ := v.AsBigFloat().Float64()
	return f >= 0 && f <= math.MaxInt32 && f == math.Trunc(f)
}

func texts(v cty.Value) bool {
	for it := v.ElementIterator(); it.Next(); {
		if _, e := it.Element(); e.IsNull() || e.Type() != cty.String {
			return false
		}
	}
	return true
}

func (s section) text(name string) Text {
	v, ok := s.values[name]
	if !ok {
		return Text{}
	}
	return Text{v.AsString(), s.spans[name]}
}

func (s section) flag(name string) Flag {
	v, ok := s.values[name]
	if !ok {
		return Flag{}
	}
	return Flag{v.True(), s.spans[name]}
}

func (s section) list(name string) []Text {
	v, ok := s.values[name]
	if !ok {
		return nil
	}
	all := []Text{}
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		all = append(all, Text{e.AsString(), s.spans[name]})
	}
	return all
}

func (s section) table(name string) map[string]Text {
	all := map[string]Text{}
	if v, ok := s.values[name]; ok {
		for k, e := range v.AsValueMap() {
			all[k] = Text{e.AsString(), s.spans[name]}
		}
	}
	return all
}

// top makes the file's settings of its sections.
func (r *reader) top(s section) {
	f := r.file
	f.Profile, f.FailOn, f.Baseline = s.text("profile"), s.text("fail_on"), s.text("baseline")
	f.Exclude, f.Extends, f.Targets = s.list("exclude"), s.list("extends"), r.targets(s)
	r.globs(f.Exclude)
	if f.FailOn.V != "" {
		if _, err := ParseLevel(f.FailOn.V); err != nil {
			f.complain(f.FailOn.At, "fail_on %v", err)
			f.FailOn = Text{}
		}
	}
	f.Rules = r.rules(s)
	for _, in := range s.blocks {
		switch in.block.name {
		case "app":
			f.Apps = append(f.Apps, in.app())
		case "link":
			f.Links = r.link(f.Links, in)
		case "override":
			o := Override{Glob: in.label, Reason: in.text("reason"), Rules: r.rules(in)}
			if o.Reason.V == "" {
				r.complain(in.at, "the override %q does not say why: reason = \"...\"", in.label.V)
			}
			r.globs([]Text{o.Glob})
			f.Overrides = append(f.Overrides, o)
		case "environment":
			e := Environment{Name: in.label.V, Node: in.node, Match: in.list("match"), Targets: r.targets(in)}
			r.globs(e.Match)
			if len(e.Targets) > 0 && len(e.Match) == 0 {
				r.complain(in.at, "the environment %q has targets, but does not say of which files: match = [\"...\"]", e.Name)
			}
			for _, k := range in.blocks {
				if k.block == linkBlock {
					e.Links = r.link(e.Links, k)
				} else {
					e.Apps = append(e.Apps, k.app())
				}
			}
			f.Environments = append(f.Environments, e)
		}
	}
}

func (r *reader) rules(s section) (all []Rule) {
	for _, in := range s.blocks {
		if in.block != ruleBlock {
			continue
		}
		if slices.ContainsFunc(all, func(o Rule) bool { return o.ID.V == in.label.V }) {
			r.complain(in.at, "the rule %q is set above already", in.label.V)
			continue
		}
		all = append(all, Rule{ID: in.label, Severity: in.text("severity"), Enabled: in.flag("enabled"), Suppressible: in.flag("suppressible")})
	}
	return all
}

func (r *reader) targets(s section) map[string]Text {
	all := s.table("targets")
	for _, product := range slices.Sorted(maps.Keys(all)) {
		if _, parts := model.ParseVersion(all[product].V); parts == 0 {
			r.file.complain(all[product].At, "targets takes versions such as \"1.28\", not %q for %s", all[product].V, product)
			delete(all, product)
		}
	}
	return all
}

func (r *reader) globs(all []Text) {
	for _, g := range all {
		if !validGlob(g.V) {
			r.file.complain(g.At, "%q is no glob", g.V)
		}
	}
}

// link adds one that says all it has to.
func (r *reader) link(all []Link, s section) []Link {
	k := Link{From: s.label, To: s.text("to"), Node: s.node}
	switch {
	case s.values["to"] == cty.NilVal:
		r.complain(s.at, "the link %q does not say who answers: to = \"...\"", k.From.V)
		return all
	case slices.ContainsFunc(all, func(o Link) bool { return o.From.V == k.From.V }):
		r.complain(s.at, "who answers %q is said above already", k.From.V)
		return all
	}
	return append(all, k)
}

func (s section) app() App { return App{Node: s.node, values: s.values, spans: s.spans} }

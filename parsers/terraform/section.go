package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/gwlint/gwlint/model"
)

// A resource is one copy of a resource or data block.
type resource struct {
	addr    string // module.alb.aws_lb.this[0]
	kind    string // aws_lb
	data    bool
	scope   *scope
	block   *block    // nil when only a plan has it
	planned cty.Value // what a plan says, else NilVal
	maybe   string    // why it may not be there
	sec     *section
}

// A section is a block of a resource as Terraform sees it: with dynamic blocks
// expanded, and lists of objects that stand for blocks. Its settings are
// worked out when asked for.
type section struct {
	res     *resource
	path    string // within the resource: "health_check"
	node    *model.Node
	scope   *scope
	body    *body     // nil when it is absent, or was made of a value that is not written out
	value   cty.Value // that value; of a plan, with a body for the places alone
	planned cty.Value // what a plan says of a block that has a body
	absent  bool      // the block is not written: its settings have the defaults that this has
	open    string    // of an absent block: why it may be there
	subs    map[string][]*section
	more    map[string]string // by type of block: why there may be others
}

// secretName reports whether the value of what has such a name is not to be
// shown.
func secretName(name string) bool {
	name = strings.ToLower(name)
	for _, word := range [...]string{"passw", "secret", "token", "api_key", "apikey", "private_key", "privatekey", "credential", "access_key", "accesskey", "auth_key"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// section is the outermost block of a resource.
func (r *resource) section() *section {
	if r.sec == nil {
		n := r.scope.calling()
		if n == nil {
			n = r.scope.node(r.block, nil)
		}
		r.sec = r.scope.section(r, r.block.body, "", n)
		r.sec.node.Maybe = r.maybe
		if r.planned != cty.NilVal {
			r.sec.planned = r.planned
			r.sec.node.Maybe = ""
		}
	}
	return r.sec
}

// calling is the statement by which a module of ours is called: it stands for
// what is in there. Elsewhere it is nil.
func (s *scope) calling() *model.Node {
	if !s.mod.adapter || s.parent == nil {
		return nil
	}
	return s.parent.node(s.call, nil)
}

// node is a block as the model has statements. Attributes show their
// expressions as they are written, unless by their names those are secrets.
func (l *loader) node(b *block, parent *model.Node) *model.Node {
	n := &model.Node{Name: b.kind, Args: b.labels, Parent: parent, Span: b.span, Body: b.body.span}
	l.fillNode(n, b.body)
	n.Comments = l.comments(n)
	return n
}

func (l *loader) fillNode(n *model.Node, b *body) {
	for _, a := range b.attrs {
		n.Kids = append(n.Kids, l.attributeNode(n, a, b.secret(a, n)))
	}
	for _, k := range b.blocks {
		n.Kids = append(n.Kids, l.node(k, n))
	}
	slices.SortStableFunc(n.Kids, func(a, b *model.Node) int { return a.Span.Start - b.Span.Start })
}

func (l *loader) attributeNode(parent *model.Node, a *attribute, secret bool) *model.Node {
	n := &model.Node{Name: a.name, Parent: parent, Span: a.span}
	if at := l.at(a.expr.Range()); !secret && !at.IsZero() {
		if text, ok := shown(a.expr, at); ok {
			n.Args = []model.Word{{Text: text, Span: at}}
		}
	}
	n.Comments = l.comments(n)
	return n
}

// shown is the text of an expression, that of a literal unquoted; ok is false
// for what is too long to show, such as a script, and what may be a secret.
func shown(e hcl.Expression, at model.Span) (text string, ok bool) {
	const enough = 200
	if at.End-at.Start > enough || secretName(at.Text()) {
		return "", false
	}
	if t, ok := e.(*hclsyntax.TemplateExpr); ok && t.IsStringLiteral() {
		if v, diags := t.Value(nil); !diags.HasErrors() {
			return v.AsString(), true
		}
	}
	return at.Text(), true
}

// secret reports whether an attribute of a body is not to be shown: by its
// name, by the name that the body has for it, or because a variable is said to
// be sensitive.
func (b *body) secret(a *attribute, owner *model.Node) bool {
	switch name := a.name.Text; {
	case secretName(name):
		return true
	case name == "default" && owner.Name.Text == "variable":
		return b.attr("sensitive") != nil || secretName(owner.Arg(0))
	case name == "value":
		for _, key := range [...]string{"name", "key"} {
			if k := b.attr(key); k != nil {
				if v, diags := k.expr.Value(nil); !diags.HasErrors() {
					text, _ := asText(v)
					return secretName(text)
				}
			}
		}
	}
	return false
}

func (l *loader) comments(n *model.Node) []model.Word {
	if n.Span.IsZero() {
		return nil
	}
	if f := l.files[n.Span.Source.Path]; f != nil {
		return f.about(n.Span, n.Head())
	}
	return nil
}

// section reads a body: dynamic blocks are expanded, all others kept.
func (s *scope) section(r *resource, b *body, p string, n *model.Node) *section {
	sec := &section{res: r, path: p, node: n, scope: s, body: b, subs: map[string][]*section{}, more: map[string]string{}}
	for _, k := range b.blocks {
		kind, inner := k.kind.Text, k
		sub := join(p, kind)
		if kind != "dynamic" {
			sec.subs[kind] = append(sec.subs[kind], s.section(r, inner.body, sub, childNode(n, k)))
			continue
		}
		sec.dynamic(k)
	}
	if d := b.attr("dynamic"); d != nil { // JSON
		if pairs, diags := hcl.ExprMap(d.expr); !diags.HasErrors() {
			for _, p := range pairs {
				name, _ := literal(p.Key)
				for _, e := range list(p.Value) {
					if inner, diags := hcl.ExprMap(e); !diags.HasErrors() {
						sec.dynamic(&block{kind: d.name, labels: []model.Word{{Text: name}}, body: objectBody(d.span.Source, e, inner), span: s.at(e)})
					}
				}
			}
		}
	}
	return sec
}

func join(p, name string) string { return strings.TrimPrefix(p+"."+name, ".") }

// list is the elements of a list that is written out, else the expression.
func list(e hcl.Expression) []hcl.Expression {
	if all, diags := hcl.ExprList(e); !diags.HasErrors() {
		return all
	}
	return []hcl.Expression{e}
}

// childNode is the node that was made of a block.
func childNode(n *model.Node, b *block) *model.Node {
	for _, k := range n.Kids {
		if k.Span == b.span {
			return k
		}
	}
	return n
}

// dynamic expands a dynamic block. When it cannot be told how often it stands
// there, one stands for all, and nothing is missing for sure.
func (sec *section) dynamic(k *block) {
	kind := k.label(0)
	var content *body
	for _, c := range k.body.blocks {
		if c.kind.Text == "content" {
			content = c.body
		}
	}
	if c := k.body.attr("content"); c != nil && content == nil { // JSON
		for _, e := range list(c.expr) {
			if pairs, diags := hcl.ExprMap(e); !diags.HasErrors() {
				content = objectBody(c.span.Source, e, pairs)
			}
		}
	}
	each := k.body.attr("for_each")
	if content == nil || each == nil {
		return
	}
	iterator := kind
	if it := k.body.attr("iterator"); it != nil {
		if name := hcl.ExprAsKeyword(it.expr); name != "" {
			iterator = name
		}
	}
	v := sec.scope.eval(each.expr)
	made := childNode(sec.node, k)
	add := func(local cty.Value, expr origin, maybe string) {
		s := &scope{instance: sec.scope.instance, local: map[string]cty.Value{}, exprs: map[string]hcl.Expression{}, from: sec.scope}
		for name, v := range sec.scope.local {
			s.local[name] = v
		}
		s.local[iterator] = local
		if expr.expr != nil {
			s.exprs[iterator+".value"], s.from = expr.expr, expr.scope
		}
		n := &model.Node{Name: model.Word{Text: kind, Span: made.Name.Span}, Parent: sec.node, Via: made, Span: made.Span, Body: content.span, Maybe: maybe}
		if s.mod.adapter {
			n.Body = model.Span{}
		} else {
			sec.scope.fillNode(n, content)
			sec.node.Kids = append(sec.node.Kids, n)
		}
		n.Comments = made.Comments
		sec.subs[kind] = append(sec.subs[kind], s.section(sec.res, content, join(sec.path, kind), n))
	}
	bare, marks := v.Unmark()
	doubt := assumption(shell(v))
	if !bare.IsKnown() || bare.IsNull() || !bare.CanIterateElements() || bare.LengthInt() > mostCopies {
		why := whyUnknown(v)
		sec.more[kind] = why
		if !bare.IsKnown() {
			add(cty.ObjectVal(map[string]cty.Value{"key": untold(needsSource, "the key"), "value": cty.DynamicVal.WithMarks(marks)}), origin{}, why)
		}
		return
	}
	if bare.LengthInt() == 0 && doubt != "" {
		sec.more[kind] = doubt
	}
	number := 0
	for it := bare.ElementIterator(); it.Next(); number++ {
		key, e := it.Element()
		at, _ := asText(key)
		add(cty.ObjectVal(map[string]cty.Value{"key": key, "value": e.WithMarks(marks)}), item(each.expr, sec.scope, at), doubt)
	}
}

// blocks are the nested blocks of a type; also where they are written as a
// list of objects, or as one object. A plan knows how many there are.
func (sec *section) blocks(kind string) []*section {
	if all, ok := sec.subs[kind]; ok && (len(all) == 0 || sec.planned == cty.NilVal || all[0].planned != cty.NilVal) {
		return all
	}
	all := sec.subs[kind]
	switch {
	case all != nil:
	case sec.value != cty.NilVal:
		all = sec.members(kind, member(sec.value, kind), sec.node)
		sec.place(all, kind)
	case sec.body != nil:
		if a := sec.body.attr(kind); a != nil {
			all = sec.scope.objects(sec, kind, a, sec.scope)
		}
	}
	if sec.planned != cty.NilVal {
		planned := sec.members(kind, member(sec.planned, kind), sec.node)
		switch {
		case len(planned) == len(all):
			for i, p := range planned {
				all[i].planned = p.value
			}
		case len(planned) > 0:
			all = planned
			delete(sec.more, kind)
		}
	}
	sec.subs[kind] = all
	return all
}

// objects are the sections of an attribute that holds objects, whose expression
// stands in a scope. Where they are written out, each keeps its own place in
// the text.
func (s *scope) objects(sec *section, kind string, a *attribute, in *scope) (all []*section) {
	owner := sec.node
	for _, k := range sec.node.Kids {
		if k.Span == a.span {
			owner = k
		}
	}
	at, _ := in.trace(a.expr)
	elements := list(at.expr)
	for _, e := range elements {
		part, _ := at.scope.trace(e)
		pairs, diags := hcl.ExprMap(part.expr)
		f := part.scope.files[part.expr.Range().Filename]
		if diags.HasErrors() || f == nil || !allLiteral(pairs) {
			return sec.members(kind, in.eval(a.expr), owner)
		}
		all = append(all, part.scope.object(sec.res, f, part.expr, pairs, join(sec.path, kind), owner))
	}
	return all
}

// object is an object expression as a section.
func (s *scope) object(r *resource, f *file, e hcl.Expression, pairs []hcl.KeyValuePair, p string, owner *model.Node) *section {
	b := objectBody(f.src, e, pairs)
	kind := p[strings.LastIndexByte(p, '.')+1:]
	n := &model.Node{Name: model.Word{Text: kind, Span: f.src.Span(b.span.Start-1, b.span.Start)}, Parent: owner, Span: f.span(e.Range()), Body: b.span}
	s.fillNode(n, b)
	owner.Kids = append(owner.Kids, n)
	return s.section(r, b, p, n)
}

func allLiteral(pairs []hcl.KeyValuePair) bool {
	return !slices.ContainsFunc(pairs, func(p hcl.KeyValuePair) bool { _, ok := literal(p.Key); return !ok })
}

// members are the sections of a value.
func (sec *section) members(kind string, v cty.Value, owner *model.Node) (all []*section) {
	if v == cty.NilVal {
		return nil
	}
	bare, marks := v.Unmark()
	if !bare.IsKnown() {
		sec.more[kind] = whyUnknown(v)
		return nil
	}
	if bare.IsNull() || !bare.CanIterateElements() {
		return nil
	}
	one := func(v cty.Value) {
		all = append(all, &section{res: sec.res, path: join(sec.path, kind), node: owner, scope: sec.scope, value: v.WithMarks(marks),
			subs: map[string][]*section{}, more: map[string]string{}})
	}
	if t := bare.Type(); t.IsObjectType() || t.IsMapType() {
		one(bare)
		return all
	}
	for it := bare.ElementIterator(); it.Next(); {
		_, e := it.Element()
		if in, _ := e.Unmark(); !in.IsKnown() {
			sec.more[kind] = whyUnknown(e)
		} else if !in.IsNull() && in.CanIterateElements() {
			one(e)
		}
		if len(all) >= mostCopies {
			sec.more[kind] = "there are too many"
			break
		}
	}
	return all
}

// member is an attribute of an object or a key of a map; NilVal where there is
// none.
func member(v cty.Value, name string) cty.Value {
	bare, marks := v.Unmark()
	if bare == cty.NilVal || !bare.IsKnown() || bare.IsNull() {
		return cty.NilVal
	}
	switch t := bare.Type(); {
	case t.IsObjectType() && t.HasAttribute(name):
		return bare.GetAttr(name).WithMarks(marks)
	case t.IsMapType() && bare.HasIndex(cty.StringVal(name)).True():
		return bare.Index(cty.StringVal(name)).WithMarks(marks)
	}
	return cty.NilVal
}

// sub is the only block of a type. Where there is none, it is an absent one:
// its settings are owned by the block around it.
func (sec *section) sub(kind string) *section {
	if all := sec.blocks(kind); len(all) > 0 {
		return all[0]
	}
	open := sec.more[kind]
	if sec.absent {
		open = sec.open
	}
	return &section{res: sec.res, path: join(sec.path, kind), node: sec.node, scope: sec.scope, absent: true, open: open,
		subs: map[string][]*section{}, more: map[string]string{}}
}

// get is the value of a setting, NilVal where it is not written.
func (sec *section) get(name string) cty.Value {
	switch {
	case sec.absent:
		return cty.NilVal
	case sec.value != cty.NilVal:
		return member(sec.value, name)
	}
	a := sec.body.attr(name)
	if a == nil {
		return cty.NilVal
	}
	var v cty.Value
	if sec.res != nil && sec.path == "" {
		v = sec.res.attribute(name)
	} else {
		v = sec.scope.eval(a.expr)
	}
	if p := sec.inPlan(name); p != cty.NilVal && !plain(v).IsWhollyKnown() && plain(p).IsWhollyKnown() {
		_, marks := v.Unmark()
		return p.WithMarks(marks)
	}
	return v
}

// place gives the sections of a plan's value their places in its text.
func (sec *section) place(all []*section, kind string) {
	if sec.body == nil || sec.body.attr(kind) == nil {
		return
	}
	e := sec.body.attr(kind).expr
	for i, x := range list(e) {
		if pairs, diags := hcl.ExprMap(x); !diags.HasErrors() && i < len(all) {
			all[i].body = objectBody(sec.body.span.Source, x, pairs)
		}
	}
}

// inPlan is what a plan says of a setting.
func (sec *section) inPlan(name string) cty.Value {
	if sec.planned == cty.NilVal {
		return cty.NilVal
	}
	return member(sec.planned, name)
}

// whence is where people find the value of a setting, and the way there.
func (sec *section) whence(name string) (at model.Span, via []model.Span) {
	at, via = sec.written(name)
	if at.IsZero() || at.Source.Stock {
		at = sec.node.Head()
	}
	return at, via
}

// written is where the value of a setting is written: nowhere, when it is
// part of a computed one; in a module of ours, when that decides.
func (sec *section) written(name string) (at model.Span, via []model.Span) {
	if sec.body == nil {
		return model.Span{}, nil
	}
	a := sec.body.attr(name)
	if a == nil {
		return model.Span{}, nil
	}
	from, via := sec.scope.trace(a.expr)
	if sec.value != cty.NilVal { // a plan is nothing to edit
		via = append(via, sec.node.Head())
	}
	via = slices.DeleteFunc(via, func(s model.Span) bool { return s.IsZero() || s.Source.Stock })
	if sec.scope.mod.adapter && len(via) == 0 {
		via = append(via, sec.node.Head())
	}
	return from.scope.at(from.expr), via
}

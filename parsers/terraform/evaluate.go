package terraform

import (
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/gwlint/gwlint/model"
)

// eval is the value of an expression, unknown where it cannot be told. It
// never fails: what Terraform would report is a value that cannot be told.
func (s *scope) eval(e hcl.Expression) (v cty.Value) {
	defer func() {
		if recover() != nil { // of the libraries, on values they do not expect
			v = untold(needsSource, "the expression")
		}
	}()
	if lit, ok := e.(*hclsyntax.LiteralValueExpr); ok {
		if weight(lit.Val) > heaviest {
			return untold(needsSource, "the number is too large")
		}
		return lit.Val
	}
	if v, ok := s.choose(e); ok {
		return v
	}
	vars := e.Variables()
	ctx := &hcl.EvalContext{Functions: s.callable()}
	if len(vars) > 0 {
		var size int
		ctx.Variables, size = s.context(e, vars)
		if explodes(e, size) {
			return untold(needsSource, "it is too large")
		}
	} else if explodes(e, 0) {
		return untold(needsSource, "it is too large")
	}
	for range 20 { // names of functions that are not known, one at a time
		var diags hcl.Diagnostics
		v, diags = e.Value(ctx)
		if !diags.HasErrors() {
			return v
		}
		if !s.learn(e, diags) {
			return untold(needsSource, strings.ToLower(diags[0].Summary))
		}
	}
	return untold(needsSource, "the expression")
}

// choose evaluates a conditional whose condition is known, or a list with such
// in it: by the branch taken alone. The library gives a result the marks of
// both branches, and so links that are not there.
func (s *scope) choose(e hcl.Expression) (v cty.Value, ok bool) {
	switch n := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return s.choose(n.Expression)
	case *hclsyntax.TupleConsExpr:
		if !slices.ContainsFunc(n.Exprs, func(x hclsyntax.Expression) bool { _, ok := x.(*hclsyntax.ConditionalExpr); return ok }) {
			return cty.NilVal, false
		}
		all := make([]cty.Value, len(n.Exprs))
		for i, x := range n.Exprs {
			all[i] = s.eval(x)
		}
		return cty.TupleVal(all), true
	case *hclsyntax.ConditionalExpr:
		condition := s.eval(n.Condition)
		branch := n.FalseResult
		switch text, _ := asText(condition); text {
		case "true":
			branch = n.TrueResult
		case "false":
		default:
			return cty.NilVal, false
		}
		v = s.eval(branch)
		for _, m := range marksOf(condition) {
			if m.kind != isReference {
				v = v.Mark(m)
			}
		}
		return v, true
	}
	return cty.NilVal, false
}

// learn adds functions that an expression calls and nobody knows.
func (s *scope) learn(e hcl.Expression, diags hcl.Diagnostics) (learned bool) {
	all := s.callable()
	for _, d := range diags {
		if extra, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallUnknownDiagExtra](d); ok {
			name := extra.CalledFunctionNamespace() + extra.CalledFunctionName()
			if _, known := all[name]; !known {
				all[name] = unknownFunction(name)
				learned = true
			}
		}
	}
	return learned
}

// explodes reports whether loops in the expression could run for more rounds
// than is worth waiting for.
func explodes(e hcl.Expression, size int) bool {
	n, ok := e.(hclsyntax.Node)
	if !ok {
		return false
	}
	w := &loops{size: max(size, 1024)}
	_ = hclsyntax.Walk(n, w)
	return w.bad
}

type loops struct {
	size   int
	nested []int
	bad    bool
}

func (w *loops) Enter(n hclsyntax.Node) hcl.Diagnostics {
	switch n := n.(type) {
	case *hclsyntax.ForExpr:
		depth := 0
		if k := len(w.nested); k > 0 {
			depth = w.nested[k-1]
		}
		w.nested = append(w.nested, depth+1)
		rounds := 1
		for range depth + 1 {
			if rounds *= w.size; rounds > 1<<30 {
				w.bad = true
				return nil
			}
		}
		w.bad = w.bad || depth >= 3
	case *hclsyntax.LiteralValueExpr:
		w.bad = w.bad || weight(n.Val) > heaviest
	}
	return nil
}

func (w *loops) Exit(n hclsyntax.Node) hcl.Diagnostics {
	if _, ok := n.(*hclsyntax.ForExpr); ok {
		w.nested = w.nested[:len(w.nested)-1]
	}
	return nil
}

// context holds what an expression refers to, and no more. The size is the
// number of elements of its largest collection.
func (s *scope) context(e hcl.Expression, vars []hcl.Traversal) (map[string]cty.Value, int) {
	ctx := map[string]cty.Value{}
	wanted := map[string]*wish{}
	for _, t := range vars {
		root := t.RootName()
		if v, ok := s.local[root]; ok {
			ctx[root] = v
			continue
		}
		w := wanted[root]
		if w == nil {
			w = &wish{}
			wanted[root] = w
		}
		w.add(t[1:])
	}
	size := 0
	splat := []string(nil)
	for root, w := range wanted {
		var v cty.Value
		switch root {
		case "var":
			v = w.object(s.variable)
		case "local":
			v = w.object(s.localValue)
		case "path":
			v = w.object(s.pathValue)
		case "terraform", "tofu":
			v = w.object(func(name string) cty.Value { return untold(needsVariable, "terraform."+name) })
		case "module":
			v = w.object(func(name string) cty.Value { return s.moduleValue(name, w.kids[name]) })
		case "each", "count", "self":
			v = untold(needsSource, root)
		case "data", "ephemeral":
			v = w.object(func(kind string) cty.Value {
				return w.kids[kind].object(func(name string) cty.Value {
					return s.reference(root+"."+kind+"."+name, w.kids[kind].kids[name], nil)
				})
			})
		default:
			if splat == nil {
				splat = append(splatNames(e), "")
			}
			v = w.object(func(name string) cty.Value { return s.reference(root+"."+name, w.kids[name], splat) })
		}
		ctx[root] = v
		size = max(size, widest(v, 3))
	}
	for _, v := range s.local {
		size = max(size, widest(v, 3))
	}
	return ctx, size
}

// widest is the number of elements of the largest collection in v.
func widest(v cty.Value, depth int) int {
	v, _ = v.Unmark()
	if depth < 0 || !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
		return 0
	}
	n := v.LengthInt()
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		n = max(n, widest(e, depth-1))
	}
	return n
}

// A wish is which parts of an object are asked for: names, one below the
// other. Indexes between them are left out.
type wish struct {
	kids  map[string]*wish
	names []string
	whole bool // also as it is
}

func (w *wish) add(t hcl.Traversal) {
	for len(t) > 0 {
		step, ok := t[0].(hcl.TraverseAttr)
		name := step.Name
		if !ok {
			index, isIndex := t[0].(hcl.TraverseIndex)
			t = t[1:]
			if !isIndex || index.Key.Type() != cty.String {
				continue
			}
			// x["name"] is x.name of an object, or a copy of for_each
			if w.kids == nil || w.kids[index.Key.AsString()] == nil {
				w.want(index.Key.AsString())
			}
			w.add(t)
			return
		}
		w = w.want(name)
		t = t[1:]
	}
	w.whole = true
}

func (w *wish) want(name string) *wish {
	if w.kids == nil {
		w.kids = map[string]*wish{}
	}
	k := w.kids[name]
	if k == nil {
		k = &wish{}
		w.kids[name] = k
		w.names = append(w.names, name)
	}
	return k
}

// object has the values that are asked for.
func (w *wish) object(value func(name string) cty.Value) cty.Value {
	all := map[string]cty.Value{}
	if w != nil {
		for _, name := range w.names {
			all[name] = value(name)
		}
	}
	return cty.ObjectVal(all)
}

// splatNames are the attributes that splats in an expression ask for.
func splatNames(e hcl.Expression) (names []string) {
	n, ok := e.(hclsyntax.Node)
	if !ok {
		return nil
	}
	_ = hclsyntax.VisitAll(n, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n := n.(type) {
		case *hclsyntax.SplatExpr:
			if each, ok := n.Each.(*hclsyntax.RelativeTraversalExpr); ok {
				for _, step := range each.Traversal {
					if a, ok := step.(hcl.TraverseAttr); ok {
						names = append(names, a.Name)
						break
					}
				}
			}
		case *hclsyntax.RelativeTraversalExpr: // a.b[each.key].c
			if a, ok := n.Traversal[0].(hcl.TraverseAttr); ok {
				names = append(names, a.Name)
			}
		}
		return nil
	})
	return names
}

func (s *scope) pathValue(name string) cty.Value {
	switch name {
	case "module":
		return cty.StringVal(relative(s.root, s.mod.dir))
	case "root":
		return cty.StringVal(".")
	}
	return untold(needsSource, "path."+name)
}

// moduleValue are the outputs asked for of a module call.
func (s *scope) moduleValue(name string, w *wish) cty.Value {
	x := s.child(name)
	if x == nil {
		return untold(needsSource, "module."+name+" is not declared")
	}
	one := func(c *instance) cty.Value {
		if c == nil {
			return untold(needsInit, "module."+strings.TrimPrefix(s.path+"."+name, "."))
		}
		all := map[string]cty.Value{}
		if w != nil && !w.whole {
			for _, n := range w.names {
				if c.mod.outputs[n] != nil {
					all[n] = c.output(n)
				}
			}
		}
		if len(all) == 0 || w != nil && len(all) < len(w.names) {
			for n := range c.mod.outputs {
				if _, ok := all[n]; !ok {
					all[n] = c.output(n)
				}
			}
		}
		if c.mod.adapter { // the real one has more outputs
			for _, n := range w.names {
				if _, ok := all[n]; !ok {
					all[n] = untold(needsInit, "output "+n+" of "+c.path)
				}
			}
		}
		return cty.ObjectVal(all)
	}
	return x.value(one)
}

// value is what the name of the block stands for in expressions.
func (x *expansion[T]) value(one func(T) cty.Value) cty.Value {
	switch {
	case x.single:
		return one(x.all[0])
	case x.untold != "":
		if len(x.all) == 0 {
			return untold(needsSource, x.untold)
		}
		v := one(x.all[0])
		var marks []cty.ValueMarks
		for _, m := range marksOf(v) {
			marks = append(marks, cty.NewValueMarks(m))
		}
		return cty.DynamicVal.WithMarks(marks...).Mark(mark{kind: isUntold, text: x.untold})
	}
	_, marks := x.marks.Unmark()
	if len(x.keys) > 0 && x.keys[0].Type() == cty.String {
		all := map[string]cty.Value{}
		for i, k := range x.keys {
			all[k.AsString()] = one(x.all[i])
		}
		return cty.ObjectVal(all).WithMarks(marks)
	}
	all := make([]cty.Value, len(x.all))
	for i, c := range x.all {
		all[i] = one(c)
	}
	return cty.TupleVal(all).WithMarks(marks)
}

// reference is what the name of a resource stands for: the attributes that are
// asked for, as configured, and marked with the address; so that a link is
// found wherever the value arrives.
func (s *scope) reference(name string, w *wish, splat []string) cty.Value {
	full := strings.TrimPrefix(s.path+"."+name, ".")
	if s.mod.declared[name] == nil {
		return untold(needsSource, full+" is not declared")
	}
	x := s.resource(name)
	names := map[string]bool{}
	if w != nil {
		for _, n := range w.names {
			names[n] = true
		}
	}
	for _, n := range splat {
		if n != "" {
			names[n] = true
		}
	}
	return x.value(func(r *resource) cty.Value {
		if r == nil {
			return cty.DynamicVal.Mark(mark{kind: isReference, text: full})
		}
		keys := map[string]bool{}
		for _, k := range x.keys {
			if k != cty.NilVal && k.IsKnown() && k.Type() == cty.String {
				keys[k.AsString()] = true
			}
		}
		all := map[string]cty.Value{}
		for n := range names {
			if w != nil && keys[n] && w.kids[n] != nil { // the key of a copy: what follows it is asked of the copy
				for _, below := range w.kids[n].names {
					all[below] = r.attribute(below)
				}
				continue
			}
			all[n] = r.attribute(n)
		}
		if len(all) == 0 || w != nil && w.whole && len(splat) <= 1 {
			return cty.DynamicVal.Mark(mark{kind: isReference, text: r.addr})
		}
		return cty.ObjectVal(all)
	})
}

// attribute of a resource, as configured; else to be known after apply.
func (r *resource) attribute(name string) cty.Value {
	link := mark{kind: isReference, text: r.addr, attr: name}
	if r.block == nil {
		if v := member(r.planned, name); v != cty.NilVal {
			return v
		}
		return cty.DynamicVal.Mark(link)
	}
	if a := r.block.body.attr(name); a != nil {
		return r.scope.once("resource "+r.addr+"."+name, func() cty.Value {
			return r.scope.eval(a.expr).Mark(link)
		})
	}
	return cty.DynamicVal.Mark(link)
}

// resource is what a resource or data block makes.
func (i *instance) resource(name string) *expansion[*resource] {
	if x, ok := i.known[name]; ok {
		return x
	}
	b := i.mod.declared[name]
	x := &expansion[*resource]{untold: "it needs itself"}
	i.known[name] = x
	made := expand(i.scope(), b.body, func(s *scope, suffix, maybe string) *resource {
		addr := strings.TrimPrefix(i.path+"."+name+suffix, ".")
		if maybe == "" {
			maybe = i.maybe
		}
		return &resource{addr: addr, kind: b.label(0), data: b.kind.Text == "data", scope: s, block: b, maybe: maybe}
	})
	*x = *made
	return x
}

// callable are the functions of an instance: those that read files resolve
// their paths from the root directory.
func (i *instance) callable() map[string]function.Function {
	if i.host == nil {
		i.host = make(map[string]function.Function, len(i.functions)+8)
		for name, f := range i.functions {
			i.host[name] = f
		}
		i.readers()
	}
	return i.host
}

func (i *instance) readers() {
	read := func(name string) (string, bool) {
		if path.IsAbs(name) {
			return "", false
		}
		src, err := i.tree.Source(path.Join(i.root, name), Parser{})
		if err != nil || len(src.Text) > heaviest {
			return "", false
		}
		return string(src.Text), true
	}
	reader := func(f func(args []cty.Value) cty.Value) function.Function {
		return function.New(&function.Spec{
			Params:   []function.Parameter{someText},
			VarParam: &anything,
			Type:     function.StaticReturnType(cty.DynamicPseudoType),
			Impl:     func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f(args), nil },
		})
	}
	i.host["file"] = reader(func(args []cty.Value) cty.Value {
		text, ok := read(args[0].AsString())
		if !ok {
			return untold(needsSource, "the file "+args[0].AsString()+" is not there")
		}
		return cty.StringVal(text)
	})
	i.host["fileexists"] = reader(func(args []cty.Value) cty.Value {
		name := args[0].AsString()
		if path.IsAbs(name) {
			return untold(needsSource, "fileexists")
		}
		return cty.BoolVal(i.tree.Exists(path.Join(i.root, name)))
	})
	i.host["templatefile"] = reader(func(args []cty.Value) cty.Value {
		name := args[0].AsString()
		text, ok := read(name)
		if !ok {
			return untold(needsSource, "the file "+name+" is not there")
		}
		if len(args) < 2 {
			return untold(needsSource, "templatefile")
		}
		return i.template(name, text, args[1])
	})
	i.host["templatestring"] = unknownFunction("templatestring")
}

// template renders a file with gaps for the values that cannot be told.
func (i *instance) template(name, text string, vars cty.Value) cty.Value {
	if _, deep := tooDeep([]byte(text), false); deep {
		return untold(needsSource, name+" is nested too deeply")
	}
	parsed, diags := hclsyntax.ParseTemplate([]byte(text), name, hcl.InitialPos)
	if diags.HasErrors() || !vars.IsKnown() || vars.IsNull() {
		return untold(needsSource, "the template "+name)
	}
	values, marks, partial := punch(loosen(vars))
	if !values.CanIterateElements() || values.Type().IsTupleType() {
		return untold(needsSource, "the template "+name)
	}
	ctx := &hcl.EvalContext{Variables: map[string]cty.Value{}, Functions: map[string]function.Function{}}
	for n, f := range i.host {
		if n != "templatefile" {
			ctx.Functions[n] = f
		}
	}
	for _, n := range called(parsed) {
		if _, ok := ctx.Functions[n]; !ok {
			ctx.Functions[n] = unknownFunction(n)
		}
	}
	size := 0
	for it := values.ElementIterator(); it.Next(); {
		k, v := it.Element()
		ctx.Variables[k.AsString()] = v
		size = max(size, widest(v, 3))
	}
	if explodes(parsed, size) {
		return untold(needsSource, "it is too large")
	}
	v, diags := parsed.Value(ctx)
	if diags.HasErrors() {
		return untold(needsSource, "the template "+name)
	}
	v = v.WithMarks(marks...)
	if partial {
		v = v.Mark(mark{kind: isPartial})
	}
	return v
}

// An origin is the expression that a value comes from, where it stands, and
// the statement around it.
type origin struct {
	expr      hcl.Expression
	scope     *scope
	statement model.Span
}

// trace follows an expression to the one that is written as the value:
// through variables, locals, the each of a block, and outputs. The via are the
// expressions on the way, the first one first.
func (s *scope) trace(e hcl.Expression) (at origin, via []model.Span) {
	at = origin{expr: e, scope: s}
	for range 50 {
		next := at.scope.step(at.expr)
		if next.expr == nil || next.scope == nil {
			break
		}
		if from, to := at.scope.at(at.expr), next.scope.at(next.expr); from != to && !from.Holds(to) {
			via = append(via, from)
		}
		at = next
	}
	return at, via
}

// step is the expression that e takes its value from, if that is one.
func (s *scope) step(e hcl.Expression) (next origin) {
	here := func(e hcl.Expression) origin { return origin{expr: e, scope: s} }
	switch n := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return here(n.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return here(n.Wrapped)
	case *hclsyntax.FunctionCallExpr:
		switch n.Name {
		case "tostring", "tonumber", "tobool", "tolist", "toset", "tomap", "nonsensitive":
			if len(n.Args) == 1 {
				return here(n.Args[0])
			}
		case "try", "coalesce": // the first that has a value
			for _, a := range n.Args {
				switch v := s.eval(a); {
				case !plain(v).IsKnown():
					if n.Name == "coalesce" || hasMark(v, isReference) {
						return next
					}
				case !plain(v).IsNull() || n.Name == "try":
					return here(a)
				}
			}
		}
		return next
	case *hclsyntax.ConditionalExpr:
		switch text, _ := asText(s.eval(n.Condition)); text {
		case "true":
			return here(n.TrueResult)
		case "false":
			return here(n.FalseResult)
		}
		return next
	case *hclsyntax.ScopeTraversalExpr:
		return s.follow(n.Traversal)
	case *hclsyntax.IndexExpr, *hclsyntax.RelativeTraversalExpr:
		return next
	}
	if t, diags := hcl.AbsTraversalForExpr(e); !diags.HasErrors() && hcl.ExprAsKeyword(e) == "" {
		return s.follow(t)
	}
	return next
}

// follow finds the expression behind a reference.
func (s *scope) follow(t hcl.Traversal) (next origin) {
	if len(t) < 2 {
		return next
	}
	a, ok := t[1].(hcl.TraverseAttr)
	if !ok {
		return next
	}
	name, rest := a.Name, t[2:]
	switch root := t.RootName(); root {
	case "var":
		if b := s.mod.variables[name]; b != nil {
			next, _ = s.variableOrigin(b)
		}
	case "local":
		if a := s.mod.locals[name]; a != nil {
			next = origin{a.expr, s.instance.scope(), a.span}
		}
	case "module":
		if x := s.child(name); x != nil && x.single && x.all[0] != nil && len(rest) > 0 {
			if out, ok := rest[0].(hcl.TraverseAttr); ok {
				if b := x.all[0].mod.outputs[out.Name]; b != nil && b.body.attr("value") != nil {
					v := b.body.attr("value")
					next, rest = origin{v.expr, x.all[0].scope(), v.span}, rest[1:]
				}
			}
		}
	default:
		if e, ok := s.exprs[root+"."+name]; ok && s.from != nil {
			next = origin{expr: e, scope: s.from}
		}
	}
	for _, step := range rest {
		if next.expr == nil {
			return next
		}
		next = item(next.expr, next.scope, stepKey(step))
	}
	return next
}

func stepKey(t hcl.Traverser) string {
	switch t := t.(type) {
	case hcl.TraverseAttr:
		return t.Name
	case hcl.TraverseIndex:
		s, _ := asText(t.Key)
		return s
	}
	return ""
}

// item is the expression of one element of a collection that is written out,
// perhaps behind references: by key, or by number.
func item(e hcl.Expression, s *scope, key string) (next origin) {
	if s == nil || s.nesting > deepestNeed {
		return next
	}
	s.nesting++
	at, _ := s.trace(e)
	s.nesting--
	if pairs, diags := hcl.ExprMap(at.expr); !diags.HasErrors() {
		for _, p := range pairs {
			if name, ok := literal(p.Key); ok && name == key {
				next = origin{expr: p.Value, scope: at.scope}
			}
		}
		return next
	}
	if list, diags := hcl.ExprList(at.expr); !diags.HasErrors() {
		if n, ok := wholeNumber(cty.StringVal(key)); ok && n < len(list) {
			next = origin{expr: list[n], scope: at.scope}
		}
	}
	return next
}

// at is where an expression is written.
func (s *scope) at(e hcl.Expression) model.Span { return s.instance.at(e.Range()) }

func (l *loader) at(r hcl.Range) model.Span {
	if f := l.files[r.Filename]; f != nil {
		return f.span(r)
	}
	return model.Span{}
}

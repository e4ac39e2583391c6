package terraform

import (
	"fmt"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// A loader reads one root.
type loader struct {
	tree      *files.Tree
	place     *model.Place
	root      string // the directory
	modules   map[string]*module
	files     map[string]*file // by path as people see it, which is what ranges name
	functions map[string]function.Function
	manifest  map[string]string // installed modules
	locked    map[string]lock   // provider source to version
	graph     *graph
	instances int
	nesting   int // of values that need each other
	findings  []model.Finding
	untold    map[string]int // settings, by what would help
}

func newLoader(t *files.Tree, place *model.Place) *loader {
	l := &loader{tree: t, place: place, modules: map[string]*module{}, files: map[string]*file{}, functions: pure()}
	l.graph = newGraph()
	return l
}

// parseAll parses in parallel; the results are kept for the loads.
func parseAll(t *files.Tree, names []string) map[string]*file {
	parsed := make([]*file, len(names))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		wg.Go(func() {
			for i := range next {
				parsed[i] = parse(t, names[i])
			}
		})
	}
	for i := range names {
		next <- i
	}
	close(next)
	wg.Wait()
	out := map[string]*file{}
	for i, name := range names {
		out[name] = parsed[i]
	}
	return out
}

// An instance is one call of a module, or the root. Everything in it is
// worked out when asked for, once.
type instance struct {
	*loader
	mod      *module
	path     string // "module.alb[0]", "" of the root
	key      string // of the manifest: "alb"
	parent   *scope // in which the call stands; nil of the root
	call     *block
	maybe    string // why the module may not be there
	given    map[string]setValue
	other    map[string]setValue
	memo     map[string]cty.Value
	busy     map[string]bool
	children map[string]*expansion[*instance]
	known    map[string]*expansion[*resource]
	host     map[string]function.Function // with those that read files
	depth    int
}

// An expansion is what count or for_each make of a block.
type expansion[T any] struct {
	keys   []cty.Value // NilVal: no count and no for_each
	all    []T
	single bool
	untold string    // why the number cannot be told; there is one then, for all
	doubt  string    // why the number is assumed
	marks  cty.Value // those of the number
}

// A scope is where an expression stands: an instance, with the each and the
// iterators of its block.
type scope struct {
	*instance
	local map[string]cty.Value      // each, count and iterators, as the root of a traversal
	exprs map[string]hcl.Expression // by "each.value" and "ingress.value": what they are, for traces
	from  *scope                    // of those expressions
}

const (
	mostInstances = 2000    // of modules in one root
	mostCopies    = 500     // of one block
	deepestCall   = 30      // of modules that call modules
	deepestNeed   = 500     // of values that need each other
	heaviest      = 1 << 20 // about the bytes of a value
)

// directory evaluates a root directory.
func (l *loader) directory(dir string) {
	l.root = dir
	l.manifest = l.installed(dir)
	l.locked = l.lockFile(dir)
	m := l.load(dir)
	i := l.instance(m, "")
	i.given, i.other = l.given(dir)
	l.collect(i)
}

func (l *loader) instance(m *module, p string) *instance {
	l.instances++
	return &instance{loader: l, mod: m, path: p, memo: map[string]cty.Value{}, busy: map[string]bool{},
		children: map[string]*expansion[*instance]{}, known: map[string]*expansion[*resource]{}}
}

func (i *instance) scope() *scope { return &scope{instance: i} }

// once remembers a value; one that needs itself is unknown.
func (i *instance) once(key string, work func() cty.Value) cty.Value {
	if v, ok := i.memo[key]; ok {
		return v
	}
	if i.busy[key] || i.nesting > deepestNeed {
		return untold(needsSource, key+" needs itself")
	}
	i.busy[key] = true
	i.nesting++
	v := work()
	i.nesting--
	delete(i.busy, key)
	if weight(v) > heaviest {
		v = untold(needsSource, key+" is too large")
	}
	i.memo[key] = v
	return v
}

// weight is about the memory that a value takes.
func weight(v cty.Value) int {
	if v == cty.NilVal {
		return 0
	}
	v, _ = v.Unmark()
	switch {
	case !v.IsKnown() || v.IsNull():
		return 1
	case v.Type() == cty.String:
		return 1 + len(v.AsString())
	case v.Type() == cty.Number:
		if exp := v.AsBigFloat().MantExp(nil); exp > 4096 || exp < -4096 {
			return heaviest + 1
		}
		return 1
	case v.CanIterateElements():
		w := 1
		for it := v.ElementIterator(); it.Next() && w <= heaviest; {
			_, e := it.Element()
			w += weight(e)
		}
		return w
	}
	return 1
}

// variable is the value that a call, a file of variables, or a default gives.
func (i *instance) variable(name string) cty.Value {
	return i.once("var."+name, func() cty.Value {
		b := i.mod.variables[name]
		if b == nil {
			return untold(needsSource, "var."+name+" is not declared")
		}
		from, doubt := i.variableOrigin(b)
		if from.expr == nil {
			return i.typed(b, untold(needsVariable, "var."+name))
		}
		v := i.typed(b, from.scope.eval(from.expr))
		if doubt != "" {
			v = v.Mark(mark{kind: isAssumed, text: doubt})
		}
		if flag := b.body.attr("sensitive"); flag != nil && i.truth(flag) || secretName(name) && v.Type() == cty.String {
			v = v.Mark(mark{kind: isSensitive})
		}
		return explain(v, needsVariable+": var."+name)
	})
}

func (i *instance) truth(a *attribute) bool {
	v, diags := a.expr.Value(nil)
	if diags.HasErrors() {
		return false
	}
	s, _ := asText(v)
	return s == "true"
}

// variableOrigin is the expression that gives a variable its value, and why
// another one might: "" when it does for sure.
func (i *instance) variableOrigin(b *block) (from origin, doubt string) {
	name := b.label(0)
	def := b.body.attr("default")
	if i.parent != nil {
		if a := i.call.body.attr(name); a != nil && !metaArgument(name) {
			nullable := b.body.attr("nullable")
			if def == nil || nullable == nil || i.truth(nullable) || !plain(i.parent.eval(a.expr)).IsNull() {
				return origin{a.expr, i.parent, a.span}, ""
			}
		}
		if def != nil {
			return origin{def.expr, i.scope(), def.span}, ""
		}
		return origin{}, ""
	}
	if set, ok := i.given[name]; ok {
		return origin{set.attr.expr, i.scope(), set.attr.span}, ""
	}
	if set, ok := i.other[name]; ok && def == nil {
		return origin{set.attr.expr, i.scope(), set.attr.span}, "from " + set.file + ", if that is used"
	}
	if def != nil {
		return origin{def.expr, i.scope(), def.span}, "default of var." + name + ", which a caller may set"
	}
	return origin{}, ""
}

func metaArgument(name string) bool {
	switch name {
	case "source", "version", "providers", "count", "for_each", "depends_on":
		return true
	}
	return false
}

// typed converts to the declared type, with the defaults of optional
// attributes. What does not convert stays as it is.
func (i *instance) typed(b *block, v cty.Value) (out cty.Value) {
	t := b.body.attr("type")
	if t == nil {
		return v
	}
	want, defaults, diags := typeexpr.TypeConstraintWithDefaults(t.expr)
	if diags.HasErrors() {
		return v
	}
	defer func() {
		if recover() != nil { // of a value that the libraries do not take
			out = v
		}
	}()
	out = v
	if defaults != nil && !v.IsNull() {
		bare, marks := v.Unmark()
		out = defaults.Apply(bare).WithMarks(marks)
	}
	if converted, err := convert.Convert(out, want); err == nil {
		return converted
	}
	return out
}

func (i *instance) localValue(name string) cty.Value {
	return i.once("local."+name, func() cty.Value {
		a := i.mod.locals[name]
		if a == nil {
			return untold(needsSource, "local."+name+" is not declared")
		}
		return i.scope().eval(a.expr)
	})
}

func (i *instance) output(name string) cty.Value {
	return i.once("output."+name, func() cty.Value {
		b := i.mod.outputs[name]
		if b == nil || b.body.attr("value") == nil {
			return untold(needsSource, "output "+name+" of "+i.path)
		}
		v := i.scope().eval(b.body.attr("value").expr)
		if flag := b.body.attr("sensitive"); flag != nil && i.truth(flag) {
			v = v.Mark(mark{kind: isSensitive})
		}
		return v
	})
}

// child is what a module call makes.
func (i *instance) child(name string) *expansion[*instance] {
	if x, ok := i.children[name]; ok {
		return x
	}
	at := slices.IndexFunc(i.mod.calls, func(b *block) bool { return b.label(0) == name })
	if at < 0 {
		return nil
	}
	x := &expansion[*instance]{untold: "the module needs itself"}
	i.children[name] = x
	call := i.mod.calls[at]
	key := strings.TrimPrefix(i.key+"."+name, ".")
	mod := i.called(call, key)
	made := expand(i.scope(), call.body, func(s *scope, suffix, maybe string) *instance {
		if mod == nil || i.instances > mostInstances || i.depth > deepestCall {
			return nil
		}
		c := i.instance(mod, strings.TrimPrefix(i.path+".module."+name+suffix, "."))
		c.parent, c.call, c.key, c.depth = s, call, key, i.depth+1
		c.maybe = maybe
		if maybe == "" {
			c.maybe = i.maybe
		}
		return c
	})
	*x = *made
	return x
}

// called is the module that a call names: local, installed, or one of the
// registry that is known here. It is nil when it is not there.
func (i *instance) called(call *block, key string) *module {
	src := source(call)
	if dir, ok := local(i.mod.dir, src); ok {
		if i.mod.adapter {
			return nil
		}
		if !i.tree.Exists(dir) || len(configuration(i.tree, dir)) == 0 {
			return nil
		}
		return i.load(dir)
	}
	if dir, ok := i.manifest[key]; ok && len(configuration(i.tree, dir)) > 0 {
		return i.load(dir)
	}
	return i.adapterOf(src)
}

// expand works out count and for_each of a block.
func expand[T any](s *scope, b *body, build func(s *scope, suffix, maybe string) T) *expansion[T] {
	x := &expansion[T]{}
	one := func(why string, local map[string]cty.Value) *expansion[T] {
		x.untold = why
		x.all, x.keys = []T{build(&scope{instance: s.instance, local: local}, "[?]", why)}, []cty.Value{cty.DynamicVal}
		return x
	}
	count, forEach := b.attr("count"), b.attr("for_each")
	switch {
	case count != nil:
		v := s.eval(count.expr)
		x.marks, x.doubt = v, assumption(v)
		n, ok := wholeNumber(v)
		unknown := map[string]cty.Value{"count": cty.ObjectVal(map[string]cty.Value{"index": untold(needsSource, "count.index")})}
		switch {
		case !ok && plain(v).IsKnown() && !plain(v).IsNull():
			return one("count is no number", unknown)
		case !ok:
			return one("count cannot be told: "+whyUnknown(v), unknown)
		case n > mostCopies:
			return one("there are "+strconv.Itoa(n), unknown)
		}
		for k := range n {
			local := map[string]cty.Value{"count": cty.ObjectVal(map[string]cty.Value{"index": cty.NumberIntVal(int64(k))})}
			x.keys = append(x.keys, cty.NumberIntVal(int64(k)))
			x.all = append(x.all, build(&scope{instance: s.instance, local: local}, "["+strconv.Itoa(k)+"]", x.doubt))
		}
	case forEach != nil:
		v := s.eval(forEach.expr)
		x.marks, x.doubt = v, assumption(shell(v))
		bare, _ := v.Unmark()
		unknown := map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{
			"key": untold(needsSource, "each.key"), "value": untold(needsSource, "each.value")})}
		switch {
		case !bare.IsKnown():
			return one("for_each cannot be told: "+whyUnknown(v), unknown)
		case bare.IsNull() || !bare.CanIterateElements():
			return one("for_each is no collection", unknown)
		case bare.LengthInt() > mostCopies:
			return one(fmt.Sprintf("there are %d", bare.LengthInt()), unknown)
		}
		_, marks := v.Unmark()
		for it := bare.ElementIterator(); it.Next(); {
			k, e := it.Element()
			if !bare.Type().IsObjectType() && !bare.Type().IsMapType() {
				k = e
			}
			name, ok := asText(k)
			if !ok {
				return one("the keys of for_each cannot be told", unknown)
			}
			e = e.WithMarks(marks)
			sub := &scope{instance: s.instance, local: map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": plain(k), "value": e})}, from: s}
			if part := item(forEach.expr, s, name); part.expr != nil {
				sub.exprs, sub.from = map[string]hcl.Expression{"each.value": part.expr}, part.scope
			}
			x.keys = append(x.keys, cty.StringVal(name))
			x.all = append(x.all, build(sub, "["+strconv.Quote(name)+"]", x.doubt))
		}
	default:
		x.single = true
		x.all, x.keys = []T{build(s, "", "")}, []cty.Value{cty.NilVal}
	}
	return x
}

// shell is a collection with the marks of the collection alone, not of what
// is in it.
func shell(v cty.Value) cty.Value {
	_, marks := v.Unmark()
	return cty.True.WithMarks(marks)
}

func wholeNumber(v cty.Value) (int, bool) {
	s, ok := asText(v)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0
}

// relative is a path as seen from the root directory: Terraform is started
// there.
func relative(root, dir string) string {
	if root == dir {
		return "."
	}
	if root == "." {
		return dir
	}
	up := ""
	for dir != root && !strings.HasPrefix(dir, root+"/") {
		up += "../"
		if root = path.Dir(root); root == "." {
			return up + dir
		}
	}
	return strings.TrimSuffix(up+strings.TrimPrefix(strings.TrimPrefix(dir, root), "/"), "/")
}

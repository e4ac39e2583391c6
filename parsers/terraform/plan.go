package terraform

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"

	"github.com/gwlint/gwlint/model"
)

// A plan as "terraform show -json" writes it, format 0.1 to 1.2: what of it is
// read.
type plan struct {
	PlannedValues struct {
		RootModule planModule `json:"root_module"`
	} `json:"planned_values"`
	ResourceChanges []struct {
		Address string
		Mode    string
		Type    string
		Name    string
		Change  struct {
			Actions        []string
			After          any
			AfterUnknown   any `json:"after_unknown"`
			AfterSensitive any `json:"after_sensitive"`
		}
	} `json:"resource_changes"`
	Configuration struct {
		RootModule planConfig `json:"root_module"`
	}
}

type planModule struct {
	Resources []struct {
		Address         string
		Mode            string
		Type            string
		Name            string
		Values          any
		SensitiveValues any `json:"sensitive_values"`
	}
	ChildModules []planModule `json:"child_modules"`
}

type planConfig struct {
	Resources []struct {
		Address     string
		Expressions map[string]any
	}
	ModuleCalls map[string]struct {
		Expressions map[string]any
		Module      *planConfig
	} `json:"module_calls"`
	Outputs map[string]struct{ Expression any }

	up   *planConfig    // that calls this one
	args map[string]any // of the call
	path string         // "module.alb", without keys
}

// transcode makes UTF-8 of what PowerShell writes when it redirects: UTF-16
// with a mark of its order. The mark of UTF-8 is cut off, too.
func transcode(text []byte) (out []byte, changed bool) {
	var order func(b []byte) uint16
	switch {
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}):
		order = func(b []byte) uint16 { return uint16(b[0]) | uint16(b[1])<<8 }
	case bytes.HasPrefix(text, []byte{0xfe, 0xff}):
		order = func(b []byte) uint16 { return uint16(b[1]) | uint16(b[0])<<8 }
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return text[3:], true
	default:
		return text, false
	}
	units := make([]uint16, 0, len(text)/2)
	for i := 2; i+1 < len(text); i += 2 {
		units = append(units, order(text[i:]))
	}
	out = make([]byte, 0, len(text))
	for _, r := range utf16.Decode(units) {
		out = utf8.AppendRune(out, r)
	}
	return out, true
}

// plan reads a plan, together with the files of the directory it was made
// from, if there are any: their resources take the values that only the plan
// knows.
func (l *loader) plan(name string, paths []string) {
	src, err := l.tree.Source(name, Parser{})
	if err != nil {
		at := model.NewSource(l.tree.Display(name), nil, Parser{})
		l.findings = append(l.findings, complaint("unreadable", at.Span(0, 0), "%s %s", path.Base(name), err))
		return
	}
	if text, changed := transcode(src.Text); changed {
		src = model.NewSource(src.Path, text, Parser{})
		l.tree.Keep(src)
	}
	var p plan
	if err := json.Unmarshal(src.Text, &p); err != nil {
		at := len(src.Text)
		var syntax *json.SyntaxError
		var kind *json.UnmarshalTypeError
		switch {
		case errors.As(err, &syntax):
			at = int(syntax.Offset) - 1
		case errors.As(err, &kind):
			at = int(kind.Offset) - 1
		}
		l.findings = append(l.findings, complaint("syntax", src.Span(at, at), "the plan is damaged at byte %d: %s", at, err))
		return
	}
	if len(paths) > 0 {
		l.directory(path.Dir(paths[0]))
	}
	r := planReader{loader: l, src: src, configs: map[string]*planConfig{}, resources: map[string]*planned{}}
	r.configure(&p.Configuration.RootModule, nil, nil, "")
	r.gather(&p)
	r.locate()
	r.build(len(paths) > 0)
}

// A planReader puts the parts of a plan together.
type planReader struct {
	*loader
	src       *model.Source
	configs   map[string]*planConfig // by the path of the module, without keys
	resources map[string]*planned
	texts     map[string]planText
}

// planned is one resource of a plan.
type planned struct {
	addr, kind, name           string
	data                       bool
	values, unknown, sensitive any
}

func (r *planReader) configure(c, up *planConfig, args map[string]any, at string) {
	c.up, c.args, c.path = up, args, at
	r.configs[at] = c
	for name, call := range c.ModuleCalls {
		if call.Module != nil {
			r.configure(call.Module, c, call.Expressions, strings.TrimPrefix(at+".module."+name, "."))
		}
	}
}

func (r *planReader) gather(p *plan) {
	var walk func(m planModule)
	walk = func(m planModule) {
		for _, x := range m.Resources {
			r.resources[x.Address] = &planned{addr: x.Address, kind: x.Type, name: x.Name, data: x.Mode == "data", values: x.Values, sensitive: x.SensitiveValues}
		}
		for _, c := range m.ChildModules {
			walk(c)
		}
	}
	walk(p.PlannedValues.RootModule)
	for _, x := range p.ResourceChanges {
		known := r.resources[x.Address]
		if known == nil && slices.Contains(x.Change.Actions, "delete") && len(x.Change.Actions) == 1 {
			continue
		}
		if known == nil {
			known = &planned{addr: x.Address, kind: x.Type, name: x.Name, data: x.Mode == "data", values: x.Change.After}
			r.resources[x.Address] = known
		}
		known.unknown = x.Change.AfterUnknown
		if known.sensitive == nil {
			known.sensitive = x.Change.AfterSensitive
		}
	}
}

// build makes resources of the graph; where the files have one of the same
// address, that one takes the values.
func (r *planReader) build(withFiles bool) {
	empty := r.instance(&module{declared: map[string]*block{}}, "")
	for _, addr := range slices.Sorted(maps.Keys(r.resources)) {
		p := r.resources[addr]
		if !relevant(p.kind) {
			continue
		}
		v := r.value(p, p.values, p.unknown, p.sensitive, r.expressions(p))
		if known := r.graph.byAddr[addr]; known != nil {
			known.planned = v
			continue
		}
		if withFiles && r.graph.at(stripped(addr)) != nil {
			continue // the files know it, if not how many there are
		}
		at := r.texts[addr]
		n := &model.Node{Name: model.Word{Text: "resource", Span: at.name}, Args: []model.Word{{Text: p.kind}, {Text: p.name}}, Span: at.name}
		n.Args[0].Span, n.Args[1].Span = at.name, at.name
		res := &resource{addr: addr, kind: p.kind, data: p.data, scope: empty.scope(), planned: v}
		res.sec = &section{res: res, node: n, scope: res.scope, body: at.body, value: v, subs: map[string][]*section{}, more: map[string]string{}}
		r.graph.add(res)
	}
}

// A planText is where a resource stands in the text of the plan.
type planText struct {
	name model.Span // its address
	body *body      // its values
}

// locate finds the resources in the text: the values that people see are those
// of planned_values, else those of the changes.
func (r *planReader) locate() {
	r.texts = map[string]planText{}
	if _, deep := deepJSON(r.src.Text); deep {
		return
	}
	f, _ := hcljson.Parse(r.src.Text, r.src.Path)
	if f == nil || f.Body == nil {
		return
	}
	r.files[r.src.Path] = &file{src: r.src}
	attrs, _ := f.Body.JustAttributes()
	members := func(e hcl.Expression) map[string]hcl.Expression {
		all := map[string]hcl.Expression{}
		if e == nil {
			return nil
		}
		pairs, _ := hcl.ExprMap(e)
		for _, p := range pairs {
			if key, ok := literal(p.Key); ok {
				all[key] = p.Value
			}
		}
		return all
	}
	elements := func(e hcl.Expression) []hcl.Expression {
		if e == nil {
			return nil
		}
		all, _ := hcl.ExprList(e)
		return all
	}
	note := func(x map[string]hcl.Expression, values hcl.Expression) {
		addr, ok := "", false
		if x["address"] != nil {
			addr, ok = literal(x["address"])
		}
		if _, known := r.texts[addr]; known || !ok {
			return
		}
		at := planText{name: r.at(x["address"].Range())}
		if values != nil {
			if pairs, diags := hcl.ExprMap(values); !diags.HasErrors() {
				at.body = objectBody(r.src, values, pairs)
			}
		}
		r.texts[addr] = at
	}
	var walk func(e hcl.Expression, depth int)
	walk = func(e hcl.Expression, depth int) {
		m := members(e)
		for _, x := range elements(m["resources"]) {
			x := members(x)
			note(x, x["values"])
		}
		for _, c := range elements(m["child_modules"]) {
			if depth < deepestCall {
				walk(c, depth+1)
			}
		}
	}
	if a := attrs["planned_values"]; a != nil {
		walk(members(a.Expr)["root_module"], 0)
	}
	if a := attrs["resource_changes"]; a != nil {
		for _, x := range elements(a.Expr) {
			x := members(x)
			note(x, members(x["change"])["after"])
		}
	}
}

// stripped is an address without the keys of copies.
func stripped(addr string) string {
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(addr); i++ {
		switch c := addr[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// expressions of a resource in the configuration, nil where that is missing.
func (r *planReader) expressions(p *planned) any {
	addr := stripped(p.addr)
	own := p.kind + "." + p.name
	if p.data {
		own = "data." + own
	}
	c := r.configs[strings.TrimSuffix(strings.TrimSuffix(addr, own), ".")]
	if c == nil {
		return nil
	}
	for _, x := range c.Resources {
		if x.Address == own {
			return boundExpression{c, x.Expressions}
		}
	}
	return nil
}

// A boundExpression is an expression of the configuration of a module.
type boundExpression struct {
	config *planConfig
	expr   any
}

// value puts together what is planned, what is not known yet, and what the
// configuration refers to.
func (r *planReader) value(p *planned, v, unknown, sensitive, expr any) cty.Value {
	bound, _ := expr.(boundExpression)
	below := func(key string, i int) any {
		switch e := bound.expr.(type) {
		case map[string]any:
			return boundExpression{bound.config, e[key]}
		case []any:
			if i >= 0 && i < len(e) {
				return boundExpression{bound.config, e[i]}
			}
		}
		return nil
	}
	var out cty.Value
	switch {
	case unknown == true:
		out = cty.DynamicVal
	default:
		switch x := v.(type) {
		case map[string]any:
			u, _ := unknown.(map[string]any)
			s, _ := sensitive.(map[string]any)
			all := map[string]cty.Value{}
			for key := range x {
				all[key] = r.value(p, x[key], u[key], s[key], below(key, -1))
			}
			for key := range u {
				if _, ok := all[key]; !ok && u[key] == true {
					all[key] = r.value(p, nil, true, s[key], below(key, -1))
				}
			}
			out = cty.ObjectVal(all)
		case []any:
			u, _ := unknown.([]any)
			s, _ := sensitive.([]any)
			all := make([]cty.Value, len(x))
			for i := range x {
				all[i] = r.value(p, x[i], nth(u, i), nth(s, i), below("", i))
			}
			out = cty.TupleVal(all)
		case string:
			out = cty.StringVal(x)
		case float64:
			out = cty.NumberFloatVal(x)
		case bool:
			out = cty.BoolVal(x)
		default:
			out = cty.NullVal(cty.DynamicPseudoType)
		}
	}
	if e, ok := bound.expr.(map[string]any); ok {
		for _, m := range r.resolve(bound.config, p, e["references"], 0) {
			out = out.Mark(m)
		}
	}
	if sensitive == true {
		out = out.Mark(mark{kind: isSensitive})
	}
	return out
}

func nth(all []any, i int) any {
	if i < len(all) {
		return all[i]
	}
	return nil
}

// resolve follows references to resources, through variables and outputs.
// Among copies, the one with the key of the resource that refers is meant.
func (r *planReader) resolve(c *planConfig, p *planned, references any, depth int) (marks []mark) {
	names, _ := references.([]any)
	if depth > deepestCall || c == nil {
		return nil
	}
	for _, n := range names {
		ref, _ := n.(string)
		steps := strings.Split(stripped(ref), ".")
		switch {
		case len(steps) < 2:
		case steps[0] == "var":
			if e, ok := c.args[steps[1]].(map[string]any); ok {
				marks = append(marks, r.resolve(c.up, p, e["references"], depth+1)...)
			}
		case steps[0] == "module" && len(steps) > 2:
			if call := c.ModuleCalls[steps[1]]; call.Module != nil {
				if e, ok := call.Module.Outputs[steps[2]].Expression.(map[string]any); ok {
					marks = append(marks, r.resolve(call.Module, p, e["references"], depth+1)...)
				}
			}
		case slices.Contains([]string{"local", "each", "count", "path", "terraform", "self", "module"}, steps[0]):
		default:
			own := 2
			if steps[0] == "data" {
				own = 3
			}
			if len(steps) < own {
				continue
			}
			addr := strings.TrimPrefix(c.path+"."+strings.Join(steps[:own], "."), ".")
			attr := strings.Join(steps[own:], ".")
			if i := strings.LastIndexByte(p.addr, '['); i >= 0 && r.resources[addr+p.addr[i:]] != nil {
				addr += p.addr[i:]
			}
			m := mark{kind: isReference, text: addr, attr: attr}
			if attr != "" || !slices.ContainsFunc(marks, func(o mark) bool { return strings.HasPrefix(o.text, addr) }) {
				marks = append(marks, m)
			}
		}
	}
	return marks
}

package terraform

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"net"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/apparentlymart/go-cidr/cidr"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"go.yaml.in/yaml/v3"
)

// pure are the functions that need nothing but their arguments, by the names
// of Terraform's documentation. What is not among them yields an unknown
// value: see unknownFunction.
func pure() map[string]function.Function {
	all := map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "floor": stdlib.FloorFunc, "log": stdlib.LogFunc,
		"max": stdlib.MaxFunc, "min": stdlib.MinFunc, "parseint": stdlib.ParseIntFunc, "pow": stdlib.PowFunc, "signum": stdlib.SignumFunc,

		"chomp": stdlib.ChompFunc, "indent": stdlib.IndentFunc, "join": stdlib.JoinFunc,
		"lower": stdlib.LowerFunc, "upper": stdlib.UpperFunc, "title": stdlib.TitleFunc, "strrev": stdlib.ReverseFunc,
		"regex": stdlib.RegexFunc, "regexall": stdlib.RegexAllFunc, "split": stdlib.SplitFunc, "substr": stdlib.SubstrFunc,
		"trim": stdlib.TrimFunc, "trimprefix": stdlib.TrimPrefixFunc, "trimsuffix": stdlib.TrimSuffixFunc, "trimspace": stdlib.TrimSpaceFunc,
		"format": stdlib.FormatFunc, "formatlist": stdlib.FormatListFunc, "formatdate": stdlib.FormatDateFunc, "timeadd": stdlib.TimeAddFunc,

		"chunklist": stdlib.ChunklistFunc, "coalescelist": stdlib.CoalesceListFunc, "compact": stdlib.CompactFunc,
		"concat": stdlib.ConcatFunc, "contains": stdlib.ContainsFunc, "distinct": stdlib.DistinctFunc, "element": stdlib.ElementFunc,
		"flatten": stdlib.FlattenFunc, "keys": stdlib.KeysFunc, "merge": stdlib.MergeFunc, "range": stdlib.RangeFunc,
		"reverse": stdlib.ReverseListFunc, "setintersection": stdlib.SetIntersectionFunc, "setproduct": stdlib.SetProductFunc,
		"setsubtract": stdlib.SetSubtractFunc, "setunion": stdlib.SetUnionFunc, "slice": stdlib.SliceFunc, "sort": stdlib.SortFunc,
		"values": stdlib.ValuesFunc, "zipmap": stdlib.ZipmapFunc,
		"csvdecode": stdlib.CSVDecodeFunc,

		"try": tryFunc, "can": tryfunc.CanFunc,

		"length": lengthFunc, "lookup": lookupFunc, "coalesce": coalesceFunc, "one": oneFunc, "index": indexFunc,
		"alltrue": boolsFunc(true), "anytrue": boolsFunc(false), "sum": sumFunc, "matchkeys": matchkeysFunc, "transpose": transposeFunc,
		"tostring": conversion(cty.String), "tonumber": conversion(cty.Number), "tobool": conversion(cty.Bool),
		"tolist": conversion(cty.List(cty.DynamicPseudoType)), "toset": conversion(cty.Set(cty.DynamicPseudoType)), "tomap": conversion(cty.Map(cty.DynamicPseudoType)),
		"sensitive": marker(true), "nonsensitive": marker(false), "ephemeralasnull": passFunc,
		"startswith": textPredicate(strings.HasPrefix), "endswith": textPredicate(strings.HasSuffix), "strcontains": textPredicate(strings.Contains),
		"replace": replaceFunc, "jsonencode": jsonEncodeFunc, "jsondecode": jsonDecodeFunc, "yamldecode": yamlDecodeFunc,
		"basename": textFunc(path.Base), "dirname": textFunc(path.Dir), "urlencode": textFunc(url.QueryEscape), "pathexpand": textFunc(func(s string) string { return s }),
		"base64encode": textFunc(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }),
		"base64decode": fallibleFunc(func(s string) (string, error) { b, err := base64.StdEncoding.DecodeString(s); return string(b), err }),
		"md5":          digest(md5.New), "sha1": digest(sha1.New), "sha256": digest(sha256.New), "sha512": digest(sha512.New),
		"cidrhost": cidrHostFunc, "cidrsubnet": cidrSubnetFunc, "cidrsubnets": cidrSubnetsFunc,
		"cidrnetmask": fallibleFunc(func(s string) (string, error) {
			_, n, err := net.ParseCIDR(s)
			if err != nil {
				return "", err
			}
			return net.IP(n.Mask).String(), nil
		}),
	}
	for _, name := range []string{"setproduct", "formatlist", "format", "join", "indent"} {
		all[name] = bounded(all[name])
	}
	return all
}

// unknownFunction stands for a function that is not known here, such as a
// provider's, or whose result differs from run to run: timestamp, uuid.
func unknownFunction(name string) function.Function {
	any := function.Parameter{Name: "args", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true, AllowNull: true}
	return function.New(&function.Spec{
		VarParam: &any,
		Type:     function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func([]cty.Value, cty.Type) (cty.Value, error) {
			return untold(needsSource, "the function "+name), nil
		},
	})
}

// bounded refuses arguments from which a function would make something huge.
func bounded(f function.Function) function.Function {
	open := func(p function.Parameter) function.Parameter { // the types are f's, all else f sees to itself
		p.AllowUnknown, p.AllowDynamicType, p.AllowNull, p.AllowMarked = true, true, true, true
		return p
	}
	params := f.Params()
	for i := range params {
		params[i] = open(params[i])
	}
	rest := f.VarParam()
	if rest != nil {
		p := open(*rest)
		rest = &p
	}
	return function.New(&function.Spec{
		Params:   params,
		VarParam: rest,
		Type: func(args []cty.Value) (cty.Type, error) {
			size := 1
			for _, a := range args {
				size *= max(1, weight(a))
				if s, ok := asText(a); ok && width(s) > 1000 || size > heaviest {
					return cty.NilType, fmt.Errorf("too large to be worked out")
				}
				if a.Type() == cty.Number && numberOver(a, 10000) {
					return cty.NilType, fmt.Errorf("too large to be worked out")
				}
			}
			v, err := f.Call(args)
			if err != nil {
				return cty.NilType, err
			}
			return v.Type(), nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}

// width is the greatest number written in a text: a format's width.
func width(s string) (most int) {
	for i := 0; i < len(s); i++ {
		k := i
		for k < len(s) && s[k] >= '0' && s[k] <= '9' {
			k++
		}
		if k > i && i > 0 && strings.Contains(s, "%") {
			if n, err := strconv.Atoi(s[i:k]); err != nil || n > most {
				most = max(n, most)
				if err != nil {
					return 1 << 30
				}
			}
		}
		i = max(i, k-1)
	}
	return most
}

func numberOver(v cty.Value, limit float64) bool {
	v = plain(v)
	if !v.IsKnown() || v.IsNull() {
		return false
	}
	f, _ := v.AsBigFloat().Float64()
	return f > limit
}

var anything = function.Parameter{Name: "value", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowUnknown: true, AllowNull: true, AllowMarked: true}
var someText = function.Parameter{Name: "text", Type: cty.String}

// tryFunc is the first argument that works out. The one of the libraries
// forgets where a value that cannot be told comes from.
var tryFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "expressions", Type: customdecode.ExpressionClosureType},
	Type:     function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		for _, a := range args {
			if v, diags := customdecode.ExpressionClosureFromVal(a).Value(); !diags.HasErrors() {
				return v, nil
			}
		}
		return cty.NilVal, fmt.Errorf("no argument works out")
	},
})

// lengthFunc also counts strings and objects, and tuples of unknown values.
var lengthFunc = function.New(&function.Spec{
	Params: []function.Parameter{anything},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		t := v.Type()
		switch {
		case t.IsTupleType() && !v.IsNull():
			return cty.NumberIntVal(int64(t.Length())).WithMarks(marks), nil
		case t.IsObjectType() && !v.IsNull():
			return cty.NumberIntVal(int64(len(t.AttributeTypes()))).WithMarks(marks), nil
		case !v.IsKnown():
			return cty.UnknownVal(cty.Number).WithMarks(marks), nil
		case v.IsNull():
			return cty.NilVal, fmt.Errorf("null has no length")
		case t == cty.String:
			n, err := stdlib.Strlen(v)
			return n.WithMarks(marks), err
		case t.IsCollectionType():
			return v.Length().WithMarks(marks), nil
		}
		return cty.NilVal, fmt.Errorf("it has no length")
	},
})

// lookupFunc keeps the default when the key is certainly not there.
var lookupFunc = function.New(&function.Spec{
	Params:   []function.Parameter{anything, {Name: "key", Type: cty.String, AllowMarked: true, AllowUnknown: true}},
	VarParam: &anything,
	Type:     function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		m, mm := args[0].Unmark()
		k, km := args[1].Unmark()
		if !m.IsKnown() || !k.IsKnown() || m.IsNull() {
			return cty.DynamicVal.WithMarks(mm, km), nil
		}
		key := k.AsString()
		switch {
		case m.Type().IsObjectType() && m.Type().HasAttribute(key):
			return m.GetAttr(key).WithMarks(mm, km), nil
		case m.Type().IsMapType() && m.HasIndex(k).True():
			return m.Index(k).WithMarks(mm, km), nil
		case len(args) > 2:
			return args[2].WithMarks(mm, km), nil
		}
		return cty.NilVal, fmt.Errorf("the map has no %q", key)
	},
})

// coalesceFunc takes the first that is neither null nor "".
var coalesceFunc = function.New(&function.Spec{
	VarParam: &anything,
	Type:     function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		for _, a := range args {
			v, _ := a.Unmark()
			if !v.IsKnown() {
				return cty.DynamicVal.WithMarks(slicesOfMarks(args)...), nil
			}
			if s, text := asText(v); v.IsNull() || text && s == "" {
				continue
			}
			return a, nil
		}
		return cty.NilVal, fmt.Errorf("no argument has a value")
	},
})

func slicesOfMarks(args []cty.Value) (all []cty.ValueMarks) {
	for _, a := range args {
		_, m := a.Unmark()
		all = append(all, m)
	}
	return all
}

// oneFunc is the only element, or null.
var oneFunc = function.New(&function.Spec{
	Params: []function.Parameter{anything},
	Type:   function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		if !v.IsKnown() {
			return cty.DynamicVal.WithMarks(marks), nil
		}
		if v.IsNull() || !v.CanIterateElements() || v.LengthInt() > 1 {
			return cty.NilVal, fmt.Errorf("it has more than one element")
		}
		for it := v.ElementIterator(); it.Next(); {
			_, e := it.Element()
			return e.WithMarks(marks), nil
		}
		return cty.NullVal(cty.DynamicPseudoType).WithMarks(marks), nil
	},
})

var indexFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}, {Name: "value", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].CanIterateElements() {
			return cty.NilVal, fmt.Errorf("it is no list")
		}
		for it := args[0].ElementIterator(); it.Next(); {
			k, e := it.Element()
			eq, err := stdlib.Equal(e, args[1])
			if err != nil {
				return cty.NilVal, err
			}
			if !eq.IsKnown() {
				return cty.UnknownVal(cty.Number), nil
			}
			if eq.True() {
				return k, nil
			}
		}
		return cty.NilVal, fmt.Errorf("the value is not in the list")
	},
})

// boolsFunc is alltrue or anytrue.
func boolsFunc(all bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			out := cty.BoolVal(all)
			for it := args[0].ElementIterator(); it.Next(); {
				_, e := it.Element()
				switch {
				case !e.IsKnown():
					out = cty.UnknownVal(cty.Bool)
				case e.IsNull() && all, !e.IsNull() && e.True() != all:
					return cty.BoolVal(!all), nil
				}
			}
			return out, nil
		},
	})
}

var sumFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].CanIterateElements() || args[0].LengthInt() == 0 {
			return cty.NilVal, fmt.Errorf("there is nothing to sum up")
		}
		sum := cty.Zero
		for it := args[0].ElementIterator(); it.Next(); {
			_, e := it.Element()
			n, err := convert.Convert(e, cty.Number)
			if err != nil || n.IsNull() {
				return cty.NilVal, fmt.Errorf("it is no number")
			}
			sum = sum.Add(n)
		}
		return sum, nil
	},
})

var matchkeysFunc = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "values", Type: cty.List(cty.DynamicPseudoType)}, {Name: "keys", Type: cty.List(cty.DynamicPseudoType)}, {Name: "search", Type: cty.List(cty.DynamicPseudoType)}},
	Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() || !args[1].IsWhollyKnown() || !args[2].IsWhollyKnown() {
			return cty.UnknownVal(t), nil
		}
		var out []cty.Value
		wanted, keys := args[2].AsValueSlice(), args[1].AsValueSlice()
		for i, v := range args[0].AsValueSlice() {
			if i < len(keys) && slices.ContainsFunc(wanted, func(w cty.Value) bool { return w.RawEquals(keys[i]) }) {
				out = append(out, v)
			}
		}
		if len(out) == 0 {
			return cty.ListValEmpty(t.ElementType()), nil
		}
		return cty.ListVal(out), nil
	},
})

var transposeFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "map", Type: cty.Map(cty.List(cty.String))}},
	Type:   function.StaticReturnType(cty.Map(cty.List(cty.String))),
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(t), nil
		}
		turned := map[string][]cty.Value{}
		for it := args[0].ElementIterator(); it.Next(); {
			k, list := it.Element()
			for i := list.ElementIterator(); i.Next(); {
				_, e := i.Element()
				turned[e.AsString()] = append(turned[e.AsString()], k)
			}
		}
		out := map[string]cty.Value{}
		for k, list := range turned {
			out[k] = cty.ListVal(list)
		}
		if len(out) == 0 {
			return cty.MapValEmpty(cty.List(cty.String)), nil
		}
		return cty.MapVal(out), nil
	},
})

// conversion is tostring and the like. Elements that cannot be told do not
// make the collection unknown.
func conversion(want cty.Type) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{anything},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, marks := args[0].Unmark()
			if v.Type() == cty.DynamicPseudoType {
				return args[0], nil
			}
			out, err := convert.Convert(v, want)
			if err != nil && v.Type().IsTupleType() && want.IsListType() || v.Type().IsObjectType() && want.IsMapType() && err != nil {
				return args[0], nil // of several types: as it is
			}
			if err != nil {
				return cty.NilVal, err
			}
			return out.WithMarks(marks), nil
		},
	})
}

// passFunc is what it is given.
var passFunc = function.New(&function.Spec{
	Params: []function.Parameter{anything},
	Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return args[0], nil },
})

// marker is sensitive or nonsensitive. What was sensitive stays so here: it is
// the output of gwlint that it is kept out of.
func marker(sensitive bool) function.Function {
	if !sensitive {
		return passFunc
	}
	return function.New(&function.Spec{
		Params: []function.Parameter{anything},
		Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return args[0].Mark(mark{kind: isSensitive}), nil
		},
	})
}

func textPredicate(holds func(s, part string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{someText, someText},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(holds(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

func textFunc(f func(string) string) function.Function {
	return fallibleFunc(func(s string) (string, error) { return f(s), nil })
}

func fallibleFunc(f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{someText},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, err := f(args[0].AsString())
			return cty.StringVal(s), err
		},
	})
}

func digest(make func() hash.Hash) function.Function {
	return textFunc(func(s string) string {
		h := make()
		h.Write([]byte(s))
		return hex.EncodeToString(h.Sum(nil))
	})
}

// replaceFunc takes a pattern between slashes, too.
var replaceFunc = function.New(&function.Spec{
	Params: []function.Parameter{someText, someText, someText},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		s, old, by := args[0].AsString(), args[1].AsString(), args[2].AsString()
		if (len(s)+1)*max(1, len(by)) > heaviest {
			return cty.NilVal, fmt.Errorf("too large to be worked out")
		}
		if len(old) > 1 && old[0] == '/' && old[len(old)-1] == '/' {
			return stdlib.RegexReplace(args[0], cty.StringVal(old[1:len(old)-1]), args[2])
		}
		return cty.StringVal(strings.ReplaceAll(s, old, by)), nil
	},
})

var jsonDecodeFunc = decoder(func(s string) (cty.Value, error) {
	if !json.Valid([]byte(s)) { // also caps the nesting
		return cty.NilVal, fmt.Errorf("it is no JSON")
	}
	return decodeJSON([]byte(s))
})

func decodeJSON(text []byte) (cty.Value, error) {
	t, err := ctyjson.ImpliedType(text)
	if err != nil {
		return cty.NilVal, err
	}
	return ctyjson.Unmarshal(text, t)
}

var yamlDecodeFunc = decoder(func(s string) (cty.Value, error) {
	var any any
	if err := yaml.Unmarshal([]byte(s), &any); err != nil {
		return cty.NilVal, err
	}
	text, err := json.Marshal(any)
	if err != nil {
		return cty.NilVal, err
	}
	return decodeJSON(text)
})

// decoder makes values of text; gaps in the text become unknown again.
func decoder(decode func(string) (cty.Value, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String, AllowMarked: true}},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, marks := args[0].Unmark()
			out, err := decode(v.AsString())
			if err != nil {
				return cty.NilVal, err
			}
			return fill(out).WithMarks(marks), nil
		},
	})
}

var cidrHostFunc = function.New(&function.Spec{
	Params: []function.Parameter{someText, {Name: "host", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		_, n, err := net.ParseCIDR(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		i, _ := args[1].AsBigFloat().Int(nil)
		ip, err := cidr.HostBig(n, i)
		if err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(ip.String()), nil
	},
})

var cidrSubnetFunc = function.New(&function.Spec{
	Params: []function.Parameter{someText, {Name: "bits", Type: cty.Number}, {Name: "number", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		_, n, err := net.ParseCIDR(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		bits, _ := args[1].AsBigFloat().Int64()
		number, _ := args[2].AsBigFloat().Int(nil)
		if bits < 0 || bits > 128 {
			return cty.NilVal, fmt.Errorf("it has no such subnet")
		}
		s, err := cidr.SubnetBig(n, int(bits), number)
		if err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(s.String()), nil
	},
})

var cidrSubnetsFunc = function.New(&function.Spec{
	Params:   []function.Parameter{someText},
	VarParam: &function.Parameter{Name: "bits", Type: cty.Number},
	Type:     function.StaticReturnType(cty.List(cty.String)),
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		_, n, err := net.ParseCIDR(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		ones, _ := n.Mask.Size()
		var current *net.IPNet
		var out []cty.Value
		for _, a := range args[1:] {
			bits, _ := a.AsBigFloat().Int64()
			if bits < 1 || bits > 32 {
				return cty.NilVal, fmt.Errorf("it has no such subnet")
			}
			if current == nil {
				current, err = cidr.Subnet(n, int(bits), 0)
			} else {
				current, _ = cidr.NextSubnet(current, ones+int(bits))
			}
			if err != nil || current == nil {
				return cty.NilVal, fmt.Errorf("it has no such subnet")
			}
			out = append(out, cty.StringVal(current.String()))
		}
		if len(out) == 0 {
			return cty.ListValEmpty(cty.String), nil
		}
		return cty.ListVal(out), nil
	},
})

// called are the names of the functions that an expression calls.
func called(e hcl.Expression) (names []string) {
	n, ok := e.(hclsyntax.Node)
	if !ok {
		return nil
	}
	hclsyntax.VisitAll(n, func(n hclsyntax.Node) hcl.Diagnostics {
		if call, ok := n.(*hclsyntax.FunctionCallExpr); ok {
			names = append(names, call.Name)
		}
		return nil
	})
	return names
}

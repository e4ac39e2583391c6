package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// A gap stands in a text for a part of it that cannot be told. One unknown
// leaf, such as the address of an image, would otherwise make a whole
// jsonencode unknown. It is of private use characters, which no
// configuration has.
const gap = "\uE0F0gwlint\uE0F1"

// fill turns texts with a gap back into unknown values.
func fill(v cty.Value) cty.Value {
	out, err := cty.Transform(v, func(_ cty.Path, v cty.Value) (cty.Value, error) {
		if v.Type() == cty.String && !v.IsMarked() && v.IsKnown() && !v.IsNull() && strings.Contains(v.AsString(), gap) {
			return cty.UnknownVal(cty.String), nil
		}
		return v, nil
	})
	if err != nil {
		return v
	}
	return out
}

// punch is the reverse: unknown leaves become gaps. The marks of the leaves
// are those of the whole then.
func punch(v cty.Value) (out cty.Value, marks []cty.ValueMarks, partial bool) {
	out, paths := v.UnmarkDeepWithPaths()
	for _, p := range paths {
		marks = append(marks, p.Marks)
	}
	if out.IsWhollyKnown() {
		return out, marks, false
	}
	out, err := cty.Transform(out, func(_ cty.Path, v cty.Value) (cty.Value, error) {
		if !v.IsKnown() {
			return cty.StringVal(gap), nil
		}
		return v, nil
	})
	if err != nil { // of a list of numbers, one of which cannot be told
		return cty.StringVal(gap), marks, true
	}
	return out, marks, true
}

// jsonEncodeFunc writes gaps for what cannot be told.
var jsonEncodeFunc = function.New(&function.Spec{
	Params: []function.Parameter{anything},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsKnown() {
			_, marks := args[0].Unmark()
			return cty.UnknownVal(cty.String).WithMarks(marks), nil
		}
		v, marks, partial := punch(loosen(args[0]))
		text, err := ctyjson.Marshal(v, v.Type())
		if err != nil {
			return cty.NilVal, err
		}
		out := cty.StringVal(string(text)).WithMarks(marks...)
		if partial {
			out = out.Mark(mark{kind: isPartial})
		}
		return out, nil
	},
})

// loosen makes tuples and objects of lists and maps, so that an element may
// become a gap whatever the type of the others.
func loosen(v cty.Value) cty.Value {
	v, marks := v.Unmark()
	t := v.Type()
	if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
		return v.WithMarks(marks)
	}
	switch {
	case t.IsListType(), t.IsSetType(), t.IsTupleType():
		var all []cty.Value
		for it := v.ElementIterator(); it.Next(); {
			_, e := it.Element()
			all = append(all, loosen(e))
		}
		return cty.TupleVal(all).WithMarks(marks)
	case t.IsMapType(), t.IsObjectType():
		all := map[string]cty.Value{}
		for it := v.ElementIterator(); it.Next(); {
			k, e := it.Element()
			all[k.AsString()] = loosen(e)
		}
		return cty.ObjectVal(all).WithMarks(marks)
	}
	return v.WithMarks(marks)
}

// render is the text of a template with gaps for the parts that cannot be
// told; ok is false when it is no template.
func (s *scope) render(e hcl.Expression) (v cty.Value, ok bool) {
	t, ok := e.(*hclsyntax.TemplateExpr)
	if !ok {
		return cty.NilVal, false
	}
	var b strings.Builder
	var marks []cty.ValueMarks
	partial := false
	for _, p := range t.Parts {
		v := s.eval(p)
		for _, m := range marksOf(v) {
			marks = append(marks, cty.NewValueMarks(m))
		}
		text, known := asText(v)
		if !known {
			text, partial = gap, true
		}
		b.WriteString(text)
		if b.Len() > heaviest {
			return cty.NilVal, false
		}
	}
	v = cty.StringVal(b.String()).WithMarks(marks...)
	if partial {
		v = v.Mark(mark{kind: isPartial})
	}
	return v, true
}

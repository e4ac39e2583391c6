package terraform

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// A mark rides on a value through locals, modules and functions, and tells at
// its end where the value came from.
type mark struct {
	kind markKind
	text string // address; name of the variable; reason; what would help
	attr string // of a reference
}

type markKind uint8

const (
	isReference markKind = iota // to a resource: address and attribute
	isAssumed                   // rests on a default that a caller may override: the reason
	isSensitive                 // not to be shown
	isUntold                    // cannot be told: the reason
	isPartial                   // text with gaps
)

// Reasons why something cannot be told, by what would help.
const (
	needsInit     = "needs terraform init"
	needsVariable = "needs a variable"
	needsApply    = "known after apply"
	needsSource   = "cannot be worked out"
)

func untold(help, what string) cty.Value {
	return cty.DynamicVal.Mark(mark{kind: isUntold, text: help + ": " + what})
}

// marksOf are the marks on a value and on everything in it, in order.
func marksOf(v cty.Value) []mark {
	if v == cty.NilVal || !v.ContainsMarked() {
		return nil
	}
	_, paths := v.UnmarkDeepWithPaths()
	seen := map[mark]bool{}
	var all []mark
	for _, p := range paths {
		for m := range p.Marks {
			if m, ok := m.(mark); ok && !seen[m] {
				seen[m] = true
				all = append(all, m)
			}
		}
	}
	slices.SortFunc(all, func(a, b mark) int {
		if a.kind != b.kind {
			return int(a.kind) - int(b.kind)
		}
		return strings.Compare(a.text+" "+a.attr, b.text+" "+b.attr)
	})
	return all
}

func hasMark(v cty.Value, k markKind) bool {
	return slices.ContainsFunc(marksOf(v), func(m mark) bool { return m.kind == k })
}

// plain is the value without marks.
func plain(v cty.Value) cty.Value {
	v, _ = v.UnmarkDeep()
	return v
}

// assumption is the reason by which a value is assumed, or "".
func assumption(v cty.Value) string {
	for _, m := range marksOf(v) {
		if m.kind == isAssumed {
			return m.text
		}
	}
	return ""
}

// whyUnknown says why a value cannot be told.
func whyUnknown(v cty.Value) string {
	all := marksOf(v)
	for _, k := range []markKind{isUntold, isReference} {
		for _, m := range all {
			switch {
			case m.kind != k:
			case k == isUntold:
				return m.text
			default:
				return needsApply + ": " + strings.TrimSuffix(m.text+"."+m.attr, ".")
			}
		}
	}
	return needsSource + ": the expression"
}

// settle adds why to an unknown value that has no mark that explains it.
func explain(v cty.Value, why string) cty.Value {
	if v.IsWhollyKnown() {
		return v
	}
	for _, m := range marksOf(v) {
		if m.kind == isUntold || m.kind == isReference {
			return v
		}
	}
	return v.Mark(mark{kind: isUntold, text: why})
}

// asText, asNumber and asBool read a known value of any type that converts.
func asText(v cty.Value) (string, bool) {
	v = plain(v)
	if v == cty.NilVal || !v.IsKnown() || v.IsNull() {
		return "", false
	}
	switch v.Type() {
	case cty.String:
		return v.AsString(), true
	case cty.Number:
		f := v.AsBigFloat()
		if exp := f.MantExp(nil); exp > 256 || exp < -256 {
			return "", false
		}
		return f.Text('f', -1), true
	case cty.Bool:
		if v.True() {
			return "true", true
		}
		return "false", true
	}
	return "", false
}

package terraform

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/gwlint/gwlint/model"
)

// key is the name of a setting as values carry it: with the block it stands
// in, behind a space, or with dots where that block is not written.
func (sec *section) key(name string) string {
	switch {
	case sec.path == "":
		return name
	case sec.absent:
		return sec.path + "." + name
	}
	return sec.path[strings.LastIndexByte(sec.path, '.')+1:] + " " + name
}

// setting is the value in effect of a setting: as written, else the default of
// the provider's version.
func setting[T any](sec *section, name string, read func(string) (T, bool)) model.Value[T] {
	key := sec.key(name)
	v := sec.get(name)
	if isNull(v) {
		return fallback(sec, name, read)
	}
	text, known := asText(v)
	switch {
	case hasMark(v, isSensitive) || secretName(name):
		return model.NotTold[T](sec.node, key, "it is sensitive")
	case !known || hasMark(v, isPartial):
		sec.scope.unknowns(v)
		return model.NotTold[T](sec.node, key, whyUnknown(v))
	}
	x, ok := read(text)
	if !ok {
		return model.NotTold[T](sec.node, key, "it is no value of "+name)
	}
	at, via := sec.written(name)
	origin, why := model.Explicit, ""
	if doubt := assumption(v); doubt != "" {
		origin, why = model.Assumed, doubt
	}
	switch {
	case at.IsZero():
		return model.Fallback(sec.node, key, x, origin, why)
	case at.Source.Stock:
		return model.Fallback(sec.node, key, x, min(origin, model.Default), "as the module has it")
	}
	return model.Set(sec.node, key, at, x, origin, why, via...)
}

// fallback is the default of a setting that is not written.
func fallback[T any](sec *section, name string, read func(string) (T, bool)) model.Value[T] {
	key := sec.key(name)
	if sec.open != "" {
		return model.NotTold[T](sec.node, key, sec.open)
	}
	if p := sec.inPlan(name); p != cty.NilVal && plain(p).IsKnown() && !plain(p).IsNull() && !hasMark(p, isSensitive) {
		if text, known := asText(p); known {
			if x, ok := read(text); ok {
				return model.Fallback(sec.node, key, x, model.Default, "in the plan")
			}
		}
	}
	d, ok := sec.byDefault(name)
	if !ok {
		return model.NotTold[T](sec.node, key, d.why)
	}
	x, ok := read(d.value)
	if !ok {
		return model.NotTold[T](sec.node, key, "no default is known")
	}
	if doubt := sec.node.Doubt(); doubt != "" {
		return model.Fallback(sec.node, key, x, model.Assumed, d.why+"; "+doubt)
	}
	return model.Fallback(sec.node, key, x, model.Default, d.why)
}

// has reports whether a setting is written, and not as null for sure.
func (sec *section) has(name string) bool { return !isNull(sec.get(name)) }

// isNull reports whether a value is certainly none.
func isNull(v cty.Value) bool {
	return v == cty.NilVal || plain(v).IsKnown() && plain(v).IsNull()
}

// text, whole, flag, seconds and port are how settings are read.
func (sec *section) text(name string) model.Value[string] { return setting(sec, name, asIs) }
func (sec *section) flag(name string) model.Value[bool]   { return setting(sec, name, asFlag) }
func (sec *section) whole(name string) model.Value[int]   { return setting(sec, name, asWhole) }
func (sec *section) duration(name string) model.Value[time.Duration] {
	unit := unitOf(name)
	return setting(sec, name, func(s string) (time.Duration, bool) {
		if d, err := time.ParseDuration(s); err == nil && s != "0" && !isDigits(s) {
			return d, d >= 0
		}
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || f < 0 || f > 1e9 {
			return 0, false
		}
		return time.Duration(f * float64(unit)), true
	})
}

func isDigits(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
}

func asIs(s string) (string, bool)    { return s, true }
func asLower(s string) (string, bool) { return strings.ToLower(s), true }

func asFlag(s string) (bool, bool) {
	switch strings.ToLower(s) {
	case "true", "1", "on", "enabled":
		return true, true
	case "false", "0", "off", "disabled":
		return false, true
	}
	return false, false
}

func asWhole(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil
}

func asPort(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0 && n < 1<<16
}

// turn makes another type of a value, with the same provenance in words.
func turn[T, U any](v model.Value[T], f func(T) U) model.Value[U] {
	switch {
	case !v.Known():
		return model.NotTold[U](v.Owner(), v.Key(), v.Why())
	case v.At().IsZero():
		return model.Fallback(v.Owner(), v.Key(), f(v.V), v.Origin(), v.Why())
	}
	return model.Set(v.Owner(), v.Key(), v.At(), f(v.V), v.Origin(), v.Why(), v.Via()...)
}

// documented is a value that a product has by its documentation and nobody can
// set.
func documented[T any](n *model.Node, key string, v T, why string) model.Value[T] {
	if doubt := n.Doubt(); doubt != "" {
		return model.Fallback(n, key, v, model.Assumed, why+"; "+doubt)
	}
	return model.Fallback(n, key, v, model.Default, why)
}

// references are the resources that a setting leads to, of the types asked
// for, in the order of their addresses. whole is false when it may lead
// elsewhere, too.
func (sec *section) references(name string, kinds ...string) (all []*resource, whole bool) {
	v := sec.get(name)
	if isNull(v) {
		return nil, true
	}
	return sec.scope.graph.references(v, kinds...)
}

// references finds the resources that a value leads to.
func (g *graph) references(v cty.Value, kinds ...string) (all []*resource, whole bool) {
	whole = true
	seen := map[*resource]bool{}
	each(v, func(v cty.Value) {
		found := false
		for _, m := range marksOf(v) {
			if m.kind != isReference {
				continue
			}
			for _, r := range g.at(m.text) {
				if slices.Contains(kinds, r.kind) {
					found = true
					if !seen[r] {
						seen[r] = true
						all = append(all, r)
					}
				}
			}
		}
		if s, ok := asText(v); !found && (!ok || s != "") {
			whole = false
		}
	})
	slices.SortFunc(all, func(a, b *resource) int { return strings.Compare(a.addr, b.addr) })
	return all, whole
}

// each calls do for every leaf of a value.
func each(v cty.Value, do func(cty.Value)) {
	bare, marks := v.Unmark()
	if !bare.IsKnown() || bare.IsNull() || !bare.CanIterateElements() {
		do(v)
		return
	}
	for it := bare.ElementIterator(); it.Next(); {
		_, e := it.Element()
		var keep []cty.ValueMarks
		for m := range marks {
			if m, ok := m.(mark); ok && m.kind != isReference {
				keep = append(keep, cty.NewValueMarks(m))
			}
		}
		if !explains(e) { // the marks of a set are those of its elements
			for m := range marks {
				if m, ok := m.(mark); ok && m.kind == isReference {
					keep = append(keep, cty.NewValueMarks(m))
				}
			}
		}
		each(e.WithMarks(keep...), do)
	}
}

// explains reports whether a value is known, or has marks that tell why not.
func explains(v cty.Value) bool {
	return plain(v).IsWhollyKnown() || hasMark(v, isReference) || hasMark(v, isUntold)
}

// texts are the leaves of a setting that are known; whole is false when there
// are others.
func (sec *section) texts(name string) (all []string, whole bool) {
	whole = true
	v := sec.get(name)
	if v == cty.NilVal {
		return nil, sec.open == ""
	}
	each(v, func(v cty.Value) {
		s, ok := asText(v)
		switch {
		case ok:
			all = append(all, s)
		case !plain(v).IsKnown():
			whole = false
		}
	})
	return all, whole
}

package model

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"time"
)

// Forever is "no limit"; it orders above every duration.
const Forever = time.Duration(math.MaxInt64)

// Origin says where a value comes from, ordered by how far one can rely on it.
type Origin uint8

const (
	Unknown   Origin = iota // cannot be told
	Assumed                 // holds unless something outside the files says otherwise; Why names it
	Default                 // written nowhere, in a place that is seen whole
	Inherited               // written at an enclosing or referenced scope
	Explicit                // written at its owner
)

func (o Origin) String() string {
	return [...]string{"unknown", "assumed", "default", "inherited", "explicit"}[o]
}

// A Value is a setting in effect. The zero Value is Unknown. Only [Set],
// [Fallback], [NotTold] and the arithmetic make others, so that none is
// without an owner.
type Value[T any] struct {
	V T // meaningless while Unknown
	p *prov
}

// prov is the provenance of a value. A nil prov is that of an unknown one.
type prov struct {
	origin Origin
	key    string
	owner  *Node
	at     Span
	via    []Span
	why    string
	parts  []Fact
	sum    func() string // how a computed value reads; formatted when asked
}

var unknown = &prov{}

func (v Value[T]) prov() *prov {
	if v.p == nil {
		return unknown
	}
	return v.p
}

// Origin of the value; Unknown of the zero Value.
func (v Value[T]) Origin() Origin { return v.prov().origin }

// Known reports whether V means something.
func (v Value[T]) Known() bool { return v.Origin() != Unknown }

// Written reports whether a known value is a literal in some file.
func (v Value[T]) Written() bool { return v.Known() && !v.prov().at.IsZero() }

// Key is the dialect's own name of the setting.
func (v Value[T]) Key() string { return v.prov().key }

// Owner is whom the setting governs, and where one would write it.
func (v Value[T]) Owner() *Node { return v.prov().owner }

// At is the literal, where one is written.
func (v Value[T]) At() Span { return v.prov().at }

// Via leads from Owner to At: a variable, an include, a module call.
func (v Value[T]) Via() []Span { return v.prov().via }

// Why is the origin in words: "inherited from http", "nginx default".
func (v Value[T]) Why() string { return v.prov().why }

// Parts are what a computed value was computed from.
func (v Value[T]) Parts() []Fact { return v.prov().parts }

// Where is the best place to point at: the literal, else a part's, else the
// head of the owner.
func (v Value[T]) Where() Span {
	p := v.prov()
	if !p.at.IsZero() {
		return p.at
	}
	for _, f := range p.parts {
		if w := f.Where(); !w.IsZero() {
			return w
		}
	}
	if p.owner != nil {
		return p.owner.Head()
	}
	return Span{}
}

// Trust is what a finding that rests on the value may claim at most.
func (v Value[T]) Trust() Confidence {
	c := High
	switch v.Origin() {
	case Unknown:
		return Low
	case Assumed:
		c = Medium
	}
	for _, f := range v.prov().parts {
		c = min(c, f.Trust())
	}
	return c
}

// Text is the value alone: the literal as written, else V in plain words.
func (v Value[T]) Text() string {
	p := v.prov()
	switch {
	case p.origin == Unknown:
		return "unknown"
	case !p.at.IsZero():
		return oneLine(p.at.Text())
	}
	return Plain(v.V)
}

// Plain is what the value means, whatever is written.
func (v Value[T]) Plain() string {
	if !v.Known() {
		return "unknown"
	}
	return Plain(v.V)
}

// String is what messages print: native key, literal, provenance:
// "proxy_read_timeout 5s (inherited from http)".
func (v Value[T]) String() string {
	p := v.prov()
	if p.sum != nil {
		return p.sum() + " " + v.Text()
	}
	s := v.Text()
	if switched := s == p.key || s == "no "+p.key || s == "no-"+p.key || strings.HasPrefix(s, p.key+" "); !switched { // "option redispatch" is its own literal
		s = strings.TrimSpace(p.key + " " + s)
	}
	if p.why != "" {
		s += " (" + p.why + ")"
	}
	return s
}

// To proposes to write x instead, with the least reach: the literal is
// replaced where it governs the owner alone, else the statement is added to
// the owner's block. The edit is nil where the dialect cannot write it.
func (v Value[T]) To(x T) *Edit {
	p := v.prov()
	if p.owner == nil || p.owner.Span.IsZero() {
		return nil
	}
	d := p.owner.Span.Source.Dialect
	if d == nil {
		return nil
	}
	literal, statement := d.Render(p.key, x)
	switch {
	case literal == "":
		return nil
	case p.origin == Explicit && len(p.via) == 0 && !p.at.IsZero():
		return &Edit{p.at, literal}
	case p.owner.Body.IsZero() || statement == "":
		return nil
	}
	return Insert(p.owner, statement)
}

// Plain writes a value in the words of a message: 90s, 1m30s, 4k, unlimited.
func Plain(x any) string {
	switch x := x.(type) {
	case time.Duration:
		return plainDuration(x)
	case bool:
		if x {
			return "on"
		}
		return "off"
	case int:
		if x == math.MaxInt {
			return "unlimited"
		}
	case int64:
		return plainBytes(x)
	case string:
		return oneLine(x)
	}
	return fmt.Sprint(x)
}

func plainDuration(d time.Duration) string {
	switch {
	case d == Forever:
		return "unlimited"
	case d%time.Hour == 0 && d >= 2*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Second == 0:
		return fmt.Sprintf("%ds", d/time.Second)
	case d%time.Millisecond == 0 && d < time.Second:
		return fmt.Sprintf("%dms", d/time.Millisecond)
	}
	return d.String()
}

func plainBytes(n int64) string {
	switch {
	case n == math.MaxInt64:
		return "unlimited"
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%dm", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%dk", n>>10)
	}
	return fmt.Sprint(n)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Set is a written value: Explicit at its owner, Inherited from elsewhere. It
// is Assumed where the statement that holds it may not be there.
func Set[T any](owner *Node, key string, at Span, v T, o Origin, why string, via ...Span) Value[T] {
	if doubt := owner.Doubt(); doubt != "" && o > Assumed {
		o, why = Assumed, doubt
	}
	return Value[T]{v, &prov{origin: o, key: key, owner: owner, at: at, why: why, via: via}}
}

// Fallback is the value of a setting that is written nowhere: Default, or
// Assumed when what is not seen may say otherwise, which why then names.
func Fallback[T any](owner *Node, key string, v T, o Origin, why string) Value[T] {
	return Value[T]{v, &prov{origin: o, key: key, owner: owner, why: why}}
}

// NotTold is an Unknown value that says why.
func NotTold[T any](owner *Node, key, why string) Value[T] {
	return Value[T]{p: &prov{key: key, owner: owner, why: why}}
}

// Conditions. All are false when a side is Unknown, so a rule that is a chain
// of them is silent by itself. Never act on the negation of one.

// Is, Not, Under and Over compare with a constant.
func Is[T comparable](v Value[T], x T) bool     { return v.Known() && v.V == x }
func Not[T comparable](v Value[T], x T) bool    { return v.Known() && v.V != x }
func Under[T cmp.Ordered](v Value[T], x T) bool { return v.Known() && v.V < x }
func Over[T cmp.Ordered](v Value[T], x T) bool  { return v.Known() && v.V > x }

// Less and AtLeast compare two values.
func Less[T cmp.Ordered](a, b Value[T]) bool    { return a.Known() && b.Known() && a.V < b.V }
func AtLeast[T cmp.Ordered](a, b Value[T]) bool { return a.Known() && b.Known() && a.V >= b.V }

// Has and Lacks ask a set of events for one, or for all of several.
func Has(v Value[Event], e Event) bool   { return v.Known() && v.V.Has(e) }
func Lacks(v Value[Event], e Event) bool { return v.Known() && !v.V.Has(e) }

// Plus is the sum of two durations, saturated at Forever.
func Plus(a, b Value[time.Duration]) Value[time.Duration] {
	sum := Forever
	if a.V < Forever-b.V {
		sum = a.V + b.V
	}
	return derive(sum, func() string { return fmt.Sprintf("%s + %s =", a, b) }, a, b)
}

// Times is n times d, saturated at Forever.
func Times(n Value[int], d Value[time.Duration]) Value[time.Duration] {
	p := Forever
	if n.V <= 0 || d.V < Forever/time.Duration(n.V) {
		p = time.Duration(n.V) * d.V
	}
	return derive(p, func() string { return fmt.Sprintf("%s x %s =", Plain(n.V), d) }, d, n)
}

// Min is the smaller of two values, with its own provenance; Unknown when
// either is.
func Min[T cmp.Ordered](a, b Value[T]) Value[T] {
	if !a.Known() || !b.Known() {
		return Value[T]{}
	}
	return Shortest(a, b)
}

// Longest is the greatest of the values that are known: a lower bound of the
// greatest. It may stand only on the greater side of a comparison.
func Longest[T cmp.Ordered](vs ...Value[T]) (best Value[T]) {
	for _, v := range vs {
		if v.Known() && (!best.Known() || v.V > best.V) {
			best = v
		}
	}
	return best
}

// Shortest is the least of the values that are known: an upper bound of the
// least. It may stand only on the smaller side of a comparison.
func Shortest[T cmp.Ordered](vs ...Value[T]) (best Value[T]) {
	for _, v := range vs {
		if v.Known() && (!best.Known() || v.V < best.V) {
			best = v
		}
	}
	return best
}

func derive[T any](v T, sum func() string, parts ...Setting) Value[T] {
	o, facts := Explicit, make([]Fact, len(parts))
	for i, s := range parts {
		o, facts[i] = min(o, s.Origin()), s
	}
	if o == Unknown {
		return Value[T]{p: &prov{sum: sum, parts: facts}}
	}
	return Value[T]{v, &prov{origin: o, sum: sum, parts: facts}}
}

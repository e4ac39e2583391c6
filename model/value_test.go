package model

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"testing/quick"
	"time"
)

// owner is a block in a pretend file, with a literal in it.
func owner() (*Node, Span) {
	s := NewSource("x.conf", []byte("block {\n    wait 5s;\n}\n"), nil)
	n := &Node{Name: Word{"block", s.Span(0, 5)}, Span: s.Span(0, 22), Body: s.Span(7, 21)}
	return n, s.Span(17, 19)
}

// values are one of each origin, and the zero Value.
func values(d time.Duration) []Value[time.Duration] {
	n, at := owner()
	return []Value[time.Duration]{
		{},
		NotTold[time.Duration](n, "wait", "a template"),
		Fallback(n, "wait", d, Assumed, "default"),
		Fallback(n, "wait", d, Default, "default"),
		Set(n, "wait", at, d, Inherited, "inherited from block"),
		Set(n, "wait", at, d, Explicit, ""),
	}
}

func TestUnknownIsNeverTrue(t *testing.T) {
	for _, v := range values(time.Second) {
		if v.Known() {
			continue
		}
		known := values(0)[5]
		if Is(v, 0) || Not(v, 5) || Under(v, 5) || Over(v, -5) || Less(v, known) || Less(known, v) || AtLeast(v, known) || AtLeast(known, v) {
			t.Errorf("%v: a condition holds", v)
		}
		if Plus(v, known).Known() || Plus(known, v).Known() || Min(v, known).Known() || Min(known, v).Known() {
			t.Errorf("%v: is part of a known value", v)
		}
		if Longest(v, known) != known || Shortest(v, known) != known {
			t.Errorf("%v: is not skipped", v)
		}
	}
	if Has(Value[Event]{}, 0) || Lacks(Value[Event]{}, Silent) {
		t.Error("a set that is not told has or lacks something")
	}
}

// TestComputedOrigin sees that a computed value is as good as its worst part.
func TestComputedOrigin(t *testing.T) {
	all := values(time.Second)
	for _, a := range all {
		for _, b := range all {
			if got, want := Plus(a, b).Origin(), min(a.Origin(), b.Origin()); got != want {
				t.Errorf("%v + %v is %v, not %v", a, b, got, want)
			}
			if got, want := Plus(a, b).Trust(), min(a.Trust(), b.Trust()); got != want {
				t.Errorf("trust in %v + %v is %v, not %v", a, b, got, want)
			}
		}
	}
}

func TestArithmeticSaturates(t *testing.T) {
	n, at := owner()
	wait := func(d time.Duration) Value[time.Duration] { return Set(n, "wait", at, d, Explicit, "") }
	tries := func(k int) Value[int] { return Set(n, "tries", at, k, Explicit, "") }
	exact := func(a, b uint32, k uint16) bool {
		x, y := time.Duration(a)*time.Second, time.Duration(b)*time.Second
		product := new(big.Int).Mul(big.NewInt(int64(k)), big.NewInt(int64(y)))
		want := Forever
		if product.IsInt64() {
			want = time.Duration(product.Int64())
		}
		return Plus(wait(x), wait(y)).V == x+y && Times(tries(int(k)), wait(y)).V == want
	}
	if err := quick.Check(exact, nil); err != nil {
		t.Error(err)
	}
	for _, v := range []Value[time.Duration]{Plus(wait(Forever), wait(1)), Plus(wait(1), wait(Forever)), Times(tries(math.MaxInt), wait(2)), Times(tries(2), wait(Forever))} {
		if v.V != Forever {
			t.Errorf("%v is not without limit", v)
		}
	}
	if v := Times(tries(0), wait(Forever)); v.V != 0 {
		t.Errorf("no times anything is %v", v)
	}
}

// TestBounds sees that Longest and Shortest are one of their arguments, and
// bounds of them.
func TestBounds(t *testing.T) {
	for range 200 {
		var all []Value[time.Duration]
		for range rand.IntN(5) + 1 {
			all = append(all, values(time.Duration(rand.IntN(100)))[rand.IntN(6)])
		}
		long, short := Longest(all...), Shortest(all...)
		found := false
		for _, v := range all {
			found = found || v == long
			if v.Known() && (v.V > long.V || v.V < short.V) {
				t.Fatalf("%v is outside of %v and %v", v, short, long)
			}
		}
		if !found && long.Known() {
			t.Fatalf("%v is none of %v", long, all)
		}
	}
}

func TestValueString(t *testing.T) {
	all := values(time.Minute)
	for i, want := range []string{"unknown", "wait unknown (a template)", "wait 60s (default)", "wait 60s (default)", "wait 5s (inherited from block)", "wait 5s"} {
		if got := all[i].String(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	if got := Plus(all[3], all[5]).String(); got != "wait 60s (default) + wait 5s = 120s" {
		t.Errorf("a sum reads %q", got)
	}
}

func TestSetUnderDoubt(t *testing.T) {
	n, at := owner()
	inner := &Node{Name: Word{Text: "inner"}, Parent: n}
	n.Maybe = "an undecided .if"
	if v := Set(inner, "wait", at, 1, Explicit, ""); v.Origin() != Assumed || v.Why() != n.Maybe || !v.Written() {
		t.Errorf("%v is %v because %q", v, v.Origin(), v.Why())
	}
}

func TestPlain(t *testing.T) {
	for want, x := range map[string]any{
		"60s": time.Minute, "90s": 90 * time.Second, "2h": 2 * time.Hour, "300ms": 300 * time.Millisecond, "1.5s": 1500 * time.Millisecond,
		"0s": time.Duration(0), "unlimited": Forever, "4k": int64(4096), "1m": int64(1 << 20), "100": int64(100), "on": true, "a b": "a\n b",
	} {
		if got := Plain(x); got != want {
			t.Errorf("%v reads %q, not %q", x, got, want)
		}
	}
}

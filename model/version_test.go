package model

import "testing"

func TestVersions(t *testing.T) {
	of := func(s string) Versions { return VersionsOf(s, Explicit, "", Span{}) }
	for _, c := range []struct {
		have, than   string
		before, from bool
	}{
		{"1.28", "1.29.7", true, false},
		{"1.30", "1.29.7", false, true},
		{"1.29", "1.29.7", false, false}, // straddles
		{"1.29.7", "1.29.7", false, true},
		{"1.29.6", "1.29.7", true, false},
		{"1", "1.29.7", false, false},
		{"1.27-alpine", "1.27.3", false, false},
		{"3.0.5", "3.0", false, true},
		{"latest", "1.0", false, false}, // any
	} {
		if v := of(c.have); v.Before(c.than) != c.before || v.From(c.than) != c.from {
			t.Errorf("%s and %s: before %v, from %v", c.have, c.than, v.Before(c.than), v.From(c.than))
		}
	}
	for have, want := range map[string]string{"1.28": "1.28", "1.28.3": "1.28.3", "2": "2", "v1.4.2-beta": "1.4.2", "alpine": ""} {
		if got := of(have).String(); got != want {
			t.Errorf("%s reads %q, not %q", have, got, want)
		}
	}
}

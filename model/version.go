package model

import (
	"cmp"
	"strconv"
	"strings"
)

// A Version is up to three numbers, major first; a missing one is 0.
type Version [3]int

// ParseVersion reads "1.28", "v3.0.5", "1.27-alpine": the leading numbers. The
// parts are how many there were; 0 when it is no version.
func ParseVersion(s string) (v Version, parts int) {
	s = strings.TrimPrefix(s, "v")
	for parts < len(v) {
		end := 0
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		n, err := strconv.Atoi(s[:end])
		if err != nil {
			break
		}
		v[parts] = n
		parts++
		if end == len(s) || s[end] != '.' {
			break
		}
		s = s[end+1:]
	}
	return v, parts
}

// Compare orders versions.
func (v Version) Compare(o Version) int {
	for i := range v {
		if c := cmp.Compare(v[i], o[i]); c != 0 {
			return c
		}
	}
	return 0
}

func (v Version) String() string {
	s := strconv.Itoa(v[0]) + "." + strconv.Itoa(v[1])
	if v[2] != 0 {
		s += "." + strconv.Itoa(v[2])
	}
	return s
}

// Versions is the range of versions that a program may have, both ends
// included. The zero Versions is any version.
type Versions struct {
	Min, Max Version
	Origin   Origin // Assumed: the current stable, for want of better; Unknown: any
	Why      string // "--target", "image tag", "current stable"
	At       Span   // where it is written
}

// VersionsOf is the range that s names: "1.28" is every 1.28.x, "1.28.3" only
// that. The zero Versions when s names none.
func VersionsOf(s string, o Origin, why string, at Span) Versions {
	v, parts := ParseVersion(s)
	if parts == 0 {
		return Versions{}
	}
	r := Versions{Min: v, Max: v, Origin: o, Why: why, At: at}
	for i := parts; i < len(v); i++ {
		r.Max[i] = 1 << 20
	}
	return r
}

// Before reports whether every version of the range is older than s; From,
// whether none is. Both are false when the range straddles s, or is any.
func (r Versions) Before(s string) bool {
	v, _ := ParseVersion(s)
	return r.Origin != Unknown && r.Max.Compare(v) < 0
}
func (r Versions) From(s string) bool {
	v, _ := ParseVersion(s)
	return r.Origin != Unknown && r.Min.Compare(v) >= 0
}

func (r Versions) String() string {
	switch {
	case r.Origin == Unknown:
		return ""
	case r.Max[0] >= 1<<20 || r.Max[1] >= 1<<20:
		return strconv.Itoa(r.Min[0])
	}
	return r.Min.String()
}

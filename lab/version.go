package lab

import (
	"fmt"
	"strconv"
	"strings"
)

// Range is the versions of a product for which something holds. The zero Range
// is all of them.
type Range struct {
	From   string // the first; "" is the beginning
	Before string // the first that is not in it any more; "" is never
}

// Has tells whether version is in the range.
func (r Range) Has(version string) bool {
	return (r.From == "" || older(version, r.From) <= 0) && (r.Before == "" || older(version, r.Before) > 0)
}

func (r Range) String() string {
	var words []string
	if r.From != "" {
		words = append(words, "from "+r.From)
	}
	if r.Before != "" {
		words = append(words, "before "+r.Before)
	}
	return strings.Join(words, " ")
}

// older is positive where a is older than b, 0 where they are the same, as far
// as the shorter one tells.
func older(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, _ := strconv.Atoi(as[i])
		y, _ := strconv.Atoi(bs[i])
		if x != y {
			return y - x
		}
	}
	return 0
}

// parseRange reads "[from V] [before V]".
func parseRange(words []string) (Range, error) {
	var r Range
	for ; len(words) > 0; words = words[2:] {
		if len(words) < 2 {
			return r, fmt.Errorf("%q needs a version", words[0])
		}
		for part := range strings.SplitSeq(words[1], ".") {
			if _, err := strconv.Atoi(part); err != nil {
				return r, fmt.Errorf("%q is not a version", words[1])
			}
		}
		switch words[0] {
		case "from":
			r.From = words[1]
		case "before":
			r.Before = words[1]
		default:
			return r, fmt.Errorf("expected from or before, not %q", words[0])
		}
	}
	return r, nil
}

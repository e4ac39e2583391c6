package haproxy

import (
	"math"
	"strings"
	"time"
)

// maxTime is the longest time HAProxy takes: 2147483647 ms.
const maxTime = (1<<31 - 1) * time.Millisecond

// readTime reads a time as parse_time_err of HAProxy does: whole numbers with
// a unit, milliseconds without. rest is what stands behind the unit, which
// versions before 2.7 or so only warn about.
func readTime(s string) (d time.Duration, ok bool) {
	n, rest, ok := digits(s)
	if !ok {
		return 0, false
	}
	unit := time.Millisecond
	switch {
	case rest == "":
	case strings.HasPrefix(rest, "us"):
		unit = time.Microsecond
	case strings.HasPrefix(rest, "ms"):
	case rest[0] == 's':
		unit = time.Second
	case rest[0] == 'm':
		unit = time.Minute
	case rest[0] == 'h':
		unit = time.Hour
	case rest[0] == 'd':
		unit = 24 * time.Hour
	default:
		return 0, false
	}
	if n > int64(maxTime/unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// readSize reads a number of bytes with k, m or g.
func readSize(s string) (int64, bool) {
	n, rest, ok := digits(s)
	if !ok {
		return 0, false
	}
	shift := 0
	switch strings.ToLower(rest) {
	case "":
	case "k":
		shift = 10
	case "m":
		shift = 20
	case "g":
		shift = 30
	default:
		return 0, false
	}
	if n > math.MaxInt64>>31>>shift {
		return 0, false
	}
	return n << shift, true
}

// readInt reads a number as atoi does: what stands behind the digits is
// ignored.
func readInt(s string) (int, bool) {
	n, _, ok := digits(s)
	if !ok || n > math.MaxInt32 {
		return 0, false
	}
	return int(n), true
}

func digits(s string) (n int64, rest string, ok bool) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		n = n*10 + int64(s[i]-'0')
		if n > math.MaxInt64>>8 {
			return 0, "", false
		}
		i++
	}
	return n, s[i:], i > 0
}

package files

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// isPattern reports whether glob(3) would look for more than the name itself.
func isPattern(s string) bool { return strings.ContainsAny(s, "*?[") }

// IsPattern reports whether p is one that Glob expands.
func IsPattern(p string) bool { return isPattern(p) }

// Glob expands a pattern of the tree as glob(3) does in the C locale: *, ? and
// [...] with ! for "not", a leading dot only when written, in byte order,
// directories included. folder tells whether the directory that holds the
// matches exists: if not, they may be elsewhere.
func (t *Tree) Glob(pattern string) (names []string, folder bool) {
	pattern = path.Clean(pattern)
	if !fs.ValidPath(pattern) {
		return nil, false
	}
	names = []string{"."}
	for _, segment := range strings.Split(pattern, "/") {
		var next []string
		folder = false
		for _, dir := range names {
			if !isPattern(segment) {
				folder = folder || t.isDir(dir)
				if name := path.Join(dir, segment); t.Exists(name) {
					next = append(next, name)
				}
				continue
			}
			folder = folder || t.isDir(dir)
			for _, e := range t.list(dir) {
				if match(segment, e.Name()) {
					next = append(next, path.Join(dir, e.Name()))
				}
			}
		}
		names = next
	}
	return names, folder
}

// match is fnmatch(3) with FNM_PERIOD for one segment of a path. It takes time
// linear in both for each star.
func match(pattern, name string) bool {
	if strings.HasPrefix(name, ".") && !strings.HasPrefix(pattern, ".") {
		return false
	}
	p, n := 0, 0
	star, from := -1, 0 // the last star, and where its match ends so far
	for n < len(name) {
		if p < len(pattern) {
			if pattern[p] == '*' {
				star, from = p, n
				p++
				continue
			}
			if ok, width := one(pattern[p:], name[n]); ok {
				p, n = p+width, n+1
				continue
			}
		}
		if star < 0 {
			return false
		}
		from++
		p, n = star+1, from
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// one matches a byte with the first element of a pattern, and tells its width.
func one(pattern string, c byte) (ok bool, width int) {
	switch pattern[0] {
	case '?':
		return true, 1
	case '[':
		if ok, width = class(pattern, c); width > 0 {
			return ok, width
		}
	case '\\':
		if len(pattern) > 1 {
			return pattern[1] == c, 2
		}
	}
	return pattern[0] == c, 1
}

// class matches a byte with a bracket expression; an unclosed one has width 0
// and stands for itself.
func class(pattern string, c byte) (ok bool, width int) {
	i := 1
	not := i < len(pattern) && (pattern[i] == '!' || pattern[i] == '^')
	if not {
		i++
	}
	for first := true; i < len(pattern); first = false {
		if pattern[i] == ']' && !first {
			return ok != not, i + 1
		}
		if rest, named := strings.CutPrefix(pattern[i:], "[:"); named {
			if name, _, closed := strings.Cut(rest, ":]"); closed {
				ok = ok || ofClass(name, c)
				i += len("[:") + len(name) + len(":]")
				continue
			}
		}
		if pattern[i] == '\\' && i+1 < len(pattern) {
			i++
		}
		lo := pattern[i]
		hi := lo
		i++
		if i+1 < len(pattern) && pattern[i] == '-' && pattern[i+1] != ']' {
			hi = pattern[i+1]
			i += 2
		}
		ok = ok || lo <= c && c <= hi
	}
	return false, 0
}

// ofClass reports whether a byte is of a class by its name, in the C locale.
func ofClass(name string, c byte) bool {
	lower, upper, digit := c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9'
	switch name {
	case "alpha":
		return lower || upper
	case "alnum":
		return lower || upper || digit
	case "lower":
		return lower
	case "upper":
		return upper
	case "digit":
		return digit
	case "xdigit":
		return digit || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
	case "punct":
		return c > ' ' && c < 0x7f && !lower && !upper && !digit
	case "space":
		return c == ' ' || c >= '\t' && c <= '\r'
	}
	return false
}

// Match reports whether a path is one that a pattern stands for, as Glob has
// it: segment by segment.
func Match(pattern, name string) bool {
	for {
		p, pattern2, more := strings.Cut(pattern, "/")
		n, name2, moreName := strings.Cut(name, "/")
		if more != moreName || !(p == n || isPattern(p) && match(p, n)) {
			return false
		}
		if !more {
			return true
		}
		pattern, name = pattern2, name2
	}
}

// In expands an absolute path or pattern as a program in the place would, as
// far as mounts tell: the workspace's paths, in the order of those that the
// place sees. whole tells that its folder is mounted, so that there are no
// others.
func (t *Tree) In(place *model.Place, pattern string) (names []string, whole bool) {
	pattern = path.Clean(pattern)
	found := map[string]string{} // by what the place sees
	for _, m := range place.Mounts {
		var some []string
		switch rest, in := below(pattern, m.To); {
		case isPattern(m.From):
			some, _ = t.Glob(m.From)
		case Match(pattern, m.To):
			some = []string{m.From}
		case in && fs.ValidPath(m.From):
			some, _ = t.Glob(path.Join(m.From, rest))
		}
		for _, name := range some {
			for _, at := range place.Seen(name) {
				if Match(pattern, at) && t.Exists(name) {
					found[at] = name
				}
			}
		}
	}
	for _, at := range slices.Sorted(maps.Keys(found)) {
		names = append(names, found[at])
	}
	dir, mounted := place.Original(path.Dir(pattern))
	return names, mounted && !isPattern(path.Dir(pattern)) && t.isDir(dir)
}

// Mounted are those of sorted paths that a mount of the place may show, once
// each, in their order. It takes time for what it finds, not for all of them.
func Mounted(place *model.Place, paths []string) []string {
	var found []int
	for _, m := range place.Mounts {
		from := m.From
		if isPattern(from) {
			from = path.Dir(from)
		}
		if from == "." {
			return paths
		}
		if i, ok := slices.BinarySearch(paths, from); ok {
			found = append(found, i)
		}
		first, _ := slices.BinarySearch(paths, from+"/")
		for i := first; i < len(paths) && strings.HasPrefix(paths[i], from+"/"); i++ {
			found = append(found, i)
		}
	}
	slices.Sort(found)
	var names []string
	for _, i := range slices.Compact(found) {
		names = append(names, paths[i])
	}
	return names
}

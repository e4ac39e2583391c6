package nginx

import (
	"path"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// What `nginx -T` writes before each file (nginx.c, 1.31.5: 309-325). The file
// follows as it is, and one line end more.
const dumpMark = "# configuration file "

// isDump reports whether a text begins like a dump: nothing but messages of
// nginx before the first mark.
func isDump(head []byte) bool {
	for line := range strings.Lines(string(head)) {
		if _, ok := dumpedPath(line); ok {
			return true
		}
		if !isMessage(line) {
			return false
		}
	}
	return false
}

// isMessage reports whether a line is what nginx prints on standard error, or
// none at all.
func isMessage(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || strings.HasPrefix(line, "nginx: ") || strings.HasPrefix(line, "20") && strings.Contains(line, "[")
}

// dumpedPath is the path in a mark; it must be a full one.
func dumpedPath(line string) (string, bool) {
	rest, ok := strings.CutPrefix(line, dumpMark)
	if !ok {
		return "", false
	}
	name, ok := strings.CutSuffix(strings.TrimRight(rest, "\r\n"), ":")
	if !ok || len(name) < 2 || name[0] != '/' && (len(name) < 3 || name[1] != ':') {
		return "", false
	}
	return name, true
}

// dumped splits a dump into the files it was made of, the main file first; nil
// when it is none. A comment in a file that looks like a mark would pass for
// one only if an include so far could mean that path.
func dumped(src *model.Source) []*model.Source {
	if !isDump(src.Text[:min(len(src.Text), headSize)]) {
		return nil
	}
	var parts []*model.Source
	seen := map[string]bool{}
	named := includes{plain: map[string]bool{}}
	main, name, from, offset := "", "", 0, 0
	end := func(to int) {
		if name != "" && !seen[name] {
			seen[name] = true
			text, _ := strings.CutSuffix(string(src.Text[from:to]), "\n") // the line end that nginx adds
			parts = append(parts, model.NewSource(name, []byte(text), src.Dialect))
		}
	}
	for line := range strings.Lines(string(src.Text)) {
		if next, ok := dumpedPath(line); ok && (main == "" || named.may(next, path.Dir(main))) {
			end(offset)
			name, from = next, offset+len(line)
			if main == "" {
				main = next
			}
		} else if strings.Contains(line, "include") {
			named.add(line)
		}
		offset += len(line)
	}
	end(len(src.Text))
	return parts
}

// includes are the paths that lines with includes name.
type includes struct {
	plain    map[string]bool
	patterns []string
}

func (in *includes) add(line string) {
	for _, w := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\r\n;\"'{}", r) }) {
		if !in.plain[w] {
			in.plain[w] = true
			if files.IsPattern(w) {
				in.patterns = append(in.patterns, w)
			}
		}
	}
}

// may reports whether one of them can mean a full path.
func (in *includes) may(name, dir string) bool {
	if in.plain[name] || in.plain[strings.TrimPrefix(name, dir+"/")] {
		return true
	}
	return slices.ContainsFunc(in.patterns, func(p string) bool { return files.Match(full(p, dir), name) })
}

// full is what nginx makes of a path in an include.
func full(p, dir string) string {
	if path.IsAbs(p) || len(p) > 1 && p[1] == ':' {
		return p
	}
	return path.Join(dir, p)
}

// A dump is the library that came with a main file.
type dump struct {
	dir    string // of the main file
	names  []string
	byName map[string]*model.Source
}

func newDump(parts []*model.Source) *dump {
	d := &dump{dir: path.Dir(parts[0].Path), byName: map[string]*model.Source{}}
	for _, p := range parts {
		d.names = append(d.names, p.Path)
		d.byName[p.Path] = p
	}
	return d
}

func (d *dump) open(name string) (*model.Source, error) { return d.byName[name], nil }

func (d *dump) lookup(pattern string, _ *model.Source) shelfmark {
	name := full(pattern, d.dir)
	if files.IsPattern(name) {
		var names []string
		for _, n := range d.names {
			if files.Match(name, n) {
				names = append(names, n)
			}
		}
		slices.Sort(names)
		return shelfmark{names: names}
	}
	if d.byName[name] == nil {
		return shelfmark{missing: "include " + pattern + " is not in the dump", report: model.Note}
	}
	return shelfmark{names: []string{name}}
}

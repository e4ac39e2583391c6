package nginx

import (
	gobytes "bytes"
	"path"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// What `nginx -T` writes before each file (nginx.c, 1.31.5: 309-325). The file
// follows as it is, and one line end more.
var dumpMark = []byte("# configuration file ")

// isDump reports whether a text begins like a dump: nothing but messages of
// nginx before the first mark.
func isDump(head []byte) bool {
	for line := range gobytes.Lines(head) {
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
func isMessage(line []byte) bool {
	line = gobytes.TrimSpace(line)
	return len(line) == 0 || gobytes.HasPrefix(line, []byte("nginx: ")) || gobytes.HasPrefix(line, []byte("20")) && gobytes.Contains(line, []byte("["))
}

// dumpedPath is the path in a mark; it must be a full one.
func dumpedPath(line []byte) (string, bool) {
	rest, ok := gobytes.CutPrefix(line, dumpMark)
	if !ok {
		return "", false
	}
	name, ok := gobytes.CutSuffix(gobytes.TrimRight(rest, "\r\n"), []byte(":"))
	if !ok || len(name) < 2 || name[0] != '/' && (len(name) < 3 || name[1] != ':') {
		return "", false
	}
	return string(name), true
}

// dumped splits a dump into the files it was made of; nil when it is none. A
// comment in a file that looks like a mark would pass for one only if an
// include so far could mean that path.
func dumped(src *model.Source) []*model.Source {
	if !isDump(src.Text[:min(len(src.Text), 4<<10)]) {
		return nil
	}
	var parts []*model.Source
	name, from, offset := "", 0, 0
	seen := map[string]bool{}
	end := func(to int) {
		if name == "" || seen[name] {
			return
		}
		seen[name] = true
		text := src.Text[from:to]
		text = gobytes.TrimSuffix(text, []byte("\n")) // the line end that nginx adds
		parts = append(parts, model.NewSource(name, text, src.Dialect))
	}
	named := includes{plain: map[string]bool{}}
	for line := range gobytes.Lines(src.Text) {
		if next, ok := dumpedPath(line); ok && (name == "" || named.may(next, path.Dir(parts0(parts, name)))) {
			end(offset)
			name, from = next, offset+len(line)
		} else if gobytes.Contains(line, []byte("include")) {
			named.add(line)
		}
		offset += len(line)
	}
	end(len(src.Text))
	return parts
}

// parts0 is the path of the main file.
func parts0(parts []*model.Source, name string) string {
	if len(parts) > 0 {
		return parts[0].Path
	}
	return name
}

// includes are the paths that lines with includes name.
type includes struct {
	plain    map[string]bool
	patterns []string
}

func (in *includes) add(line []byte) {
	for _, w := range strings.FieldsFunc(string(line), func(r rune) bool { return strings.ContainsRune(" \t\r\n;\"'{}", r) }) {
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

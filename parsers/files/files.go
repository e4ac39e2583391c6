// Package files is how a parser reads: every file once, globs as the C library
// has them, absolute paths found again inside the tree, and nothing outside it.
package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/gwlint/gwlint/model"
)

// What Source may say, besides what the file system does.
var (
	ErrOutside = errors.New("is outside of the tree that is linted")
	ErrTooBig  = errors.New("is too big")
	ErrNoFile  = errors.New("is no regular file")
)

// MaxSize is the size in bytes above which a file is refused. Real
// configuration stays far below; a parser's memory is a multiple of it.
const MaxSize = 16 << 20

// A Root is what is read together, and where it runs: a main file, a
// directory, an ordered list; or only a Place whose Command starts the product.
type Root struct {
	Paths []string     // in the tree, as Names has them
	Place *model.Place // nil: an empty one of its own
	Sure  model.Confidence
}

// Loaded is what a parser makes of a root.
type Loaded struct {
	Places   []*model.Place
	Gateways []*model.Gateway
	Findings []model.Finding
	Untold   map[string]int // settings that cannot be told, by what would help: "needs a variable"
}

// Unreadable notes a file of a dialect that cannot be read, and why.
func (l *Loaded) Unreadable(t *Tree, name string, d model.Dialect, err error) {
	at := model.NewSource(t.Display(name), nil, d).Span(0, 0)
	l.Findings = append(l.Findings, model.Finding{Rule: "unreadable", Message: fmt.Sprintf("%s %s", path.Base(name), err),
		Because: []model.Fact{model.Mark{Span: at, Text: "the file"}}})
}

// Options of a tree.
type Options struct {
	Prefix  string            // before every path that people see: where the tree stands, with a slash
	Overlay map[string][]byte // what stands in place of files, or is none: standard input as "-"
	Maps    []model.Mount     // From in the tree stands where the programs see To
	Ignore  bool              // leave out what .gitignore files name
	Vars    []string          // files of variables given by hand, the later over the earlier
}

// A Tree is the files below one root. It is safe for concurrent use.
type Tree struct {
	fsys  fs.FS
	opt   Options
	names []string // regular files, sorted
	links []string // symbolic links, sorted

	mu      sync.Mutex
	sources map[string]*model.Source
	errs    map[string]error
	dirs    map[string][]fs.DirEntry // by name without links; nil: there is none
	lists   map[string][]fs.DirEntry // by any name

	memo *sync.Map // of *model.Source to func() any
}

// Edited is the tree with other text in some of its files. What was read and
// kept of the others stays.
func (t *Tree) Edited(overlay map[string][]byte) *Tree {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := &Tree{
		fsys: t.fsys, opt: t.opt, names: t.names, links: t.links,
		sources: map[string]*model.Source{}, errs: map[string]error{},
		dirs: maps.Clone(t.dirs), lists: maps.Clone(t.lists), memo: t.memo,
	}
	e.opt.Overlay = overlay
	for name, s := range t.sources {
		text, ok := overlay[name]
		if !ok && name[0] != derived || ok && bytes.Equal(text, s.Text) {
			e.sources[name] = s
		}
	}
	return e
}

// Vars are the files of variables that are given by hand.
func (t *Tree) Vars() []string { return t.opt.Vars }

// Names are all regular files found, sorted, without links.
func (t *Tree) Names() []string { return t.names }

// Links are the symbolic links found, sorted.
func (t *Tree) Links() []string { return t.links }

// Head is the beginning of a file, to tell its language by. It is empty when
// the file cannot be read.
func (t *Tree) Head(name string) []byte {
	const enough = 4 << 10
	if text, ok := t.opt.Overlay[name]; ok {
		return text[:min(len(text), enough)]
	}
	t.mu.Lock()
	s := t.sources[name]
	t.mu.Unlock()
	if s != nil {
		return s.Text[:min(len(s.Text), enough)]
	}
	f, err := t.fsys.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	head := make([]byte, enough)
	n, _ := io.ReadFull(f, head)
	return head[:n]
}

// Source reads a file, once for all who ask. A symbolic link is followed
// first, so that the source is known by the path of the file itself. The error
// is ErrOutside, ErrTooBig, ErrNoFile or the file system's, without the path.
func (t *Tree) Source(name string, d model.Dialect) (*model.Source, error) {
	name, err := t.follow(name)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.sources[name]; s != nil || t.errs[name] != nil {
		return s, t.errs[name]
	}
	text, err := t.read(name)
	if err != nil {
		t.errs[name] = err
		return nil, err
	}
	s := model.NewSource(t.Display(name), text, d)
	t.sources[name] = s
	return s, nil
}

// Display is the path of a file as people see it.
func (t *Tree) Display(name string) string {
	if name == "-" {
		return name
	}
	return t.opt.Prefix + name
}

// Name is the file of a source in the tree: Display backwards.
func (t *Tree) Name(s *model.Source) string { return strings.TrimPrefix(s.Path, t.opt.Prefix) }

// Sources are all that were read, by path.
func (t *Tree) Sources() []*model.Source {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]*model.Source, 0, len(t.sources))
	for _, s := range t.sources {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *model.Source) int { return strings.Compare(a.Path, b.Path) })
	return all
}

func (t *Tree) read(name string) ([]byte, error) {
	if text, ok := t.opt.Overlay[name]; ok {
		return capped(bytes.NewReader(text), 0)
	}
	f, err := t.fsys.Open(name)
	if err != nil {
		return nil, plainError(err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, plainError(err)
	case !info.Mode().IsRegular():
		return nil, ErrNoFile
	case info.Size() > MaxSize:
		return nil, tooBig(info.Size())
	}
	return capped(f, info.Size())
}

// capped reads no more than MaxSize, whatever the size was said to be.
func capped(r io.Reader, size int64) ([]byte, error) {
	text := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	if _, err := text.ReadFrom(io.LimitReader(r, MaxSize+1)); err != nil {
		return nil, plainError(err)
	}
	if text.Len() > MaxSize {
		return nil, tooBig(int64(text.Len()))
	}
	return text.Bytes(), nil
}

func tooBig(size int64) error {
	return fmt.Errorf("%w: %d bytes, and %d are read at most", ErrTooBig, size, MaxSize)
}

// plainError drops the path, which the finding names better.
func plainError(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	if err != nil && strings.Contains(err.Error(), "escapes from parent") {
		return ErrOutside
	}
	return err
}

// follow resolves symbolic links, of directories too; an absolute target like
// an absolute include. What it returns may still not exist.
func (t *Tree) follow(name string) (string, error) {
	if _, ok := t.opt.Overlay[name]; ok || t.named(name) {
		return name, nil
	}
	if !fs.ValidPath(name) {
		return "", ErrOutside
	}
	at, links := ".", 0
	for rest := strings.Split(name, "/"); len(rest) > 0; {
		step := rest[0]
		rest = rest[1:]
		if step == "" || step == "." {
			continue
		}
		if step == ".." {
			if at == "." {
				return "", ErrOutside
			}
			at = path.Dir(at)
			continue
		}
		next := path.Join(at, step)
		if e, ok := pick(t.entries(at), step); !ok || e.Type()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		if links++; links > 40 { // the kernel gives up after as many
			return "", errors.New("it is a symbolic link to itself")
		}
		target, err := fs.ReadLink(t.fsys, next)
		if err != nil {
			return "", plainError(err)
		}
		if path.IsAbs(target) {
			found, ok := t.find(target, at, nil, t.holds)
			if !ok {
				return "", ErrOutside
			}
			target, at = found, "."
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return at, nil
}

// named reports whether name is a regular file that was found, and so is
// reached without links.
func (t *Tree) named(name string) bool {
	_, ok := slices.BinarySearch(t.names, name)
	return ok
}

// holds reports whether something of that name was found: a file, a link, or
// the directory of one.
func (t *Tree) holds(name string) bool {
	for _, all := range [][]string{t.names, t.links} {
		if _, ok := slices.BinarySearch(all, name); ok {
			return true
		}
		if i, _ := slices.BinarySearch(all, name+"/"); i < len(all) && strings.HasPrefix(all[i], name+"/") {
			return true
		}
	}
	return false
}

// list is a directory's entries by name, of a linked directory too; nil when
// there is no such directory.
func (t *Tree) list(dir string) (all []fs.DirEntry) {
	t.mu.Lock()
	all, known := t.lists[dir]
	t.mu.Unlock()
	if known {
		return all
	}
	if plain, err := t.follow(dir); err == nil {
		all = t.entries(plain)
	}
	t.mu.Lock()
	t.lists[dir] = all
	t.mu.Unlock()
	return all
}

// entries is the same of a directory that is reached without links.
func (t *Tree) entries(dir string) []fs.DirEntry {
	t.mu.Lock()
	defer t.mu.Unlock()
	if all, ok := t.dirs[dir]; ok {
		return all
	}
	all, _ := remembering{t}.ReadDir(dir)
	t.dirs[dir] = all
	return all
}

// Exists reports whether there is such a file, link or directory.
func (t *Tree) Exists(name string) bool {
	if _, ok := t.opt.Overlay[name]; ok || name == "." {
		return true
	}
	_, ok := t.entry(name)
	return ok
}

func (t *Tree) entry(name string) (fs.DirEntry, bool) {
	return pick(t.list(path.Dir(name)), path.Base(name))
}

func pick(all []fs.DirEntry, base string) (fs.DirEntry, bool) {
	i, ok := sort.Find(len(all), func(i int) int { return strings.Compare(base, all[i].Name()) })
	if !ok {
		return nil, false
	}
	return all[i], true
}

// Below are the regular files in a directory and below it.
func (t *Tree) Below(dir string) []string {
	if dir == "." {
		return t.names
	}
	from, _ := slices.BinarySearch(t.names, dir+"/")
	to, _ := slices.BinarySearch(t.names, dir+"0") // the sign behind the slash
	return t.names[from:to]
}

// Beside are the regular files in the directory of a file.
func (t *Tree) Beside(name string) (all []string) {
	dir := path.Dir(name)
	for _, e := range t.list(dir) {
		if e.Type().IsRegular() {
			all = append(all, path.Join(dir, e.Name()))
		}
	}
	return all
}

// IsFile reports whether there is such a file, or a link to one.
func (t *Tree) IsFile(name string) bool {
	if _, ok := t.opt.Overlay[name]; ok {
		return true
	}
	found, err := t.follow(name)
	return err == nil && t.named(found)
}

// isDir reports whether name is a directory, or a link to one.
func (t *Tree) isDir(name string) bool {
	if name == "." {
		return true
	}
	e, ok := t.entry(name)
	switch {
	case !ok:
		return false
	case e.Type()&fs.ModeSymlink != 0:
		return t.list(name) != nil
	}
	return e.IsDir()
}

// Find looks for an absolute path, or pattern, inside the tree: through the
// place's mounts and the maps given, else by its longest suffix that exists
// near the directory given, or in one around it. Of a pattern the directory
// must exist, and name more than the root of the search.
func (t *Tree) Find(abs, near string, place *model.Place) (name string, ok bool) {
	return t.find(abs, near, place, t.Exists)
}

func (t *Tree) find(abs, near string, place *model.Place, exists func(string) bool) (name string, ok bool) {
	abs = path.Clean(abs)
	if abs == "/" {
		return "", false
	}
	mounts := t.opt.Maps
	if place != nil {
		mounts = append(slices.Clip(mounts), place.Mounts...)
	}
	best := -1
	for _, m := range mounts {
		if rest, in := below(abs, m.To); in && len(m.To) > best {
			name, best = path.Join(m.From, rest), len(m.To)
		}
	}
	if best >= 0 {
		return name, fs.ValidPath(name)
	}
	parts := strings.Split(strings.Trim(abs, "/"), "/")
	for i := range parts {
		suffix := path.Join(parts[i:]...)
		fixed := suffix
		if isPattern(suffix) {
			fixed = path.Dir(suffix)
			for isPattern(fixed) {
				fixed = path.Dir(fixed)
			}
			if fixed == "." {
				continue // any directory would do
			}
		}
		for dir := near; ; dir = path.Dir(dir) {
			if exists(path.Join(dir, fixed)) {
				return path.Join(dir, suffix), true
			}
			if dir == "." || dir == "/" {
				break
			}
		}
	}
	return "", false
}

// below is what is left of p under dir.
func below(p, dir string) (rest string, ok bool) {
	dir = strings.TrimSuffix(dir, "/")
	rest, ok = strings.CutPrefix(p, dir)
	return strings.TrimPrefix(rest, "/"), ok && (rest == "" || rest[0] == '/')
}

// Memo is what make yields for a source, called once for all who ask: a file
// that many roots include is parsed once. Nobody may change what it returns.
func (t *Tree) Memo(s *model.Source, make func() any) any {
	entry, ok := t.memo.Load(s)
	if !ok {
		entry, _ = t.memo.LoadOrStore(s, sync.OnceValue(make))
	}
	return entry.(func() any)()
}

// derived stands before the path of a source that is no file itself.
const derived = '\x00'

// Keep adds sources that are parts of a file: those that a dump was made of.
func (t *Tree) Keep(parts ...*model.Source) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range parts {
		t.sources[string(derived)+s.Path] = s
	}
}

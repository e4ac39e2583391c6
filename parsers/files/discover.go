package files

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	ignore "github.com/sabhiram/go-gitignore"

	"github.com/gwlint/gwlint/model"
)

// never holds configuration that anything here runs on.
var never = map[string]bool{".git": true, ".hg": true, ".svn": true, "node_modules": true, ".terraform": true}

// New finds the files below the paths given, each a file or a directory of
// fsys. A path that is named is never left out; errors name the path.
func New(ctx context.Context, fsys fs.FS, paths []string, opt Options) (*Tree, error) {
	t := &Tree{fsys: fsys, opt: opt,
		sources: map[string]*model.Source{}, errs: map[string]error{}, dirs: map[string][]fs.DirEntry{}, lists: map[string][]fs.DirEntry{}, memo: &sync.Map{}}
	for _, p := range paths {
		if _, ok := opt.Overlay[p]; ok {
			t.names = append(t.names, p)
			continue
		}
		if err := t.walk(ctx, p); err != nil {
			return nil, err
		}
	}
	slices.Sort(t.names)
	slices.Sort(t.links)
	t.names, t.links = slices.Compact(t.names), slices.Compact(t.links)
	return t, nil
}

func (t *Tree) walk(ctx context.Context, start string) error {
	ignored := ignores{}
	return fs.WalkDir(remembering{t}, start, func(name string, e fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && name == start:
			return err
		case err != nil: // a folder that we may not enter: not what was asked for
			return fs.SkipDir
		case name != start && (never[e.Name()] && e.IsDir() || t.opt.Ignore && ignored.match(name, e.IsDir())):
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		case e.IsDir():
			if t.opt.Ignore {
				ignored.enter(t.fsys, name)
			}
		case e.Type()&fs.ModeSymlink != 0:
			t.links = append(t.links, name)
		case e.Type().IsRegular():
			t.names = append(t.names, name)
		default:
			if name == start {
				return &fs.PathError{Op: "read", Path: name, Err: ErrNoFile}
			}
		}
		return nil
	})
}

// remembering is the file system of a tree that keeps the directories it lists.
type remembering struct{ *Tree }

func (r remembering) Open(name string) (fs.File, error)     { return r.fsys.Open(name) }
func (r remembering) Stat(name string) (fs.FileInfo, error) { return fs.Stat(r.fsys, name) }
func (r remembering) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(r.fsys, name)
	if err != nil {
		return nil, err
	}
	if all == nil {
		all = []fs.DirEntry{}
	}
	r.dirs[name] = all
	return all, nil
}

// ignores are the .gitignore files of the directories entered so far.
type ignores map[string]*ignore.GitIgnore

func (i ignores) enter(fsys fs.FS, dir string) {
	text, err := fs.ReadFile(fsys, path.Join(dir, ".gitignore"))
	if err == nil && len(text) < 1<<20 {
		i[dir] = ignore.CompileIgnoreLines(strings.Split(string(text), "\n")...)
	}
}

func (i ignores) match(name string, dir bool) bool {
	if len(i) == 0 {
		return false
	}
	for d := path.Dir(name); ; d = path.Dir(d) {
		if g := i[d]; g != nil {
			rest := name
			if d != "." {
				rest = strings.TrimPrefix(name, d+"/")
			}
			if g.MatchesPath(rest) || dir && g.MatchesPath(rest+"/") {
				return true
			}
		}
		if d == "." {
			return false
		}
	}
}

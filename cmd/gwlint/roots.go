package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

// inputs are the flags that say what is read, and how.
type inputs struct {
	targets, pathMaps, types []string
	varFiles, vars           []string
	noGitignore, noConfig    bool
	config                   string
	jobs                     int
}

func (in *inputs) define(f *pflag.FlagSet) {
	f.StringSliceVar(&in.targets, "target", nil, "version that will run it, as `PRODUCT=VERSION`: nginx=1.28")
	f.StringSliceVar(&in.pathMaps, "map", nil, "where an absolute path is found, as `FROM=TO`: /etc/nginx=deploy/nginx")
	f.StringSliceVar(&in.types, "type", nil, "language of files, as `DIALECT` or PATH=DIALECT")
	f.StringArrayVar(&in.varFiles, "var-file", nil, "`FILE` with values of Terraform's variables; may be repeated")
	f.StringArrayVar(&in.vars, "var", nil, "value of a Terraform variable, as `NAME=VALUE`; may be repeated")
	f.BoolVar(&in.noGitignore, "no-gitignore", false, "lint what .gitignore names, too")
	f.StringVarP(&in.config, "config", "c", "", "the settings `FILE`; else .gwlint.hcl or .gwlint.json, up to the repository's root")
	f.BoolVar(&in.noConfig, "no-config", false, "read no settings")
	f.IntVarP(&in.jobs, "jobs", "j", 0, "how many at once (default: one for each processor)")
}

// options are those that the flags tell of a root.
func (in *inputs) options(r root) (lint.Options, error) {
	opt := lint.Options{Jobs: in.jobs, Tracked: !in.noGitignore, Targets: map[string]string{}, Types: map[string]string{}}
	for _, t := range in.targets {
		product, version, _ := strings.Cut(t, "=")
		if _, parts := model.ParseVersion(version); parts == 0 {
			return opt, fmt.Errorf("--target takes PRODUCT=VERSION, such as nginx=1.28, not %q", t)
		}
		if known := lint.Products(); !slices.Contains(known, product) {
			return opt, fmt.Errorf("--target knows no product %q%s", product, didYouMean(product, known))
		}
		opt.Targets[product] = version
	}
	for _, t := range in.types {
		path, dialect, ok := strings.Cut(t, "=")
		if !ok {
			path, dialect = "", t
		}
		if known := lint.Dialects(); !slices.Contains(known, dialect) {
			return opt, fmt.Errorf("--type knows no language %q%s", dialect, didYouMean(dialect, known))
		}
		opt.Types[filepath.ToSlash(filepath.Clean(path))] = dialect
	}
	if err := in.variables(&opt); err != nil {
		return opt, err
	}
	var err error
	opt.Settings, err = in.settings(r)
	return opt, err
}

// variables puts the files and values of Terraform's variables beside the
// tree: files first, as Terraform has them, then what stands on the command line.
func (in *inputs) variables(opt *lint.Options) error {
	add := func(name string, text []byte) {
		if opt.Overlay == nil {
			opt.Overlay = map[string][]byte{}
		}
		opt.Overlay[name] = text
		opt.VarFiles = append(opt.VarFiles, name)
	}
	for _, name := range in.varFiles {
		text, err := os.ReadFile(name)
		if err != nil {
			return missing(name, err)
		}
		add(filepath.ToSlash(name), text)
	}
	var lines strings.Builder
	for _, v := range in.vars {
		name, value, ok := strings.Cut(v, "=")
		if !ok || !variableName.MatchString(name) {
			return fmt.Errorf("--var takes NAME=VALUE, not %q", v)
		}
		if !literal.MatchString(value) {
			value = strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(value))
		}
		fmt.Fprintf(&lines, "%s = %s\n", name, value)
	}
	if lines.Len() > 0 {
		add("--var", []byte(lines.String()))
	}
	return nil
}

// A value of --var is a string, unless it is one of these.
var (
	variableName = regexp.MustCompile(`^[\w-]+$`)
	literal      = regexp.MustCompile(`^(-?\d+(\.\d+)?|true|false|null|\[.*\]|\{.*\}|".*")$`)
)

// roots are what the paths name; none is the folder one is in.
func (in *inputs) roots(c console, paths []string) ([]root, error) {
	var maps []model.Mount
	for _, m := range in.pathMaps {
		from, to, ok := strings.Cut(m, "=")
		if !ok || !strings.HasPrefix(from, "/") || to == "" {
			return nil, fmt.Errorf("--map takes FROM=TO with an absolute FROM, such as /etc/nginx=deploy/nginx, not %q", m)
		}
		maps = append(maps, model.Mount{From: to, To: from})
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	return rootsOf(c, paths, maps)
}

// A root is a folder that is linted as one, and nothing outside of it is read.
type root struct {
	dir     string // as the user has it
	entries []string
	stdin   []byte
	maps    []model.Mount
}

// rootsOf groups paths: a folder is a root of its own, unless another holds
// it; a file belongs to its folder.
func rootsOf(c console, paths []string, maps []model.Mount) ([]root, error) {
	var roots []root
	var files []string
	for _, p := range paths {
		if p == "-" {
			text, err := io.ReadAll(c.in)
			if err != nil {
				return nil, fmt.Errorf("reading standard input: %w", err)
			}
			roots = append(roots, root{stdin: text, entries: []string{"-"}})
			continue
		}
		info, err := os.Stat(p)
		switch {
		case err != nil:
			return nil, missing(p, err)
		case info.IsDir():
			roots = append(roots, root{dir: filepath.Clean(p), entries: []string{"."}})
		default:
			files = append(files, filepath.Clean(p))
		}
	}
	roots = slices.DeleteFunc(roots, func(r root) bool {
		return slices.ContainsFunc(roots, func(o root) bool { return r.stdin == nil && o.stdin == nil && o.dir != r.dir && holds(o.dir, r.dir) })
	})
	slices.SortFunc(roots, func(a, b root) int { return strings.Compare(a.dir, b.dir) })
	roots = slices.CompactFunc(roots, func(a, b root) bool { return a.dir == b.dir && a.stdin == nil && b.stdin == nil })
	for _, f := range files {
		if slices.ContainsFunc(roots, func(r root) bool { return r.stdin == nil && slices.Equal(r.entries, []string{"."}) && holds(r.dir, f) }) {
			continue
		}
		dir, name := filepath.Split(f)
		dir = filepath.Clean(dir)
		if i := slices.IndexFunc(roots, func(r root) bool { return r.stdin == nil && r.dir == dir }); i >= 0 {
			roots[i].entries = append(roots[i].entries, name)
		} else {
			roots = append(roots, root{dir: dir, entries: []string{name}})
		}
	}
	for i := range roots {
		for _, m := range maps {
			from, err := filepath.Rel(roots[i].dir, m.From)
			if err != nil || from != "." && !filepath.IsLocal(from) {
				return nil, fmt.Errorf("--map leads to %s, which is outside of %s", m.From, roots[i].dir)
			}
			roots[i].maps = append(roots[i].maps, model.Mount{From: filepath.ToSlash(from), To: m.To})
		}
	}
	return roots, nil
}

func holds(dir, p string) bool {
	rel, err := filepath.Rel(dir, p)
	return err == nil && filepath.IsLocal(rel)
}

// missing says that a path is not there, and which one may be meant.
func missing(p string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var near []string
	if all, err := os.ReadDir(filepath.Dir(p)); err == nil {
		for _, e := range all {
			near = append(near, filepath.Join(filepath.Dir(p), e.Name()))
		}
	}
	return fmt.Errorf("there is no %s%s", p, didYouMean(p, near))
}

// lint runs over the root, and repairs it when asked to.
func (r root) lint(ctx context.Context, c console, opt lint.Options, p repair) (*lint.Result, error) {
	fsys, dir, opt, err := r.open(opt)
	if err != nil {
		return nil, err
	}
	if dir != nil {
		defer dir.Close()
		if p.fix != "" || p.diff {
			return p.run(ctx, c, fsys, dir, opt)
		}
	}
	out, err := lint.Run(ctx, fsys, opt)
	if err != nil {
		return nil, err
	}
	return out, lint.Offer(ctx, fsys, opt, out)
}

// run lints the root; prefix stands before the paths of its files.
func (r root) run(ctx context.Context, opt lint.Options) (out *lint.Result, prefix string, err error) {
	fsys, dir, opt, err := r.open(opt)
	if err != nil {
		return nil, "", err
	}
	if dir != nil {
		defer dir.Close()
	}
	out, err = lint.Run(ctx, fsys, opt)
	return out, opt.Prefix, err
}

// load reads the root, and lets no rule speak.
func (r root) load(ctx context.Context, opt lint.Options) (*lint.Loaded, error) {
	fsys, dir, opt, err := r.open(opt)
	if err != nil {
		return nil, err
	}
	if dir != nil {
		defer dir.Close()
	}
	return lint.Load(ctx, fsys, opt)
}

// open gives the file system of a root, which cannot be left, and its
// directory, which the caller closes; that is nil for standard input.
func (r root) open(opt lint.Options) (fs.FS, *os.Root, lint.Options, error) {
	opt.Paths, opt.Maps = r.entries, r.maps
	if r.stdin != nil {
		if opt.Overlay == nil {
			opt.Overlay = map[string][]byte{}
		}
		opt.Overlay["-"] = r.stdin
		return emptyFS{}, nil, opt, nil
	}
	dir, err := os.OpenRoot(r.dir)
	if err != nil {
		return nil, nil, opt, err
	}
	if r.dir != "." {
		opt.Prefix = filepath.ToSlash(r.dir) + "/"
		types := map[string]string{}
		for p, d := range opt.Types {
			types[strings.TrimPrefix(p, opt.Prefix)] = d
		}
		opt.Types = types
	}
	if d := opt.Types["."]; d != "" {
		opt.Types[""] = d
	}
	return dir.FS(), dir, opt, nil
}

type emptyFS struct{}

func (emptyFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

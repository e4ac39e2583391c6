package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/report"
)

// inputs are the flags that say what is read, and how.
type inputs struct {
	targets, maps, types []string
	noGitignore          bool
	jobs                 int
}

func (in *inputs) flags(f *pflag.FlagSet) {
	f.StringSliceVar(&in.targets, "target", nil, "version that will run it, as PRODUCT=VERSION: nginx=1.28")
	f.StringSliceVar(&in.maps, "map", nil, "where an absolute path is found, as FROM=TO: /etc/nginx=deploy/nginx")
	f.StringSliceVar(&in.types, "type", nil, "language of files, as DIALECT or PATH=DIALECT")
	f.BoolVar(&in.noGitignore, "no-gitignore", false, "lint what .gitignore names, too")
	f.IntVarP(&in.jobs, "jobs", "j", 0, "how many at once (default: one for each processor)")
}

// check is the command that lints.
func check(ctx context.Context, c console, args []string) (int, error) {
	var in inputs
	var format, profile, failOn, color string
	var outputs []string
	var noIgnores, exitZero bool
	f := flags("check", "", "")
	f.StringVarP(&format, "format", "f", "text", "what is printed: "+formatNames())
	f.StringArrayVarP(&outputs, "output", "o", nil, "also write FORMAT=FILE; may be repeated; - is standard output")
	f.StringVar(&profile, "profile", "default", "default, or audit, which shows notes")
	in.flags(f)
	f.StringVar(&failOn, "fail-on", "warning:medium", "exit 1 from SEVERITY[:CONFIDENCE] on, or never")
	f.BoolVar(&noIgnores, "no-ignores", false, "comments that ignore rules do not count")
	f.BoolVar(&exitZero, "exit-zero", false, "exit 0 even with findings")
	f.StringVar(&color, "color", "auto", "auto, always or never")
	if err := parse(c, f, "[check] [flags] [PATH|-]...", args); err != nil {
		return 0, err
	}
	level, err := failLevel(failOn)
	if err != nil {
		return 0, err
	}
	if profile != "default" && profile != "audit" {
		return 0, fmt.Errorf("there is no profile %q%s", profile, didYouMean(profile, []string{"default", "audit"}))
	}
	if !slices.Contains([]string{"auto", "always", "never"}, color) {
		return 0, fmt.Errorf("--color takes auto, always or never, not %q", color)
	}
	sinks, err := sinks(format, outputs)
	if err != nil {
		return 0, err
	}
	r, err := in.lint(ctx, c, f.Args(), lint.Options{Audit: profile == "audit", NoIgnores: noIgnores})
	if err != nil {
		return 0, err
	}
	for _, s := range sinks {
		if err := s.write(c, r, color); err != nil {
			return 0, err
		}
	}
	switch {
	case !exitZero && level.reached(r):
		return exitFindings, nil
	case r.Summary.Files == 0:
		fmt.Fprintln(c.err, "gwlint: no configuration was recognised here; --type says of what language a file is")
		return exitIncomplete, nil
	case len(r.Summary.Unread) > 0:
		fmt.Fprintf(c.err, "gwlint: not read: %s\n", strings.Join(r.Summary.Unread, ", "))
		return exitIncomplete, nil
	}
	return exitClean, nil
}

// lint runs over every root that the paths name, and puts the results together.
func (in *inputs) lint(ctx context.Context, c console, paths []string, opt lint.Options) (*lint.Result, error) {
	roots, opt, err := in.roots(c, paths, opt)
	if err != nil {
		return nil, err
	}
	var all []*lint.Result
	for _, r := range roots {
		r, err := r.lint(ctx, opt)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return lint.Join(all), nil
}

func (in *inputs) roots(c console, paths []string, opt lint.Options) ([]root, lint.Options, error) {
	opt.Jobs, opt.Tracked = in.jobs, !in.noGitignore
	opt.Targets, opt.Types = map[string]string{}, map[string]string{}
	for _, t := range in.targets {
		product, version, _ := strings.Cut(t, "=")
		if _, parts := model.ParseVersion(version); parts == 0 {
			return nil, opt, fmt.Errorf("--target takes PRODUCT=VERSION, such as nginx=1.28, not %q", t)
		}
		if known := lint.Products(); !slices.Contains(known, product) {
			return nil, opt, fmt.Errorf("--target knows no product %q%s", product, didYouMean(product, known))
		}
		opt.Targets[product] = version
	}
	for _, t := range in.types {
		path, dialect, ok := strings.Cut(t, "=")
		if !ok {
			path, dialect = "", t
		}
		if known := lint.Dialects(); !slices.Contains(known, dialect) {
			return nil, opt, fmt.Errorf("--type knows no language %q%s", dialect, didYouMean(dialect, known))
		}
		opt.Types[filepath.ToSlash(filepath.Clean(path))] = dialect
	}
	var maps []model.Mount
	for _, m := range in.maps {
		from, to, ok := strings.Cut(m, "=")
		if !ok || !strings.HasPrefix(from, "/") || to == "" {
			return nil, opt, fmt.Errorf("--map takes FROM=TO with an absolute FROM, such as /etc/nginx=deploy/nginx, not %q", m)
		}
		maps = append(maps, model.Mount{From: to, To: from})
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	roots, err := rootsOf(c, paths, maps)
	return roots, opt, err
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

func (r root) lint(ctx context.Context, opt lint.Options) (*lint.Result, error) {
	fsys, opt, done, err := r.open(opt)
	if err != nil {
		return nil, err
	}
	defer done()
	return lint.Run(ctx, fsys, opt)
}

// open gives the file system of a root, which cannot be left.
func (r root) open(opt lint.Options) (fs.FS, lint.Options, func(), error) {
	opt.Paths, opt.Maps = r.entries, r.maps
	if r.stdin != nil {
		opt.Overlay = map[string][]byte{"-": r.stdin}
		return emptyFS{}, opt, func() {}, nil
	}
	dir, err := os.OpenRoot(r.dir)
	if err != nil {
		return nil, opt, nil, err
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
	return dir.FS(), opt, func() { dir.Close() }, nil
}

type emptyFS struct{}

func (emptyFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// A level is from where on findings fail a run.
type level struct {
	severity   model.Severity // 0 is never
	confidence model.Confidence
}

func failLevel(s string) (level, error) {
	if s == "never" {
		return level{}, nil
	}
	severity, confidence, both := strings.Cut(s, ":")
	l := level{confidence: model.Low}
	for _, v := range []model.Severity{model.Note, model.Warning, model.Error} {
		if v.String() == severity {
			l.severity = v
		}
	}
	for _, v := range []model.Confidence{model.Low, model.Medium, model.High} {
		if v.String() == confidence {
			l.confidence, both = v, false
		}
	}
	if l.severity == 0 || both {
		return l, fmt.Errorf("--fail-on takes note, warning or error, with :low, :medium or :high behind it, or never, not %q", s)
	}
	return l, nil
}

func (l level) reached(r *lint.Result) bool {
	return l.severity != 0 && slices.ContainsFunc(r.Findings, func(f lint.Finding) bool {
		return f.Severity >= l.severity && f.Confidence >= l.confidence
	})
}

// A sink is a format and where it goes.
type sink struct {
	format report.Format
	file   string // "-" is standard output
}

func sinks(format string, outputs []string) ([]sink, error) {
	var out []sink
	stdout := false
	for _, o := range append(outputs, format+"=-") {
		name, file, ok := strings.Cut(o, "=")
		if !ok || file == "" {
			return nil, fmt.Errorf("--output takes FORMAT=FILE, such as sarif=gwlint.sarif, not %q", o)
		}
		f, known := report.ByName(name)
		if !known {
			return nil, fmt.Errorf("there is no format %q%s", name, didYouMean(name, strings.Split(formatNames(), " ")))
		}
		if file == "-" {
			if stdout {
				continue // an output was sent there, in place of the format
			}
			stdout = true
		}
		out = append(out, sink{f, file})
	}
	return out, nil
}

func formatNames() string {
	var names []string
	for _, f := range report.Formats {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}

func (s sink) write(c console, r *lint.Result, color string) error {
	opt := report.Options{Context: 1, Version: build().version, Pages: checks.Explain}
	if s.file == "-" {
		tty := isTerminal(c.out)
		opt.Colour = report.Colour(color, os.Getenv, tty)
		opt.Width = width()
		return s.format.Write(c.out, r, opt)
	}
	var b bytes.Buffer
	if err := s.format.Write(&b, r, opt); err != nil {
		return err
	}
	return writeWhole(s.file, b.Bytes())
}

// writeWhole writes a file so that nobody ever sees half of it.
func writeWhole(name string, text []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name())
			err = fmt.Errorf("writing %s: %w", name, err)
		}
	}()
	if _, err = tmp.Write(text); err != nil {
		tmp.Close()
		return err
	}
	if err = tmp.Chmod(0o644); err != nil {
		tmp.Close()
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func width() int {
	n, _ := strconv.Atoi(os.Getenv("COLUMNS"))
	return n
}

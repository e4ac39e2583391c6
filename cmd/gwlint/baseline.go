package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/settings"
)

// A baselineFile is where a root's baseline is, or would be.
type baselineFile struct {
	name string // "" for none
	base string // from its folder to the root
	must bool   // it was asked for
}

// baselineOf is the file that a flag or the settings name, else the one beside
// the settings, or at the root of the repository.
func (j *judging) baselineOf(r root, s *settings.Settings) (b baselineFile, err error) {
	dir, err := filepath.Abs(r.dir)
	if err != nil {
		return b, err
	}
	said := s.Baseline()
	switch {
	case j.baseline == "none", j.baseline == "" && said.V == "none":
		return b, nil
	case j.baseline != "":
		b.name, b.must = j.baseline, true
	case said.Set():
		b.name, b.must = filepath.Join(filepath.Dir(said.At.Source.Path), filepath.FromSlash(said.V)), true
	case s != nil:
		b.name = filepath.Join(filepath.Dir(s.Files[0].Source.Path), lint.BaselineName)
	default:
		top := repository(dir)
		if top == "" {
			top = dir
		}
		b.name = filepath.FromSlash(r.shown(dir, filepath.Join(top, lint.BaselineName)))
	}
	abs, err := filepath.Abs(b.name)
	if err != nil {
		return b, err
	}
	base, err := filepath.Rel(filepath.Dir(abs), dir)
	b.base = filepath.ToSlash(base)
	return b, err
}

// read is the baseline, or nil where there is none.
func (b baselineFile) read() (*lint.Baseline, error) {
	if b.name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(b.name)
	if os.IsNotExist(err) && !b.must {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", err)
	}
	out, err := lint.ReadBaseline(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.name, err)
	}
	out.Base = b.base
	return out, nil
}

// baseline keeps the file of known findings.
func baseline(f *pflag.FlagSet) runner {
	var j judging
	j.define(f)
	return func(ctx context.Context, c console, args []string) (int, error) {
		if err := verb("baseline", args, "create", "update", "prune", "show"); err != nil {
			return 0, err
		}
		roots, err := j.roots(c, args[1:])
		if err != nil {
			return 0, err
		}
		return j.keep(ctx, c, f, args[0], roots[0])
	}
}

// keep creates, updates, prunes or shows the baseline of a root.
func (j *judging) keep(ctx context.Context, c console, f *pflag.FlagSet, verb string, r root) (int, error) {
	create := verb == "create"
	set, err := j.inputs.settings(r)
	if err != nil {
		return 0, err
	}
	file, err := j.baselineOf(r, set)
	switch {
	case err != nil:
		return 0, err
	case file.name == "":
		return 0, fmt.Errorf("there is no baseline: the flag or the settings say none")
	case create && exists(file.name):
		return 0, fmt.Errorf("there is %s already; gwlint baseline update brings it up to date", file.name)
	case !create && !exists(file.name):
		return 0, fmt.Errorf("there is no %s; gwlint baseline create makes it", file.name)
	}
	if create {
		j.baseline = "none"
	}
	opt, _, err := j.options(f, r)
	if err != nil {
		return 0, err
	}
	if create {
		opt.Baseline = &lint.Baseline{Version: 1, Base: file.base}
	}
	if verb == "show" {
		for _, name := range slices.Sorted(maps.Keys(opt.Baseline.Files)) {
			for _, k := range opt.Baseline.Files[name] {
				fmt.Fprintf(c.out, "%s: %s %d\n", name, k.Rule, k.Count)
			}
		}
		return exitClean, nil
	}
	out, prefix, err := r.run(ctx, opt)
	if err != nil {
		return 0, err
	}
	known := len(out.Findings)
	if verb == "prune" {
		opt.Baseline.Forget(out.Stale)
		known = 0
	} else {
		opt.Baseline.Learn(out, prefix)
	}
	if err := writeWhole(file.name, opt.Baseline.Bytes()); err != nil {
		return 0, err
	}
	fmt.Fprintf(c.err, "gwlint: %s: %d added, %d removed\n", file.name, known, out.Summary.Stale)
	return verdict(c, out, false), nil
}

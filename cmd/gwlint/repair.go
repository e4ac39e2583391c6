package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/report"
)

// A repair says which fixes are applied, and whether to files or to see.
type repair struct {
	fix  string // safe or unsafe; "" for none
	diff bool   // print what would change
}

func (p repair) check() error {
	switch p.fix {
	case "", "safe", "unsafe":
		return nil
	}
	return fmt.Errorf("--fix takes safe or unsafe, not %q%s", p.fix, didYouMean(p.fix, []string{"safe", "unsafe"}))
}

// run lints a root and repairs it; files are written, or the diff printed. The
// result is of what is left, or with diff, of what is there.
func (p repair) run(ctx context.Context, c console, fsys fs.FS, dir *os.Root, opt lint.Options) (*lint.Result, error) {
	done, err := lint.Fix(ctx, fsys, opt, p.fix == "unsafe")
	if err != nil {
		return nil, err
	}
	if len(done.Changes) == 0 {
		p.idle(c, done.Found)
	}
	if p.diff {
		for _, change := range done.Changes {
			diff := change.Diff()
			if report.HasSecret(diff) {
				fmt.Fprintf(c.err, "gwlint: a secret stands beside what changes in %s: left out of the diff; --fix writes it\n", change.Path)
				continue
			}
			if _, err := fmt.Fprint(c.out, diff); err != nil {
				return nil, err
			}
		}
		return done.Found, nil
	}
	for _, change := range done.Changes {
		if err := replace(dir, change); err != nil {
			return nil, err
		}
	}
	if len(done.Changes) > 0 {
		fmt.Fprintf(c.err, "gwlint: fixed %s in %s\n", plural(len(done.Fixed), "finding"), plural(len(done.Changes), "file"))
	}
	return done.Left, lint.Offer(ctx, fsys, opt, done.Left)
}

// idle says why nothing is fixed.
func (p repair) idle(c console, r *lint.Result) {
	others := 0
	for i := range r.Findings {
		if f := r.Findings[i].Fix; f != nil && !f.Safe {
			others++
		}
	}
	switch {
	case p.fix != "unsafe" && others > 0:
		fmt.Fprintf(c.err, "gwlint: nothing to fix safely; %s a fix that changes what requests get: --fix=unsafe, to see it --diff\n", have(others))
	case len(r.Findings) > 0:
		fmt.Fprintln(c.err, "gwlint: nothing to fix")
	}
}

func have(findings int) string {
	if findings == 1 {
		return "1 finding has"
	}
	return plural(findings, "finding") + " have"
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// replace writes a file below dir whole, with its mode, so that nobody ever
// sees half of it; not when it has changed since it was read.
func replace(dir *os.Root, c lint.Change) (err error) {
	fail := func(err error) error { return fmt.Errorf("fixing %s: %w", c.Path, err) }
	info, err := dir.Stat(c.Name)
	if err != nil {
		return fail(err)
	}
	if now, err := dir.ReadFile(c.Name); err != nil {
		return fail(err)
	} else if !bytes.Equal(now, c.Before) {
		return fail(fmt.Errorf("it has changed meanwhile"))
	}
	tmp := path.Join(path.Dir(c.Name), fmt.Sprintf(".%s.%d.gwlint", path.Base(c.Name), os.Getpid()))
	f, err := dir.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fail(err)
	}
	defer func() {
		if err != nil {
			dir.Remove(tmp)
			err = fail(err)
		}
	}()
	if _, err = f.Write(c.After); err == nil {
		err = f.Chmod(info.Mode().Perm())
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return dir.Rename(tmp, c.Name)
}

package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/report"
)

// explain prints the page of a rule.
func explain(_ context.Context, c console, args []string) (int, error) {
	f := flags("explain", "", "")
	if err := parse(c, f, "explain RULE", args); err != nil {
		return 0, err
	}
	if f.NArg() != 1 {
		return 0, fmt.Errorf("explain takes one rule; gwlint rules lists them")
	}
	page := checks.Explain(f.Arg(0))
	if page == "" {
		var ids []string
		for _, k := range checks.All() {
			ids = append(ids, k.ID)
		}
		return 0, fmt.Errorf("there is no rule %q%s", f.Arg(0), didYouMean(f.Arg(0), ids))
	}
	fmt.Fprint(c.out, page)
	return exitClean, nil
}

// rules lists them all.
func rules(_ context.Context, c console, args []string) (int, error) {
	f := flags("rules", "", "")
	if err := parse(c, f, "rules", args); err != nil {
		return 0, err
	}
	for _, t := range checks.Topics() {
		fmt.Fprintf(c.out, "%s\n", t.Title)
		for _, k := range t.Checks {
			fmt.Fprintf(c.out, "  %-28s %-8s %-22s %s\n", k.ID, k.Severity, outcomes(k), k.Title)
		}
	}
	return exitClean, nil
}

func outcomes(k *model.Check) string {
	var all []string
	for _, o := range k.Outcomes {
		all = append(all, o.String())
	}
	return strings.Join(all, ", ")
}

// show prints the settings in effect.
func show(ctx context.Context, c console, args []string) (int, error) {
	var in inputs
	f := flags("show", "", "")
	in.flags(f)
	if err := parse(c, f, "show [flags] [PATH|-]...", args); err != nil {
		return 0, err
	}
	roots, opt, err := in.roots(c, f.Args(), lint.Options{})
	if err != nil {
		return 0, err
	}
	hops := 0
	for _, r := range roots {
		fsys, dir, opt, err := r.open(opt)
		if err != nil {
			return 0, err
		}
		l, err := lint.Load(ctx, fsys, opt)
		if dir != nil {
			dir.Close()
		}
		if err != nil {
			return 0, err
		}
		for range l.Workspace.Hops() {
			hops++
		}
		if err := report.Show(c.out, l.Workspace); err != nil {
			return 0, err
		}
	}
	if hops == 0 {
		fmt.Fprintln(c.err, "gwlint: nothing here forwards requests")
		return exitIncomplete, nil
	}
	return exitClean, nil
}

// A release is what the binary was built from.
type release struct{ version, commit string }

func build() release {
	r := release{version: "dev"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return r
	}
	if v := strings.TrimPrefix(info.Main.Version, "v"); v != "" && v != "(devel)" {
		r.version = v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			r.commit = s.Value[:min(len(s.Value), 12)]
		}
	}
	return r
}

// version tells what was built, and from what.
func version(_ context.Context, c console, args []string) (int, error) {
	f := flags("version", "", "")
	if err := parse(c, f, "version", args); err != nil {
		return 0, err
	}
	b := build()
	fmt.Fprintf(c.out, "gwlint %s\n", b.version)
	if b.commit != "" {
		fmt.Fprintf(c.out, "commit %s\n", b.commit)
	}
	fmt.Fprintf(c.out, "rules  %d\n", len(checks.All()))
	return exitClean, nil
}

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/settings"
)

// judging are the flags that say what is reported, besides the inputs.
type judging struct {
	inputs
	profile, failOn, today, baseline string
	noIgnores                        bool
}

const defaultLevel = "warning:medium"

func (j *judging) define(f *pflag.FlagSet) {
	f.StringVar(&j.profile, "profile", "default", "default, or audit, which shows notes")
	f.StringVar(&j.failOn, "fail-on", defaultLevel, "exit 1 from SEVERITY[:CONFIDENCE] on, or never")
	f.BoolVar(&j.noIgnores, "no-ignores", false, "comments that ignore rules do not count")
	f.StringVar(&j.today, "today", "", "the `DATE` to which until= of such comments is held: 2027-01-31")
	f.StringVar(&j.baseline, "baseline", "", "the `FILE` of known findings, or none; else .gwlint-baseline.json beside the settings")
	j.inputs.define(f)
}

// options are those of a root: its settings count where no flag says.
func (j *judging) options(f *pflag.FlagSet, r root) (opt lint.Options, level settings.Level, err error) {
	opt, err = j.inputs.options(r)
	if err != nil {
		return opt, level, err
	}
	profile, failOn := j.profile, j.failOn
	if s := opt.Settings.Profile(); s.Set() && origin(f, "profile") == "" {
		profile = s.V
	}
	if s := opt.Settings.FailOn(); s.Set() && origin(f, "fail-on") == "" {
		failOn = s.V
	}
	if profile != "default" && profile != "audit" {
		return opt, level, fmt.Errorf("there is no profile %q%s", profile, didYouMean(profile, []string{"default", "audit"}))
	}
	if level, err = settings.ParseLevel(failOn); err != nil {
		return opt, level, fmt.Errorf("--fail-on %w", err)
	}
	if j.today != "" {
		if opt.Today, err = time.Parse(time.DateOnly, j.today); err != nil {
			return opt, level, fmt.Errorf("--today takes a date such as 2027-01-31, not %q", j.today)
		}
	}
	file, err := j.baselineOf(r, opt.Settings)
	if err != nil {
		return opt, level, err
	}
	if opt.Baseline, err = file.read(); err != nil {
		return opt, level, err
	}
	opt.Audit, opt.NoIgnores = profile == "audit", j.noIgnores
	return opt, level, nil
}

// check is the command that lints.
func check(f *pflag.FlagSet) runner {
	var j judging
	var p repair
	var format, color string
	var outputs []string
	var exitZero, statistics, timings bool
	var since string
	f.StringVarP(&format, "format", "f", "text", "what is printed: "+formatNames())
	f.StringArrayVarP(&outputs, "output", "o", nil, "also write `FORMAT=FILE`; may be repeated; - is standard output")
	j.define(f)
	f.StringVar(&since, "changed-since", "", "only what touches lines that changed since the git revision `REV`; all is analysed")
	f.BoolVar(&exitZero, "exit-zero", false, "exit 0 even with findings")
	f.StringVar(&p.fix, "fix", "", "apply fixes that change nothing else; --fix=unsafe: all fixes")
	f.Lookup("fix").NoOptDefVal = "safe"
	f.BoolVar(&p.diff, "diff", false, "print what --fix would change, for git apply, and write nothing")
	f.StringVar(&color, "color", "auto", "auto, always or never")
	f.BoolVar(&statistics, "statistics", false, "how many findings each rule has, on standard error")
	f.BoolVar(&timings, "timings", false, "what took how long, on standard error")
	return func(ctx context.Context, c console, paths []string) (int, error) {
		if err := p.check(); err != nil {
			return 0, err
		}
		if !slices.Contains([]string{"auto", "always", "never"}, color) {
			return 0, fmt.Errorf("--color takes auto, always or never, not %q", color)
		}
		sinks, err := sinks(format, outputs)
		if err != nil {
			return 0, err
		}
		roots, err := j.roots(c, paths)
		if err != nil {
			return 0, err
		}
		var all []*lint.Result
		failed := false
		for _, r := range roots {
			opt, level, err := j.options(f, r)
			if err != nil {
				return 0, err
			}
			if since != "" {
				if opt.Changed, err = changedSince(ctx, r, since); err != nil {
					return 0, err
				}
			}
			out, err := r.lint(ctx, c, opt, p)
			if err != nil {
				return 0, err
			}
			all, failed = append(all, out), failed || reached(level, out)
		}
		r := lint.Join(all)
		for _, s := range sinks {
			if p.diff && s.file == "-" {
				continue // the diff stands there
			}
			if err := s.write(c, r, color); err != nil {
				return 0, err
			}
		}
		if statistics {
			countRules(c.err, r)
		}
		if timings {
			longest(c.err, r)
		}
		return verdict(c, r, failed && !exitZero), nil
	}
}

// verdict is the exit code of a result.
func verdict(c console, r *lint.Result, failed bool) int {
	switch {
	case slices.ContainsFunc(r.Findings, func(f lint.Finding) bool {
		return f.Rule() == settings.ErrorRule && f.Severity == model.Error
	}):
		fmt.Fprintln(c.err, "gwlint: the settings are not understood")
		return exitUsage
	case failed:
		return exitFindings
	case r.Summary.Files == 0:
		fmt.Fprintln(c.err, "gwlint: no configuration was recognised here; --type says of what language a file is")
		return exitIncomplete
	case len(r.Summary.Unread) > 0:
		fmt.Fprintf(c.err, "gwlint: not read: %s\n", strings.Join(r.Summary.Unread, ", "))
		return exitIncomplete
	}
	return exitClean
}

// reached reports whether a finding is at or above the level.
func reached(l settings.Level, r *lint.Result) bool {
	return l.Severity != 0 && slices.ContainsFunc(r.Findings, func(f lint.Finding) bool {
		return f.Severity >= l.Severity && f.Confidence >= l.Confidence
	})
}

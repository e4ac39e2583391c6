package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/settings"
)

// judging are the flags that say what is reported, besides the inputs.
type judging struct {
	inputs
	profile, failOn, today, baseline string
	only, without                    []string // rules and topics
	noIgnores                        bool
}

const defaultLevel = "warning:medium"

func (j *judging) define(f *pflag.FlagSet) {
	f.StringVar(&j.profile, "profile", "default", "the `PROFILE`: default, or audit, which shows notes")
	f.StringVar(&j.failOn, "fail-on", defaultLevel, "exit 1 from this `LEVEL` on: SEVERITY[:CONFIDENCE], or never")
	f.StringSliceVar(&j.only, "select", nil, "only these `RULES` or topics, with their notes: keepalive-race,timeouts")
	f.StringSliceVar(&j.without, "ignore", nil, "all but these `RULES` or topics")
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
	if opt.Checks, err = j.checks(); err != nil {
		return opt, level, err
	}
	opt.Audit, opt.NoIgnores = profile == "audit", j.noIgnores
	if len(j.only) > 0 && origin(f, "profile") == "" {
		opt.Audit = true // who asks for a rule wants to see what it says
	}
	return opt, level, nil
}

// always are the rules that say what could not be linted; a selection has
// them, too. The first three cannot be left out at all: the exit code has
// them.
var always = []string{settings.ErrorRule, "internal-error", "unreadable", "syntax"}

// checks are the rules of the run: all, those selected, and not those ignored.
func (j *judging) checks() ([]*model.Check, error) {
	only, err := named("--select", j.only)
	if err != nil {
		return nil, err
	}
	without, err := named("--ignore", j.without)
	if err != nil {
		return nil, err
	}
	for _, id := range always[:3] {
		if slices.Contains(j.without, id) {
			return nil, fmt.Errorf("--ignore: %s is always told", id)
		}
		delete(without, id)
	}
	return slices.DeleteFunc(checks.All(), func(c *model.Check) bool {
		return without[c.ID] || len(only) > 0 && !only[c.ID] && !slices.Contains(always, c.ID)
	}), nil
}

// named are the rules that words name, by themselves or by their topic.
func named(flag string, words []string) (map[string]bool, error) {
	out, known := map[string]bool{}, ruleNames()
	for _, t := range checks.Topics() {
		known = append(known, t.Name)
	}
	for _, w := range words {
		if !slices.Contains(known, w) {
			return nil, fmt.Errorf("%s: there is no rule or topic %q%s", flag, w, didYouMean(w, known))
		}
		for _, t := range checks.Topics() {
			for _, c := range t.Checks {
				if c.ID == w || t.Name == w {
					out[c.ID] = true
				}
			}
		}
	}
	return out, nil
}

// check is the command that lints.
func check(f *pflag.FlagSet) runner {
	var j judging
	var p repair
	var format, color, profile string
	var outputs []string
	var exitZero, statistics, timings bool
	var since string
	f.StringVarP(&format, "format", "f", "text", "print this `FORMAT`: "+formatNames())
	f.StringArrayVarP(&outputs, "output", "o", nil, "also write `FORMAT=FILE`; may be repeated; - is standard output")
	f.StringVar(&profile, "sarif-profile", "github", "`PROFILE` of SARIF: github, or full, with what comments and the baseline leave out")
	j.define(f)
	f.StringVar(&since, "changed-since", "", "only what touches lines that changed since the git revision `REV`; all is analysed")
	f.BoolVar(&exitZero, "exit-zero", false, "exit 0 even with findings")
	f.StringVar(&p.fix, "fix", "", "apply fixes, those that are safe: what works now works as before; --fix=unsafe: all")
	f.Lookup("fix").NoOptDefVal = "safe"
	f.BoolVar(&p.diff, "diff", false, "print what --fix would change, for git apply, and write nothing")
	f.StringVar(&color, "color", "auto", "`WHEN` to colour: auto, always or never")
	f.BoolVar(&statistics, "statistics", false, "how many findings each rule has, on standard error")
	f.BoolVar(&timings, "timings", false, "what took how long, on standard error")
	return func(ctx context.Context, c console, paths []string) (int, error) {
		if err := p.check(); err != nil {
			return 0, err
		}
		if !slices.Contains([]string{"auto", "always", "never"}, color) {
			return 0, fmt.Errorf("--color takes auto, always or never, not %q", color)
		}
		if profile != "github" && profile != "full" {
			return 0, fmt.Errorf("there is no SARIF profile %q%s", profile, didYouMean(profile, []string{"github", "full"}))
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
			if err := s.write(c, r, color, profile == "full"); err != nil {
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

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

// check is the command that lints.
func check(ctx context.Context, c console, args []string) (int, error) {
	var in inputs
	var format, profile, failOn, today, color string
	var outputs []string
	var noIgnores, exitZero bool
	var p repair
	f := flags("check", "", "")
	f.StringVarP(&format, "format", "f", "text", "what is printed: "+formatNames())
	f.StringArrayVarP(&outputs, "output", "o", nil, "also write FORMAT=FILE; may be repeated; - is standard output")
	f.StringVar(&profile, "profile", "default", "default, or audit, which shows notes")
	in.flags(f)
	f.StringVar(&failOn, "fail-on", "warning:medium", "exit 1 from SEVERITY[:CONFIDENCE] on, or never")
	f.BoolVar(&noIgnores, "no-ignores", false, "comments that ignore rules do not count")
	f.StringVar(&today, "today", "", "the date against which until= of such comments is held: 2027-01-31")
	f.BoolVar(&exitZero, "exit-zero", false, "exit 0 even with findings")
	f.StringVar(&p.fix, "fix", "", "apply fixes that change nothing else; --fix=unsafe: all fixes")
	f.Lookup("fix").NoOptDefVal = "safe"
	f.BoolVar(&p.diff, "diff", false, "print what --fix would change, for git apply, and write nothing")
	f.StringVar(&color, "color", "auto", "auto, always or never")
	if err := parse(c, f, "[check] [flags] [PATH|-]...", args); err != nil {
		return 0, err
	}
	var date time.Time
	if today != "" {
		var err error
		if date, err = time.Parse(time.DateOnly, today); err != nil {
			return 0, fmt.Errorf("--today takes a date such as 2027-01-31, not %q", today)
		}
	}
	if err := p.check(); err != nil {
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
	r, err := in.lint(ctx, c, f.Args(), lint.Options{Audit: profile == "audit", NoIgnores: noIgnores, Today: date}, p)
	if err != nil {
		return 0, err
	}
	for _, s := range sinks {
		if p.diff && s.file == "-" {
			continue // the diff stands there
		}
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

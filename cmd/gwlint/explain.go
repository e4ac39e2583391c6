package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/report"
	"github.com/gwlint/gwlint/symptoms"
)

// explain tells of a rule, of an outcome, or of lines of a log.
func explain(f *pflag.FlagSet) runner {
	examples := f.Bool("examples", false, "all examples of a rule's page, not the first alone")
	return func(_ context.Context, c console, args []string) (int, error) {
		said := strings.TrimSpace(strings.Join(args, " "))
		switch page := checks.Explain(said); {
		case page != "" && !*examples:
			_, err := fmt.Fprintf(c.out, "%s\nAll examples: gwlint explain --examples %s\n", checks.Brief(said), said)
			return exitClean, err
		case page != "":
			_, err := io.WriteString(c.out, page)
			return exitClean, err
		case slices.Contains(outcomesOfAll(), said):
			return exitClean, report.Outcome(c.out, said)
		case said == "-", said == "" && piped(c.in):
			return explainLines(c, c.in)
		case said == "":
			return 0, fmt.Errorf("explain takes a rule, a status, or a line of a log; gwlint rules lists the rules")
		}
		if word := strings.Trim(said, "abcdefghijklmnopqrstuvwxyz-"); word == "" && symptoms.Read(said).Symptom == nil {
			return 0, fmt.Errorf("there is no rule %q%s", said, didYouMean(said, ruleNames()))
		}
		if len(args) == 1 && exists(said) {
			return 0, fmt.Errorf("%s is a file: gwlint explain - < %s", said, said)
		}
		return explainLines(c, strings.NewReader(said))
	}
}

// explainLines tells what lines of logs say.
func explainLines(c console, in io.Reader) (int, error) {
	d, err := symptoms.DigestOf(in)
	if err != nil {
		return 0, err
	}
	if err := report.Digest(c.out, d); err != nil {
		return 0, err
	}
	if d.Fine > 0 {
		fmt.Fprintf(c.err, "gwlint: %s of nothing that failed\n", tell(d.Fine))
	}
	if d.Strange > 0 {
		var at []string
		for _, n := range d.Unknown {
			at = append(at, fmt.Sprint(n))
		}
		if len(at) < d.Strange {
			at = append(at, "...")
		}
		fmt.Fprintf(c.err, "gwlint: not known to gwlint: %s (%s)\n", plural(d.Strange, "line"), strings.Join(at, ", "))
		for i, s := range d.Near {
			if i == 0 {
				fmt.Fprintf(c.err, "gwlint: the nearest that it knows:\n")
			}
			fmt.Fprintf(c.err, "  %s: %s\n", s.Product, s.Plain())
		}
	}
	switch {
	case len(d.Groups)+d.Fine+d.Strange == 0:
		return 0, fmt.Errorf("explain takes a rule, a status, or a line of a log, and there is none")
	case len(d.Groups)+d.Fine == 0:
		return exitIncomplete, nil
	}
	return exitClean, nil
}

func tell(lines int) string {
	if lines == 1 {
		return "1 line tells"
	}
	return fmt.Sprintf("%d lines tell", lines)
}

// piped reports whether somebody sends something, and it is no terminal.
func piped(in io.Reader) bool {
	f, ok := in.(*os.File)
	if !ok {
		return in != nil
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice == 0
}

// outcomesOfAll are those that rules predict.
func outcomesOfAll() (all []string) {
	for _, k := range checks.All() {
		for _, o := range k.Outcomes {
			all = append(all, o.String())
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/report"
)

func ruleNames() (ids []string) {
	for _, k := range checks.All() {
		ids = append(ids, k.ID)
	}
	return ids
}

// rules lists them all.
func rules(*pflag.FlagSet) runner {
	return func(_ context.Context, c console, args []string) (int, error) {
		if len(args) > 0 {
			return 0, fmt.Errorf("rules takes no arguments; gwlint explain %s tells of one", args[0])
		}
		for _, t := range checks.Topics() {
			fmt.Fprintf(c.out, "%s (%s)\n", t.Title, t.Name)
			for _, k := range t.Checks {
				fmt.Fprintf(c.out, "  %-28s %-8s %-22s %s\n", k.ID, k.Severity, outcomes(k), k.Title)
			}
		}
		return exitClean, nil
	}
}

func outcomes(k *model.Check) string {
	var all []string
	for _, o := range k.Outcomes {
		all = append(all, o.String())
	}
	return strings.Join(all, ", ")
}

// show prints the settings in effect.
func show(f *pflag.FlagSet) runner {
	var in inputs
	var topology string
	f.StringVar(&topology, "topology", "", "what answers what, how sure that is and why, instead: text, mermaid or dot")
	f.Lookup("topology").NoOptDefVal = "text"
	in.define(f)
	return func(ctx context.Context, c console, paths []string) (int, error) {
		known := report.Topologies()
		if topology != "" && !slices.Contains(known, topology) {
			return 0, fmt.Errorf("--topology takes %s, not %q%s", strings.Join(known, ", "), topology, didYouMean(topology, known))
		}
		if topology != "" && len(paths) > 0 && slices.Contains(known, paths[0]) && !exists(paths[0]) {
			return 0, fmt.Errorf("there is no %s; did you mean --topology=%[1]s?", paths[0])
		}
		roots, err := in.roots(c, paths)
		if err != nil {
			return 0, err
		}
		hops := 0
		var all []*model.Workspace
		for _, r := range roots {
			opt, err := in.options(r)
			if err != nil {
				return 0, err
			}
			l, err := r.load(ctx, opt)
			if err != nil {
				return 0, err
			}
			for range l.Workspace.Hops() {
				hops++
			}
			all = append(all, l.Workspace)
			if topology != "" {
				continue
			}
			if err := report.Show(c.out, l.Workspace); err != nil {
				return 0, err
			}
		}
		if topology != "" {
			if err := report.Topology(c.out, topology, all); err != nil {
				return 0, err
			}
		}
		if hops == 0 {
			fmt.Fprintln(c.err, "gwlint: nothing here forwards requests")
			return exitIncomplete, nil
		}
		return exitClean, nil
	}
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
func version(*pflag.FlagSet) runner {
	return func(_ context.Context, c console, _ []string) (int, error) {
		b := build()
		fmt.Fprintf(c.out, "gwlint %s\n", b.version)
		if b.commit != "" {
			fmt.Fprintf(c.out, "commit %s\n", b.commit)
		}
		fmt.Fprintf(c.out, "rules  %d\n", len(checks.All()))
		return exitClean, nil
	}
}

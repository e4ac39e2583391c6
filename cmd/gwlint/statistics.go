package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/gwlint/gwlint/lint"
)

// countRules prints how many findings each rule has, the most first.
func countRules(w io.Writer, r *lint.Result) {
	count, files := map[string]int{}, map[string]map[string]bool{}
	for i := range r.Findings {
		f := &r.Findings[i]
		count[f.Rule()]++
		if files[f.Rule()] == nil {
			files[f.Rule()] = map[string]bool{}
		}
		if !f.Primary.IsZero() {
			files[f.Rule()][f.Primary.Source.Path] = true
		}
	}
	ids := slices.Sorted(maps.Keys(count))
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
	for _, id := range ids {
		fmt.Fprintf(w, "%6d  %-28s %s\n", count[id], id, plural(len(files[id]), "file"))
	}
}

// longest prints what took longest, and all of it.
func longest(w io.Writer, r *lint.Result) {
	all := slices.Clone(r.Timings)
	slices.SortStableFunc(all, func(a, b lint.Timing) int { return cmp.Compare(b.Took, a.Took) })
	for _, t := range all[:min(len(all), 15)] {
		fmt.Fprintf(w, "%10s  %s\n", t.Took.Round(time.Microsecond), t.What)
	}
	fmt.Fprintf(w, "%10s  in all\n", r.Summary.Elapsed.Round(time.Microsecond))
}

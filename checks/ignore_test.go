package checks_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers"
)

// TestIgnores writes the comment that leaves a finding out, above the
// statement and behind it, for what each example of each page finds first: in
// every language it is gone then, and nothing else comes.
func TestIgnores(t *testing.T) {
	t.Parallel()
	tried := map[string]int{}
	for _, c := range checks.All() {
		switch c.ID {
		case "unused-ignore", "expired-ignore", "ignore-without-reason", "settings-error", "internal-error", "unreadable":
			continue // about comments themselves, or about what cannot be read or has none
		}
		for _, e := range parsePage(t, c, checks.Page(c.ID)).examples {
			opt, ok := options(t, e)
			if !e.fires || !ok {
				continue
			}
			before := found(t, e.files, opt)
			i := slices.IndexFunc(before.Findings, func(f lint.Finding) bool { return f.Check == c })
			if i < 0 {
				continue
			}
			at := before.Findings[i].Primary
			style := parsers.CommentsOf(at.Source)
			if len(style.Own) == 0 || e.files[at.Source.Path] == nil {
				continue
			}
			note := style.Own[0] + " gwlint: ignore[" + c.ID + "] as it is"
			lines := strings.Split(string(at.Source.Text), "\n")
			above := func(line int) string {
				indent := lines[line-1][:len(lines[line-1])-len(strings.TrimLeft(lines[line-1], " \t"))]
				return strings.Join(slices.Insert(slices.Clone(lines), line-1, indent+note), "\n")
			}
			first := statement(before.Workspace, at)
			try := map[string]string{"above": above(first)}
			if len(style.Behind) > 0 && c.ID != "missing-final-newline" { // there the comment would be what is not ended
				changed := slices.Clone(lines)
				changed[at.Begin().Line-1] += " " + note
				try["behind"] = strings.Join(changed, "\n")
			}
			for where, text := range try {
				files := maps.Clone(e.files)
				files[at.Source.Path] = &fstest.MapFile{Data: []byte(text)}
				after := found(t, files, opt)
				tried[at.Source.Dialect.Name()+" "+where]++
				if after.Summary.Suppressed == 0 || len(after.Findings)+after.Summary.Suppressed != len(before.Findings)+before.Summary.Suppressed {
					t.Errorf("%s, %s: %s %s: %d of %d findings are left, %d are ignored:\n%s", c.ID, e.title, where, at, len(after.Findings), len(before.Findings), after.Summary.Suppressed, text)
					for _, f := range after.Findings {
						t.Logf("%s: %s: %s", f.Primary, f.Rule(), f.Message)
					}
				}
			}
		}
	}
	for _, way := range []string{"nginx above", "nginx behind", "haproxy above", "haproxy behind", "terraform above", "terraform behind", "compose above", "compose behind"} {
		if tried[way] == 0 {
			t.Errorf("never tried: %s", way)
		}
	}
}

func found(t *testing.T, files fstest.MapFS, opt lint.Options) *lint.Result {
	t.Helper()
	r, err := lint.Run(context.Background(), files, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// statement is the line on which the statement at a place begins.
func statement(w *model.Workspace, at model.Span) int {
	first := at.Begin().Line
	var in *model.Node
	for n := range w.Nodes() {
		if n.Name.Text != "" && n.Span.Holds(at) && (in == nil || in.Span.Holds(n.Span)) {
			in = n
		}
	}
	if in != nil {
		first = in.Span.Begin().Line
	}
	return first
}

package lint

import (
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/gwlint/gwlint/model"
)

// Apply is the text of a source after edits, those of other sources left out.
// Edits that overlap one before them are left out too.
func Apply(s *model.Source, edits []model.Edit) string {
	own := slices.DeleteFunc(slices.Clone(edits), func(e model.Edit) bool { return e.Span.Source != s })
	slices.SortStableFunc(own, func(a, b model.Edit) int { return a.Span.Start - b.Span.Start })
	var out strings.Builder
	at := 0
	for _, e := range own {
		if e.Span.Start < at {
			continue
		}
		out.Write(s.Text[at:e.Span.Start])
		out.WriteString(e.Text)
		at = e.Span.End
	}
	out.Write(s.Text[at:])
	return out.String()
}

// Diff is what a fix changes, as git apply takes it; "" for none.
func Diff(f *model.Fix) string {
	var seen []*model.Source
	var out strings.Builder
	for _, e := range f.Edits {
		s := e.Span.Source
		if slices.Contains(seen, s) {
			continue
		}
		seen = append(seen, s)
		out.WriteString(udiff.Unified("a/"+s.Path, "b/"+s.Path, string(s.Text), Apply(s, f.Edits)))
	}
	return out.String()
}

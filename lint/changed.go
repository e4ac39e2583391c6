package lint

import (
	"slices"

	"github.com/gwlint/gwlint/model"
)

// Changed are the lines of each file of the tree that have changed, nil for no
// question. A file with a nil list has changed as a whole.
type Changed map[string][]Lines

// Lines are lines of a file, counted from 1, both ends included.
type Lines struct{ First, Last int }

// keep drops the findings that touch no changed line through any of the places
// they speak of. One without a place stays.
func (c Changed) keep(all []Finding, opt Options) []Finding {
	if c == nil {
		return all
	}
	touched := func(s model.Span) bool {
		if s.IsZero() {
			return false
		}
		lines, changed := c[opt.name(s.Source)]
		return changed && (lines == nil || slices.ContainsFunc(lines, func(l Lines) bool {
			return s.Begin().Line <= l.Last && l.First <= s.Finish().Line
		}))
	}
	return slices.DeleteFunc(all, func(f Finding) bool {
		return !f.Primary.IsZero() && !touched(f.Primary) &&
			!slices.ContainsFunc(f.Related, func(r Related) bool { return touched(r.Span) }) &&
			!slices.ContainsFunc(f.Effective, func(v model.Setting) bool { return touched(v.At()) })
	})
}

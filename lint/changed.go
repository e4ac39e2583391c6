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

// touch reports whether a finding touches a changed line through any of the
// places it speaks of. One without a place does.
func (c Changed) touch(f *Finding, opt Options) bool {
	if c == nil || f.Primary.IsZero() {
		return true
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
	return touched(f.Primary) ||
		slices.ContainsFunc(f.Related, func(r Related) bool { return touched(r.Span) }) ||
		slices.ContainsFunc(f.Effective, func(v model.Setting) bool { return touched(v.At()) })
}

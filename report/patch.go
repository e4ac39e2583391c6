package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A patch is whole lines of one source, as they are and as they will be.
type patch struct {
	source   *model.Source
	start    int    // byte at which the first line begins
	line     int    // of the first old line
	context  string // the line before, where nothing is taken away
	old, new []string
}

// last line number that is drawn.
func (h patch) last() int { return h.line + max(len(h.old), len(h.new)) }

// patched groups the edits of a fix into runs of lines, by source in the order
// of the fix, then by place. Edits that overlap are none of a fix: the later
// is left out.
func patched(fix *model.Fix) []patch {
	if fix == nil {
		return nil
	}
	var sources []*model.Source
	edits := map[*model.Source][]model.Edit{}
	for _, e := range fix.Edits {
		s := e.Span.Source
		if s == nil {
			continue
		}
		if edits[s] == nil {
			sources = append(sources, s)
		}
		edits[s] = append(edits[s], e)
	}
	var patches []patch
	for _, s := range sources {
		in := edits[s]
		slices.SortStableFunc(in, func(a, b model.Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
		for len(in) > 0 {
			n, last := 1, in[0].Span.Finish().Line
			for n < len(in) && in[n].Span.Begin().Line <= last+1 {
				last = max(last, in[n].Span.Finish().Line)
				n++
			}
			if h := hunk(s, in[:n], last); len(h.old)+len(h.new) > 0 {
				patches = append(patches, h)
			}
			in = in[n:]
		}
	}
	return patches
}

// hunk applies edits, which are in order, to the lines they touch, and leaves
// out those that stay the same at either end.
func hunk(s *model.Source, edits []model.Edit, last int) patch {
	first := edits[0].Span.Begin().Line
	start, end := s.LineSpan(first).Start, s.LineSpan(last).End
	var b strings.Builder
	at := start
	for _, e := range edits {
		if e.Span.Start < at {
			continue
		}
		b.Write(s.Text[at:e.Span.Start])
		b.WriteString(e.Text)
		at = e.Span.End
	}
	b.Write(s.Text[at:max(end, at)])
	h := patch{source: s, start: start, line: first, old: split(string(s.Text[start:end])), new: split(b.String())}
	for len(h.old) > 0 && len(h.new) > 0 && h.old[0] == h.new[0] {
		h.context, h.old, h.new = h.old[0], h.old[1:], h.new[1:]
		h.line++
	}
	for len(h.old) > 0 && len(h.new) > 0 && h.old[len(h.old)-1] == h.new[len(h.new)-1] {
		h.old, h.new = h.old[:len(h.old)-1], h.new[:len(h.new)-1]
	}
	if len(h.old) > 0 {
		h.context = ""
	}
	return h
}

// split makes lines of text, without their ends.
func split(text string) []string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	return lines
}

// common is how many bytes two texts begin with alike.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

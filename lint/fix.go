package lint

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
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
		out.WriteString(Change{Path: s.Path, Before: s.Text, After: []byte(Apply(s, f.Edits))}.Diff())
	}
	return out.String()
}

// A Repair is what fixing came to.
type Repair struct {
	Changes []Change  // by path
	Fixed   []Finding // as they were found
	Found   *Result   // before it
	Left    *Result   // what is found after it
}

// A Change is one file before and after.
type Change struct {
	Name          string // in the tree
	Path          string // as people see it
	Before, After []byte
}

// Diff is the change as git apply takes it.
func (c Change) Diff() string {
	return udiff.Unified("a/"+c.Path, "b/"+c.Path, string(c.Before), string(c.After))
}

// maxTrials bounds how often a tree is linted to try fixes: enough for some
// dozens that do not hold among any number that do.
const maxTrials = 200

// offerFiles bounds what a plain check spends on trying the fixes it shows: so
// many files in all trials together, one trial at least. A fix for which there
// is no trial left is not shown; Fix has more patience.
const offerFiles = 400

// Fix applies the fixes of what Run finds, one after another until nothing
// changes; without unsafe, only those that are safe. A fix is taken only if, linted again, what it fixes is
// gone and no error or warning has come. The files of fsys stay as they are.
func Fix(ctx context.Context, fsys fs.FS, opt Options, unsafe bool) (*Repair, error) {
	t, err := startTrials(ctx, fsys, opt)
	if err != nil {
		return nil, err
	}
	out := &Repair{Found: t.found}
	refused := map[string]bool{}
	for most := len(t.found.Findings); most > 0; {
		batch := t.batch(func(f *Finding) bool { return (unsafe || f.Fix.Safe) && !refused[edits(f.Fix)] })
		if len(batch) == 0 {
			break
		}
		batch = batch[:min(most, len(batch))]
		next, holds, err := t.try(batch)
		switch {
		case err != nil:
			return nil, err
		case holds:
			out.Fixed = append(out.Fixed, batch...)
			t.found, t.overlay = next.found, next.overlay
			most = 2*len(batch) + 1
		case len(batch) == 1:
			refused[edits(batch[0].Fix)] = true
			most = len(t.found.Findings)
		default:
			most = len(batch) / 2
		}
	}
	out.Left = t.found
	for _, name := range slices.Sorted(maps.Keys(t.overlay)) {
		if before, changed := t.before[name]; changed && !bytes.Equal(before, t.overlay[name]) {
			out.Changes = append(out.Changes, Change{name, t.opt.Prefix + name, before, t.overlay[name]})
		}
	}
	return out, nil
}

// Offer takes away from r, which Run found, the fixes that do not hold: after
// which the finding is still there, or an error or a warning has come.
func Offer(ctx context.Context, fsys fs.FS, opt Options, r *Result) error {
	t := &trials{ctx: ctx, fsys: fsys, opt: opt, found: r, overlay: opt.Overlay, before: map[string][]byte{},
		most: max(1, min(maxTrials, offerFiles/max(r.Summary.Files, 1)))}
	good, tried := map[string]bool{}, map[string]bool{}
	var verify func([]Finding) error
	verify = func(batch []Finding) error {
		for _, f := range batch {
			tried[edits(f.Fix)] = true
		}
		_, holds, err := t.try(batch)
		switch {
		case err != nil:
			return err
		case holds:
			for _, f := range batch {
				good[edits(f.Fix)] = true
			}
			return nil
		case len(batch) == 1:
			return nil
		}
		half := len(batch) / 2
		if err := verify(batch[:half]); err != nil {
			return err
		}
		return verify(batch[half:])
	}
	for {
		batch := t.batch(func(f *Finding) bool { return !tried[edits(f.Fix)] })
		if len(batch) == 0 {
			break
		}
		if err := verify(batch); err != nil {
			return err
		}
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Fix != nil && !good[edits(f.Fix)] {
			f.Fix = nil
		}
	}
	return nil
}

// trials lint a tree again and again, with fixes applied.
type trials struct {
	ctx     context.Context
	fsys    fs.FS
	opt     Options
	found   *Result
	overlay map[string][]byte // the fixes so far
	before  map[string][]byte // files that were changed, as they were
	runs    int
	most    int // trials
}

func startTrials(ctx context.Context, fsys fs.FS, opt Options) (*trials, error) {
	r, err := Run(ctx, fsys, opt)
	return &trials{ctx: ctx, fsys: fsys, opt: opt, found: r, overlay: opt.Overlay, before: map[string][]byte{}, most: maxTrials}, err
}

// batch are the findings whose fixes can be applied at once: wanted, of files
// that are in the tree, and apart from each other, or the same.
func (t *trials) batch(want func(*Finding) bool) (out []Finding) {
	taken := map[*model.Source][]model.Edit{}
	same := map[string]bool{}
	for i := range t.found.Findings {
		f := &t.found.Findings[i]
		if f.Fix == nil || len(f.Fix.Edits) == 0 || !want(f) || !t.editable(f.Fix) {
			continue
		}
		id := edits(f.Fix)
		if !same[id] {
			if slices.ContainsFunc(f.Fix.Edits, func(e model.Edit) bool {
				return slices.ContainsFunc(taken[e.Span.Source], func(o model.Edit) bool {
					return e.Span.Start <= o.Span.End && o.Span.Start <= e.Span.End
				})
			}) {
				continue
			}
			same[id] = true
			for _, e := range f.Fix.Edits {
				taken[e.Span.Source] = append(taken[e.Span.Source], e)
			}
		}
		out = append(out, *f)
	}
	return out
}

// editable reports whether all edits are in files of the tree: not in what a
// package installs, not in a dump or standard input.
func (t *trials) editable(f *model.Fix) bool {
	return !slices.ContainsFunc(f.Edits, func(e model.Edit) bool {
		if e.Span.IsZero() || e.Span.Source.Stock {
			return true
		}
		_, ok := t.file(e.Span.Source)
		return !ok
	})
}

// file is the name in the tree of a source, when that is what stands there.
func (t *trials) file(s *model.Source) (name string, ok bool) {
	name, ok = strings.CutPrefix(s.Path, t.opt.Prefix)
	if !ok || !fs.ValidPath(name) {
		return "", false
	}
	if text, changed := t.overlay[name]; changed {
		_, is := t.before[name]
		return name, is && bytes.Equal(text, s.Text)
	}
	if text, known := t.before[name]; known {
		return name, bytes.Equal(text, s.Text)
	}
	text, err := fs.ReadFile(t.fsys, name)
	if err != nil || !bytes.Equal(text, s.Text) {
		return "", false
	}
	t.before[name] = text
	return name, true
}

// try lints with the fixes of batch, and reports whether they hold.
func (t *trials) try(batch []Finding) (next trials, holds bool, err error) {
	if t.runs++; t.runs > t.most {
		return next, false, nil
	}
	all := map[*model.Source][]model.Edit{}
	same := map[string]bool{}
	for _, f := range batch {
		if id := edits(f.Fix); !same[id] {
			same[id] = true
			for _, e := range f.Fix.Edits {
				all[e.Span.Source] = append(all[e.Span.Source], e)
			}
		}
	}
	opt := t.opt
	opt.Overlay = maps.Clone(t.overlay)
	if opt.Overlay == nil {
		opt.Overlay = map[string][]byte{}
	}
	for s, e := range all {
		name, _ := t.file(s)
		opt.Overlay[name] = []byte(Apply(s, e))
	}
	next.overlay, opt.edited = opt.Overlay, t.found.tree
	next.found, err = Run(t.ctx, t.fsys, opt)
	return next, err == nil && better(t.found, next.found, batch), err
}

// better reports whether what fixed names is gone, no error or warning has
// come, and every file is still known for what it is. Findings are counted by
// rule and file: a fix may move one that stays. Where a server refused to start
// and a safe fix ended that, what it would do wrong is seen only now: then no
// other refusal may come.
func better(before, after *Result, fixed []Finding) bool {
	if after.Summary.Files < before.Summary.Files {
		return false
	}
	key := func(f *Finding) string { return f.Check.ID + "\x00" + pathOf(*f) }
	most, must := map[string]int{}, map[string]bool{}
	for i := range before.Findings {
		most[key(&before.Findings[i])]++
	}
	for i := range fixed {
		most[key(&fixed[i])]--
		must[key(&fixed[i])] = true
	}
	hid := !slices.ContainsFunc(fixed, func(f Finding) bool { return !f.Fix.Safe || !f.Outcome.Start() })
	for i := range after.Findings {
		f := &after.Findings[i]
		most[key(f)]--
		if most[key(f)] < 0 && (must[key(f)] || f.Severity > model.Note && (!hid || f.Outcome.Start())) {
			return false
		}
	}
	return true
}

// edits tells fixes apart by what they do.
func edits(f *model.Fix) string {
	var words []string
	for _, e := range f.Edits {
		words = append(words, e.Span.String(), e.Span.Text(), e.Text)
	}
	return strings.Join(words, "\x00")
}

package lint

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/settings"
)

// BaselineName is the file of findings that are known.
const BaselineName = ".gwlint-baseline.json"

// A Baseline is what was found before, and is not to be reported again: by
// file, relative to the folder of the baseline, slash-separated.
type Baseline struct {
	Version int                `json:"version"` // 1
	Files   map[string][]Known `json:"files"`

	Base string `json:"-"` // from the folder of the baseline to the root that is linted; "." is the same
}

// A Known is findings that are alike: of one rule, in the same blocks, of the
// same setting and with the same values. When one more comes, or a value
// changes, it is reported; when lines move, it is not.
type Known struct {
	Rule   string `json:"rule"`
	Anchor string `json:"anchor"`
	Values string `json:"values"`
	Count  int    `json:"count"`
}

// A Stale is what a baseline knows and is found no more, in Count places.
type Stale struct {
	File string
	Known
}

// ReadBaseline reads what Bytes wrote.
func ReadBaseline(text []byte) (*Baseline, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	b := &Baseline{Base: "."}
	if err := d.Decode(b); err != nil {
		return nil, fmt.Errorf("it is no baseline: %w", err)
	}
	if b.Version != 1 {
		return nil, fmt.Errorf("it is a baseline of version %d, and this gwlint reads 1", b.Version)
	}
	return b, nil
}

// Bytes is the file: the same for the same findings, a line a kind of them.
func (b *Baseline) Bytes() []byte {
	var out bytes.Buffer
	out.WriteString("{\n  \"version\": 1,\n  \"files\": {")
	for i, file := range slices.Sorted(maps.Keys(b.Files)) {
		if i > 0 {
			out.WriteByte(',')
		}
		name, _ := json.Marshal(file)
		fmt.Fprintf(&out, "\n    %s: [", name)
		for i, k := range sorted(b.Files[file]) {
			if i > 0 {
				out.WriteByte(',')
			}
			line, _ := json.Marshal(k)
			fmt.Fprintf(&out, "\n      %s", line)
		}
		out.WriteString("\n    ]")
	}
	if len(b.Files) > 0 {
		out.WriteString("\n  ")
	}
	out.WriteString("}\n}\n")
	return out.Bytes()
}

func sorted(all []Known) []Known {
	return slices.SortedFunc(slices.Values(all), func(a, b Known) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Anchor, b.Anchor), cmp.Compare(a.Values, b.Values))
	})
}

// Learn makes known what r, a run with this baseline, has found, and takes out
// what is stale.
func (b *Baseline) Learn(r *Result, prefix string) {
	b.Forget(r.Stale)
	if b.Files == nil {
		b.Files = map[string][]Known{}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Primary.IsZero() || !lasting(f) {
			continue
		}
		file := b.file(f.Primary.Source, prefix)
		in := b.Files[file]
		if k := slices.IndexFunc(in, func(k Known) bool { return k.same(f) }); k >= 0 {
			in[k].Count++
		} else {
			b.Files[file] = append(in, Known{f.Rule(), f.Anchor, f.Values, 1})
		}
	}
}

// Forget takes out what is stale.
func (b *Baseline) Forget(stale []Stale) {
	for _, s := range stale {
		in := b.Files[s.File]
		for i := range in {
			if in[i].Rule == s.Rule && in[i].Anchor == s.Anchor && in[i].Values == s.Values {
				in[i].Count -= s.Count
			}
		}
		in = slices.DeleteFunc(in, func(k Known) bool { return k.Count <= 0 })
		if b.Files[s.File] = in; len(in) == 0 {
			delete(b.Files, s.File)
		}
	}
}

// lasting reports whether a finding may be known: what is wrong with gwlint or
// its settings may not.
func lasting(f *Finding) bool { return f.Rule() != internalError && f.Rule() != settings.ErrorRule }

func (k Known) same(f *Finding) bool {
	return k.Rule == f.Rule() && k.Anchor == f.Anchor && k.Values == f.Values
}

// file is how the baseline names a source.
func (b *Baseline) file(s *model.Source, prefix string) string {
	return path.Join(b.Base, Options{Prefix: prefix}.name(s))
}

// apply tells the findings that are left, those that are known, and what is
// known and found no more: in files that were read, and, when all of the root was linted, in
// files of it that are gone.
func (b *Baseline) apply(all []Finding, w *model.Workspace, rules map[string]*model.Check, opt Options) (left, found []Finding, stale []Stale) {
	rest := map[string][]Known{}
	for file, known := range b.Files {
		rest[file] = slices.Clone(known)
	}
	for i := range all {
		f := &all[i]
		if !f.Primary.IsZero() && lasting(f) {
			in := rest[b.file(f.Primary.Source, opt.Prefix)]
			if k := slices.IndexFunc(in, func(k Known) bool { return k.Count > 0 && k.same(f) }); k >= 0 {
				in[k].Count--
				found = append(found, *f)
				continue
			}
		}
		left = append(left, *f)
	}
	read := map[string]bool{}
	for _, s := range w.Sources {
		read[b.file(s, opt.Prefix)] = true
	}
	for _, file := range slices.Sorted(maps.Keys(rest)) {
		if !read[file] && !(opt.whole() && below(file, b.Base)) {
			continue
		}
		for _, k := range sorted(rest[file]) {
			if k.Count > 0 && rules[k.Rule] != nil {
				stale = append(stale, Stale{file, k})
			}
		}
	}
	return left, found, stale
}

// below reports whether a file is in a folder.
func below(file, dir string) bool {
	for ; file != "." && file != "/"; file = path.Dir(file) {
		if file == dir {
			return true
		}
	}
	return dir == "."
}

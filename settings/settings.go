// Package settings reads the settings file: .gwlint.hcl, or the same as JSON.
// It knows no rule and no product; who does says what is wrong with a name.
package settings

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/zclconf/go-cty/cty"

	"github.com/gwlint/gwlint/model"
)

// The names of the file; there may be one of them in a folder.
const (
	FileName = ".gwlint.hcl"
	JSONName = ".gwlint.json"
)

// ErrorRule is the rule of what is wrong with a settings file.
const ErrorRule = "settings-error"

// A Text is one that is written in the file; the zero Text is not.
type Text struct {
	V  string
	At model.Span
}

// Set reports whether it is written.
func (t Text) Set() bool { return !t.At.IsZero() }

// A Flag is true or false, where it is Set.
type Flag struct {
	V  bool
	At model.Span
}

// Set reports whether it is written.
func (f Flag) Set() bool { return !f.At.IsZero() }

// A File is one settings file.
type File struct {
	Source                    *model.Source
	Node                      *model.Node // its blocks
	Profile, FailOn, Baseline Text
	Exclude, Extends          []Text // nil where not written
	Targets                   map[string]Text
	Rules                     []Rule
	Overrides                 []Override
	Environments              []Environment
	Apps                      []App
	Links                     []Link
	Errors                    []model.Finding // of ErrorRule
}

// A Rule says how a rule is reported.
type Rule struct {
	ID                    Text
	Severity              Text // error, warning or note
	Enabled, Suppressible Flag
}

// An Override says it of the files that Glob matches.
type Override struct {
	Glob, Reason Text
	Rules        []Rule
}

// An Environment is what the files that Match names run in. Without any, it
// only groups apps, which all files see.
type Environment struct {
	Name    string
	Node    *model.Node
	Match   []Text
	Targets map[string]Text
	Apps    []App
	Links   []Link
}

// An App is a server whose configuration is elsewhere, as it was declared.
type App struct {
	Node   *model.Node
	values map[string]cty.Value
	spans  map[string]model.Span
}

// A Link says who answers a server of a pool: From is the server's address, as
// written or as meant, or the name of its pool; To is an app, a file relative to the
// settings, a place or a gateway, with :port where it listens on several.
type Link struct {
	From, To Text
	Node     *model.Node
}

// Value is what a setting of the app was given.
func (a App) Value(name string) (v cty.Value, at model.Span, ok bool) {
	v, ok = a.values[name]
	return v, a.spans[name], ok
}

// Settings are a file and, behind it, those it extends: what an earlier one
// says counts. The zero Settings say nothing.
type Settings struct {
	Files []*File
	Base  string // from the folder of the file to the root that is linted, slash-separated; "." is the same
}

// Load reads the file name of fsys and what it extends. The error is of a file
// that cannot be read; display is how people see its path.
func Load(fsys fs.FS, name string, display func(string) string, d model.Dialect) (*Settings, error) {
	s := &Settings{Base: "."}
	seen := map[string]bool{}
	var add func(name string, from *File, at model.Span) error
	add = func(name string, from *File, at model.Span) error {
		if seen[name] {
			return nil
		}
		seen[name] = true
		text, err := fs.ReadFile(fsys, name)
		if err != nil && from != nil {
			from.complain(at, "what it extends cannot be read: %s", display(name))
			return nil
		}
		if err != nil {
			return err
		}
		const most = 1 << 20
		if len(text) > most {
			return fmt.Errorf("%s is too big for settings", display(name))
		}
		f := Parse(model.NewSource(display(name), text, d))
		s.Files = append(s.Files, f)
		for _, e := range f.Extends {
			base := path.Join(path.Dir(name), e.V)
			if path.IsAbs(e.V) || !fs.ValidPath(base) {
				f.complain(e.At, "extends takes a file inside the repository, not %q", e.V)
				continue
			}
			if err := add(base, f, e.At); err != nil {
				return err
			}
		}
		return nil
	}
	return s, add(name, nil, model.Span{})
}

// first is what the nearest file says.
func (s *Settings) first(of func(*File) Text) Text {
	if s == nil {
		return Text{}
	}
	for _, f := range s.Files {
		if t := of(f); t.Set() {
			return t
		}
	}
	return Text{}
}

// Profile, FailOn and Baseline are what the nearest file says of them.
func (s *Settings) Profile() Text  { return s.first(func(f *File) Text { return f.Profile }) }
func (s *Settings) FailOn() Text   { return s.first(func(f *File) Text { return f.FailOn }) }
func (s *Settings) Baseline() Text { return s.first(func(f *File) Text { return f.Baseline }) }

// Exclude are the globs of the nearest file that has any.
func (s *Settings) Exclude() []Text {
	if s != nil {
		for _, f := range s.Files {
			if f.Exclude != nil {
				return f.Exclude
			}
		}
	}
	return nil
}

// Excluded reports whether a file of the root is not to be linted.
func (s *Settings) Excluded(name string) bool {
	return slices.ContainsFunc(s.Exclude(), func(g Text) bool { return s.match(g, name) })
}

// match reports whether a glob of the settings matches a file of the root, or
// a folder it is in.
func (s *Settings) match(g Text, name string) bool {
	for p := path.Join(s.Base, name); ; p = path.Dir(p) {
		if ok, err := doublestar.Match(path.Clean(g.V), p); ok && err == nil {
			return true
		}
		if p == "." || p == "/" {
			return false
		}
	}
}

func validGlob(g string) bool { return doublestar.ValidatePattern(g) }

// Rule is how a rule is reported of a file: the first override that says it,
// else the nearest file.
func (s *Settings) Rule(id, name string) (out Rule) {
	if s == nil {
		return out
	}
	take := func(all []Rule) {
		for _, r := range all {
			if r.ID.V != id {
				continue
			}
			if !out.Severity.Set() {
				out.Severity = r.Severity
			}
			if !out.Enabled.Set() {
				out.Enabled = r.Enabled
			}
			if !out.Suppressible.Set() {
				out.Suppressible = r.Suppressible
			}
		}
	}
	for _, f := range s.Files {
		for _, o := range f.Overrides {
			if s.match(o.Glob, name) {
				take(o.Rules)
			}
		}
	}
	for _, f := range s.Files {
		take(f.Rules)
	}
	return out
}

// Matches reports whether an override is for a file of the root.
func (s *Settings) Matches(o Override, name string) bool { return s.match(o.Glob, name) }

// In reports whether a file of the root sees the environment.
func (s *Settings) In(e *Environment, name string) bool {
	return len(e.Match) == 0 || slices.ContainsFunc(e.Match, func(g Text) bool { return s.match(g, name) })
}

// Targets are the versions that run a file of the root: of its environments,
// else of the files.
func (s *Settings) Targets(name string) map[string]Text {
	out := map[string]Text{}
	if s == nil {
		return out
	}
	take := func(all map[string]Text) {
		for _, product := range slices.Sorted(maps.Keys(all)) {
			if !out[product].Set() {
				out[product] = all[product]
			}
		}
	}
	for _, f := range s.Files {
		for i := range f.Environments {
			if e := &f.Environments[i]; len(e.Match) > 0 && s.In(e, name) {
				take(e.Targets)
			}
		}
	}
	for _, f := range s.Files {
		take(f.Targets)
	}
	return out
}

// Links are those of all environments, then those of the files: for a server
// the first that counts for its files says who answers.
func (s *Settings) Links() (all []Link) {
	for _, f := range s.Files {
		for _, e := range f.Environments {
			all = append(all, e.Links...)
		}
	}
	for _, f := range s.Files {
		all = append(all, f.Links...)
	}
	return all
}

// Severity of the name, or 0.
func Severity(name string) model.Severity { return severities[name] }

package lint

import (
	"slices"
	"strings"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/facts"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/settings"
)

// name is the name in the tree of a source.
func (opt Options) name(s *model.Source) string { return strings.TrimPrefix(s.Path, opt.Prefix) }

// whole reports whether all of the root is linted.
func (opt Options) whole() bool { return len(opt.Paths) == 0 || slices.Equal(opt.Paths, []string{"."}) }

// declare adds what the settings in effect declare and what is wrong with
// them, and takes their files from those that are claimed.
func (l *Loaded) declare(tree *files.Tree, claimed map[string][]string, opt Options) {
	if opt.Settings == nil {
		return
	}
	dialect := facts.Parser{}.Name()
	for _, f := range opt.Settings.Files {
		place := &model.Place{}
		declared := facts.Of(f, place)
		if len(declared.Gateways) > 0 {
			l.Workspace.Places = append(l.Workspace.Places, place)
		}
		l.Workspace.Gateways = append(l.Workspace.Gateways, declared.Gateways...)
		l.Findings = append(append(l.Findings, declared.Findings...), strangers(f)...)
		tree.Keep(f.Source)
		claimed[dialect] = slices.DeleteFunc(claimed[dialect], func(name string) bool { return tree.Display(name) == f.Source.Path })
	}
	if opt.Settings.Base != "." || !opt.whole() {
		return // the files of an override may be elsewhere
	}
	for _, f := range opt.Settings.Files {
		for _, o := range f.Overrides {
			if !slices.ContainsFunc(tree.Names(), func(name string) bool { return opt.Settings.Matches(o, name) }) {
				w := settings.Wrong(o.Glob.At, "the override %q matches no file", o.Glob.V)
				w.AtMost = model.Warning
				l.Findings = append(l.Findings, w)
			}
		}
	}
}

// strangers are the rules and products of a settings file that there are not.
func strangers(f *settings.File) (wrong []model.Finding) {
	var ids []string
	for _, c := range checks.All() {
		ids = append(ids, c.ID)
	}
	known := func(what string, said settings.Text, names []string) {
		if slices.Contains(names, said.V) {
			return
		}
		hint := ""
		if near := settings.Nearest(said.V, names); near != "" {
			hint = "; did you mean " + near + "?"
		}
		wrong = append(wrong, settings.Wrong(said.At, "there is no %s %s%s", what, said.V, hint))
	}
	rules := slices.Clone(f.Rules)
	for _, o := range f.Overrides {
		rules = append(rules, o.Rules...)
	}
	for _, r := range rules {
		known("rule", r.ID, ids)
	}
	tables := []map[string]settings.Text{f.Targets}
	for _, e := range f.Environments {
		tables = append(tables, e.Targets)
	}
	for _, t := range tables {
		for product, at := range t {
			known("product", settings.Text{V: product, At: at.At}, Products())
		}
	}
	return wrong
}

// configure reports each finding as the settings say.
func configure(all []Finding, opt Options) []Finding {
	if opt.Settings == nil {
		return all
	}
	out := all[:0]
	for _, f := range all {
		if f.Check.ID == settings.ErrorRule {
			out = append(out, f)
			continue
		}
		name := "" // of a finding without a place, to which no override speaks
		if !f.Primary.IsZero() {
			name = opt.name(f.Primary.Source)
		}
		r := opt.Settings.Rule(f.Check.ID, name)
		if r.Enabled.Set() && !r.Enabled.V || name != "" && opt.Settings.Excluded(name) && !slices.Contains(opt.Paths, name) {
			continue
		}
		if s := settings.Severity(r.Severity.V); s != 0 {
			f.Severity = s
		}
		out = append(out, f)
	}
	return out
}

// outside reports whether a block of the settings is declared in an environment
// which the gateway's files are not of.
func (opt Options) outside(declared *model.Node, g *model.Gateway) bool {
	e := declared.Parent
	if opt.Settings == nil || e == nil || e.Name.Text != "environment" || g.Node == nil || g.Node.Span.IsZero() {
		return false
	}
	for _, f := range opt.Settings.Files {
		for i := range f.Environments {
			if f.Environments[i].Node == e {
				return !opt.Settings.In(&f.Environments[i], opt.name(g.Node.Span.Source))
			}
		}
	}
	return false
}

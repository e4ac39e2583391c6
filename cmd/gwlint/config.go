package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/parsers/facts"
	"github.com/gwlint/gwlint/settings"
)

// settings are those of a root: the file that a flag names, else the nearest
// one, upward to the root of the repository; nil when there is none. They may
// extend files of that repository only.
func (in *inputs) settings(r root) (*settings.Settings, error) {
	if in.noConfig {
		return nil, nil
	}
	dir, err := filepath.Abs(r.dir)
	if err != nil {
		return nil, err
	}
	top, file := repository(dir), in.config
	if file != "" {
		if file, err = filepath.Abs(file); err != nil {
			return nil, err
		}
		if top = repository(filepath.Dir(file)); top == "" {
			top = filepath.Dir(file)
		}
	} else if file, err = nearest(dir, top); err != nil || file == "" {
		return nil, err
	}
	if top == "" {
		top = filepath.Dir(file)
	}
	inside, err := os.OpenRoot(top)
	if err != nil {
		return nil, err
	}
	defer inside.Close()
	name, err := filepath.Rel(top, file)
	if err != nil {
		return nil, err
	}
	show := func(name string) string { return r.shown(dir, filepath.Join(top, filepath.FromSlash(name))) }
	s, err := settings.Load(inside.FS(), filepath.ToSlash(name), show, facts.Parser{})
	if err != nil {
		return nil, fmt.Errorf("the settings cannot be read: %w", err)
	}
	base, err := filepath.Rel(filepath.Dir(file), dir)
	s.Base = filepath.ToSlash(base)
	return s, err
}

// shown is the path of a file as people see it: as the files of the root are
// shown, where it is one; else from the folder one is in.
func (r root) shown(dir, file string) string {
	if rel, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(filepath.Join(r.dir, rel))
	}
	here, err := os.Getwd()
	if err == nil {
		if rel, err := filepath.Rel(here, file); err == nil {
			return filepath.ToSlash(rel)
		}
	}
	return filepath.ToSlash(file)
}

// repository is the nearest folder, upward, that holds .git; "" for none.
func repository(dir string) string {
	for {
		if exists(filepath.Join(dir, ".git")) {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// nearest is the settings file next to dir, upward to top; without a top, to
// the folder one is in.
func nearest(dir, top string) (string, error) {
	if top == "" {
		top = dir
		if here, err := os.Getwd(); err == nil && holds(here, dir) {
			top = here
		}
	}
	for {
		native, twin := filepath.Join(dir, settings.FileName), filepath.Join(dir, settings.JSONName)
		switch {
		case exists(native) && exists(twin):
			return "", fmt.Errorf("there are both %s and %s in %s: one is enough", settings.FileName, settings.JSONName, dir)
		case exists(native):
			return native, nil
		case exists(twin):
			return twin, nil
		}
		up := filepath.Dir(dir)
		if dir == top || up == dir {
			return "", nil
		}
		dir = up
	}
}

// verb says what is wrong with the arguments of a command that takes a verb and
// at most one path.
func verb(command string, args []string, verbs ...string) error {
	switch {
	case len(args) == 0:
		return fmt.Errorf("%s takes one of %s", command, strings.Join(verbs, ", "))
	case !slices.Contains(verbs, args[0]):
		return fmt.Errorf("%s has no %q%s", command, args[0], didYouMean(args[0], verbs))
	case len(args) > 2:
		return fmt.Errorf("%s %s takes one path", command, args[0])
	}
	return nil
}

// config tells of the settings.
func config(f *pflag.FlagSet) runner {
	var j judging
	j.define(f)
	return func(_ context.Context, c console, args []string) (int, error) {
		if err := verb("config", args, "show", "init", "schema"); err != nil {
			return 0, err
		}
		where := append(args[1:], ".")[0]
		switch args[0] {
		case "init":
			return exitClean, initConfig(c, where)
		case "schema":
			e := json.NewEncoder(c.out)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			return exitClean, e.Encode(settings.Schema())
		}
		roots, err := j.roots(c, []string{where})
		if err != nil {
			return 0, err
		}
		opt, _, err := j.options(f, roots[0])
		if err != nil {
			return 0, err
		}
		return exitClean, j.show(c.out, f, roots[0], opt)
	}
}

// show prints each setting that counts for a root, or for one file of it, and
// who says so.
func (j *judging) show(w io.Writer, f *pflag.FlagSet, r root, opt lint.Options) error {
	s := opt.Settings
	var rows [][3]string
	add := func(name, value, from string) { rows = append(rows, [3]string{name, value, from}) }
	said := func(name, flag, value string, t settings.Text) {
		switch o := origin(f, flag); {
		case o != "":
			add(name, value, o)
		case t.Set():
			add(name, t.V, t.At.String())
		default:
			add(name, value, "default")
		}
	}
	said("profile", "profile", j.profile, s.Profile())
	said("fail_on", "fail-on", j.failOn, s.FailOn())
	file := r.entries[0]
	targets := s.Targets(file)
	for _, p := range lint.Products() {
		if v := opt.Targets[p]; v != "" {
			add("target "+p, v, origin(f, "target"))
		} else if t := targets[p]; t.Set() {
			add("target "+p, t.V, t.At.String())
		}
	}
	for _, g := range s.Exclude() {
		add("exclude", g.V, g.At.String())
	}
	if s != nil {
		for _, k := range s.Links() {
			add("link "+k.From.V, "to "+k.To.V, k.From.At.String())
		}
	}
	for _, id := range ruleNames() {
		rule := s.Rule(id, file)
		if t := rule.Severity; t.Set() {
			add("rule "+id, "severity "+t.V, t.At.String())
		}
		if b := rule.Enabled; b.Set() {
			add("rule "+id, fmt.Sprintf("enabled %t", b.V), b.At.String())
		}
		if b := rule.Suppressible; b.Set() {
			add("rule "+id, fmt.Sprintf("suppressible %t", b.V), b.At.String())
		}
	}
	wide := [2]int{}
	for _, row := range rows {
		for i := range wide {
			wide[i] = max(wide[i], len(row[i]))
		}
	}
	for _, row := range rows {
		if _, err := fmt.Fprintf(w, "%-*s  %-*s  %s\n", wide[0], row[0], wide[1], row[1], row[2]); err != nil {
			return err
		}
	}
	return nil
}

// initConfig writes settings to start with, and never over others.
func initConfig(c console, dir string) error {
	for _, name := range []string{settings.FileName, settings.JSONName} {
		if file := filepath.Join(dir, name); exists(file) {
			return fmt.Errorf("there is %s already", file)
		}
	}
	file := filepath.Join(dir, settings.FileName)
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %s", dir)
	} else if err != nil {
		return err
	}
	if _, err = io.WriteString(out, settings.Start); err == nil {
		_, err = fmt.Fprintf(c.err, "gwlint: wrote %s\n", file)
	}
	return errors.Join(err, out.Close())
}

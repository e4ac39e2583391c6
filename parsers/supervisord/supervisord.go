// Package supervisord makes a place of each program that supervisord starts.
// They share the machine that it runs on.
package supervisord

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/image"
	"github.com/gwlint/gwlint/parsers/process"
	"github.com/gwlint/gwlint/parsers/text"
)

// A Parser reads supervisord's configuration.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return "supervisord" }

// Render writes a key.
func (Parser) Render(key string, value any) (literal, statement string) {
	if strings.HasPrefix(key, "-") {
		return text.Option(key, value), ""
	}
	switch v := value.(type) {
	case time.Duration:
		literal = text.Seconds(v)
	case int:
		literal = strconv.Itoa(v)
	case string:
		literal = v
	default:
		return "", ""
	}
	return literal, key + "=" + literal
}

// Detect knows the files by their sections.
func (Parser) Detect(p string, head func() []byte) bool {
	if ext := path.Ext(p); ext != ".conf" && ext != ".ini" {
		return false
	}
	return strings.Contains("\n"+string(head()), "\n[program:") || strings.Contains("\n"+string(head()), "\n[supervisord]")
}

// Roots are the places that start supervisord, each with the files it sees, and
// the other files one by one.
func (Parser) Roots(t *files.Tree, paths []string, places []*model.Place) (roots []files.Root) {
	read := map[string]bool{}
	for _, p := range places {
		g, certain := process.Find(t, p, "supervisord")
		root := files.Root{Place: p, Sure: model.High}
		if !certain {
			if p.Command.Known() && len(process.Programs(t, p)) > 0 {
				continue
			}
			root.Sure = model.Medium // a script that is not seen may start it
		}
		asked := ""
		if w, ok := g.Flag("-c", "--configuration"); ok {
			asked = w.Text
		}
		for _, name := range files.Mounted(p, paths) {
			for _, at := range p.Seen(name) {
				if at == asked || strings.HasPrefix(at, "/etc/supervisor") {
					root.Paths = append(root.Paths, name)
					break
				}
			}
		}
		if len(root.Paths) > 0 {
			roots = append(roots, root)
			for _, name := range root.Paths {
				read[name] = true
			}
		}
	}
	for _, name := range paths {
		if !read[name] {
			roots = append(roots, files.Root{Paths: []string{name}})
		}
	}
	return roots
}

// Load makes a place of each program.
func (d Parser) Load(t *files.Tree, root files.Root) (out files.Loaded) {
	machine := root.Place
	if machine.Node == nil && machine.Name == "" {
		machine.Name = "the host of " + root.Paths[0]
	}
	for _, name := range root.Paths {
		src, err := t.Source(name, d)
		if err != nil {
			out.Unreadable(t, name, d, err)
			continue
		}
		for _, s := range (text.INI{Inline: ";", Indent: true}).Read(src).Kids {
			if program, ok := strings.CutPrefix(s.Name.Text, "program:"); ok {
				if machine.Node != nil && root.Sure < model.High {
					s.Maybe = "if " + machine.Name + " starts supervisord"
				}
				out.Places = append(out.Places, place(s, program, machine))
			}
		}
	}
	return out
}

// place is that of a program: 10s from SIGTERM to SIGKILL without settings
// (supervisor docs, configuration).
func place(s *model.Node, name string, machine *model.Place) *model.Place {
	p := &model.Place{Name: name, Node: s, Within: machine, On: machine, Env: map[string]model.Value[string]{}, Versions: machine.Versions}
	if dir := last(s, "directory"); dir != nil {
		p.Dir = dir.Arg(0)
	}
	if c := last(s, "command"); c != nil {
		at, exact := text.Inner(c.Args[0])
		words, _ := text.Words(at)
		for i := range words {
			if words[i].Text = strings.ReplaceAll(words[i].Text, "%%", "%"); !exact {
				words[i].Span = c.Args[0].Span
			}
		}
		image.Command(p, s, words, func(string) (string, bool) { return "", false })
	}
	if e := last(s, "environment"); e != nil {
		for _, pair := range pairs(e.Arg(0)) {
			p.Env[pair[0]] = model.Set(s, pair[0], e.Args[0].Span, pair[1], model.Explicit, "")
		}
	}
	p.Signal = model.Fallback(s, "stopsignal", "SIGTERM", model.Default, "supervisord default")
	if n := last(s, "stopsignal"); n != nil {
		p.Signal = model.Set(s, "stopsignal", n.Args[0].Span, "SIG"+strings.TrimPrefix(n.Arg(0), "SIG"), model.Explicit, "")
	}
	p.Kill = model.Fallback(s, "stopwaitsecs", 10*time.Second, model.Default, "supervisord default")
	if n := last(s, "stopwaitsecs"); n != nil {
		if d, ok := process.Seconds(n.Arg(0)); ok {
			p.Kill = model.Set(s, "stopwaitsecs", n.Args[0].Span, d, model.Explicit, "")
		}
	}
	p.User = model.NotTold[string](s, "user", "whoever starts supervisord")
	if n := last(s, "user"); n != nil {
		p.User = model.Set(s, "user", n.Args[0].Span, n.Arg(0), model.Explicit, "")
	} else if u := machine.User; u.Known() && machine.Node != nil {
		p.User = model.Fallback(s, "user", u.V, min(u.Origin(), model.Default), "as supervisord")
	}
	p.Restarts = model.Fallback(s, "autorestart", true, model.Default, "supervisord default: unexpected")
	if n := last(s, "autorestart"); n != nil {
		p.Restarts = model.Set(s, "autorestart", n.Args[0].Span, n.Arg(0) != "false", model.Explicit, "")
	}
	p.Whole = model.NotTold[bool](s, "command", "it shares its machine")
	return p
}

// last is the statement of a key that counts.
func last(s *model.Node, key string) *model.Node {
	for _, n := range slices.Backward(s.All(key)) {
		if len(n.Args) > 0 {
			return n
		}
	}
	return nil
}

// pairs reads A="1",B=2.
func pairs(s string) (all [][2]string) {
	for s != "" {
		key, rest, ok := strings.Cut(s, "=")
		if !ok {
			break
		}
		rest = strings.TrimLeft(rest, " ")
		value := ""
		if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
			value, s, _ = strings.Cut(rest[1:], rest[:1])
			_, s, _ = strings.Cut(s, ",")
		} else {
			value, s, _ = strings.Cut(rest, ",")
		}
		all = append(all, [2]string{strings.Trim(key, " \n\t,"), strings.TrimSpace(value)})
	}
	return all
}

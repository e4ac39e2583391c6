package node

import (
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/process"
)

// An ecosystem is a file in which PM2 is told what to start, as far as a
// pattern tells: code, JSON and YAML look alike there.
type ecosystem struct {
	source *model.Source
	script model.Word
	port   model.Word // PORT of its env; empty where it has none, or several
	kill   model.Word // kill_timeout, in milliseconds; empty where it has none
}

// PM2's own names, and what people make of them.
var ecosystems = regexp.MustCompile(`^(?:ecosystem|pm2|process)(?:[.-][\w-]+)*\.(?:c?js|json|ya?ml)$`)

func setting(key, value string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)(?:^|[\s{,])["']?` + key + `["']?\s*:\s*` + value)
}

var (
	scripts          = setting("script", `["']?([^"'\s,}]+)`)
	environmentPorts = setting("PORT", `["']?(\d{2,5})\b`)
	killTimeouts     = setting("kill_timeout", `["']?(\d+)\b`)
)

// ecosystemOf is the file of PM2 that a program is given; nil where it is given
// none, or one that starts several programs.
func ecosystemOf(t *files.Tree, g process.Program) *ecosystem {
	name := scriptOf(g).Text
	if !strings.HasPrefix(g.Name, "pm2") || !ecosystems.MatchString(path.Base(name)) {
		return nil
	}
	file, ok := process.File(t, g.Place, name)
	if !ok {
		return nil
	}
	src, err := t.Source(file, process.Code)
	if err != nil {
		return nil
	}
	e := &ecosystem{source: src}
	if e.script, ok = e.only(scripts); !ok {
		return nil
	}
	e.port, _ = e.only(environmentPorts)
	e.kill, _ = e.only(killTimeouts)
	return e
}

// only is the one value of a setting; not ok where there is none, or another.
func (e *ecosystem) only(pattern *regexp.Regexp) (w model.Word, ok bool) {
	for _, m := range pattern.FindAllSubmatchIndex(e.source.Text, 32) {
		at := e.source.Span(m[2], m[3])
		if ok && at.Text() != w.Text {
			return model.Word{}, false
		}
		w, ok = model.Word{Text: at.Text(), Span: at}, true
	}
	return w, ok
}

// unfold is the program that PM2 starts by such a file: Node.js with its
// script, and its environment.
func (e *ecosystem) unfold(g process.Program) process.Program {
	g.Args = []model.Word{e.script}
	env := map[string]model.Word{}
	for k, v := range g.Env {
		env[k] = v
	}
	if e.port.Text != "" {
		env["PORT"] = e.port
	}
	g.Env = env
	return g
}

// grace is how long requests live on when PM2 stops what it started: it sends
// SIGINT, and kills after kill_timeout.
func (e *ecosystem) grace(owner *model.Node) model.Value[time.Duration] {
	const key = "kill_timeout"
	if ms, ok := process.Number(e.kill.Text); ok && e.kill.Text != "" {
		return model.Set(owner, key, e.kill.Span, time.Duration(ms)*time.Millisecond, model.Assumed, "at most: PM2 kills then")
	}
	return model.NotTold[time.Duration](owner, key, "the code may wait for requests, or end at once")
}

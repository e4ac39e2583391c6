package buffers

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gwlint/gwlint/model"
)

// Each way of forwarding has settings of its own, and reads no other's.
var wrongModuleSetting = &model.Check{
	ID:       "wrong-module-setting",
	Title:    "A setting of a module that forwards nothing here",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		used := sync.OnceValue(func() map[*model.Node][]string { return modulesBelow(w) })
		written := slices.DeleteFunc(slices.Clone(modules), func(m string) bool {
			for range w.Statements("nginx", m+"buffer_size", m+"read_timeout") {
				return false
			}
			return true
		})
		for h := range w.Hops() {
			if !h.Node.In("nginx") {
				continue
			}
			own := strings.TrimSuffix(h.Node.Name.Text, "pass")
			for _, other := range written {
				if other == own {
					continue
				}
				for _, s := range meant(h, own, other) {
					if !slices.Contains(used()[s.Parent], other) && !slices.Contains(used()[s.Parent], unseen) {
						report(misplaced(h, s, own, other))
					}
				}
			}
		}
	},
}

var modules = []string{"proxy_", "fastcgi_", "uwsgi_", "scgi_", "grpc_"}

// unseen stands for whatever a block that is not seen whole may use.
const unseen = "?"

// modulesBelow are the modules that forward somewhere in each block.
func modulesBelow(w *model.Workspace) map[*model.Node][]string {
	used := map[*model.Node][]string{}
	note := func(n *model.Node, module string) {
		for b := n; b != nil && !slices.Contains(used[b], module); b = b.Parent {
			used[b] = append(used[b], module)
		}
	}
	for n := range w.Nodes() {
		if module, ok := strings.CutSuffix(n.Name.Text, "pass"); ok && slices.Contains(modules, module) {
			note(n.Parent, module)
		}
		if n.Partial != "" {
			note(n, unseen)
		}
	}
	return used
}

// meant are the settings of another module in effect for a hop that would
// change what happens to it, were they its own: each raises a limit which the
// hop has at its default.
func meant(h *model.Hop, own, other string) (all []*model.Node) {
	take := func(name string, v bool) {
		if s, _ := h.Route.Node.Up(other + name); v && s != nil {
			all = append(all, s)
		}
	}
	head := roomOf(h.Route.Node, other+"buffer_size", 0, 0)
	take("buffer_size", unwritten(h.Conn.Head) && head.stmt != nil && model.Less(h.Conn.Head, head.Value))
	take("read_timeout", unwritten(h.Conn.Read) && raises(h, other+"read_timeout"))
	return all
}

func unwritten[T any](v model.Value[T]) bool { return v.Known() && !v.Written() }

// raises reports whether a timeout is longer than the default of a minute.
func raises(h *model.Hop, name string) bool {
	s, _ := h.Route.Node.Up(name)
	if s == nil {
		return false
	}
	text := s.Arg(0)
	if strings.TrimLeft(text, "0123456789") == "" {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	return err == nil && d > time.Minute
}

func misplaced(h *model.Hop, s *model.Node, own, other string) model.Finding {
	name, event, stays := strings.TrimPrefix(s.Name.Text, other), model.BigHead, model.Setting(h.Conn.Head)
	when := "answers with a head larger than "
	if name == "read_timeout" {
		event, stays, when = model.Silent, h.Conn.Read, "requests that take longer than "
	}
	return model.Finding{
		Message: fmt.Sprintf("%s says nothing to %s, which goes by %s: that stays at %s", s, h.Node.Name.Text, own+name, stays.Plain()),
		Because: []model.Fact{s, h.Node, stays},
		Outcome: h.Outcome(event),
		When:    when + stays.Plain(),
		Fix:     rename(s.Parent, own, other),
	}
}

// rename gives all settings of the other module in a block to the one that
// forwards, where nothing else is in their place.
func rename(block *model.Node, own, other string) *model.Fix {
	fix := &model.Fix{Message: "the settings of the module that forwards"}
	for _, name := range []string{"buffer_size", "buffers", "busy_buffers_size", "read_timeout", "send_timeout", "connect_timeout"} {
		if own == "grpc_" && strings.Contains(name, "buffers") {
			continue
		}
		s := block.Find(other + name)
		if s == nil {
			continue
		}
		if s.Via != nil || s.Name.Span.IsZero() || block.Find(own+name) != nil {
			return nil
		}
		fix.Edits = append(fix.Edits, model.Edit{Span: s.Name.Span, Text: own + name})
	}
	if len(fix.Edits) == 0 {
		return nil
	}
	return fix
}

package drain

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The first process of a container gets the signal, and it is a shell.
var signalNotPassed = &model.Check{
	ID:       "signal-not-passed",
	Title:    "A shell keeps the signal that stops the server",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			kill, reached := g.Place.Kill, g.Signalled
			if !model.Is(reached, false) || !kill.Known() || g.Place.On != nil {
				continue
			}
			because, outcome := served(w, g)
			f := model.Finding{
				Message: fmt.Sprintf("%s is %s: the signal does not reach it, and it is killed after %s with its requests", reached.Text(), reached.Why(), kill.Plain()),
				Because: append([]model.Fact{reached, kill}, because...),
				Outcome: outcome,
				When:    "at every stop, requests in flight",
			}
			if at := reached.At(); last(at) {
				f.Fix = &model.Fix{Message: "let " + g.Name + " take the shell's place", Edits: []model.Edit{{Span: at.Source.Span(at.Start, at.Start), Text: "exec "}}}
			}
			report(f)
		}
	},
}

// last reports whether nothing follows the line of a script that a span is in.
func last(at model.Span) bool {
	s := at.Source
	if s.Dialect == nil || s.Dialect.Name() != "shell" {
		return false
	}
	line := s.LineSpan(at.Begin().Line)
	return len(strings.TrimSpace(string(s.Text[line.End:]))) == 0 && !strings.HasSuffix(strings.TrimSpace(line.Text()), `\`)
}

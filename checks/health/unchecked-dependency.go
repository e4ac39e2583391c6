package health

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// It waits for a word that nobody says.
var uncheckedDependency = &model.Check{
	ID:       "unchecked-dependency",
	Title:    "A service waits for the health of one that has no health check",
	Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, p := range w.Places {
			for _, wait := range p.Waits {
				checked := wait.For.Checked
				if !model.Is(checked, false) || len(w.In(p))+len(w.In(wait.For)) == 0 {
					continue
				}
				f := model.Finding{
					Message: fmt.Sprintf("condition service_healthy has %s wait for the health check of %s, which has none", p.Name, wait.For.Name),
					Because: []model.Fact{model.Mark{Span: wait.At, Text: "waits here"}, checked},
					Outcome: model.RefusesToStart("dependency failed to start: container ... has no healthcheck configured"),
					When:    "every start of " + p.Name,
				}
				if wait.For.Node != nil {
					f.Because = append(f.Because, wait.For.Node)
				}
				report(f)
			}
		}
	},
}

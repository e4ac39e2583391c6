package routing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The client is told that all is well.
var outageAnswered200 = &model.Check{
	ID:       "outage-answered-200",
	Title:    "A failure is answered as a success",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 200}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		seen := map[*model.Node]bool{}
		for h := range w.Hops() {
			first, _ := h.Route.Node.Up("error_page")
			if !h.Node.In("nginx") || first == nil {
				continue
			}
			for _, page := range first.Parent.All("error_page") {
				failure, status := successFor(page)
				if failure == "" || seen[page] {
					continue
				}
				seen[page] = true
				f := model.Finding{
					Message: fmt.Sprintf("%s answers %d for a %s: browsers, caches and monitoring take the page for the real one", page, status, failure),
					Because: []model.Fact{page, h.Node},
					Outcome: model.Outcome{Status: status},
					When:    "requests that no server answers",
				}
				for i, a := range page.Args {
					if a.Text == "="+strconv.Itoa(status) && i > 0 && page.Args[i-1].Span.Source == a.Span.Source {
						before := page.Args[i-1].Span.End
						f.Fix = &model.Fix{Message: "keep the status", Edits: []model.Edit{{Span: a.Span.Source.Span(before, a.Span.End)}}}
					}
				}
				report(f)
			}
		}
	},
}

// successFor is the first failure of a gateway that an error_page answers with
// a success, and which; "" when it does not.
func successFor(page *model.Node) (failure string, status int) {
	for _, a := range page.Args {
		if code, ok := strings.CutPrefix(a.Text, "="); ok {
			status, _ = strconv.Atoi(code)
		}
		if failure == "" && slices.Contains([]string{"502", "503", "504"}, a.Text) {
			failure = a.Text
		}
	}
	if status < 200 || status > 299 {
		return "", 0
	}
	return failure, status
}

package routing

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// $uri is decoded; what it holds is sent as it is.
var decodedURI = &model.Check{
	ID:       "decoded-uri",
	Title:    "A decoded path is sent to the server",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 400}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for n := range w.Statements("nginx", "proxy_pass") {
			if len(n.Args) != 1 {
				continue
			}
			url := n.Arg(0)
			variable := decoded.FindString(url)
			if variable == "" {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("proxy_pass %s sends the path decoded: a blank in %s breaks the request line", url, variable),
				Because: []model.Fact{model.Mark{Span: n.Args[0].Span, Text: url}, n},
				Outcome: model.Outcome{Status: 400},
				When:    "paths with %20, %3F, %25 and the like",
			}
			if arguments.MatchString(url) {
				f.AtMost = model.Note
			} else {
				f.Message += ", and the arguments are not sent at all"
			}
			if _, uri := split(url); uri == "" && strings.HasSuffix(url, variable) && n.Parent.Find("rewrite") == nil {
				at := n.Args[0].Span
				if rest, ok := strings.CutSuffix(at.Text(), variable); ok {
					f.Fix = &model.Fix{Message: "send the URI as it came", Edits: []model.Edit{{Span: at, Text: rest + "$request_uri"}}}
				}
			}
			report(f)
		}
	},
}

var (
	decoded   = regexp.MustCompile(`\$(uri|document_uri)\b|\$\{(uri|document_uri)\}`)
	arguments = regexp.MustCompile(`\$\{?(args|query_string|is_args)\b`)
)

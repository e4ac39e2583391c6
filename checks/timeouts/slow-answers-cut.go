package timeouts

import (
	"fmt"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// What a language model answers in one piece takes longer than pages do.
var slowAnswersCut = &model.Check{
	ID:       "slow-answers-cut",
	Title:    "The API of a language model is waited for no longer than a page",
	Severity: model.Note,
	Outcomes: []model.Outcome{{Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			wait := l.Conn.Patience()
			if !model.Under(wait, time.Minute+1) || !model.Is(l.Conn.Protocol, "http") {
				continue
			}
			tells, what := slowAPI(l)
			if tells == nil {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s cuts answers of %s, which may say nothing for longer", wait, what),
				Because: []model.Fact{wait, tells, l.Hop.Node},
				Outcome: l.Hop.Outcome(model.Silent),
				When:    "an answer that is not streamed, or a model that has to be loaded first",
			})
		}
	},
}

// slowAPI is what tells that a language model answers: the path of its API, or
// the port of the server; nil where nothing does.
func slowAPI(l *model.Link) (tells model.Fact, what string) {
	if location := l.Hop.Route.Node.Within("location"); location != nil {
		path := location.Arg(len(location.Args) - 1)
		for _, api := range []string{"/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages", "/api/generate", "/api/chat"} {
			if strings.TrimSuffix(strings.TrimPrefix(path, "^"), "/") == api {
				return location, "a language model"
			}
		}
	}
	if to := l.Endpoint.Addr; to.Known() && to.V.Port == 11434 {
		return to, "Ollama"
	}
	return nil, ""
}

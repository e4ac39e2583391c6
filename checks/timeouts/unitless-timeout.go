package timeouts

import (
	"fmt"
	"strconv"
	"sync"

	"github.com/gwlint/gwlint/model"
)

// HAProxy takes a time without a unit for milliseconds, nginx and people for
// seconds.
var unitlessTimeout = &model.Check{
	ID:       "unitless-timeout",
	Title:    "A small time without a unit is milliseconds",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 504}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		ends := sync.OnceValue(func() map[model.Span]model.Outcome { return outcomesOf(w) })
		for n := range w.Statements("haproxy", "timeout", "server", "server-template", "default-server") {
			for _, t := range times(n) {
				ms, err := strconv.Atoi(t.word.Text)
				if err != nil || ms < 1 || ms >= 100 || t.word.Span.Text() != t.word.Text {
					continue
				}
				report(model.Finding{
					Message: fmt.Sprintf("%s %s is %d milliseconds: a time without a unit is not in seconds", t.name, t.word.Text, ms),
					Because: []model.Fact{model.Mark{Span: t.word.Span, Text: t.name}, n},
					Outcome: ends()[t.word.Span],
					When:    fmt.Sprintf("what takes longer than %d ms", ms),
					Fix: &model.Fix{Message: "write seconds", Edits: []model.Edit{
						{Span: t.word.Span.Source.Span(t.word.Span.End, t.word.Span.End), Text: "s"}}},
				})
			}
		}
	},
}

// A writtenTime is one time of a statement.
type writtenTime struct {
	name string
	word model.Word
}

// times are those of a statement of HAProxy of which a tenth of a second is no
// sensible value.
func times(n *model.Node) (all []writtenTime) {
	for i := range max(len(n.Args)-1, 0) {
		switch name := n.Arg(i); {
		case n.Name.Text == "timeout" && i == 0:
			all = append(all, writtenTime{"timeout " + name, n.Args[1]})
		case n.Name.Text == "timeout":
		case name == "inter", name == "fastinter", name == "downinter", name == "agent-inter":
			all = append(all, writtenTime{name, n.Args[i+1]})
		}
	}
	return all
}

// outcomesOf is what the end of each wait leads to, by where its length is
// written.
func outcomesOf(w *model.Workspace) map[model.Span]model.Outcome {
	ends := map[model.Span]model.Outcome{}
	for _, l := range w.Links {
		c := l.Conn
		ends[c.Connect.At()] = l.Hop.Outcome(model.NoSYN)
		ends[c.Read.At()] = l.Hop.Outcome(model.Silent)
		ends[l.Endpoint.Health.Every.At()] = l.Hop.Outcome(model.NoServer)
	}
	delete(ends, model.Span{})
	return ends
}

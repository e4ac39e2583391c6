package capacity

import (
	"fmt"
	"strconv"

	"github.com/gwlint/gwlint/model"
)

// Each connection is a file of the process, and a proxied request has two.
var fileLimitLow = &model.Check{
	ID:       "file-limit-low",
	Title:    "A worker may open fewer files than connections",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 500}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			if !g.Node.In("nginx") || g.Node.Partial != "" {
				continue
			}
			limit, events := g.Node.Find("worker_rlimit_nofile"), g.Node.Find("events")
			if limit == nil || events == nil || events.Partial != "" || len(limit.Args) == 0 {
				continue
			}
			files, err := strconv.Atoi(limit.Arg(0))
			connections, by := workerConnections(events)
			if err != nil || files >= connections {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s is less than the %d connections that a worker takes", limit, connections),
				Because: []model.Fact{model.Mark{Span: limit.Args[0].Span, Text: limit.String()}, by},
				Outcome: model.Outcome{Status: 500, Native: "socket() failed (24: Too many open files) while connecting to upstream"},
				When:    "many clients at once",
			}
			if limit.Via == nil {
				f.Fix = &model.Fix{Message: "a file for the client, one for the server, and some for logs and answers on disk",
					Edits: []model.Edit{{Span: limit.Args[0].Span, Text: strconv.Itoa(4 * connections)}}}
			}
			report(f)
		}
	},
}

// workerConnections is how many connections a worker takes, and what says so.
func workerConnections(events *model.Node) (int, model.Fact) {
	if k := events.Find("worker_connections"); k != nil {
		n, err := strconv.Atoi(k.Arg(0))
		if err != nil {
			return 0, k
		}
		return n, k
	}
	return 512, events // the default
}

package timeouts

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A load balancer has one timeout for all requests: a second is enough for the
// fast ones alone.
var timeoutTooShort = &model.Check{
	ID:       "timeout-too-short",
	Title:    "A load balancer waits only a few seconds for any answer",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			read := h.Conn.Read
			if !h.Node.In("terraform") || !read.Written() ||
				!model.Is(h.Conn.Protocol, "http") || !model.Over(read, 0) || !model.Under(read, 11*time.Second) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s is all the time that %s has for any answer", read, h.Pool.Name),
				Because: []model.Fact{read, h.Conn.Protocol},
				Outcome: h.Outcome(model.Silent),
				When:    "an answer that takes more than " + read.Plain(),
			}
			if model.Over(read, 4*time.Second) {
				f.AtMost = model.Note // enough for many a service
			}
			if edit := read.To(time.Minute); edit != nil {
				f.Fix = &model.Fix{Message: "wait for a minute", Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

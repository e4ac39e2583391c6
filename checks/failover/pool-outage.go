package failover

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// One bad request takes every server out of the pool.
var poolOutage = &model.Check{
	ID:       "pool-outage",
	Title:    "One failing request takes every server out",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			live, placeholder := touchy(h.Pool, 1)
			switch {
			case len(live) == 1 && placeholder != nil && model.Is(live[0].Count, 1):
				report(onlyOne(h, live[0], placeholder))
			case len(live) > 1:
				if f, ok := all(h, live); ok {
					report(f)
				}
			}
		}
	},
}

// A pool that is out for no longer is hardly missed.
const blink = time.Second

// touchy are the servers of a pool that are not down, when each of them is
// taken out by at most so many failures, else none; and one that is down.
func touchy(p *model.Pool, fails int) (live []*model.Endpoint, down *model.Endpoint) {
	for _, e := range p.Endpoints {
		switch {
		case model.Is(e.Down, true):
			down = e
		case model.Is(e.Down, false) && model.Over(e.Fails, 0) && model.Under(e.Fails, fails+1) && model.Over(e.Out, 0) && model.Over(e.Count, 0):
			live = append(live, e)
		default:
			return nil, nil
		}
	}
	return live, down
}

// onlyOne: one server is immune, as long as it is the only one written.
func onlyOne(h *model.Hop, e, down *model.Endpoint) model.Finding {
	return model.Finding{
		Message: fmt.Sprintf("%s on %s makes this a pool, in which failures count: one takes the only live server, %s, out for %s",
			down.Down.Key(), down.Addr.Text(), e.Addr.Text(), e.Out.Plain()),
		Because: []model.Fact{down.Down, e.Fails, e.Out, e.Count},
		Outcome: h.Outcome(model.NoServer),
		When:    "after a request that the server did not answer in time, refused or closed",
		Fix:     neverOut(e),
	}
}

// all: a request that is tried on every server is a failure of every server.
func all(h *model.Hop, live []*model.Endpoint) (model.Finding, bool) {
	read, size, tries := h.Conn.Read, h.Pool.Live(), h.Tries()
	if !model.Over(tries, 1) || !model.Has(h.Retry.On, model.Silent) || !model.Less(read, h.Retry.Total) {
		return model.Finding{}, false
	}
	each, requests, take := tries.V, "one request", "takes"
	if total := h.Retry.Total.V; read.V > 0 && total/read.V < time.Duration(each) {
		each = int((total + read.V - 1) / read.V) // no further try begins after that
	}
	if n := (size.V + each - 1) / each; n > 1 {
		requests, take = fmt.Sprintf("%d requests", n), "take"
	}
	first := live[0]
	f := model.Finding{
		Message: fmt.Sprintf("%s: %s without an answer, tried on one server after the other, %s all %d of %s out for %s",
			first.Fails, requests, take, size.V, h.Pool.Name, first.Out.Plain()),
		Because: []model.Fact{first.Fails, first.Out, size, h.Retry.On, tries},
		Outcome: h.Outcome(model.NoServer),
		When:    "after a GET that no server answered in time, or a POST for each of them",
		AtMost:  model.Note,
		Fix:     neverOut(live...),
	}
	const short = 5 * time.Second // what an ordinary slow request exceeds
	if read.Written() && read.V <= short && model.Over(first.Out, blink) {
		f.Message = fmt.Sprintf("%s: %s slower than that, tried on one server after the other, %s all %d of %s out for %s",
			read, requests, take, size.V, h.Pool.Name, first.Out.Plain())
		f.Because = append([]model.Fact{read}, f.Because...)
		f.AtMost = 0
	}
	return f, true
}

// neverOut makes failures of the servers count for nothing: the request is
// still tried on the next one.
func neverOut(all ...*model.Endpoint) *model.Fix {
	fix := &model.Fix{Message: "keep asking the servers, whatever failed before"}
	for _, e := range all {
		edit := e.Fails.To(0)
		if edit == nil && !e.Fails.Written() && e.Node.In("nginx") && e.Node.Name.Text == "server" {
			head := e.Node.Head()
			edit = &model.Edit{Span: head.Source.Span(head.End, head.End), Text: " max_fails=0"}
		}
		if edit == nil {
			return nil
		}
		fix.Edits = append(fix.Edits, *edit)
	}
	return fix
}

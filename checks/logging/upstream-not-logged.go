package logging

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A log without the servers shows a failure that was retried as a success, and
// no failure as whose it was.
var upstreamNotLogged = &model.Check{
	ID:       "upstream-not-logged",
	Title:    "The log does not tell which server answered what",
	Severity: model.Note,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			if !model.Is(h.Logged, false) {
				continue
			}
			const untold = "does not tell which server answered, with what, and how often was tried"
			f := model.Finding{
				Message: fmt.Sprintf("%s %s", h.Logged, untold),
				Because: []model.Fact{h.Logged},
			}
			if !h.Logged.Written() { // once for all routes of a listener
				if h.Logged.Origin() != model.Default {
					continue
				}
				f.Message = "access_log, with its default format combined, " + untold
				f.Because = []model.Fact{h.Route.Listener.Node}
			}
			if n := h.Route.Listener.Node; n.In("haproxy") {
				inHAProxy(h, &f)
			}
			if n := h.Route.Listener.Node; n.In("terraform") {
				f.Message = fmt.Sprintf("%s writes no access log (%s), which alone tells which target answered with what", h.Gateway().Name, h.Logged.Key())
				f.Because = []model.Fact{h.Logged} // of the load balancer, once for all of its listeners
			}
			report(f)
		}
	},
}

// inHAProxy says what is missing in the words of HAProxy.
func inHAProxy(h *model.Hop, f *model.Finding) {
	l := h.Route.Listener
	const untold = "neither the server nor how the session ended"
	switch logged := h.Logged; {
	case logged.Key() == "log" && logged.Written():
		f.Message = fmt.Sprintf("%s sends nothing: there is no log line in global", logged)
	case logged.Key() == "log":
		f.Message = fmt.Sprintf("%s logs nothing: no log line applies to it", l.Node)
	case logged.Written():
		f.Message = fmt.Sprintf("%s tells %s: it has no %%s or no %%ts", logged.Key(), untold)
	default:
		f.Message = fmt.Sprintf("%s logs in the default format, which tells no status, and %s", l.Node, untold)
		option := "option httplog"
		switch {
		case len(l.Binds) == 0 || !l.Binds[0].Protocol.Known():
			return
		case l.Binds[0].Protocol.V == "tcp":
			option = "option tcplog"
		}
		if edit := model.Insert(l.Node, option); edit != nil {
			f.Fix = &model.Fix{Message: "log the server, the status and the times", Edits: []model.Edit{*edit}}
		}
	}
}

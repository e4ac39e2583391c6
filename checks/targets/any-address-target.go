package targets

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// An address to listen on is none to connect to.
var anyAddressTarget = &model.Check{
	ID:       "any-address-target",
	Title:    "The target is the address that means every address",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		meant := misses(w)
		for _, l := range w.Links {
			target := l.Endpoint.Addr
			// In HAProxy the address stands for the one that the client connected to.
			if !target.Known() || target.V.Host == "" || !target.V.Any() || l.Linked() || l.Endpoint.Node.In("haproxy") {
				continue
			}
			ip, numeric := target.V.IP()
			if !numeric {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s is an address to listen on: a connection to it goes to 127.0.0.1, and to no other host", target),
				Because: []model.Fact{target},
				Outcome: l.Hop.Outcome(model.Refused),
				When:    "every request, if the server is elsewhere",
				AtMost:  model.Note,
			}
			if ip.Is6() {
				f.Message = fmt.Sprintf("%s is an address to listen on: a connection to it goes to ::1, where a server that listens on IPv4 alone does not answer", target)
				f.When, f.AtMost = "every request, if the server listens on IPv4 alone", 0
			}
			if b := meant[l]; b != nil {
				f.Message += fmt.Sprintf("; %s has %s", b.Gateway.Name, b.Addr)
				f.Because = append(f.Because, b.Addr)
			}
			report(f)
		}
	},
}

package tls

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The certificate is to bear a name that no certificate bears.
var verifyNameMismatch = &model.Check{
	ID:       "verify-name-mismatch",
	Title:    "A name is looked for in the certificate that is no host name",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			verify := h.Conn.TLS.Verify
			if !h.Node.In("nginx") || !model.Is(h.Conn.TLS.Enabled, true) || !model.Is(verify, true) {
				continue
			}
			name, by, sure := verified(h)
			ip := strings.Trim(name, "[]")
			_, numeric := (model.Addr{Host: ip}).IP()
			f := model.Finding{
				Because: []model.Fact{verify, by, h.Conn.TLS.Enabled},
				Outcome: h.Outcome(model.BadTLS),
				When:    "every request",
			}
			switch block := h.Pool.Node; {
			case !sure || name == "":
				continue
			case numeric:
				f.Message = fmt.Sprintf("%s has %s looked for among the names in the certificate, and an address is no name", verify, ip)
			case by == h.Node && block.Name.Text == "upstream" && !strings.Contains(name, "."):
				f.Message = fmt.Sprintf("%s has %s looked for in the certificate, the name of the upstream block", verify, name)
				f.Because, f.When = append(f.Because, block), "every request, unless the certificate has that very name"
			default:
				continue
			}
			if e := publicServer(h.Pool); e != nil {
				if edit := model.Insert(h.Route.Node, strings.TrimSuffix(h.Node.Name.Text, "pass")+"ssl_name "+e.Addr.V.Host+";"); edit != nil && nameOf(h) == nil {
					f.Fix = &model.Fix{Message: "look for the name of the server", Edits: []model.Edit{*edit}}
				}
			}
			report(f)
		}
	},
}

// verified is the name that a hop of nginx looks for in the certificate, and
// what says so: ssl_name, else the host of the pass as it is written.
func verified(h *model.Hop) (name string, by *model.Node, sure bool) {
	setting := strings.TrimSuffix(h.Node.Name.Text, "pass") + "ssl_name"
	by, sure = h.Route.Node.Up(setting)
	if by == nil {
		by, name = h.Node, h.Pool.Name
	} else {
		name = by.Arg(0)
	}
	return name, by, sure && !strings.Contains(name, "$") && !strings.Contains(h.Node.Arg(0), "$")
}

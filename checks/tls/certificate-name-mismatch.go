package tls

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The certificate is not made out to the name that is looked for in it.
var certificateNameMismatch = &model.Check{
	ID:       "certificate-name-mismatch",
	Title:    "The certificate of the server is made out to another name",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			name, names, verify := l.Conn.TLS.Name, l.To.TLS.Names, l.Conn.TLS.Verify
			if !model.Is(l.Conn.TLS.Enabled, true) || !model.Is(verify, true) || !model.Not(name, "") {
				continue
			}
			f := model.Finding{
				Because: []model.Fact{name, verify, l.Conn.TLS.Enabled},
				Outcome: l.Hop.Outcome(model.BadTLS),
				When:    "every request",
			}
			switch {
			case strings.HasSuffix(name.V, amazon):
				f.Message = fmt.Sprintf("%s is looked for in the certificate, and nobody gets one for a name under %s", name, amazon[1:])
			case publicOnly[l.Hop.Gateway().Product.Name] && !public(name.V):
				f.Message = fmt.Sprintf("%s is looked for in the certificate, and public authorities issue none for %s", name, name.V)
			case names.Known() && len(names.V) > 0 && !covers(names.V, name.V):
				f.Message = fmt.Sprintf("%s has %s looked for in the certificate of %s, which is made out to %s", name, name.V, l.To.Gateway.Name, strings.Join(names.V, " "))
				f.Because = append(f.Because, names, l)
			default:
				continue
			}
			report(f)
		}
	},
}

// amazon is where load balancers have the names they are given: Amazon's, for
// which no certificate is issued to others.
const amazon = ".elb.amazonaws.com"

// publicOnly are the products that take certificates of public authorities alone,
// unless they are told others.
var publicOnly = map[string]bool{"azure-frontdoor": true, "cloudflared": true}

// covers reports whether one of the names of a certificate is that of a host.
func covers(names []string, host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	_, parent, _ := strings.Cut(host, ".")
	for _, n := range names {
		n = strings.ToLower(n)
		if n == host || n == "*."+parent {
			return true
		}
	}
	return false
}

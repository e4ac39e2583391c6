package tls

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The certificate is verified against the public authorities, and none of them
// has signed it.
var untrustedCertificate = &model.Check{
	ID:       "untrusted-certificate",
	Title:    "A certificate is verified that no public authority has signed",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 526}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			ours, theirs := l.Conn.TLS, l.To.TLS
			if !model.Is(ours.Enabled, true) || !model.Is(ours.Verify, true) || !model.Is(ours.Roots, "") {
				continue
			}
			f := model.Finding{
				Because: []model.Fact{ours.Verify, ours.Roots, ours.Enabled},
				Outcome: l.Hop.Outcome(model.BadCert),
				When:    "every request",
			}
			host := l.Hop.Host
			switch {
			case l.Linked() && model.Is(theirs.Signer, "itself"):
				f.Message = fmt.Sprintf("%s of %s is signed by itself, and %s takes only those of public authorities (%s)", theirs.Signer, l.To.Gateway.Name, l.Hop.Gateway().Name, ours.Verify)
				f.Because = append([]model.Fact{theirs.Signer, l}, f.Because...)
			case host.Written() && private(host.V):
				f.Message = fmt.Sprintf("%s is a name for which no public authority signs, and %s names no other root", host, ours.Roots.Key())
				f.Because = append([]model.Fact{host}, f.Because...)
				f.AtMost = model.Warning
			default:
				continue
			}
			report(f)
		}
	},
}

// private reports whether a name is one that does not exist on the Internet,
// so that no authority of the CA/Browser Forum may sign for it.
func private(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	for _, top := range []string{".internal", ".local", ".lan", ".corp", ".home", ".intranet", ".private", ".localdomain", ".home.arpa"} {
		if strings.HasSuffix(name, top) {
			return true
		}
	}
	return false
}

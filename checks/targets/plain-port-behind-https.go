package targets

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A TLS handshake with a port that speaks plain HTTP: that of HTTP, or any on
// which somebody we know listens.
var plainPortBehindHTTPS = &model.Check{
	ID:       "plain-port-behind-https",
	Title:    "TLS is spoken to a port of plain HTTP",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			target, tls := l.Endpoint.Addr, l.Conn.TLS.Enabled
			plain := l.To.TLS.Enabled
			if website := target.Known() && strings.Contains(target.V.Host, ".s3-website"); website && model.Is(tls, true) {
				report(model.Finding{
					Message: fmt.Sprintf("%s is a website of S3, which speaks plain HTTP alone, and %s has it asked in TLS", target, tls),
					Because: []model.Fact{tls, target},
					When:    "every request",
				})
				continue
			}
			if !model.Is(tls, true) || !target.Known() || !l.Linked() && (target.V.Port != 80 || target.Origin() == model.Assumed) || l.Linked() && (!model.Is(plain, false) || model.Is(l.To.Protocol, "tcp")) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s is spoken to in TLS (%s)", target, tls.Text()),
				Because: []model.Fact{target, tls},
				Outcome: l.Hop.Outcome(model.BadTLS),
				When:    "every request",
			}
			at := target.At()
			switch {
			case l.Linked():
				f.Message = fmt.Sprintf("%s is spoken to in TLS, and %s listens there without", target, l.To.Gateway.Name)
				f.Because = append(f.Because, plain, l)
			case tls.At() == at:
				f.Message = fmt.Sprintf("%s speaks TLS to port 80", target)
			case !strings.HasSuffix(at.Text(), ":80") && !at.IsZero():
				f.Fix = &model.Fix{Message: "write the port of HTTPS", Edits: []model.Edit{{Span: at, Text: at.Text() + ":443"}}}
			}
			report(f)
		}
	},
}

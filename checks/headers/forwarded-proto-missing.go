package headers

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The application does not hear that the client came by HTTPS.
var forwardedProtoMissing = &model.Check{
	ID:       "forwarded-proto-missing",
	Title:    "The application is not told that the client speaks HTTPS",
	Severity: model.Note,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			h := l.Hop
			if !h.Node.In("nginx") || !model.Is(h.Conn.Protocol, "http") || !model.Is(l.Conn.TLS.Enabled, false) || !h.Headers.Known() || !l.Endpoint.Addr.Known() || public(h, l.Endpoint.Addr) {
				continue
			}
			tls := secured(h.Route.Listener)
			if tls == nil || tells(h.Headers.V) {
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s tells the application neither X-Forwarded-Proto nor the like, and the client may speak HTTPS (%s)", h.Node, tls.Node),
				Because: []model.Fact{h.Node, h.Headers, tls.TLS.Enabled, l.Endpoint.Addr},
				When:    "an application that sends HTTP to HTTPS redirects for ever",
			})
		}
	},
}

// secured is a bind on which the listener speaks TLS, or nil.
func secured(l *model.Listener) *model.Bind {
	for _, b := range l.Binds {
		if model.Is(b.TLS.Enabled, true) {
			return b
		}
	}
	return nil
}

// tells reports whether a header says how the client came.
func tells(set []model.Header) bool {
	for _, k := range set {
		switch name := strings.ToLower(k.Name); {
		case k.Value == "":
		case strings.Contains(name, "proto"), strings.Contains(name, "scheme"), strings.Contains(name, "https"),
			name == "forwarded", name == "x-forwarded-ssl", name == "x-forwarded-port":
			return true
		}
	}
	return false
}

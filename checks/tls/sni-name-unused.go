package tls

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A name is written for the handshake, and not sent.
var sniNameUnused = &model.Check{
	ID:       "sni-name-unused",
	Title:    "proxy_ssl_name is set, but no name is sent",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			name, verify := h.Conn.TLS.Name, h.Conn.TLS.Verify
			if !h.Node.In("nginx") || !model.Is(h.Conn.TLS.Enabled, true) || !model.Is(name, "") || !switchedOff(name) || !verify.Known() {
				continue
			}
			stmt := nameOf(h)
			if stmt == nil || len(stmt.Args) == 0 {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s %s is not sent in the TLS handshake: %s", stmt.Name.Text, stmt.Arg(0), setting(name)),
				Because: []model.Fact{stmt, name, h.Conn.TLS.Enabled, verify},
				Outcome: h.Outcome(model.BadTLS),
				When:    "every request, where the server needs the name",
			}
			if verify.V { // the name is the one to verify, so it is not for nothing
				f.AtMost = model.Note
			}
			if name.Origin() == model.Assumed {
				f.AtMost = model.Note
			}
			f.Fix = sendName(name, stmt)
			report(f)
		}
	},
}

// sendName turns the sending of names on where the name is written.
func sendName(name model.Value[string], stmt *model.Node) *model.Fix {
	edit := &model.Edit{Span: name.At(), Text: "on"}
	if !name.Written() {
		if edit = model.Insert(stmt.Parent, name.Key()+" on;"); edit == nil {
			return nil
		}
	}
	return &model.Fix{Message: "send the name", Edits: []model.Edit{*edit}}
}

package tls

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The handshake names no host, and the server has many.
var sniMissing = &model.Check{
	ID:       "sni-missing",
	Title:    "No server name is sent in the TLS handshake",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			name, target := l.Conn.TLS.Name, l.Endpoint.Addr
			if !model.Is(l.Conn.TLS.Enabled, true) || !model.Is(name, "") || !target.Known() || target.V.Path != "" || !switchedOff(name) || nameOf(l.Hop) != nil {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s is asked without a server name in the TLS handshake: %s", target, setting(name)),
				Because: []model.Fact{target, name, l.Conn.TLS.Enabled},
				Outcome: l.Hop.Outcome(model.BadTLS),
				When:    "every request, where the server needs the name",
				AtMost:  model.Note,
			}
			if who := sharesAddresses(target.V.Host); who != "" {
				f.Message = fmt.Sprintf("%s is asked without a server name in the TLS handshake, which %s needs: %s", target, who, setting(name))
				f.AtMost, f.When = 0, "every request"
			} else if target.V.Port == 443 && public(target.V.Host) {
				f.AtMost = 0
			}
			if name.Origin() == model.Assumed {
				f.AtMost = model.Note
			}
			if l.Hop.Node.In("nginx") && !name.Written() && l.Hop.Pool.Node == l.Hop.Node {
				if edit := model.Insert(l.Hop.Route.Node, name.Key()+" on;"); edit != nil {
					f.Fix = &model.Fix{Message: "send the host of the target", Edits: []model.Edit{*edit}}
				}
			}
			if h := l.Hop; h.Node.In("nginx") && h.Pool.Node != h.Node { // one setting, for all servers of the pool
				f.Message = h.Node.String() + " asks " + strings.Replace(f.Message, " is asked without", " without", 1)
				f.Because = append([]model.Fact{h.Node}, f.Because...)
			}
			if edits := writeSNI(l); edits != nil && f.AtMost == 0 {
				f.Fix = &model.Fix{Message: "send the host of the target, in checks too", Edits: edits}
			}
			report(f)
		}
	},
}

// writeSNI adds the name to a server line of HAProxy, and to its check, which
// does not take it over.
func writeSNI(l *model.Link) []model.Edit {
	n, health := l.Endpoint.Node, l.Endpoint.Health
	name := l.Conn.TLS.Name
	if name.Key() != "sni" || name.Written() || n.Name.Text != "server" || len(n.Args) == 0 || !l.Endpoint.Addr.V.Named() {
		return nil
	}
	host := l.Endpoint.Addr.V.Host
	text := " sni str(" + host + ")"
	if model.Is(health.Active, true) && model.Is(health.Conn.TLS.Enabled, true) && model.Is(health.Conn.TLS.Name, "") {
		text += " check-sni " + host
	}
	end := n.Head().End
	return []model.Edit{{Span: n.Span.Source.Span(end, end), Text: text}}
}

// setting is what keeps the name back, in words.
func setting(name model.Value[string]) string {
	if name.Written() {
		return name.Key() + " " + name.Text()
	}
	if name.Key() == "sni" { // HAProxy's parameter has no value to be off
		return "sni is not set"
	}
	return strings.TrimSpace(name.Key() + " is off by default")
}

// switchedOff reports whether no name is sent because none is to be: not
// because the one there is cannot be sent.
func switchedOff(name model.Value[string]) bool {
	return strings.HasSuffix(name.Key(), "ssl_server_name") || name.Owner() != nil && !name.Owner().In("nginx")
}

// nameOf is the statement that names the server for a hop of nginx, or nil.
func nameOf(h *model.Hop) *model.Node {
	if !h.Node.In("nginx") {
		return nil
	}
	stmt, _ := h.Route.Node.Up(strings.TrimSuffix(h.Node.Name.Text, "pass") + "ssl_name")
	return stmt
}

// sharesAddresses says who serves many names on one address and turns away a
// handshake that has none; "" for a host of which that is not known.
func sharesAddresses(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, known := range []struct{ suffix, who string }{
		{".cloudfront.net", "CloudFront"},
		{".workers.dev", "Cloudflare"},
		{".pages.dev", "Cloudflare"},
		{".azurefd.net", "Azure Front Door"},
		{".vercel.app", "Vercel"},
		{".netlify.app", "Netlify"},
		{".fly.dev", "Fly"},
		{".onrender.com", "Render"},
	} {
		if strings.HasSuffix(host, known.suffix) {
			return known.who
		}
	}
	if strings.Contains(host, ".execute-api.") && strings.HasSuffix(host, ".amazonaws.com") {
		return "API Gateway"
	}
	return ""
}

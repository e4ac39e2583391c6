package tls

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The name that is sent is none of a server: that of an upstream block, or an
// address, which is not sent at all.
var sniNotAHostname = &model.Check{
	ID:       "sni-not-a-hostname",
	Title:    "The server name of the TLS handshake is no host name",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			name := h.Conn.TLS.Name
			if !h.Node.In("nginx") || !model.Is(h.Conn.TLS.Enabled, true) || !name.Known() || switchedOff(name) || model.Is(h.Conn.TLS.Verify, true) {
				continue // where it is verified, that fails first: verify-name-mismatch
			}
			f := model.Finding{Because: []model.Fact{name, h.Conn.TLS.Enabled}, Outcome: h.Outcome(model.BadTLS),
				When: "every request, where the server needs the name"}
			public := publicServer(h.Pool)
			switch block := h.Pool.Node; {
			case name.V == "" && name.Key() == h.Node.Name.Text:
				f.Message = fmt.Sprintf("%s sends no server name in the TLS handshake: %s is an address", h.Node, h.Pool.Name)
			case name.V == "":
				f.Message = fmt.Sprintf("%s %s is an address, and none is sent in the TLS handshake", name.Key(), name.Text())
			case block.Name.Text == "upstream" && name.Key() == h.Node.Name.Text && strings.EqualFold(name.V, h.Pool.Name) && !strings.Contains(name.V, "."):
				f.Message = fmt.Sprintf("%s sends %s, the name of the upstream block, as the server name in the TLS handshake", h.Node, name.V)
				f.Because = append(f.Because, block)
			default:
				continue
			}
			if public != nil && name.V != "" {
				f.Because = append(f.Because, public.Addr)
			} else {
				f.AtMost = model.Note
			}
			if public != nil && name.V != "" {
				if edit := model.Insert(h.Route.Node, strings.TrimSuffix(h.Node.Name.Text, "pass")+"ssl_name "+public.Addr.V.Host+";"); edit != nil {
					f.Fix = &model.Fix{Message: "send the name of the server", Edits: []model.Edit{*edit}}
				}
			}
			report(f)
		}
	},
}

// publicServer is the first server of a pool that has a name of the public
// DNS, or nil.
func publicServer(p *model.Pool) *model.Endpoint {
	for _, e := range p.Endpoints {
		if e.Addr.Known() && e.Addr.V.Named() && public(e.Addr.V.Host) {
			return e
		}
	}
	return nil
}

// public reports whether a name can stand in the public DNS.
func public(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	dot := strings.LastIndexByte(host, '.')
	if dot < 0 || strings.Trim(host[dot+1:], "0123456789") == "" { // one label, or an address
		return false
	}
	switch host[dot+1:] {
	case "local", "localhost", "internal", "lan", "home", "corp", "intranet", "private", "localdomain", "docker", "consul",
		"svc", "test", "invalid", "example", "onion", "arpa":
		return false
	}
	return true
}

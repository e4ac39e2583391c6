package headers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Without a Host of its own nginx sends the name it has for the target: that
// of an upstream block, which exists nowhere else, or an address.
var missingHost = &model.Check{
	ID:       "missing-host",
	Title:    "The server gets the name of the target as Host",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			if !h.Node.In("nginx") || !model.Is(h.Host, "endpoint") || setsHost(h) != nil || outerHost(h) != nil {
				continue
			}
			var worst *model.Finding
			for _, l := range w.From(h) {
				if to := l.Endpoint.Addr; to.Known() && !public(h, to) {
					if f := hostless(l, to); worst == nil || worst.AtMost == model.Note && f.AtMost != model.Note {
						worst = &f
					}
				}
			}
			if worst != nil {
				report(*worst)
			}
		}
	},
}

// hostless is what a server gets, and what tells that it minds.
func hostless(l *model.Link, to model.Value[model.Addr]) model.Finding {
	h := l.Hop
	f := model.Finding{
		Message: fmt.Sprintf("%s sends Host %s, not the client's", h.Node, sent(h, to)),
		Because: []model.Fact{h.Host, h.Node},
		When:    "every request",
		Fix:     sendHost(h),
	}
	switch site := virtual(l); {
	case site != nil:
		f.Message += fmt.Sprintf(", and what listens at %s knows %s", to.Plain(), strings.Join(site.Hosts, " "))
		f.Because = append(f.Because, l, site.Node)
		f.Outcome = answered(l)
	case h.Pool.Node != h.Node && to.V.Named() && strings.Contains(to.V.Host, ".") && model.Is(h.To(l.Endpoint).TLS.Enabled, true):
		f.Message += fmt.Sprintf(", though %s has a name of its own", to.Plain())
		f.Because = append(f.Because, to)
		f.Fix = nil
	default:
		f.AtMost = model.Note
	}
	return f
}

// public reports whether the pass names a host by which it may be known to the
// world: then its name is the right Host.
func public(h *model.Hop, to model.Value[model.Addr]) bool {
	return h.Pool.Node == h.Node && to.V.Named() && strings.Contains(to.V.Host, ".")
}

// sent is the Host in words: as the pass has it, without the port of the scheme
// (ngx_http_proxy_set_vars).
func sent(h *model.Hop, to model.Value[model.Addr]) string {
	switch {
	case h.Pool.Node != h.Node:
		return h.Pool.Name
	case to.V.Path != "":
		return "localhost"
	case to.V.Port == 80 && model.Is(h.Conn.TLS.Enabled, false), to.V.Port == 443 && model.Is(h.Conn.TLS.Enabled, true):
		return to.V.Host
	}
	return to.V.String()
}

// setsHost is the statement that sets Host for a hop of nginx, or nil.
func setsHost(h *model.Hop) *model.Node { return lookHost(h, h.Route.Node) }

// outerHost is one that a nearer block hides, or nil.
func outerHost(h *model.Hop) *model.Node {
	if s, _ := h.Route.Node.Up(setHeader(h)); s != nil && s.Parent.Parent != nil {
		return lookHost(h, s.Parent.Parent)
	}
	return nil
}

func lookHost(h *model.Hop, block *model.Node) *model.Node {
	if s, _ := block.Up(setHeader(h)); s != nil {
		for _, k := range s.Parent.All(s.Name.Text) {
			if strings.EqualFold(k.Arg(0), "Host") {
				return k
			}
		}
	}
	return nil
}

// setHeader is the statement that sets headers for a hop of nginx.
func setHeader(h *model.Hop) string {
	return strings.TrimSuffix(h.Node.Name.Text, "pass") + "set_header"
}

// virtual is a listener at the end of the link that has names, where the one
// that answers is only the default.
func virtual(l *model.Link) *model.Listener {
	if !l.Linked() || !l.To.Addr.Known() {
		return nil
	}
	for _, other := range l.To.Gateway.Listeners {
		if other == l.To.Listener || len(other.Hosts) == 0 || len(l.To.Hosts) > 0 && slices.Equal(other.Hosts, l.To.Hosts) {
			continue
		}
		for _, b := range other.Binds {
			if b.Addr.Known() && b.Addr.V == l.To.Addr.V {
				return other
			}
		}
	}
	return nil
}

// answered is what the client gets from the listener that answers: nothing
// that can be told, unless it closes.
func answered(l *model.Link) model.Outcome {
	for _, r := range l.To.Routes {
		if r.Match == "" && r.Reply.Known() && r.Reply.V.Status == 0 {
			return l.Hop.Outcome(model.Closed)
		}
	}
	return model.Outcome{}
}

// sendHost adds the header where that drops no other.
func sendHost(h *model.Hop) *model.Fix {
	if s, sure := h.Route.Node.Up(setHeader(h)); !sure || s != nil && s.Parent != h.Route.Node {
		return nil
	}
	edit := model.Insert(h.Route.Node, setHeader(h)+" Host $host;")
	if edit == nil {
		return nil
	}
	return &model.Fix{Message: "send the client's Host", Edits: []model.Edit{*edit}}
}

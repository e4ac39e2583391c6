package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/gwlint/gwlint/model"
)

// Show writes every hop of a workspace with every setting in effect and where
// it comes from. It is also what the parsers' golden files hold.
func Show(w io.Writer, ws *model.Workspace) error {
	for _, g := range ws.Gateways {
		for _, l := range g.Listeners {
			if _, err := fmt.Fprintf(w, "%s %s\n", g.Name, listener(l)); err != nil {
				return err
			}
			t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
			fields(t, "  ", []field{
				{"idle", l.Idle}, {"limit", l.Limit}, {"slots", l.Slots},
				{"max head", l.MaxHead}, {"max body", l.MaxBody},
				{"user", g.User}, {"grace", g.Grace}, {"signalled", g.Signalled}})
			for _, b := range l.Binds {
				fields(t, "  ", []field{{"bind", b.Addr}, {"protocol", b.Protocol}, {"tls", b.TLS.Enabled}, {"proxy header", b.Proxy}, {"backlog", b.Backlog}, {"mode", mode(b)}, {"owner", b.Owner}})
			}
			t.Flush()
			for _, r := range l.Routes {
				showRoute(w, ws, r)
			}
		}
	}
	return nil
}

// A permission is the mode of a socket, which is octal.
type permission struct{ model.Value[int] }

// Plain is the mode as ls and chmod know it.
func (p permission) Plain() string {
	if !p.Known() {
		return p.Value.Plain()
	}
	return fmt.Sprintf("%04o", p.V)
}

func mode(b *model.Bind) permission { return permission{b.Mode} }

func listener(l *model.Listener) string {
	var parts []string
	for _, b := range l.Binds {
		parts = append(parts, b.Addr.Text())
	}
	s := "listens on " + strings.Join(parts, ", ")
	if len(parts) == 0 {
		s = "listens"
	}
	if len(l.Hosts) > 0 {
		s += " for " + strings.Join(l.Hosts, " ")
	}
	return safe(s) + "  " + at(l.Node)
}

func at(n *model.Node) string {
	if n == nil || n.Head().IsZero() {
		return "-"
	}
	return place(n.Head())
}

func showRoute(w io.Writer, ws *model.Workspace, r *model.Route) {
	match := r.Match
	if match == "" {
		match = "(the rest)"
	}
	fmt.Fprintf(w, "  route %s  %s\n", safe(match), at(r.Node))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer t.Flush()
	fields(t, "    ", []field{{"reply", r.Reply}})
	for _, h := range r.Hops {
		t.Flush()
		fmt.Fprintf(w, "    hop to %s  %s\n", safe(poolName(h.Pool)), at(h.Node))
		c := &h.Conn
		fields(t, "      ", []field{
			{"protocol", c.Protocol}, {"connect", c.Connect}, {"read", c.Read}, {"total", c.Total}, {"tunnel", c.Tunnel},
			{"idle", c.Idle}, {"head", c.Head}, {"lookup", c.Lookup}, {"proxy header", c.Proxy}, {"allowed", c.Allowed},
			{"tls", c.TLS.Enabled}, {"tls verify", c.TLS.Verify}, {"tls name", c.TLS.Name}, {"tls from", c.TLS.Min}, {"tls to", c.TLS.Max}, {"tls cert", c.TLS.Cert},
			{"tries", h.Retry.Tries}, {"retry on", h.Retry.On}, {"retry posts", h.Retry.Posts}, {"same server", h.Retry.Same}, {"retry total", h.Retry.Total},
			{"queue", h.Queue}, {"max body", h.MaxBody}, {"host", h.Host}, {"logged", h.Logged}})
		for _, e := range h.Pool.Endpoints {
			t.Flush()
			fmt.Fprintf(w, "      server %s%s  %s\n", safe(e.Addr.Text()), linked(ws, h, e), at(e.Node))
			fields(t, "        ", []field{
				{"count", e.Count}, {"backup", e.Backup}, {"down", e.Down}, {"limit", e.Limit}, {"fails", e.Fails}, {"out", e.Out},
				{"check", e.Health.Active}, {"check every", e.Health.Every}, {"check path", e.Health.Path}, {"check host", e.Health.Host}})
			if e.Conn != nil {
				fields(t, "        ", []field{
					{"protocol", e.Conn.Protocol}, {"connect", e.Conn.Connect}, {"read", e.Conn.Read}, {"idle", e.Conn.Idle},
					{"tls", e.Conn.TLS.Enabled}, {"tls verify", e.Conn.TLS.Verify}, {"tls name", e.Conn.TLS.Name}})
			}
		}
	}
}

func poolName(p *model.Pool) string {
	if p.Name == "" {
		return "a server that cannot be told"
	}
	return p.Name
}

// linked says what is known to answer at an endpoint.
func linked(ws *model.Workspace, h *model.Hop, e *model.Endpoint) string {
	for _, l := range ws.From(h) {
		if l.Endpoint == e && l.Linked() {
			return fmt.Sprintf(" = %s (%s, %s)", l.To.Gateway.Name, clean(l.Why), l.Sure)
		}
	}
	return ""
}

// A field of the model, and its value.
type field struct {
	name  string
	value model.Setting
}

func fields(w io.Writer, indent string, all []field) {
	for _, r := range all {
		v := r.value
		if v.Key() == "" && v.Origin() == model.Unknown && v.Why() == "" {
			continue
		}
		where := v.Why()
		if !v.At().IsZero() {
			where = strings.TrimSpace(place(v.At()) + "  " + where)
			if v.Text() != v.Plain() {
				where += "  `" + safe(v.Text()) + "`"
			}
		}
		fmt.Fprintf(w, "%s%s\t%s\t%s\t%s\t%s\n", indent, r.name, clean(v.Key()), safe(v.Plain()), v.Origin(), clean(where))
	}
}

// safe is fit for a terminal, without secrets.
func safe(s string) string {
	out, _ := mask([]byte(s))
	return clean(string(out))
}

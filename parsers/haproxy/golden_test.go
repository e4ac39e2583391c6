package haproxy

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	tree, err := files.New(context.Background(), os.DirFS("testdata"), []string{"."}, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"basic.cfg", "conditions.cfg", "broken.cfg", "template.cfg.j2"} {
		t.Run(name, func(t *testing.T) {
			place := &model.Place{Versions: map[string]model.Versions{"haproxy": model.VersionsOf("3.2", model.Explicit, "--target", model.Span{})}}
			loaded := Parser{}.Load(tree, files.Root{Paths: []string{name}, Place: place})
			var b strings.Builder
			g := loaded.Gateways[0]
			dumpNode(&b, g.Node, 0)
			b.WriteString("\n")
			dumpGateway(&b, g)
			for _, f := range loaded.Findings {
				fmt.Fprintf(&b, "finding %s (%s): %s", f.Rule, f.AtMost, f.Message)
				for _, x := range f.Because {
					fmt.Fprintf(&b, " @%s", spanned(x.Where()))
				}
				b.WriteString("\n")
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), b.String()); d != "" {
				t.Error(d)
			}
		})
	}
}

func spanned(s model.Span) string {
	if s.IsZero() {
		return "-"
	}
	from, to := s.Begin(), s.Finish()
	if from.Line != to.Line {
		return fmt.Sprintf("%d:%d-%d:%d", from.Line, from.Column, to.Line, to.Column)
	}
	return fmt.Sprintf("%d:%d-%d", from.Line, from.Column, to.Column)
}

func dumpNode(b *strings.Builder, n *model.Node, depth int) {
	fmt.Fprintf(b, "%s%s", strings.Repeat("  ", depth), spanned(n.Span))
	for _, w := range append([]model.Word{n.Name}, n.Args...) {
		fmt.Fprintf(b, " %q", w.Text)
		if !w.Span.IsZero() && w.Span.Text() != w.Text {
			fmt.Fprintf(b, "=%s", w.Span.Text())
		}
	}
	if !n.Body.IsZero() {
		fmt.Fprintf(b, " body %s", spanned(n.Body))
	}
	if n.Partial != "" {
		fmt.Fprintf(b, " partial: %s", n.Partial)
	}
	if n.Maybe != "" {
		fmt.Fprintf(b, " maybe: %s", n.Maybe)
	}
	for _, c := range n.Comments {
		fmt.Fprintf(b, " #%s %s", spanned(c.Span), c.Text)
	}
	for _, c := range n.Loose {
		fmt.Fprintf(b, " loose#%s %s", spanned(c.Span), c.Text)
	}
	b.WriteString("\n")
	for _, k := range n.Kids {
		dumpNode(b, k, depth+1)
	}
}

type dumper struct {
	b      *strings.Builder
	indent string
}

func (d dumper) line(format string, args ...any) {
	fmt.Fprintf(d.b, d.indent+format+"\n", args...)
}

// value prints what a rule would see of a setting.
func (d dumper) value(field string, s model.Setting) {
	at := ""
	if s.Written() {
		at = " @" + spanned(s.At())
	}
	d.line("%s: %s [%s]%s", field, s, s.Origin(), at)
}

func (d dumper) conn(field string, c *model.Conn) {
	d.value(field+".Connect", c.Connect)
	d.value(field+".Read", c.Read)
	d.value(field+".Total", c.Total)
	d.value(field+".Tunnel", c.Tunnel)
	d.value(field+".Idle", c.Idle)
	d.line("%s.Idle is %s", field, model.Plain(c.Idle.V))
	d.value(field+".Head", c.Head)
	d.line("%s.Protocol: %s [%s]", field, c.Protocol.V, c.Protocol.Origin())
	d.value(field+".TLS.Enabled", c.TLS.Enabled)
	d.value(field+".TLS.Verify", c.TLS.Verify)
	d.value(field+".TLS.Name", c.TLS.Name)
	d.value(field+".Proxy", c.Proxy)
	d.value(field+".Lookup", c.Lookup)
}

func dumpGateway(b *strings.Builder, g *model.Gateway) {
	d := dumper{b, ""}
	d.value("Grace", g.Grace)
	d.value("User", g.User)
	for _, l := range g.Listeners {
		d := dumper{b, ""}
		d.line("listener %s", l.Node)
		d.indent = "  "
		for _, x := range l.Binds {
			d.line("bind %v %v protocol=%v tls=%v proxy=%v", x.Addr.V, x.Addr.Origin(), x.Protocol.V, x.TLS.Enabled.V, x.Proxy.V)
		}
		d.value("Idle", l.Idle)
		d.value("Slots", l.Slots)
		d.value("MaxHead", l.MaxHead)
		for _, r := range l.Routes {
			d.line("route %q %v [%s]", r.Match, r.Reply.V, r.Reply.Origin())
			for _, h := range r.Hops {
				d := dumper{b, "    "}
				d.line("hop to %s", h.Pool.Name)
				if h.Conn.Read.Origin() == 0 {
					continue
				}
				d.value("Tries", h.Retry.Tries)
				d.line("Tries are %d", h.Retry.Tries.V)
				d.value("Same", h.Retry.Same)
				d.line("On: %s [%s]", h.Retry.On.V, h.Retry.On.Origin())
				d.value("Posts", h.Retry.Posts)
				d.value("Queue", h.Queue)
				d.value("Host", h.Host)
				d.line("Headers: %v [%s] %s", h.Headers.V, h.Headers.Origin(), h.Headers.Why())
				d.value("Logged", h.Logged)
			}
		}
	}
	for _, p := range g.Pools {
		d := dumper{b, ""}
		d.line("pool %s", p.Name)
		d.indent = "  "
		d.value("Sticky", p.Sticky)
		for _, e := range p.Endpoints {
			d := dumper{b, "  "}
			d.line("endpoint %s", e.Node)
			d.indent = "    "
			d.value("Addr", e.Addr)
			d.line("Addr is %+v", e.Addr.V)
			if e.Conn == nil {
				continue
			}
			d.value("Count", e.Count)
			d.line("Count is %d", e.Count.V)
			d.value("Backup", e.Backup)
			d.value("Down", e.Down)
			d.value("Limit", e.Limit)
			d.value("Fails", e.Fails)
			d.conn("Conn", e.Conn)
			d.value("Health.Active", e.Health.Active)
			d.value("Health.Every", e.Health.Every)
			d.value("Health.Rise", e.Health.Rise)
			d.value("Health.Fall", e.Health.Fall)
			d.value("Health.Port", e.Health.Port)
			d.value("Health.Path", e.Health.Path)
			d.value("Health.Host", e.Health.Host)
			d.value("Health.Expect", e.Health.Expect)
			d.conn("Health.Conn", &e.Health.Conn)
		}
	}
}

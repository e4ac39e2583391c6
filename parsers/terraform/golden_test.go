package terraform

import (
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

var update = flag.Bool("update", false, "rewrite the expected values")

// load reads all roots of a directory.
func load(t testing.TB, dir string) (all files.Loaded) {
	t.Helper()
	tree, names := treeOf(t, dir)
	for _, root := range (Parser{}).Roots(tree, names, nil) {
		root.Place = &model.Place{}
		out := (Parser{}).Load(tree, root)
		all.Gateways = append(all.Gateways, out.Gateways...)
		all.Places = append(all.Places, out.Places...)
		all.Findings = append(all.Findings, out.Findings...)
	}
	return all
}

// A dump writes values with all that is known of them.
type dump struct{ strings.Builder }

func show[T any](d *dump, indent, name string, v model.Value[T]) {
	if v.Owner() == nil && !v.Known() {
		return
	}
	fmt.Fprintf(d, "%s%s: %s = %s [%s]", indent, name, v.Key(), v.Plain(), v.Origin())
	if v.Why() != "" {
		fmt.Fprintf(d, " (%s)", v.Why())
	}
	if !v.At().IsZero() {
		fmt.Fprintf(d, " at %s %q", v.At(), v.At().Text())
	}
	for _, s := range v.Via() {
		fmt.Fprintf(d, " via %s", s)
	}
	d.WriteByte('\n')
}

func (d *dump) conn(indent string, c *model.Conn) {
	show(d, indent, "Connect", c.Connect)
	show(d, indent, "Read", c.Read)
	show(d, indent, "Tunnel", c.Tunnel)
	show(d, indent, "Idle", c.Idle)
	show(d, indent, "Protocol", c.Protocol)
	show(d, indent, "TLS", c.TLS.Enabled)
	show(d, indent, "Allowed", c.Allowed)
}

func (d *dump) loaded(out files.Loaded) string {
	for _, g := range out.Gateways {
		fmt.Fprintf(d, "gateway %s: %s %s at %s\n", g.Name, g.Product.Name, g.Product.Versions, g.Node.Span)
		for _, l := range g.Listeners {
			fmt.Fprintf(d, "  listener at %s %v\n", l.Node.Head(), l.Hosts)
			show(d, "    ", "Idle", l.Idle)
			for _, b := range l.Binds {
				show(d, "    ", "bind", b.Addr)
				show(d, "    ", "Protocol", b.Protocol)
				show(d, "    ", "TLS", b.TLS.Enabled)
			}
			for _, r := range l.Routes {
				fmt.Fprintf(d, "    route %q\n", r.Match)
				show(d, "      ", "Reply", r.Reply)
				for _, h := range r.Hops {
					fmt.Fprintf(d, "      hop to %s\n", h.Pool.Name)
					d.conn("        ", &h.Conn)
					show(d, "        ", "Host", h.Host)
					show(d, "        ", "Logged", h.Logged)
					show(d, "        ", "Drain", h.Pool.Drain)
					show(d, "        ", "Sticky", h.Pool.Sticky)
					for _, e := range h.Pool.Endpoints {
						place := "nowhere"
						if e.Place != nil {
							place = e.Place.Name
						}
						fmt.Fprintf(d, "        endpoint in %s\n", place)
						show(d, "          ", "Addr", e.Addr)
						show(d, "          ", "Count", e.Count)
						show(d, "          ", "Active", e.Health.Active)
						show(d, "          ", "Path", e.Health.Path)
						show(d, "          ", "Port", e.Health.Port)
						show(d, "          ", "Host", e.Health.Host)
						show(d, "          ", "Expect", e.Health.Expect)
						show(d, "          ", "Every", e.Health.Every)
						show(d, "          ", "Rise", e.Health.Rise)
						show(d, "          ", "Fall", e.Health.Fall)
						d.conn("          check ", &e.Health.Conn)
						if e.Conn != nil {
							d.conn("          own ", e.Conn)
						}
					}
				}
			}
		}
		for n := range g.Node.Walk() {
			for _, c := range n.Comments {
				fmt.Fprintf(d, "  comment %q of %s\n", c.Text, n.Head())
			}
		}
	}
	for _, p := range out.Places {
		fmt.Fprintf(d, "place %s: names %v ports %v versions %v\n", p.Name, p.Names, p.Ports, p.Versions)
		show(d, "  ", "Command", p.Command)
		show(d, "  ", "Kill", p.Kill)
		for _, name := range []string{"KEEP_ALIVE", "DB_PASSWORD"} {
			if v, ok := p.Env[name]; ok {
				show(d, "  ", name, v)
			}
		}
	}
	for _, f := range out.Findings {
		fmt.Fprintf(d, "%s: %s\n", f.Rule, f.Message)
	}
	return d.String()
}

// TestGolden compares the model of small modules with what was read over by
// hand. -update rewrites it.
func TestGolden(t *testing.T) {
	for _, dir := range []string{"aws", "google", "azure", "edge", "registry", "syntax"} {
		t.Run(dir, func(t *testing.T) {
			got := new(dump).loaded(load(t, filepath.Join("testdata", dir)))
			golden := filepath.Join("testdata", dir+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

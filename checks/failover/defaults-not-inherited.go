package failover

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A second defaults section begins from nothing.
var defaultsNotInherited = &model.Check{
	ID:       "defaults-not-inherited",
	Title:    "A second defaults section drops what the first one set",
	Severity: model.Warning,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			if g.Product.Name != "haproxy" || g.Node == nil || g.Node.Partial != "" {
				continue
			}
			users := map[*model.Node][]*model.Node{} // of defaults: proxies with servers
			for _, n := range g.Node.Kids {
				if n.Base != nil && n.Partial == "" && n.Name.Text != "defaults" && n.Find("server") != nil {
					users[n.Base] = append(users[n.Base], n)
				}
			}
			var before *model.Node
			for _, d := range g.Node.All("defaults") {
				if before != nil && d.Base == nil && d.Partial == "" && before.Partial == "" && d.Doubt() == "" {
					if f, ok := dropped(before, d, users[d]); ok {
						report(f)
					}
				}
				before = d
			}
		}
	},
}

// protecting are settings without which a failure lasts or spreads.
var protecting = [][2]string{{"timeout", "connect"}, {"timeout", "server"}, {"timeout", "client"}, {"option", "redispatch"}, {"retries"}, {"retry-on"}, {"default-server"}}

// dropped is what the earlier defaults protect and the later ones do not, as
// far as those who use the later ones do not say it themselves.
func dropped(before, d *model.Node, users []*model.Node) (f model.Finding, ok bool) {
	var lost []string
	f.AtMost = model.Note
	for _, key := range protecting {
		was := find(before, key)
		if was == nil || find(d, key) != nil {
			continue
		}
		for _, u := range users {
			if find(u, key) != nil || key[1] == "client" && u.Name.Text == "backend" {
				continue
			}
			if len(lost) == 0 {
				f.Because = append(f.Because, d, u)
			}
			lost = append(lost, strings.TrimSpace(key[0]+" "+key[1]))
			f.Because = append(f.Because, was)
			if key[0] == "timeout" || key[0] == "default-server" {
				f.AtMost = 0
			}
			break
		}
	}
	if len(lost) == 0 {
		return f, false
	}
	f.Message = fmt.Sprintf("defaults begins from nothing: %s of the defaults above %s not hold for %s", strings.Join(lost, ", "), do(len(lost)), f.Because[1])
	return f, true
}

func find(n *model.Node, key [2]string) *model.Node {
	if key[1] == "" {
		return n.Find(key[0])
	}
	return n.Find(key[0], key[1])
}

func do(n int) string {
	if n == 1 {
		return "does"
	}
	return "do"
}

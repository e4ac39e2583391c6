package capacity

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Behind another layer all clients have one address: that layer's.
var limitByProxy = &model.Check{
	ID:       "limit-by-proxy",
	Title:    "A limit for each client counts the layer in front as one",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		zones := addressZones(w)
		for h := range w.Hops() {
			if !h.Node.In("nginx") {
				continue
			}
			outer := front(w, h.Route.Listener)
			if outer == nil {
				continue
			}
			if real, sure := h.Route.Node.Up("set_real_ip_from"); real != nil || !sure {
				continue
			}
			for _, name := range []string{"limit_req", "limit_conn"} {
				limit, sure := h.Route.Node.Up(name)
				if limit == nil || !sure {
					continue
				}
				zone := zones[zoneOf(limit)]
				if zone == nil {
					continue
				}
				status, says := 503, "limiting requests, excess"
				if name == "limit_conn" {
					says = "limiting connections by zone"
				}
				if k, _ := h.Route.Node.Up(name + "_status"); k != nil {
					status = 0
				}
				report(model.Finding{
					Message: fmt.Sprintf("%s counts all clients of %s in front as one: %s is its address here", limit, outer.Hop.Gateway().Name, zone.Arg(0)),
					Because: []model.Fact{limit, zone, outer},
					Outcome: model.Outcome{Status: status, Native: says},
					When:    "as many clients together as one of them was meant to be allowed",
				})
			}
		}
	},
}

// addressZones are the zones that count by the client's address, by name.
func addressZones(w *model.Workspace) map[string]*model.Node {
	zones := map[string]*model.Node{}
	for n := range w.Statements("nginx", "limit_req_zone", "limit_conn_zone") {
		if key := n.Arg(0); key == "$binary_remote_addr" || key == "$remote_addr" {
			zones[zoneOf(n)] = n
		}
	}
	return zones
}

// zoneOf is the name in zone=name, zone=name:10m, or limit_conn name 10.
func zoneOf(n *model.Node) string {
	for _, a := range n.Args {
		if name, ok := strings.CutPrefix(a.Text, "zone="); ok {
			name, _, _ = strings.Cut(name, ":")
			return name
		}
	}
	if n.Name.Text == "limit_conn" {
		return n.Arg(0)
	}
	return ""
}

// front is a link by which another layer passes requests of many clients to a
// listener, or nil. One that says the client's address before the request is
// none.
func front(w *model.Workspace, l *model.Listener) *model.Link {
	for _, o := range w.Outer(l) {
		if model.Is(o.Conn.Protocol, "http") && model.Is(o.Conn.Proxy, false) && o.Sure > model.Low {
			return o
		}
	}
	return nil
}

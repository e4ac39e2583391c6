package failover

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Statements of the commercial edition, which the open source one does not
// know.
var plusOnly = &model.Check{
	ID:       "plus-only",
	Title:    "A statement that only NGINX Plus knows",
	Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			if g.Product.Name != "nginx" || !g.Node.In("nginx") {
				continue
			}
			sealed := openSource(g)
			for n := range g.Node.Walk() { // the first is enough: it is one reason for all of them
				what, says, since := commercial(n)
				if what == "" || since != "" && !g.Product.Before(since) || n.Doubt() != "" {
					continue
				}
				f := model.Finding{
					Message: fmt.Sprintf("%s is known to NGINX Plus alone", what),
					Because: []model.Fact{n},
					Outcome: model.RefusesToStart("[emerg] " + says),
				}
				if since != "" {
					f.Message = fmt.Sprintf("%s is known to NGINX Plus alone before %s", what, since)
					f.Because = append(f.Because, g.Product)
				}
				if sealed {
					f.Message += ", and the image is that of open source nginx"
					f.Because = append(f.Because, g.Place.Image)
				} else {
					f.AtMost = model.Note // the program may be that edition, or have a module of that name
				}
				report(f)
				break
			}
		}
	},
}

// openSource reports whether a gateway certainly runs the open source edition
// without further modules: the image is the official one.
func openSource(g *model.Gateway) bool {
	if !g.Place.Image.Known() || g.Node.Find("load_module") != nil {
		return false
	}
	name, _, _ := strings.Cut(g.Place.Image.V, "@")
	if slash := strings.LastIndexByte(name, '/'); strings.Contains(name[slash+1:], ":") {
		name = name[:slash+1+strings.IndexByte(name[slash+1:], ':')]
	}
	switch strings.TrimPrefix(strings.TrimPrefix(name, "docker.io/"), "library/") {
	case "nginx", "nginxinc/nginx-unprivileged", "public.ecr.aws/nginx/nginx":
		return true
	}
	return false
}

// commercial is what of a statement is in NGINX Plus alone, what open source
// nginx says of it, and since when it knows it after all, or "".
func commercial(n *model.Node) (what, says, since string) {
	in := ""
	if n.Parent != nil {
		in = n.Parent.Name.Text
	}
	name := n.Name.Text
	if name == "server" && in == "upstream" {
		for _, a := range n.Args {
			if strings.HasPrefix(a.Text, "slow_start=") {
				return a.Text, fmt.Sprintf("invalid parameter %q", a.Text), ""
			}
		}
		return "", "", ""
	}
	known := false
	switch name {
	case "queue", "ntlm", "state", "sticky_cookie_insert":
		known = in == "upstream"
	case "sticky":
		known, since = in == "upstream", "1.29.6"
	case "least_time":
		known, since = in == "upstream", "1.31.0"
	case "health_check", "health_check_timeout":
		known = in == "location" || in == "server" || in == "stream"
	case "match":
		known = !n.Body.IsZero() && (in == "http" || in == "stream")
	case "status_zone", "hls", "f4f", "session_log", "zone_sync":
		known = in == "location" || in == "server"
	case "api":
		known = in == "location" && (len(n.Args) == 0 || strings.HasPrefix(n.Arg(0), "write="))
	case "auth_jwt", "auth_jwt_key_file":
		known = in == "location" || in == "server" || in == "http"
	case "keyval", "keyval_zone":
		known = in == "http" || in == "stream"
	}
	if !known {
		return "", "", ""
	}
	return name, fmt.Sprintf("unknown directive %q", name), since
}

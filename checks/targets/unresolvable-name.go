package targets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The servers that are asked cannot know the name.
var unresolvableName = &model.Check{
	ID:       "unresolvable-name",
	Title:    "The resolver that is asked cannot know the name",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			target := l.Endpoint.Addr
			if !target.Known() || !named(target.V) || !whileRunning(l) || model.Is(l.Conn.Lookup, model.Forever) || model.Is(l.Conn.Lookup, 0) {
				continue
			}
			resolver, sure := l.Endpoint.Node.Up("resolver")
			if resolver == nil || !sure || resolver.Doubt() != "" {
				continue
			}
			why := ""
			switch asked := nameservers(resolver); {
			case all(asked, public) && private(target.V.Host):
				why = "no server on the internet knows it"
			case all(asked, ofCluster) && !strings.Contains(target.V.Host, "."):
				why = "nginx completes no names, and the cluster knows it as " + target.V.Host + ".<namespace>.svc.cluster.local"
			default:
				continue
			}
			report(model.Finding{
				Message: fmt.Sprintf("%s has %s asked for %s: %s", target, resolver, target.V.Host, why),
				Because: []model.Fact{target, resolver},
				Outcome: l.Hop.Outcome(model.NoName),
				When:    "every request",
			})
		}
	},
}

// whileRunning reports whether nginx may look the name up for requests: it has
// a variable, or resolve.
func whileRunning(l *model.Link) bool {
	e, pass := l.Endpoint.Node, l.Hop.Node
	return e != nil && e.In("nginx") && (pass != nil && strings.Contains(pass.Arg(0), "$") ||
		slices.ContainsFunc(e.Args, func(a model.Word) bool { return a.Text == "resolve" }))
}

// nameservers are the servers that a resolver statement names.
func nameservers(resolver *model.Node) (asked []string) {
	for _, a := range resolver.Args {
		if !strings.Contains(a.Text, "=") {
			asked = append(asked, a.Text)
		}
	}
	return asked
}

func all(asked []string, are func(string) bool) bool {
	return len(asked) > 0 && !slices.ContainsFunc(asked, func(s string) bool { return !are(s) })
}

// public reports whether a name server is one of those that anybody may ask.
func public(server string) bool {
	switch strings.TrimSuffix(server, ":53") {
	case "8.8.8.8", "8.8.4.4", "[2001:4860:4860::8888]", "[2001:4860:4860::8844]", // Google
		"1.1.1.1", "1.0.0.1", "[2606:4700:4700::1111]", "[2606:4700:4700::1001]", // Cloudflare
		"9.9.9.9", "149.112.112.112", // Quad9
		"208.67.222.222", "208.67.220.220": // OpenDNS
		return true
	}
	return false
}

// private reports whether a name is none of the public DNS: it has no dot, or
// ends in what is kept for networks of one's own (RFC 6762, 6761, 8375, ICANN's
// .internal).
func private(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	dot := strings.LastIndexByte(host, '.')
	switch host[dot+1:] {
	case "local", "internal", "localdomain", "localhost", "test", "invalid", "consul", "docker", "lan", "home":
		return true
	}
	return dot < 0 || strings.HasSuffix(host, ".home.arpa")
}

// ofCluster reports whether a name server is that of Kubernetes.
func ofCluster(server string) bool {
	name, _, _ := strings.Cut(server, ":")
	return strings.HasSuffix(name, ".svc.cluster.local") || strings.HasPrefix(name, "kube-dns.") || strings.HasPrefix(name, "coredns.")
}

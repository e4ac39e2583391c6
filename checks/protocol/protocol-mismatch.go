package protocol

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// The two ends of a connection speak protocols that do not understand each
// other.
var protocolMismatch = &model.Check{
	ID:       "protocol-mismatch",
	Title:    "The server speaks another protocol than the gateway",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}, {Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			says, hears := l.Conn.Protocol, l.To.Protocol
			if !says.Known() || !hears.Known() || !l.Endpoint.Addr.Known() || understands(says.V, hears.V) || mayBeBoth(l.To, says.V) {
				continue
			}
			how, target := title(says.V), l.Endpoint.Addr
			if says.Key() == "proto" || says.Key() == "alpn" {
				how += " (" + says.String() + ")"
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s is spoken to in %s, but %s answers in %s", target, how, l.To.Gateway.Name, title(hears.V)),
				Because: []model.Fact{says, hears, l},
				Outcome: l.Hop.Outcome(ends(says.V, hears.V)),
				When:    "every request",
			}
			if says.Key() == "mode" { // said once for all servers: what is wrong is this one
				f.Because = []model.Fact{target, says, hears, l}
			}
			report(f)
		}
	},
}

// understands reports whether who hears one protocol can answer the other;
// bytes are passed on to anybody.
func understands(says, hears string) bool {
	if says == "grpc" {
		says = "h2"
	}
	if hears == "grpc" {
		hears = "h2"
	}
	switch {
	case says == hears, says == "tcp", hears == "tcp", says == "udp", hears == "udp":
		return true
	}
	return title(says) == "" || title(hears) == ""
}

// title is the name of a protocol; "" of one that is not known here.
func title(protocol string) string {
	return map[string]string{"http": "HTTP/1", "h2": "HTTP/2", "grpc": "gRPC", "fastcgi": "FastCGI", "uwsgi": "uwsgi", "scgi": "SCGI"}[protocol]
}

// mayBeBoth reports whether the other end may well speak HTTP/2, too: what is
// told of it is only that it speaks HTTP.
func mayBeBoth(b *model.Bind, says string) bool {
	return (says == "h2" || says == "grpc") && b.Gateway.Product.Name != "haproxy" && !b.Protocol.Written() ||
		(says == "h2" || says == "grpc") && b.Gateway.Product.Name == "nginx"
}

// ends is how a try fails: who hears a preface of HTTP/2 for a request closes
// the connection before it is one, which HAProxy counts as a failed connection;
// who hears FastCGI for one waits for the rest of it.
func ends(says, hears string) model.Event {
	switch {
	case says == "h2":
		return model.BadTLS
	case hears == "h2":
		return model.BadHead
	case hears == "http" && says != "grpc":
		return model.Silent
	}
	return model.Closed
}

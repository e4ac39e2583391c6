package targets

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// nginx does not start with an address that it cannot read.
var invalidUpstreamAddress = &model.Check{
	ID:       "invalid-upstream-address",
	Title:    "An address that nginx cannot read",
	Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		blocks := upstreams(w)
		for n := range w.Statements("nginx", append(passes, "server")...) {
			if says := refusal(n, blocks); says != "" {
				report(model.Finding{
					Message: fmt.Sprintf("%s %s is no address that nginx can read: %s", n.Name.Text, n.Arg(0), says),
					Because: []model.Fact{model.Mark{Span: n.Args[0].Span, Text: n.Arg(0)}},
					Outcome: model.RefusesToStart("[emerg] " + says),
					Fix:     readable(n),
				})
			}
		}
	},
}

// refusal is what nginx says of the address in a pass or server, or "".
func refusal(n *model.Node, blocks map[upstreamKey]*model.Node) string {
	switch {
	case len(n.Args) == 0 || isPattern(n.Arg(0)) || n.Doubt() != "":
	case n.Name.Text != "server" && len(n.Args) == 1:
		return refusedPass(n, blocks)
	case n.Name.Text == "server" && n.Parent.Name.Text == "upstream":
		return refusedURL(n.Arg(0), false)
	}
	return ""
}

// isPattern reports whether a word is filled in later: by a variable, or by
// the program that makes a file of a template.
func isPattern(word string) bool {
	_, port, _ := strings.Cut(word[strings.LastIndexByte(word, ']')+1:], ":")
	placeholder := port != "" && strings.ToUpper(port) == port && strings.ContainsAny(port, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")
	return placeholder || strings.ContainsAny(word, "$%{}<>@")
}

// refusedPass is what nginx says of the argument of a pass, or "".
func refusedPass(n *model.Node, blocks map[upstreamKey]*model.Node) string {
	word := n.Arg(0)
	scheme, rest, _ := strings.Cut(word, "://")
	scheme = strings.ToLower(scheme)
	inHTTP := n.Parent.Name.Text == "location" || n.Parent.Name.Text == "if" || n.Parent.Name.Text == "limit_except"
	switch {
	case n.Name.Text == "proxy_pass" && inHTTP:
		if scheme != "http" && scheme != "https" || rest == "" && !strings.Contains(word, "://") {
			return "invalid URL prefix"
		}
		return refusedURL(rest, true)
	case n.Name.Text == "uwsgi_pass" && (scheme == "uwsgi" || scheme == "suwsgi"), n.Name.Text == "grpc_pass" && (scheme == "grpc" || scheme == "grpcs"):
		word = rest
	case !inHTTP && n.Within("stream") == nil:
		return ""
	}
	if says := refusedURL(word, false); says != "" || strings.HasPrefix(word, "unix:") {
		return says
	}
	host := strings.TrimSuffix(strings.TrimPrefix(word, "["), "]")
	_, numeric := model.Addr{Host: host}.IP()
	if portOf(word) == "" && blocks[upstreamNamed(n, word)] == nil && (numeric || wholeAround(n)) {
		return fmt.Sprintf("no port in upstream %q", word)
	}
	return ""
}

// wholeAround reports whether every upstream block that n may name is seen.
func wholeAround(n *model.Node) bool {
	for b := n.Parent; b != nil; b = b.Parent {
		switch {
		case b.Parent == nil:
			return b.Partial == "" && b.Fragment == ""
		case (b.Name.Text == "http" || b.Name.Text == "stream") && b.Partial != "":
			return false
		}
	}
	return false
}

// refusedURL is what nginx says of an address as ngx_parse_url reads it, with
// or without a URI behind it; "" when it takes it. Names are not looked up.
func refusedURL(s string, uri bool) string {
	says := func(what string) string { return fmt.Sprintf("%s in upstream %q", what, s) }
	if path, unix := strings.CutPrefix(s, "unix:"); unix {
		if path == "" || uri && path[0] == ':' {
			return says("no path in the unix domain socket")
		}
		return ""
	}
	rest := s
	if end := strings.IndexAny(s, "/?"); end >= 0 {
		if !uri {
			return says("invalid host")
		}
		rest = s[:end]
	}
	host, port, hasPort := strings.Cut(rest, ":")
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return says("invalid host")
		}
		host, port = rest[1:end], rest[end+1:]
		if port, hasPort = strings.CutPrefix(port, ":"); !hasPort && port != "" {
			return says("invalid host")
		}
	}
	if k, err := strconv.Atoi(port); hasPort && (err != nil || k < 1 || k > 65535) {
		return says("invalid port")
	}
	if host == "" {
		return says("no host")
	}
	if _, err := netip.ParseAddr(host); err != nil && strings.HasPrefix(s, "[") {
		return says("invalid IPv6 address")
	}
	return ""
}

func portOf(s string) string {
	_, port, _ := strings.Cut(s[strings.LastIndexByte(s, ']')+1:], ":")
	return port
}

// readable writes what was surely meant: no scheme where none belongs, the
// scheme where it is missing, unix: before a path.
func readable(n *model.Node) *model.Fix {
	word, pass, text, does := n.Arg(0), n.Name.Text == "proxy_pass" && n.Within("stream") == nil, "", ""
	safe := true
	plain, scheme := strings.CutPrefix(word, "http://")
	switch {
	case !pass && scheme && refusedURL(plain, false) == "" && portOf(plain) != "":
		text, does = plain, "a scheme is no part of it"
	case !pass && strings.HasPrefix(word, "/"):
		text, does = "unix:"+word, "a path is that of a socket"
	case pass && !strings.Contains(word, "//") && !strings.HasPrefix(word, "/") && refusedURL(word, true) == "":
		text, does, safe = "http://"+word, "write the scheme", false // https may be meant
	default:
		return nil
	}
	return &model.Fix{Message: does, Edits: []model.Edit{{Span: n.Args[0].Span, Text: text}}, Safe: safe}
}

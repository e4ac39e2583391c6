package haproxy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// conditional are the statements that take a condition behind "if" or "unless".
var conditional = []string{"use_backend", "use-server", "http-request", "http-response", "http-after-response", "tcp-request",
	"tcp-response", "redirect", "monitor", "stick", "force-persist", "ignore-persist"}

// predefined are the ACLs that HAProxy brings (configuration manual, section
// 7.4).
var predefined = []string{"FALSE", "TRUE", "HTTP", "HTTP_1.0", "HTTP_1.1", "HTTP_2.0", "HTTP_3.0", "HTTP_CONTENT", "HTTP_URL_ABS",
	"HTTP_URL_SLASH", "HTTP_URL_STAR", "LOCALHOST", "METH_CONNECT", "METH_DELETE", "METH_GET", "METH_HEAD", "METH_OPTIONS", "METH_POST",
	"METH_PUT", "METH_TRACE", "RDP_COOKIE", "REQ_CONTENT", "WAIT_END"}

// judgeACLs finds conditions that name an ACL which the section does not have
// above them: HAProxy looks it up when it reads the line.
func (l *lowering) judgeACLs(p *section) {
	if !l.seen() || l.disabled(p) || p.Partial != "" || p.lost != "" {
		return
	}
	known := map[string]bool{}
	for d := p.defaults; d != nil; d = d.defaults {
		for _, s := range d.by["acl"] {
			known[s.Arg(0)] = true
		}
	}
	for _, s := range p.statements {
		if s.Doubt() != "" || len(s.doubts) > 0 {
			if s.Name.Text == "acl" {
				return // it may be any
			}
			continue
		}
		if s.Name.Text == "acl" {
			known[s.Arg(0)] = true
			continue
		}
		for _, w := range namesACLs(s) {
			if known[w.Text] || slices.Contains(predefined, w.Text) {
				continue
			}
			l.report(model.Finding{Rule: "undefined-acl",
				Message: fmt.Sprintf("%s asks for the ACL '%s', which %s does not have above this line", s.keyword, w.Text, p.kind()),
				Because: []model.Fact{model.Mark{Span: w.Span, Text: "named here"}, s.Node},
				Outcome: model.RefusesToStart("no such ACL : '" + w.Text + "'")})
		}
	}
}

// namesACLs are the names in the condition of a statement; none when it is not
// read to its end.
func namesACLs(s *statement) (names []model.Word) {
	if !slices.Contains(conditional, s.Name.Text) {
		return nil
	}
	at := slices.IndexFunc(s.Args, begins)
	if at < 0 || slices.ContainsFunc(s.Args[at+1:], begins) {
		return nil // of two, one may be an argument
	}
	anonymous := false
	for _, a := range s.Args[at+1:] {
		name := strings.TrimLeft(a.Text, "!")
		switch {
		case a.Text == "{" || name == "{":
			anonymous = true
		case a.Text == "}":
			anonymous = false
		case anonymous, name == "||", strings.EqualFold(name, "or"), name == "":
		case strings.ContainsAny(name, "$%<>@\"'\\") || strings.Contains(name, "{{") || a.Span.Text() != a.Text:
			return nil // a template fills it in
		default:
			a.Text, a.Span.Start = name, a.Span.End-len(name)
			names = append(names, a)
		}
	}
	if anonymous {
		return nil
	}
	return names
}

// begins reports whether a word begins a condition.
func begins(a model.Word) bool { return a.Text == "if" || a.Text == "unless" }

// judgeCertificate finds a listener for TLS that has no certificate.
func (l *lowering) judgeCertificate(p *section, s *statement) {
	if !l.seen() || l.disabled(p) || p.Partial != "" || s.Doubt() != "" || len(s.doubts) > 0 || len(p.by["ssl-f-use"]) > 0 {
		return
	}
	ssl := slices.IndexFunc(s.Args, func(a model.Word) bool { return a.Text == "ssl" })
	if ssl < 1 || slices.ContainsFunc(s.Args, func(a model.Word) bool {
		return slices.Contains([]string{"crt", "crt-list", "default-crt", "generate-certificates", "ca-sign-file", "strict-sni", "from"}, a.Text)
	}) {
		return
	}
	l.report(model.Finding{Rule: "bind-without-certificate",
		Message: fmt.Sprintf("bind %s of %s speaks TLS and has no certificate: crt is not set", s.Arg(0), p.name()),
		Because: []model.Fact{model.Mark{Span: s.Args[ssl].Span, Text: "ssl"}, s.Node},
		Outcome: model.RefusesToStart("no SSL certificate specified for bind '" + s.Arg(0) + "'")})
}

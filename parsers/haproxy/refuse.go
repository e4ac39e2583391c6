package haproxy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// judgePlaces finds statements in a section that does not take them. What
// HAProxy only warns of and drops is no matter here (2.6.12 and 3.2.0 tried).
func (l *lowering) judgePlaces(p *section) {
	if l.tree.partial != "" || p.Partial != "" || p.Doubt() != "" {
		return
	}
	anonymous := p.kind() == "defaults" && p.name() == ""
	for _, s := range p.statements {
		if s.Doubt() != "" || len(s.doubts) > 0 {
			continue
		}
		where, says := "", ""
		switch s.Name.Text {
		case "use_backend", "redirect", "use-server", "stick", "bind", "server", "server-template":
			switch {
			case p.kind() == "defaults":
				where, says = "a defaults section", "'"+s.Name.Text+"' not allowed in 'defaults' section"
			case p.kind() == "frontend" && strings.HasPrefix(s.Name.Text, "server"):
				where, says = "a frontend, which has no servers", "'"+s.Name.Text+"' not allowed because frontend '"+p.name()+"' has no backend capability"
			}
		case "http-request", "http-response", "http-after-response", "acl":
			if anonymous {
				where, says = "a defaults section without a name", "'"+s.Name.Text+"' not allowed in anonymous 'defaults' section"
			}
		case "tcp-request", "tcp-response":
			if anonymous && s.Arg(0) != "" {
				where, says = "a defaults section without a name", s.Name.Text+" "+s.Arg(0)+" is not allowed in anonymous 'defaults' sections"
			}
		}
		if where == "" {
			continue
		}
		l.report(model.Finding{Rule: "misplaced-directive",
			Message: fmt.Sprintf("%s stands in %s", s.Name.Text, where),
			Because: []model.Fact{model.Mark{Span: s.Name.Span, Text: "written here"}, p.Node},
			Outcome: model.RefusesToStart(says)})
	}
}

// judgeAddress finds an address behind the name of a proxy: up to 1.5 it stood
// there.
func (l *lowering) judgeAddress(p *section) {
	if l.tree.partial != "" || p.Doubt() != "" || p.kind() == "backend" || len(p.Args) < 2 || p.Arg(1) == "from" ||
		!p.statement.doubt(0).none() || !p.statement.doubt(1).none() || !l.versions.From("1.6") {
		return
	}
	atMost := model.Error
	if l.versions.Origin == model.Assumed { // the address speaks for an older version
		atMost = model.Note
	}
	l.report(model.Finding{Rule: "removed-keyword", AtMost: atMost,
		Message: fmt.Sprintf("%s behind the name of a %s is not taken any more since HAProxy 1.6: an address has a bind line of its own", p.Arg(1), p.kind()),
		Because: []model.Fact{model.Mark{Span: p.Args[1].Span, Text: "written here"}, l.out.Product},
		Outcome: model.RefusesToStart("please use the 'bind' keyword for listening addresses")})
}

// judgeTables finds stick tables that a rule names, and that nothing makes.
func (l *lowering) judgeTables(p *section, tables map[string]bool) {
	if !l.seen() || l.disabled(p) || p.Partial != "" {
		return
	}
	for _, s := range p.statements {
		if s.Doubt() != "" || len(s.doubts) > 0 {
			continue
		}
		says := ""
		switch {
		case s.Name.Text == "http-request" && strings.HasPrefix(s.Arg(0), "track-sc"):
			says = "unable to find table '%s' referenced by " + s.Arg(0)
		case s.Name.Text == "tcp-request" && strings.HasPrefix(s.Arg(1), "track-sc"):
			says = "unable to find table '%s' referenced by " + s.Arg(1)
		case s.Name.Text == "stick" && p.kind() != "frontend":
			says = "unable to find stick-table '%s'"
		default:
			continue
		}
		name, at := p.name(), s.Name
		for i, a := range s.Args[:len(s.Args)-1] {
			if a.Text == "if" || a.Text == "unless" {
				break
			}
			if a.Text == "table" {
				name, at = s.Arg(i+1), s.Args[i+1]
			}
		}
		if tables[name] || strings.ContainsAny(name, "/$%{<@") || name != p.name() && l.elsewhere(name) {
			continue
		}
		f := model.Finding{Rule: "undefined-table",
			Message: fmt.Sprintf("%s %s names the stick table '%s', and no proxy of that name has a stick-table", s.Name.Text, s.Arg(0), name),
			Because: []model.Fact{model.Mark{Span: at.Span, Text: "named here"}, s.Node},
			Outcome: model.RefusesToStart(fmt.Sprintf(says, name))}
		if at == s.Name {
			f.Message = fmt.Sprintf("%s %s names no table, and %s %s has no stick-table of its own", s.Name.Text, s.Arg(0), p.kind(), name)
		}
		l.report(f)
	}
}

// tables are the names of the proxies that have a stick table; one that may
// have counts.
func (l *lowering) tables() map[string]bool {
	has := map[string]bool{}
	for _, p := range l.tree.sections {
		switch p.kind() {
		case "frontend", "backend", "listen":
			if len(p.by["stick-table"]) > 0 || p.Partial != "" || !p.statement.doubt(0).none() {
				has[p.name()] = true
			}
		}
	}
	return has
}

// judgeServerNames finds servers that a backend names and does not have, and
// those that follow the checks of a server that has none.
func (l *lowering) judgeServerNames(b *section) {
	if !l.seen() || l.disabled(b) || b.Partial != "" || b.kind() == "frontend" {
		return
	}
	for _, s := range b.by["use-server"] {
		if s.Doubt() != "" || len(s.doubts) > 0 || len(s.Args) == 0 || strings.ContainsAny(s.Arg(0), "$%{<@") {
			continue
		}
		if _, sure := l.serverNamed(b, s.Arg(0)); sure {
			l.report(model.Finding{Rule: "undefined-server",
				Message: fmt.Sprintf("use-server names the server '%s', which %s does not have", s.Arg(0), b.name()),
				Because: []model.Fact{model.Mark{Span: s.Args[0].Span, Text: "named here"}, s.Node},
				Outcome: model.RefusesToStart("unable to find server '" + s.Arg(0) + "' referenced in a 'use-server' rule")})
		}
	}
}

// serverNamed is the server line of a name. It is sure that there is none when
// it is nil and every line of the section is read.
func (l *lowering) serverNamed(b *section, name string) (s *statement, sureNone bool) {
	if b.Partial != "" || len(b.by["server-template"]) > 0 {
		return nil, false
	}
	for _, s := range b.by["server"] {
		switch {
		case s.Doubt() != "" || !s.doubt(0).none():
			return nil, false
		case s.Arg(0) == name:
			return s, false
		}
	}
	return nil, true
}

// judgeTrack finds a server that takes over the state of another which is not
// there, or is not checked.
func (l *lowering) judgeTrack(b *section, s *statement, own *params) {
	x, ok := own.get("track")
	if !ok || !x.doubt.none() || x.arg.Text == "" || own.doubt() != "" || strings.ContainsAny(x.arg.Text, "$%{<@") {
		return
	}
	f := model.Finding{Rule: "undefined-server", Because: []model.Fact{model.Mark{Span: x.arg.Span, Text: "named here"}, s.Node}}
	proxy, name, other := strings.Cut(x.arg.Text, "/")
	of := b
	if !other {
		proxy, name = b.name(), x.arg.Text
	} else if of = l.backends[proxy]; of == nil {
		if !l.elsewhere(proxy) {
			f.Message = fmt.Sprintf("track names the backend '%s', which does not exist", proxy)
			f.Outcome = model.RefusesToStart("unable to find required proxy '" + proxy + "' for tracking")
			l.report(f)
		}
		return
	}
	tracked, sure := l.serverNamed(of, name)
	switch {
	case sure:
		f.Message = fmt.Sprintf("track names the server '%s', which %s does not have", name, proxy)
		f.Outcome = model.RefusesToStart("unable to find required server '" + name + "' for tracking")
		l.report(f)
	case tracked != nil && !l.disabled(of):
		l.judgeTracked(of, tracked, s, x)
	}
}

// judgeTracked finds a tracked server without any check of its own.
func (l *lowering) judgeTracked(of *section, tracked, s *statement, x param) {
	t := l.template(of)
	for _, line := range of.statements {
		if line == tracked {
			break
		}
		if line.keyword == "default-server" {
			t = t.merge(l.words.read("server", line, 0, ""))
		}
	}
	own := l.words.read("server", tracked, 2, "")
	own.template = t
	if own.doubt() != "" || of.unseen() != "" || slices.ContainsFunc([]string{"check", "agent-check", "track"}, own.on) {
		return
	}
	l.report(model.Finding{Rule: "track-unchecked",
		Message: fmt.Sprintf("track %s follows a server that is not checked itself", x.arg.Text),
		Because: []model.Fact{model.Mark{Span: x.arg.Span, Text: "followed here"}, tracked.Node, s.Node},
		Outcome: model.RefusesToStart("unable to use " + of.name() + "/" + tracked.Arg(0) + " for tracking as it does not have any check nor agent enabled")})
}

// judgeCheckRules finds rules of a check in an order that HAProxy does not
// take. Each connection is opened, asked and judged, in that order; without a
// connect rule there is one connection, and one request.
func (l *lowering) judgeCheckRules(p *section) {
	if l.tree.partial != "" || p.Partial != "" || p.kind() == "frontend" {
		return
	}
	var expect, send *statement
	connects := false
	for _, s := range p.statements {
		if s.Name.Text == "option" && s.Arg(0) == "httpchk" {
			l.judgeHiddenHeaders(s)
		}
		if s.Name.Text != "http-check" {
			continue
		}
		if s.Doubt() != "" || len(s.doubts) > 0 {
			return
		}
		switch s.Arg(0) {
		case "connect":
			connects = true
		case "expect":
			if expect == nil || send != nil {
				expect = s
			}
		case "send":
			before := expect
			if before == nil {
				before = send
			}
			if before != nil && !connects && len(p.by["option httpchk"]) > 0 {
				l.report(model.Finding{Rule: "check-rules-refused",
					Message: fmt.Sprintf("http-check send stands below http-check %s: what is asked comes before what is expected, once for each connection", before.Arg(0)),
					Because: []model.Fact{s.Node, before.Node},
					Outcome: model.RefusesToStart("unable to add http-check send rule"),
					Fix:     above(s, expect, send)})
				return
			}
			send = s
		}
	}
}

// above moves the only request of a check above what it expects.
func above(s, expect, send *statement) *model.Fix {
	if expect == nil || send != nil {
		return nil
	}
	return lift(s.Node, expect.Node)
}

// hiddenRefused is the first version known to refuse headers behind the
// version of option httpchk: 2.6.12 warns, 3.2.0 refuses.
const hiddenRefused = "3.2"

func (l *lowering) judgeHiddenHeaders(s *statement) {
	if len(s.Args) < 4 || len(s.doubts) > 0 || s.Doubt() != "" || !l.versions.From(hiddenRefused) {
		return
	}
	if !strings.Contains(s.Arg(3), "\n") && len(s.Args) == 4 {
		return
	}
	atMost := model.Error
	if l.versions.Origin == model.Assumed { // the line speaks for an older version
		atMost = model.Note
	}
	l.report(model.Finding{Rule: "check-rules-refused", AtMost: atMost,
		Message: "option httpchk has headers behind its version, which http-check send has taken over",
		Because: []model.Fact{model.Mark{Span: s.Args[3].Span, Text: "written here"}, l.out.Product},
		Outcome: model.RefusesToStart("hiding headers or body at the end of the version string is unsupported")})
}

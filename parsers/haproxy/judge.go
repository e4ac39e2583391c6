package haproxy

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

func (l *lowering) report(f model.Finding) { l.findings = append(l.findings, f) }

// seen reports whether all of the configuration is: only then can something be
// missing from it.
func (l *lowering) seen() bool { return l.tree.partial == "" && l.tree.root.Fragment == "" }

// judge finds what HAProxy refuses in the text itself.
func (l *lowering) judge() {
	names, tables := map[string]*section{}, l.tables()
	for _, p := range l.tree.sections {
		switch p.kind() {
		case "frontend", "backend", "listen":
			l.judgeName(p, names)
			l.judgeAddress(p)
			l.judgeReferences(p)
			l.judgeACLs(p)
			l.judgeTables(p, tables)
			l.judgeServerNames(p)
			l.judgeCheckRules(p)
			l.judgeRoutes(p)
			for _, s := range p.by["bind"] {
				l.judgeCertificate(p, s)
			}
			fallthrough
		case "defaults":
			l.judgeKeywords(p, "")
			l.judgePlaces(p)
			fallthrough
		case "http-errors":
			l.judgeErrorFiles(p)
		case "global":
			l.judgeKeywords(p, "global:")
		case "resolvers":
			l.judgeResolvers(p)
		}
		if k := l.words.words["section:"+p.kind()]; k.removed != "" {
			l.removed(p.Node, p.Name, k)
		}
	}
}

// judgeName finds a second proxy of one name and side.
func (l *lowering) judgeName(p *section, names map[string]*section) {
	if p.Doubt() != "" || p.Partial != "" || !p.statement.doubt(0).none() || p.name() == "" {
		return
	}
	sides := []string{p.kind()}
	if p.kind() == "listen" {
		sides = []string{"frontend", "backend"}
	}
	for _, side := range sides {
		first := names[side+" "+p.name()]
		if first == nil {
			names[side+" "+p.name()] = p
			continue
		}
		l.report(model.Finding{Rule: "duplicate-proxy-name",
			Message: fmt.Sprintf("%s %s has the name of another %s", p.kind(), p.name(), first.kind()),
			Because: []model.Fact{p.Node, first.Node},
			Outcome: model.RefusesToStart("has the same name as")})
		return
	}
}

// oldTimeout are names that "timeout" took like the keywords of their own.
var oldTimeout = map[string]bool{"clitimeout": true, "contimeout": true, "srvtimeout": true}

// judgeKeywords finds keywords that the target no longer has, those that no
// version has, and times that are none.
func (l *lowering) judgeKeywords(p *section, prefix string) {
	for _, s := range p.statements {
		if len(s.doubts) > 0 || s.Name.Text == "" || s.Doubt() != "" {
			continue
		}
		name, keyword := s.Name, s.keyword
		if keyword == "no" || keyword == "default" {
			if len(s.Args) == 0 {
				continue
			}
			name = s.Args[0]
			words := make([]word, len(s.Args))
			for i, a := range s.Args {
				words[i].Word = a
			}
			keyword = l.words.of(words)
		}
		switch {
		case prefix != "":
			keyword = name.Text
		case keyword == "timeout" && len(s.Args) > 0 && oldTimeout[s.Arg(0)]:
			keyword = s.Arg(0)
		}
		k, known := l.words.words[prefix+keyword]
		switch {
		case known && k.removed != "":
			l.removed(s.Node, name, k)
		case !known:
			l.unknownKeyword(p, s, name, prefix)
		}
		l.judgeTime(s)
	}
}

// removed reports a keyword that the target certainly no longer has.
func (l *lowering) removed(n *model.Node, name model.Word, k keyword) {
	if l.tree.partial != "" || n.Doubt() != "" || !l.versions.From(k.removed) {
		return
	}
	atMost := model.Error
	if l.versions.Origin == model.Assumed { // the keyword speaks for an older version
		atMost = model.Note
	}
	l.report(model.Finding{Rule: "removed-keyword", AtMost: atMost,
		Message: fmt.Sprintf("%s is not supported any more since HAProxy %s", n.String(), k.removed),
		Because: []model.Fact{model.Mark{Span: name.Span, Text: "written here"}, l.out.Product},
		Outcome: model.RefusesToStart("is not supported anymore")})
}

// unknownKeyword reports a keyword that no version has. Where modules are
// loaded, or the target is newer than the table, it may be one of theirs.
func (l *lowering) unknownKeyword(p *section, s *statement, name model.Word, prefix string) {
	if l.tree.partial != "" || l.tree.loaded || l.versions.From("3.6") || strings.ContainsAny(name.Text, "$%{<@") {
		return
	}
	what := name.Text
	if prefix == "" && l.words.first[name.Text] {
		if name.Text != "option" && name.Text != "timeout" {
			return // what follows may be of an older or newer syntax
		}
		if len(s.Args) == 0 {
			return
		}
		what += " " + s.Arg(0)
	}
	l.report(model.Finding{Rule: "syntax", AtMost: model.Warning,
		Message: fmt.Sprintf("unknown keyword '%s' in a %s section", what, p.kind()),
		Because: []model.Fact{model.Mark{Span: s.Head(), Text: "written here"}},
		Outcome: model.RefusesToStart("unknown keyword")})
}

// judgeTime finds a timeout that is no time, which is fatal.
func (l *lowering) judgeTime(s *statement) {
	if !strings.HasPrefix(s.keyword, "timeout ") || l.tree.partial != "" {
		return
	}
	f := found{statement: s}
	w, _ := f.literal(0)
	if w.Span.IsZero() || strings.ContainsAny(w.Text, "$%{<@_") {
		return
	}
	if _, ok := readTime(w.Text); ok {
		return
	}
	l.report(model.Finding{Rule: "syntax",
		Message: fmt.Sprintf("%s: '%s' is no time: a whole number with us, ms, s, m, h or d, up to 2147483647 ms", s.keyword, w.Text),
		Because: []model.Fact{model.Mark{Span: w.Span, Text: "written here"}},
		Outcome: model.RefusesToStart("unexpected character in '" + s.keyword + "'")})
}

// judgeReferences finds names of sections that are not there.
func (l *lowering) judgeReferences(p *section) {
	if !l.seen() || l.disabled(p) || p.Partial != "" {
		return
	}
	for _, s := range p.by["use-fcgi-app"] {
		if s.doubt(0).none() && len(s.Args) > 0 && s.Doubt() == "" && !l.apps[s.Arg(0)] {
			l.undefined(s, s.Args[0], "fcgi-app", "fcgi-app '"+s.Arg(0)+"' not found")
		}
	}
}

func (l *lowering) undefined(s *statement, name model.Word, kind, says string) {
	l.report(model.Finding{Rule: "undefined-section",
		Message: fmt.Sprintf("%s names the %s section '%s', which does not exist", s.keyword, kind, name.Text),
		Because: []model.Fact{model.Mark{Span: name.Span, Text: "named here"}, s.Node},
		Outcome: model.RefusesToStart(says)})
}

// undefinedBackend reports a backend that does not exist, unless another file
// of the folder has one of that name.
func (l *lowering) undefinedBackend(p *section, s *statement) {
	name := s.Args[0]
	if !l.seen() || s.Doubt() != "" || p.Partial != "" || len(s.doubts) > 0 || l.disabled(p) ||
		strings.ContainsAny(name.Text, "$%{<@") || l.elsewhere(name.Text) {
		return
	}
	l.report(model.Finding{Rule: "undefined-backend",
		Message: fmt.Sprintf("%s names the backend '%s', which does not exist", s.keyword, name.Text),
		Because: []model.Fact{model.Mark{Span: name.Span, Text: "named here"}, s.Node},
		Outcome: model.RefusesToStart("unable to find required " + s.keyword + ": '" + name.Text + "'")})
}

// elsewhere reports whether a file beside the configuration has a backend of
// that name: it may be loaded together with it.
func (l *lowering) elsewhere(name string) bool {
	if l.files == nil {
		return false
	}
	if l.beside == nil {
		l.beside = map[string]bool{}
		for _, pattern := range []string{"*.cfg", "*/*.cfg"} {
			names, _ := l.files.Glob(path.Join(l.near, pattern))
			for _, n := range names {
				src, err := l.files.Source(n, Parser{})
				if err != nil {
					continue
				}
				for line := range strings.Lines(string(src.Text)) {
					if f := strings.Fields(line); len(f) > 1 && (f[0] == "backend" || f[0] == "listen") {
						l.beside[f[1]] = true
					}
				}
			}
		}
	}
	return l.beside[name]
}

// judgeResolvers finds resolvers that ask nobody.
func (l *lowering) judgeResolvers(p *section) {
	if !l.seen() || p.Partial != "" || p.Doubt() != "" || p.name() == "default" {
		return
	}
	for _, s := range p.statements {
		if s.Name.Text == "nameserver" || s.Name.Text == "parse-resolv-conf" || !s.doubt(-1).none() {
			return
		}
	}
	l.report(model.Finding{Rule: "resolvers-without-nameserver",
		Message: fmt.Sprintf("resolvers %s has neither nameserver nor parse-resolv-conf: names that use it are never looked up", p.name()),
		Because: []model.Fact{p.Node}})
}

// judgeErrorFiles finds files for failures whose status line is none of a
// failure: HAProxy sends them as they are.
func (l *lowering) judgeErrorFiles(p *section) {
	for _, s := range p.by["errorfile"] {
		if len(s.Args) < 2 || len(s.doubts) > 0 || !strings.HasPrefix(s.Arg(0), "5") || l.files == nil {
			continue
		}
		name, ok := l.files.Find(s.Arg(1), l.near, l.place)
		if !ok {
			continue
		}
		src, err := l.files.Source(name, Parser{})
		if err != nil {
			continue
		}
		line, _, _ := strings.Cut(string(src.Text), "\n")
		version, rest, _ := strings.Cut(strings.TrimRight(line, "\r"), " ")
		status, _ := readInt(rest)
		if !strings.HasPrefix(version, "HTTP/") || status < 200 || status >= 500 {
			continue
		}
		l.report(model.Finding{Rule: "errorfile-hides-error",
			Message: fmt.Sprintf("errorfile %s %s is answered as %d: who looks at the status takes the failure for a success", s.Arg(0), s.Arg(1), status),
			Because: []model.Fact{model.Mark{Span: s.Args[1].Span, Text: "the page"}, model.Mark{Span: src.Span(0, len(line)), Text: "its status"}, s.Node},
			Outcome: model.Outcome{Status: status},
			When:    "every request that HAProxy itself answers with " + s.Arg(0)})
	}
}

// judgeServer finds what HAProxy refuses on a server line.
func (l *lowering) judgeServer(b *pool, s *statement, own *params, e *model.Endpoint, names map[string]*statement) {
	l.judgeParams("server", s, own)
	p := b.section
	if !l.seen() || s.Doubt() != "" || p.Partial != "" || l.disabled(p) {
		return
	}
	if n := s.Args[0]; s.keyword == "server" && s.doubt(0).none() && n.Text != "" {
		if first := names[n.Text]; first != nil {
			l.report(model.Finding{Rule: "duplicate-server-name",
				Message: fmt.Sprintf("server %s has the name of another server of %s", n.Text, p.name()),
				Because: []model.Fact{model.Mark{Span: n.Span, Text: "the second"}, model.Mark{Span: first.Args[0].Span, Text: "the first"}},
				Outcome: model.RefusesToStart("another server named '" + n.Text + "' was already defined")})
		} else {
			names[n.Text] = s
		}
	}
	l.judgeLookup(s, own, e)
	l.judgeTrack(p, s, own)
	if x, ok := own.get("resolvers"); ok && x.doubt.none() && x.arg.Text != "" && x.arg.Text != "default" &&
		x.line.Doubt() == "" && l.resolvers[x.arg.Text] == nil {
		l.undefined(s, x.arg, "resolvers", "unable to find required resolvers '"+x.arg.Text+"'")
	}
	if model.Is(e.Conn.TLS.Enabled, true) && e.Conn.TLS.Enabled.Trust() == model.High &&
		model.Is(e.Conn.TLS.Verify, true) && e.Conn.TLS.Verify.Trust() == model.High && own.doubt() == "" {
		if _, ok := own.get("ca-file"); !ok {
			l.report(model.Finding{Rule: "verify-without-ca",
				Message: fmt.Sprintf("server %s uses ssl and verifies, but has no ca-file", s.Arg(0)),
				Because: []model.Fact{e.Conn.TLS.Enabled, e.Conn.TLS.Verify},
				Outcome: model.RefusesToStart("verify is enabled by default but no CA file specified")})
		}
	}
}

// lateDefaults finds the first default-server line of a section below servers.
type lateDefaults struct {
	first   *statement // of the servers above
	own     *params
	servers int
	done    bool // or it cannot be told
}

// below takes in a server.
func (d *lateDefaults) below(s *statement, own *params) {
	if d.servers++; d.servers == 1 {
		d.first, d.own = s, own
	}
	d.done = d.done || own.doubt() != "" || s.Doubt() != ""
}

// judge a default-server line: it holds for the servers that follow. Where
// some do, it may be meant for them alone.
func (d *lateDefaults) judge(l *lowering, p *section, s *statement, set *params) {
	if d.done || d.first == nil || l.tree.partial != "" || p.Partial != "" || s.Doubt() != "" || len(s.doubts) > 0 {
		return
	}
	d.done = true
	var lost []string
	for _, x := range set.own {
		if _, has := d.own.get(x.key); !has {
			lost = append(lost, x.name.Text)
		}
	}
	if len(lost) == 0 {
		return
	}
	names := d.first.Arg(0)
	if d.servers > 1 {
		names = fmt.Sprintf("%s and %d more", names, d.servers-1)
	}
	f := model.Finding{Rule: "default-server-below",
		Message: fmt.Sprintf("default-server stands below server %s, and holds only for those that follow it: above, there is no %s", names, strings.Join(lost, ", ")),
		Because: []model.Fact{s.Node, d.first.Node},
		Fix:     lift(s.Node, d.first.Node)}
	if all := slices.Concat(p.by["server"], p.by["server-template"]); slices.ContainsFunc(all, func(x *statement) bool { return x.Span.Start > s.Span.Start }) {
		f.AtMost, f.Fix = model.Note, nil
	}
	l.report(f)
}

// lift moves the line of one statement above that of another.
func lift(n, above *model.Node) *model.Fix {
	src := n.Span.Source
	if src != above.Span.Source {
		return nil
	}
	from, to := src.LineSpan(n.Span.Begin().Line), src.LineSpan(above.Span.Begin().Line)
	if n.Span.Begin().Line >= src.Lines() {
		return nil // its last line is not ended
	}
	end := src.LineSpan(n.Span.Begin().Line + 1).Start
	return &model.Fix{Message: "move it above them", Edits: []model.Edit{
		{Span: src.Span(to.Start, to.Start), Text: src.Span(from.Start, end).Text()},
		{Span: src.Span(from.Start, end)},
	}}
}

// judgeLookup finds a name that is not looked up at the start, nor later.
func (l *lowering) judgeLookup(s *statement, own *params, e *model.Endpoint) {
	x, ok := own.get("init-addr")
	_, later := own.get("resolvers")
	if !ok && !later && own.doubt() == "" && e.Addr.Known() && strings.HasPrefix(e.Addr.V.Host, "_") && strings.Contains(e.Addr.V.Host, "._") {
		l.report(model.Finding{Rule: "never-resolved",
			Message: fmt.Sprintf("%s is the name of a service, which only resolvers look up, and %s names none", e.Addr.V.Host, s.keyword),
			Because: []model.Fact{e.Addr, s.Node},
			Outcome: model.RefusesToStart("no method found to resolve address")})
		return
	}
	if !ok || later || own.doubt() != "" || !x.doubt.none() || !e.Addr.Known() || !e.Addr.V.Named() {
		return
	}
	f := model.Finding{Rule: "never-resolved", Because: []model.Fact{model.Mark{Span: x.arg.Span, Text: "init-addr " + x.arg.Text}, e.Addr}, Outcome: model.Outcome{Status: 503, Native: "SC"}}
	switch methods := strings.Split(x.arg.Text, ","); {
	case methods[0] == "none":
		f.Message = fmt.Sprintf("init-addr %s without resolvers: %s is never looked up, and server %s has no address", x.arg.Text, e.Addr.V.Host, s.Arg(0))
	case slices.Contains(methods, "none") && !strings.ContainsAny(x.arg.Text, ".:"):
		f.AtMost = model.Warning
		f.Message = fmt.Sprintf("init-addr %s without resolvers: when %s does not resolve at the start, server %s has no address until the next one", x.arg.Text, e.Addr.V.Host, s.Arg(0))
	default:
		return
	}
	if model.Is(e.Conn.Protocol, "tcp") {
		f.Outcome = model.NoAnswer
	}
	l.report(f)
}

func (l *lowering) judgeBind(s *statement, own *params) { l.judgeParams("bind", s, own) }

// judgeParams finds parameters that no version has, and words that HAProxy
// before 3.3 drops without a word: those behind an empty one.
func (l *lowering) judgeParams(kind string, s *statement, own *params) {
	if l.tree.partial != "" || s.Doubt() != "" {
		return
	}
	if kind == "bind" { // no parameter of a server was ever removed
		for _, x := range own.own {
			if k := l.words.words["bind:"+x.key]; k.removed != "" {
				l.removed(s.Node, x.name, k)
			}
		}
	}
	if at := own.cut; !at.Span.IsZero() && !l.versions.From("3.3") {
		l.report(model.Finding{Rule: "empty-word-ends-line",
			Message: fmt.Sprintf("the empty word %s ends the %s line: what follows it is dropped without a message", at.Span.Text(), s.Name.Text),
			Because: []model.Fact{model.Mark{Span: at.Span, Text: "empty"}, s.Node}})
	}
	if l.tree.loaded || l.versions.From("3.6") || s.open() != "" {
		return
	}
	for _, w := range own.strange {
		if strings.ContainsAny(w.Text, "$%{<@") {
			continue
		}
		l.report(model.Finding{Rule: "syntax", AtMost: model.Warning,
			Message: fmt.Sprintf("unknown keyword '%s' on a %s line", w.Text, s.Name.Text),
			Because: []model.Fact{model.Mark{Span: w.Span, Text: "written here"}},
			Outcome: model.RefusesToStart("unknown keyword '" + w.Text + "'")})
		return // the words behind it may be its arguments
	}
}

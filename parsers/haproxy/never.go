package haproxy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A term is one comparison of a condition: an acl line, or what stands between
// braces.
type term struct {
	fetch    string // without its conversions: hdr(host), path
	method   string // how it compares: str, beg, end, sub, dir, dom, reg ...
	patterns []model.Word
}

// readTerm reads "path_beg -i /api /v1"; not ok where it is not read to its
// end.
func readTerm(words []model.Word) (t term, ok bool) {
	if len(words) == 0 {
		return t, false
	}
	expression := strings.ToLower(words[0].Text)
	fetch, conversions, converted := cutExpression(expression)
	t = term{fetch: fetch, method: "str"}
	name, argument, _ := strings.Cut(fetch, "(")
	for _, suffix := range []string{"beg", "dir", "dom", "end", "len", "reg", "sub"} {
		base, found := strings.CutSuffix(name, "_"+suffix)
		if !found {
			continue
		}
		if t.fetch, t.method = base, suffix; argument != "" {
			t.fetch += "(" + argument
		}
	}
	if converted && conversions != "lower" {
		return t, false
	}
	for i := 1; i < len(words); i++ {
		switch w := words[i].Text; {
		case len(t.patterns) > 0 || w == "" || w[0] != '-':
			t.patterns = append(t.patterns, words[i])
		case w == "-i" || w == "-n":
		case w == "-m" && i+1 < len(words):
			i++
			t.method = words[i].Text
		case w == "--":
			t.patterns = append(t.patterns, words[i+1:]...)
			i = len(words)
		default:
			return t, false // a file, a map, an option of a version to come
		}
	}
	return t, len(t.patterns) > 0
}

// cutExpression parts a fetch from the conversions behind its first comma that
// stands outside of parentheses.
func cutExpression(s string) (fetch, conversions string, ok bool) {
	depth := 0
	for i, c := range s {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// isHost and isSNI tell fetches of the name that the client asks for.
func (t term) isHost() bool {
	return slices.Contains([]string{"hdr(host)", "req.hdr(host)", "req.fhdr(host)", "req_hdr(host)"}, t.fetch)
}

func (t term) isSNI() bool {
	return slices.Contains([]string{"ssl_fc_sni", "req.ssl_sni", "req_ssl_sni"}, t.fetch)
}

// A site is what of a frontend decides whether a fetch can yield anything.
type site struct {
	tls      int // binds of TLS: 1 all, -1 none, 0 some, or it cannot be told
	tcp      bool
	hello    bool // it waits for the first bytes of a client
	rewrites bool // paths
}

func (l *lowering) siteOf(p *section) site {
	s := site{tcp: l.mode(p) == "tcp"}
	all, none := len(p.by["bind"]) > 0 && p.Partial == "", len(p.by["bind"]) > 0 && p.Partial == ""
	for _, b := range p.by["bind"] {
		certain := b.Doubt() == "" && len(b.doubts) == 0
		ssl := slices.ContainsFunc(b.Args, func(a model.Word) bool { return a.Text == "ssl" || strings.HasPrefix(a.Text, "quic") })
		all, none = all && certain && ssl, none && certain && !ssl
	}
	if all {
		s.tls = 1
	} else if none {
		s.tls = -1
	}
	waits, content := false, false
	for d := p; d != nil; d = d.defaults {
		s.rewrites = s.rewrites || slices.ContainsFunc(d.by["http-request"], func(r *statement) bool {
			return strings.Contains(r.Arg(0), "path") || strings.Contains(r.Arg(0), "uri")
		})
		waits = waits || len(d.by["tcp-request inspect-delay"]) > 0 || d.Partial != ""
		content = content || len(d.by["tcp-request content"]) > 0 || d.Partial != ""
	}
	s.hello = waits && content
	return s
}

const inTime = "to wait for it takes tcp-request inspect-delay and a tcp-request content rule"

// never tells the pattern of a term that matches nothing, as no other of it
// does, and why; "" where one may.
func (t term) never(s site) (at model.Word, why string) {
	at = t.patterns[0]
	reasons := func(one func(string) string) string {
		for _, p := range t.patterns {
			if r := one(p.Text); r == "" {
				return ""
			} else if why == "" {
				why = "'" + p.Text + "' matches nothing, as " + r
			}
		}
		return why
	}
	switch {
	case t.fetch == "path" && !s.rewrites && !s.tcp:
		return at, reasons(func(p string) string {
			if t.method == "reg" {
				rest, anchored := strings.CutPrefix(p, "^")
				if !anchored || rest == "" || strings.Contains(p, "|") || !alphanumeric(rest[0]) || len(rest) > 1 && strings.ContainsRune("?*{", rune(rest[1])) {
					return ""
				}
			} else if t.method != "str" && t.method != "beg" || p == "" || p[0] == '/' || p[0] == '*' {
				return ""
			}
			return "a path begins with a slash"
		})
	case t.fetch == "ssl_fc_sni" && s.tls < 0:
		return at, "no bind of the frontend speaks TLS, and ssl_fc_sni is of a connection that HAProxy itself decrypts"
	case t.isSNI() && t.fetch != "ssl_fc_sni" && s.tls > 0:
		return at, t.fetch + " reads the first bytes of TLS, and bind has already decrypted them"
	case t.isSNI() && t.fetch != "ssl_fc_sni" && s.tls < 0 && s.tcp && !s.hello:
		return at, t.fetch + " is looked at before the client has sent anything: " + inTime
	case t.isHost() || t.isSNI():
		return at, reasons(func(p string) string {
			switch {
			case !slices.Contains([]string{"str", "beg", "end", "sub", "dom", "dir"}, t.method):
			case strings.Contains(p, "/"):
				return "a host name holds no slash"
			case strings.Contains(p, "*"):
				return "no host name holds a *, which stands for itself"
			}
			return ""
		})
	}
	return at, ""
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// judgeRoutes finds use_backend rules whose condition is never true.
func (l *lowering) judgeRoutes(p *section) {
	if !l.seen() || l.disabled(p) || p.Partial != "" || p.lost != "" || p.kind() == "backend" || len(p.by["use_backend"]) == 0 || l.mode(p) == "" {
		return
	}
	acls := map[string][]term{}
	lost := map[string]bool{}
	for d := p; d != nil; d = d.defaults {
		for _, s := range d.by["acl"] {
			t, ok := readTerm(s.Args[min(1, len(s.Args)):])
			if !ok || s.Doubt() != "" || len(s.doubts) > 0 {
				lost[s.Arg(0)] = true
				continue
			}
			acls[s.Arg(0)] = append(acls[s.Arg(0)], t)
		}
	}
	where := l.siteOf(p)
	for _, s := range p.by["use_backend"] {
		if s.Doubt() != "" || len(s.doubts) > 0 {
			continue
		}
		ways, ok := readCondition(s.Args, acls, lost)
		if !ok {
			continue
		}
		var at model.Word
		why := ""
		for _, all := range ways {
			if at, why = impossible(all, where); why == "" {
				break
			}
		}
		if why == "" {
			continue
		}
		often := "never"
		if strings.HasSuffix(why, inTime) {
			often = "hardly ever"
		}
		f := model.Finding{Rule: "dead-condition",
			Message: fmt.Sprintf("%s is %s taken: %s", s.String(), often, why),
			Because: []model.Fact{model.Mark{Span: at.Span, Text: "never matches"}, s.Node},
			When:    "requests that are meant for " + s.Arg(0)}
		if d := p.find("default_backend"); p.kind() == "frontend" && d.statement == nil && d.unsure == "" && last(p) {
			f.Outcome = l.out.Product.Outcomes[model.NoServer]
			if where.tcp {
				f.Outcome = model.NoAnswer
			}
		}
		l.report(f)
	}
}

// last reports whether all use_backend rules have a condition, so that none of
// them takes what is left.
func last(p *section) bool {
	return !slices.ContainsFunc(p.by["use_backend"], func(s *statement) bool { return match(s) == "" })
}

// readCondition reads what stands behind "if" as ways to be true, each of
// which wants all of its terms. A term has several comparisons, one of which
// must hold; those that are negated or not read are left out.
func readCondition(args []model.Word, acls map[string][]term, lost map[string]bool) (ways [][][]term, ok bool) {
	i := slices.IndexFunc(args, func(a model.Word) bool { return a.Text == "if" })
	if i < 0 {
		return nil, false
	}
	var way [][]term
	for i++; i < len(args); i++ {
		name, negated := strings.CutPrefix(args[i].Text, "!")
		if name == "" && negated && i+1 < len(args) {
			i++
			name = args[i].Text
		}
		switch name {
		case "or", "||":
			ways, way = append(ways, way), nil
		case "{":
			end := slices.IndexFunc(args[i:], func(a model.Word) bool { return a.Text == "}" })
			if end < 0 {
				return nil, false
			}
			if t, ok := readTerm(args[i+1 : i+end]); ok && !negated {
				way = append(way, []term{t})
			}
			i += end
		default:
			if !negated && !lost[name] && len(acls[name]) > 0 {
				way = append(way, acls[name])
			}
		}
	}
	return append(ways, way), true
}

// impossible tells why terms are never true together; "" where they may be.
func impossible(all [][]term, where site) (at model.Word, why string) {
	for _, any := range all {
		for _, t := range any {
			if at, why = t.never(where); why == "" {
				break
			}
		}
		if why != "" {
			return at, why
		}
	}
	var first map[string]bool
	var wants string
	for _, any := range all {
		names := map[string]bool{}
		for _, t := range any {
			if !t.isHost() || t.method != "str" {
				names = nil
				break
			}
			for _, p := range t.patterns {
				names[strings.ToLower(p.Text)] = true
			}
		}
		switch {
		case names == nil:
		case first == nil:
			first, wants = names, any[0].patterns[0].Text
		case !meet(first, names):
			at = any[0].patterns[0]
			return at, fmt.Sprintf("conditions in a row are all wanted, and no Host is %s and %s", wants, at.Text)
		}
	}
	return model.Word{}, ""
}

func meet(a, b map[string]bool) bool {
	for k := range a {
		if b[k] {
			return true
		}
	}
	return false
}

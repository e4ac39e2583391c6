package report

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

// redacted is a copy of r in which nothing secret is left: credentials in
// headers, URLs, assignments and comparisons, keys and known kinds of tokens.
//
// A secret is masked letter for letter, in copies of the sources too, so that
// every line, column and offset stays true. The sources of r are not changed.
func redacted(r *lint.Result) *lint.Result {
	m := &masker{sources: map[*model.Source]*model.Source{}, texts: map[string]string{}}
	for i := range r.Findings {
		m.visit(&r.Findings[i])
	}
	for i := range r.Silenced {
		m.visit(&r.Silenced[i].Finding)
		m.span(r.Silenced[i].Comment)
	}
	m.known = replacer(m.secrets)

	out := *r
	out.Findings = make([]lint.Finding, len(r.Findings))
	for i, f := range r.Findings {
		out.Findings[i] = m.finding(f)
	}
	out.Silenced = make([]lint.Silenced, len(r.Silenced))
	for i, s := range r.Silenced {
		out.Silenced[i] = lint.Silenced{Finding: m.finding(s.Finding), Comment: m.span(s.Comment), Reason: m.text(s.Reason)}
	}
	return &out
}

// HasSecret reports whether something in text would be masked.
func HasSecret(text string) bool {
	_, secrets := mask([]byte(text))
	return len(secrets) > 0
}

// A masker knows the masked copy of each source, and what was masked there.
type masker struct {
	sources map[*model.Source]*model.Source
	secrets []string
	known   *strings.Replacer
	texts   map[string]string // what text said: findings repeat themselves
}

// visit masks the sources that a finding speaks of.
func (m *masker) visit(f *lint.Finding) {
	m.span(f.Primary)
	for _, r := range f.Related {
		m.span(r.Span)
	}
	for _, r := range f.Path {
		m.span(r.Span)
	}
	for _, v := range f.Effective {
		m.span(v.Where())
	}
	if f.Fix != nil {
		for _, e := range f.Fix.Edits {
			m.span(e.Span)
		}
	}
}

func (m *masker) finding(f lint.Finding) lint.Finding {
	f.Message, f.When = m.text(f.Message), m.text(f.When)
	f.Outcome.Native = m.text(f.Outcome.Native)
	f.Primary = m.span(f.Primary)
	f.Related, f.Path = m.places(f.Related), m.places(f.Path)
	f.Effective = m.settings(f.Effective)
	f.Fix = m.fix(f.Fix)
	return f
}

// span is s in the masked copy of its source.
func (m *masker) span(s model.Span) model.Span {
	if s.Source == nil {
		return s
	}
	masked, seen := m.sources[s.Source]
	if !seen {
		masked = s.Source
		if text, secrets := mask(s.Source.Text); len(secrets) > 0 {
			masked = model.NewSource(s.Source.Path, text, s.Source.Dialect)
			m.secrets = append(m.secrets, secrets...)
		}
		m.sources[s.Source] = masked
	}
	s.Source = masked
	return s
}

// text masks what looks like a secret, and what is known to be one.
func (m *masker) text(s string) string {
	if out, known := m.texts[s]; known {
		return out
	}
	out := s
	if m.known != nil {
		out = m.known.Replace(out)
	}
	if masked, secrets := mask([]byte(out)); len(secrets) > 0 {
		out = string(masked)
	}
	m.texts[s] = out
	return out
}

func (m *masker) places(in []lint.Related) []lint.Related {
	out := make([]lint.Related, len(in))
	for i, r := range in {
		out[i] = lint.Related{Span: m.span(r.Span), Message: m.text(r.Message)}
	}
	return out
}

func (m *masker) settings(in []model.Setting) []model.Setting {
	out := make([]model.Setting, len(in))
	for i, v := range in {
		out[i] = setting{v, m}
	}
	return out
}

// fix is x without its edits where one of them would write a secret: masked,
// it would be no fix.
func (m *masker) fix(x *model.Fix) *model.Fix {
	if x == nil {
		return nil
	}
	y := model.Fix{Message: m.text(x.Message), Safe: x.Safe}
	for _, e := range x.Edits {
		if m.text(e.Text) != e.Text {
			y.Edits = nil
			break
		}
		y.Edits = append(y.Edits, model.Edit{Span: m.span(e.Span), Text: e.Text})
	}
	return &y
}

// A setting is a value in effect whose secrets are masked.
type setting struct {
	model.Setting
	masker *masker
}

func (s setting) At() model.Span    { return s.masker.span(s.Setting.At()) }
func (s setting) Where() model.Span { return s.masker.span(s.Setting.Where()) }
func (s setting) String() string    { return s.masker.text(s.Setting.String()) }
func (s setting) Why() string       { return s.masker.text(s.Setting.Why()) }

// Text is the literal as it stands in the masked source: alone, it would not
// be recognised.
func (s setting) Text() string {
	if at := s.At(); !at.IsZero() {
		return strings.Join(strings.Fields(at.Text()), " ")
	}
	return s.masker.text(s.Setting.Text())
}

// replacer masks secrets that are long enough not to be a word by chance.
func replacer(secrets []string) *strings.Replacer {
	const telling = 8
	slices.Sort(secrets)
	var pairs []string
	for _, s := range slices.Compact(secrets) {
		if len(s) >= telling {
			pairs = append(pairs, s, string(masked([]byte(s))))
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	return strings.NewReplacer(pairs...)
}

// hints are what is near every secret, in lower case: only lines with one of
// them are searched.
var hints = [][]byte{
	[]byte("auth"), []byte("cookie"), []byte("token"), []byte("secret"), []byte("passw"), []byte("pwd"), []byte("_pass"),
	[]byte("key"), []byte("credential"), []byte("signature"), []byte("@"), []byte("bearer"), []byte("basic"), []byte("eyj"),
	[]byte("akia"), []byte("ghp_"), []byte("gho_"), []byte("ghu_"), []byte("ghs_"), []byte("ghr_"), []byte("xox"), []byte("sk_live_"), []byte("curl"),
}

// secretPatterns find secrets; the last group of each is the secret.
var secretPatterns = sync.OnceValue(func() []*regexp.Regexp {
	const (
		value  = `("(?:[^"\\]|\\.)*(?:"|\z)|'(?:[^'\\]|\\.)*(?:'|\z)|[^\s;"'{}-][^\s;"'{}]*)`
		header = `["']?[\w-]*(?:authorization|cookie|token|secret|passw(?:or)?d|api[_-]?key|access[_-]?key|auth|signature|credential)[\w-]*["']?`
		name   = `(?:authorization|token|secret|passw(?:or)?d|passphrase|pwd|api[_-]?key|access[_-]?key(?:[_-]?id)?|secret[_-]?key|private[_-]?key|auth[_-]?key)`
	)
	sources := []string{
		// a header that is set: proxy_set_header, http-request set-header, RequestHeader set, hdr of a health check
		`\b(?:\w+_set_header|\w+_param|(?:add|set|replace|append)[-_]header|add_trailer|more_set_(?:input_)?headers|\w*header\s+(?:always\s+)?(?:set|add|append|merge|setifempty)|hdr)\s+` + header + `\s+` + value,
		// a header in a string, a key of YAML or JSON
		`(?:^|[\s"',{;]|\\n|\\r)[\w-]*(?:` + name + `|(?:set-)?cookie)["']?(?::[ \t]+["']?|:["'])([^"'\r\n]+)`,
		// an assignment: environment, ini, Terraform, a flag
		`\b[\w.\[-]*(?:` + name + `|_pass)\]?["']?[ \t]*(?:=>|=)\s*` + value,
		`--?(?:password|token|secret|api-key)[ \t]+` + value,
		// a comparison: if ($http_x_api_key = ...), acl ... req.hdr(x-api-key) -m str ...
		`\$(?:http|arg|cookie)_\w*(?:key|token|secret|auth|passw)\w*["']?\s*(?:!?=|!?~\*?)\s*` + value,
		`hdr\(` + header + `[^)\n]*\)(?:[ \t]+-(?:m[ \t]+\w+|[in]\b|f[ \t]+\S+))*[ \t]+` + value,
		// users of HAProxy, curl and URLs
		`\bstats[ \t]+auth[ \t]+[^\s:]+:(\S+)`,
		`\buser[ \t]+\S+[ \t]+(?:insecure-)?password[ \t]+` + value,
		`\bcurl\b[^\n]*?\s(?:-u|--user)[\s="',]+[^\s:"']+:([^\s"']+)`,
		`://[^\s/:@"']*:([^\s/"']+)@`,
		`\bsecure_link_secret[ \t]+` + value,
		// kinds of tokens
		`\b(?:bearer|basic)\s+([a-z0-9+/=._~-]{16,})`,
		`\b(eyj[\w-]{8,}\.[\w.-]+|akia[0-9a-z]{16}|gh[pousr]_[a-z0-9]{20,}|xox[abpr]-[\w-]{10,}|sk_live_\w+)`,
	}
	all := make([]*regexp.Regexp, len(sources))
	for i, s := range sources {
		all[i] = regexp.MustCompile(`(?i)` + s)
	}
	return all
})

var (
	pemKey = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)(?:-----END|\z)`)
	})
	// reference is what a value may hold without being a secret itself.
	reference = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\$\{[^}]*\}|\$[a-z_]\w*|%\[[^\]]*\]|%\{[^}]*\}|\b(?:bearer|basic|digest|token)(?:\s+|$)` +
			`|^(?:var|local|data|module|each|self|\w+_\w+)\.[\w.\[\]*"-]+$|^\w+\(.*`)
	})
)

// mask is text with its secrets masked, and what they were. Without any, text
// itself is returned.
func mask(text []byte) (out []byte, secrets []string) {
	out = text
	hide := func(from, to int) {
		if from < to {
			if len(secrets) == 0 {
				out = bytes.Clone(text)
			}
			secrets = append(secrets, string(text[from:to]))
			copy(out[from:to], masked(text[from:to]))
		}
	}
	if bytes.Contains(text, []byte("PRIVATE KEY-----")) {
		for _, at := range pemKey().FindAllSubmatchIndex(text, -1) {
			hide(at[2], at[3])
		}
	}
	for _, part := range suspects(text) {
		for _, pattern := range secretPatterns() {
			for _, at := range pattern.FindAllSubmatchIndex(text[part.from:part.to], -1) {
				from, to := literal(text, part.from+at[len(at)-2], part.from+at[len(at)-1])
				hide(from, to)
			}
		}
	}
	return out, secrets
}

// literal is what has to be masked of the value at from: without its quotes
// and a scheme before it; nothing of one that only refers to others.
func literal(text []byte, from, to int) (int, int) {
	if from < to && (text[from] == '"' || text[from] == '\'') {
		if to-from > 1 && text[to-1] == text[from] {
			to--
		}
		from++
	} else if from < to && text[to-1] == ')' && !bytes.Contains(text[from:to], []byte("(")) {
		to-- // of the condition around it
	}
	value := text[from:to]
	rest := reference().ReplaceAll(value, nil)
	if len(bytes.Trim(rest, " \t:;=\"'\\")) == 0 {
		return from, from
	}
	if i := bytes.IndexByte(value, ' '); i > 0 {
		switch strings.ToLower(string(value[:i])) {
		case "bearer", "basic", "digest", "token":
			return from + i + 1, to
		}
	}
	return from, to
}

// A part is a range of bytes.
type part struct{ from, to int }

// suspects are the lines of text that hold a hint, each with the next one, as
// a value may stand there.
func suspects(text []byte) []part {
	low := bytes.Clone(text)
	for i, c := range low {
		if 'A' <= c && c <= 'Z' {
			low[i] = c + 'a' - 'A'
		}
	}
	var found []part
	for _, h := range hints {
		for at := 0; ; {
			i := bytes.Index(low[at:], h)
			if i < 0 {
				break
			}
			at += i
			p := part{from: bytes.LastIndexByte(low[:at], '\n') + 1, to: len(low)}
			if n := bytes.IndexByte(low[at:], '\n'); n >= 0 {
				p.to = at + n + 1
			}
			at = p.to
			if n := bytes.IndexByte(low[p.to:], '\n'); n >= 0 {
				p.to += n + 1
			} else {
				p.to = len(low)
			}
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b part) int { return a.from - b.from })
	var merged []part
	for _, p := range found {
		if n := len(merged); n > 0 && p.from < merged[n-1].to {
			merged[n-1].to = max(merged[n-1].to, p.to)
			continue
		}
		merged = append(merged, p)
	}
	return merged
}

// masked is as long as secret in bytes, in code points and in UTF-16, and has
// its line ends.
func masked(secret []byte) []byte {
	out := make([]byte, 0, len(secret))
	for i := 0; i < len(secret); {
		_, n := utf8.DecodeRune(secret[i:])
		switch {
		case secret[i] == '\n' || secret[i] == '\r':
			out = append(out, secret[i])
		case n == 1:
			out = append(out, '*')
		default:
			out = append(out, [...]string{2: "·", 3: "•", 4: "🔒"}[n]...)
		}
		i += n
	}
	return out
}

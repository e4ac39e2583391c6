package lint

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers"
	"github.com/gwlint/gwlint/settings"
)

// An ignore is one comment that says what not to report of a statement, or of
// its file:
//
//	# gwlint: ignore[rule, rule] reason until=2027-01-31
//	# gwlint: file-ignore[rule] reason
type ignore struct {
	at      model.Span // the comment
	governs model.Span // the statement it belongs to, block included; zero when it belongs to none
	rules   []ignoredRule
	list    bool   // it names rules in brackets
	reason  string // without the date
	until   string // as written
	last    time.Time
	wrong   string // why it is no comment to the program that reads it; "" where it is one
	sign    string // what would begin one there
}

type ignoredRule struct {
	id   string
	at   model.Span
	used bool
}

var (
	toUs       = regexp.MustCompile(`^(?:#+|;+|!|//|/\*)\s*gwlint:\s*(.*?)\s*(?:\*/)?$`)
	ignoreWord = regexp.MustCompile(`^(file-)?ignore\[([^\]]*)\]\s*(.*)$`)
	untilWord  = regexp.MustCompile(`(?:^|\s)until=(\S+)`)
	ruleWord   = regexp.MustCompile(`[^\s,]+`)
)

// read makes an ignore of a comment that speaks to gwlint; nil of any other.
func read(at, governs model.Span) *ignore {
	text := at.Text()
	m := toUs.FindStringSubmatchIndex(text)
	if m == nil {
		return nil
	}
	g := &ignore{at: at, governs: governs}
	said := text[m[2]:m[3]]
	w := ignoreWord.FindStringSubmatchIndex(said)
	if w == nil {
		return g
	}
	g.list, g.reason = true, said[w[6]:w[7]]
	if w[2] >= 0 {
		g.governs = at.Source.Span(0, len(at.Source.Text))
	}
	from := m[2] + w[4]
	for _, r := range ruleWord.FindAllStringIndex(said[w[4]:w[5]], -1) {
		at := at.Source.Span(at.Start+from+r[0], at.Start+from+r[1])
		g.rules = append(g.rules, ignoredRule{id: at.Text(), at: at})
	}
	if u := untilWord.FindStringSubmatchIndex(g.reason); u != nil {
		g.until = g.reason[u[2]:u[3]]
		g.reason = strings.TrimSpace(g.reason[:u[0]] + g.reason[u[1]:])
		g.last, _ = time.Parse(time.DateOnly, g.until) // the zero time is long past
	}
	return g
}

// ignores are all comments that speak to gwlint, by source, in order.
func ignores(w *model.Workspace, o outline) map[*model.Source][]*ignore {
	out := map[*model.Source][]*ignore{}
	speaks := map[*model.Source]bool{}
	for _, s := range w.Sources {
		if bytes.Contains(s.Text, []byte("gwlint:")) && !s.Stock {
			if speaks[s] = true; !parsers.CommentsOf(s).Nodes {
				out[s] = o.comments(s)
			}
		}
	}
	if len(speaks) == 0 {
		return out
	}
	seen := map[model.Span]bool{}
	note := func(at, governs model.Span) {
		if s := at.Source; seen[at] || s == nil || !parsers.CommentsOf(s).Nodes {
			return
		}
		seen[at] = true
		if g := read(at, governs); g != nil {
			out[at.Source] = append(out[at.Source], g)
		}
	}
	for n := range w.Nodes() {
		for _, c := range n.Comments {
			note(c.Span, n.Span)
		}
		for _, c := range n.Loose {
			note(c.Span, model.Span{})
		}
	}
	for _, all := range out {
		slices.SortFunc(all, func(a, b *ignore) int { return cmp.Compare(a.at.Start, b.at.Start) })
	}
	return out
}

var aside = regexp.MustCompile(`(?:#+|;+|!|//|/\*)\s*gwlint:`)

// comments are those of a file whose statements have none of their own: on
// lines above a statement, or behind it where the language takes them there.
func (o outline) comments(s *model.Source) (all []*ignore) {
	style := parsers.CommentsOf(s)
	var above []*ignore
	for i := 1; i <= s.Lines(); i++ {
		line := s.LineSpan(i)
		text := line.Text()
		first := len(text) - len(strings.TrimLeft(text, " \t"))
		if first == len(text) {
			continue
		}
		at := -1
		if m := aside.FindStringIndex(text); m != nil {
			at = m[0]
		}
		if at == first {
			g := read(s.Span(line.Start+at, line.End), model.Span{})
			g.misplace(style.Own, "on a line of its own")
			above, all = append(above, g), append(all, g)
			continue
		}
		if slices.ContainsFunc(style.Own, func(sign string) bool { return strings.HasPrefix(text[first:], sign) }) {
			continue
		}
		governs := o.statement(s, i, first)
		if at > 0 && strings.ContainsRune(" \t", rune(text[at-1])) && !quoted(text[:at]) {
			g := read(s.Span(line.Start+at, line.End), governs)
			g.misplace(style.Behind, "behind a value")
			all = append(all, g)
		}
		for _, g := range above {
			if g.governs.IsZero() {
				g.governs = governs
			}
		}
		above = nil
	}
	return all
}

// misplace says what is wrong with a comment that begins with none of the signs.
func (g *ignore) misplace(signs []string, where string) {
	if slices.ContainsFunc(signs, func(sign string) bool { return strings.HasPrefix(g.at.Text(), sign) }) {
		return
	}
	if g.wrong, g.sign = "the language has no comment "+where, ""; len(signs) > 0 {
		g.wrong, g.sign = "a comment "+where+" begins with "+signs[0]+" here", signs[0]
	}
}

// quoted reports whether a quote is open at the end of a line's beginning.
func quoted(text string) bool {
	open := rune(0)
	for _, c := range text {
		switch {
		case c == open:
			open = 0
		case open == 0 && (c == '"' || c == '\''):
			open = c
		}
	}
	return open != 0
}

// statement is what begins at a column of a line: a statement that is known,
// else the line with those below it that are indented deeper.
func (o outline) statement(s *model.Source, line, first int) model.Span {
	start := s.LineSpan(line).Start + first
	if n := o.at(s.Span(start, start)); n != nil && n.Span.Source == s && n.Span.Start == start && n.Name.Text != "" {
		return n.Span
	}
	end := s.LineSpan(line).End
	for next := line + 1; next <= s.Lines(); next++ {
		text := string(s.Line(next))
		body := strings.TrimLeft(text, " \t")
		if strings.TrimSpace(body) != "" && len(text)-len(body) <= first {
			break
		}
		end = s.LineSpan(next).End
	}
	return s.Span(start, end)
}

// suppress takes the findings out that comments ask to ignore, and returns
// them, and what is wrong with the comments themselves.
func suppress(w *model.Workspace, all *[]Finding, rules map[string]*model.Check, opt Options) (silenced []Silenced, wrong []Finding) {
	comments := ignores(w, outlineOf(w))
	if len(comments) == 0 {
		return nil, nil
	}
	today := opt.Today
	if today.IsZero() {
		today = time.Now()
	}
	j := judge{rules: rules, today: today.Format(time.DateOnly), opt: opt, found: slices.Clone(*all)}
	*all = slices.DeleteFunc(*all, func(f Finding) bool {
		var by *ignore
		for _, g := range comments[f.Primary.Source] {
			if g.wrong != "" || !g.governs.Holds(f.Primary) || j.over(g) {
				continue
			}
			for i := range g.rules {
				if g.rules[i].id == f.Check.ID && !j.firm(f.Check.ID, f.Primary).Set() {
					if g.rules[i].used = true; by == nil {
						by = g
					}
				}
			}
		}
		if by != nil {
			silenced = append(silenced, Silenced{f, by.at, by.reason})
		}
		return by != nil
	})
	for _, s := range w.Sources {
		for _, g := range comments[s] {
			j.comment(g)
		}
	}
	return silenced, j.out
}

// A judge says what is wrong with the comments themselves.
type judge struct {
	rules map[string]*model.Check // of the run
	found []Finding               // before anything was ignored
	today string
	opt   Options
	out   []Finding
}

// over reports whether a comment's time is.
func (j *judge) over(g *ignore) bool {
	return g.until != "" && g.last.Format(time.DateOnly) < j.today
}

// firm is where the settings say that a rule may not be ignored.
func (j *judge) firm(rule string, at model.Span) settings.Flag {
	if at.IsZero() {
		return settings.Flag{}
	}
	if f := j.opt.Settings.Rule(rule, j.opt.name(at.Source)).Suppressible; f.Set() && !f.V {
		return f
	}
	return settings.Flag{}
}

func (j *judge) say(rule string, at model.Span, fix *model.Fix, format string, a ...any) {
	if c := j.rules[rule]; c != nil {
		j.out = append(j.out, complete(c, model.Finding{Rule: rule, Message: fmt.Sprintf(format, a...), Fix: fix,
			Because: []model.Fact{model.Mark{Span: at, Text: "the comment"}}}, false))
	}
}

func (j *judge) comment(g *ignore) {
	remove := &model.Fix{Message: "take the comment out", Safe: true, Edits: []model.Edit{without(g.at)}}
	switch {
	case g.wrong != "":
		j.say("unused-ignore", g.at, g.resign(), "this ignores nothing: %s", g.wrong)
		return
	case !g.list:
		j.say("unused-ignore", g.at, nil, "the comment ignores nothing: it says neither ignore[rule] nor file-ignore[rule]")
		return
	case len(g.rules) == 0:
		j.say("unused-ignore", g.at, remove, "the comment names no rule")
	case g.until != "" && g.last.IsZero():
		j.say("expired-ignore", g.at, nil, "until=%s is no date such as 2027-01-31, so the comment does not count", g.until)
		return
	case j.over(g):
		j.say("expired-ignore", g.at, remove, "%s was to be ignored until %s", g.names(), g.until)
		return
	}
	if g.reason == "" && len(g.rules) > 0 {
		j.say("ignore-without-reason", g.at, nil, "the comment does not say why %s is ignored", g.names())
	}
	for i, r := range g.rules {
		c, at, remove := j.rules[r.id], g.at, remove
		if len(g.rules) > 1 {
			at = r.at
			remove = &model.Fix{Message: "take the rule out", Safe: true, Edits: []model.Edit{g.drop(i)}}
		}
		switch {
		case !slices.ContainsFunc(checks.All(), func(c *model.Check) bool { return c.ID == r.id }):
			near, fix := settings.Nearest(r.id, slices.Sorted(maps.Keys(j.rules))), remove
			if j.speaks(near, g) {
				fix = &model.Fix{Message: "write the name of the rule", Safe: true, Edits: []model.Edit{{Span: r.at, Text: near}}}
			}
			if near != "" {
				near = "; did you mean " + near + "?"
			}
			j.say("unused-ignore", at, fix, "there is no rule %s%s", r.id, near)
		case j.firm(r.id, g.at).Set():
			j.say("unused-ignore", at, nil, "%s may not be ignored here: %s says so", r.id, j.firm(r.id, g.at).At)
		case r.used || c == nil: // a rule that this run leaves out may still need it
		case g.governs.IsZero():
			j.say("unused-ignore", at, remove, "no statement follows the comment, so it ignores nothing: it belongs above the statement or behind it")
		case c.Severity > model.Note || j.opt.Audit: // a hidden note may still be what it is for
			j.say("unused-ignore", at, remove, "nothing here is reported by %s any more", r.id)
		}
	}
}

// speaks reports whether a rule says something of what the comment governs.
func (j *judge) speaks(rule string, g *ignore) bool {
	return slices.ContainsFunc(j.found, func(f Finding) bool { return f.Check.ID == rule && g.governs.Holds(f.Primary) })
}

// resign writes the sign that begins a comment there.
func (g *ignore) resign() *model.Fix {
	if g.sign == "" {
		return nil
	}
	old := strings.IndexFunc(g.at.Text(), func(r rune) bool { return !strings.ContainsRune("#;!/*", r) })
	at := g.at.Source.Span(g.at.Start, g.at.Start+old)
	return &model.Fix{Message: "begin the comment with " + g.sign, Safe: true, Edits: []model.Edit{{Span: at, Text: g.sign}}}
}

func (g *ignore) names() string {
	var ids []string
	for _, r := range g.rules {
		ids = append(ids, r.id)
	}
	return strings.Join(ids, ", ")
}

// drop takes the i-th of several rules out of the list.
func (g *ignore) drop(i int) model.Edit {
	s := g.rules[i].at
	if i+1 < len(g.rules) {
		s.End = g.rules[i+1].at.Start
	} else {
		s.Start = g.rules[i-1].at.End
	}
	return model.Edit{Span: s}
}

// without takes a comment out: with its line where it stands alone, else with
// the white space before it.
func without(at model.Span) model.Edit {
	s := at.Source
	line := s.LineSpan(at.Begin().Line)
	before := strings.TrimRight(string(s.Text[line.Start:at.Start]), " \t")
	switch next := at.Finish().Line + 1; {
	case before != "" || at.End < s.LineSpan(at.Finish().Line).End:
		return model.Edit{Span: s.Span(line.Start+len(before), at.End)}
	case next <= s.Lines():
		return model.Edit{Span: s.Span(line.Start, s.LineSpan(next).Start)}
	}
	return model.Edit{Span: s.Span(line.Start, at.End)}
}

package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// An ignore is one comment that says what not to report of a statement:
//
//	# gwlint: ignore[rule, rule] reason
type ignore struct {
	at      model.Span // the comment
	governs model.Span // the statement it belongs to, block included; zero when it belongs to none
	rules   []ignoredRule
	reason  string
}

type ignoredRule struct {
	id   string
	used bool
}

var ignoreComment = regexp.MustCompile(`^(?:#|;|//|/\*)\s*gwlint:\s*ignore\[([^\]]*)\]\s*(.*?)\s*(?:\*/)?$`)

// suppress drops the findings that comments ask to ignore, and returns what is
// wrong with the comments themselves.
func suppress(w *model.Workspace, all *[]Finding, rules map[string]*model.Check, sum *Summary, opt Options) []Finding {
	ignores := map[*model.Source][]*ignore{}
	seen := map[model.Span]bool{}
	note := func(c model.Word, governs model.Span) {
		if seen[c.Span] || c.Span.IsZero() {
			return
		}
		seen[c.Span] = true
		if m := ignoreComment.FindStringSubmatch(c.Text); m != nil {
			g := &ignore{at: c.Span, governs: governs, reason: m[2]}
			for _, id := range strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ' ' }) {
				g.rules = append(g.rules, ignoredRule{id: id})
			}
			ignores[c.Span.Source] = append(ignores[c.Span.Source], g)
		}
	}
	for n := range w.Nodes() {
		for _, c := range n.Comments {
			note(c, n.Span)
		}
		for _, c := range n.Loose {
			note(c, model.Span{})
		}
	}
	if len(ignores) == 0 {
		return nil
	}
	*all = slices.DeleteFunc(*all, func(f Finding) bool {
		drop := false
		for _, g := range ignores[f.Primary.Source] {
			if !g.governs.Holds(f.Primary) {
				continue
			}
			for i := range g.rules {
				if g.rules[i].id == f.Check.ID {
					g.rules[i].used, drop = true, true
				}
			}
		}
		if drop {
			sum.Suppressed++
		}
		return drop
	})
	var out []Finding
	for _, s := range w.Sources {
		for _, g := range ignores[s] {
			out = append(out, g.judge(rules, opt)...)
		}
	}
	return out
}

// judge says what is wrong with the comment itself.
func (g *ignore) judge(rules map[string]*model.Check, opt Options) (out []Finding) {
	say := func(rule, format string, a ...any) {
		if c := rules[rule]; c != nil {
			out = append(out, complete(c, model.Finding{Rule: rule, Message: fmt.Sprintf(format, a...),
				Because: []model.Fact{model.Mark{Span: g.at, Text: "the comment"}}}))
		}
	}
	if g.reason == "" {
		say("ignore-without-reason", "the comment does not say why %s is ignored", g.names())
	}
	if len(g.rules) == 0 {
		say("unused-ignore", "the comment names no rule")
	}
	for _, r := range g.rules {
		switch c := rules[r.id]; {
		case c == nil:
			say("unused-ignore", "there is no rule %s", r.id)
		case r.used:
		case g.governs.IsZero():
			say("unused-ignore", "no statement follows the comment, so it ignores nothing: it belongs above the statement or behind it")
		case c.Severity > model.Note || opt.Audit: // a hidden note may still be what it is for
			say("unused-ignore", "nothing here is reported by %s any more", r.id)
		}
	}
	return out
}

func (g *ignore) names() string {
	var ids []string
	for _, r := range g.rules {
		ids = append(ids, r.id)
	}
	return strings.Join(ids, ", ")
}

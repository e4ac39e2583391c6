package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/model"
)

// finish turns what rules and parsers said into what reports show: severity,
// places, order, merged, suppressed.
func finish(l *Loaded, found []model.Finding, opt Options) *Result {
	r := &Result{Workspace: l.Workspace, Checks: opt.Checks, tree: l.tree}
	r.Summary.Files = l.Files
	for range l.Workspace.Hops() {
		r.Summary.Hops++
	}
	r.Summary.Untold = l.Untold
	for _, n := range l.Untold {
		r.Summary.Unknown += n
	}
	byID := map[string]*model.Check{}
	for _, c := range opt.Checks {
		byID[c.ID] = c
	}
	registered := map[string]*model.Check{} // though the run may leave it out
	for _, c := range checks.All() {
		registered[c.ID] = c
	}
	// Nobody asks more of a hidden note than where it is.
	brief := !opt.Audit && opt.Settings == nil && opt.Baseline == nil && opt.Changed == nil
	all := make([]Finding, 0, len(found))
	for _, f := range found {
		switch c := byID[f.Rule]; {
		case c != nil:
			all = append(all, complete(c, f, brief))
		case registered[f.Rule] == nil:
			f.Message = fmt.Sprintf("there is no rule %s, which says: %s", f.Rule, f.Message)
			all = append(all, complete(registered[internalError], f, brief))
		}
	}
	all = configure(merge(all), opt)
	var silenced []Silenced
	if !opt.NoIgnores {
		var wrong []Finding
		silenced, wrong = suppress(l.Workspace, &all, byID, opt)
		r.Summary.Suppressed = len(silenced)
		if wrong != nil {
			all = append(all, wrong...)
			order(all)
		}
	}
	if brief {
		before := len(all)
		all = slices.DeleteFunc(all, func(f Finding) bool { return f.Severity == model.Note })
		r.Summary.Notes, r.Summary.Hidden = before-len(all), before-len(all)
	}
	if !opt.Audit {
		silenced = slices.DeleteFunc(silenced, func(s Silenced) bool { return s.Severity == model.Note })
	}
	identify(l.Workspace, all, silenced)
	if opt.Baseline != nil {
		var known []Finding
		all, known, r.Stale = opt.Baseline.apply(all, l.Workspace, byID, opt)
		r.Compared, r.Summary.Baselined = true, len(known)
		for _, f := range known {
			if opt.Audit || f.Severity > model.Note {
				silenced = append(silenced, Silenced{Finding: f})
			}
		}
		for _, s := range r.Stale {
			r.Summary.Stale += s.Count
		}
	}
	slices.SortStableFunc(silenced, func(a, b Silenced) int { return inOrder(a.Finding, b.Finding) })
	for _, s := range silenced {
		if opt.Changed.touch(&s.Finding, opt) {
			r.Silenced = append(r.Silenced, s)
		}
	}
	for _, f := range all {
		if !opt.Changed.touch(&f, opt) {
			continue
		}
		switch f.Severity {
		case model.Error:
			r.Summary.Errors++
		case model.Warning:
			r.Summary.Warnings++
		default:
			r.Summary.Notes++
			if !opt.Audit {
				r.Summary.Hidden++
				continue
			}
		}
		if f.Check.ID == "unreadable" {
			r.Summary.Unread = append(r.Summary.Unread, f.Primary.Source.Path)
		}
		r.Findings = append(r.Findings, f)
	}
	return r
}

// complete takes from the facts what a report shows; of a note, brief, only its
// place.
func complete(c *model.Check, f model.Finding, brief bool) Finding {
	out := Finding{Check: c, Severity: severity(c, f), Confidence: f.Confidence(), Message: f.Message,
		Outcome: f.Outcome, When: f.When, Fix: f.Fix, Count: 1}
	brief = brief && out.Severity == model.Note
	var add func(facts []model.Fact)
	add = func(facts []model.Fact) {
		for _, b := range facts {
			at := b.Where()
			switch {
			case at.IsZero() || at.Source.Stock:
			case out.Primary.IsZero():
				out.Primary = at
				if s, ok := b.(model.Setting); ok {
					out.subject = s.Key()
				}
			case at != out.Primary && !slices.ContainsFunc(out.Related, func(r Related) bool { return r.Span == at }):
				out.Related = append(out.Related, Related{at, label(b)})
			}
			if brief && !out.Primary.IsZero() {
				return
			}
			if s, ok := b.(model.Setting); ok {
				if s.Key() != "" && !slices.ContainsFunc(out.Effective, func(o model.Setting) bool { return same(o, s) }) {
					out.Effective = append(out.Effective, s)
				}
				add(s.Parts())
			}
			if k, ok := b.(*model.Link); ok && out.Path == nil {
				out.Path = way(k)
			}
		}
	}
	add(f.Because)
	return out
}

func same(a, b model.Setting) bool {
	return a.Key() == b.Key() && a.Text() == b.Text() && a.At() == b.At() && a.Owner() == b.Owner()
}

// label is what a related place says of itself.
func label(b model.Fact) string {
	if n, ok := b.(*model.Node); ok && n.Name.Text != "" {
		return n.Name.Text
	}
	return b.String()
}

// way is how a request comes to where a link ends.
func way(k *model.Link) []Related {
	var out []Related
	step := func(n *model.Node, text string) {
		if n != nil && !n.Head().IsZero() && !n.Head().Source.Stock {
			out = append(out, Related{n.Head(), text})
		}
	}
	step(k.Hop.Route.Listener.Node, "a request comes in")
	step(k.Hop.Route.Node, "is routed")
	step(k.Hop.Node, "is forwarded")
	step(k.Endpoint.Node, "to this server")
	if k.Linked() {
		step(k.To.Node, k.To.Gateway.Name+" answers")
	}
	return out
}

// severity is the check's, lowered where the evidence is weak: a finding none
// of whose facts is written, one that claims an absence which a file not seen
// could cure, and one on a guess.
func severity(c *model.Check, f model.Finding) model.Severity {
	s := c.Severity
	if f.AtMost != 0 {
		s = min(s, f.AtMost)
	}
	if !slices.ContainsFunc(f.Because, written) || f.Confidence() == model.Low || absent(f.Because[0]) {
		s = min(s, model.Note)
	}
	return s
}

func written(b model.Fact) bool {
	switch b := b.(type) {
	case model.Setting:
		return b.Written() || slices.ContainsFunc(b.Parts(), written)
	case *model.Node, model.Mark:
		return true
	}
	return false
}

func absent(b model.Fact) bool {
	s, ok := b.(model.Setting)
	return ok && s.Origin() == model.Assumed && !written(b)
}

// merge makes one finding of those that a rule has of one place: an instance
// each of a module, of a file that is included twice, of a host, or what one
// line of defaults means for every pool. The gravest of them speaks for all.
func merge(all []Finding) []Finding {
	order(all)
	out := all[:0]
	for _, f := range all {
		k := len(out) - 1
		if k < 0 || out[k].Check != f.Check || out[k].Primary != f.Primary || f.Primary.IsZero() && out[k].Message != f.Message {
			out = append(out, f)
			continue
		}
		count, confidence := out[k].Count+f.Count, out[k].Confidence
		if cmp.Or(cmp.Compare(f.Severity, out[k].Severity), cmp.Compare(f.Confidence, confidence)) > 0 {
			out[k] = f
		}
		out[k].Count, out[k].Confidence = count, max(confidence, out[k].Confidence)
	}
	return out
}

func order(all []Finding) {
	slices.SortStableFunc(all, inOrder)
}

func inOrder(a, b Finding) int {
	return cmp.Or(
		strings.Compare(pathOf(a), pathOf(b)),
		cmp.Compare(a.Primary.Start, b.Primary.Start),
		cmp.Compare(a.Primary.End, b.Primary.End),
		strings.Compare(a.Check.ID, b.Check.ID),
		strings.Compare(a.Message, b.Message),
		strings.Compare(a.When, b.When),
		cmp.Compare(a.Outcome.Status, b.Outcome.Status),
		slices.CompareFunc(a.Related, b.Related, func(x, y Related) int { return strings.Compare(x.Span.String(), y.Span.String()) }),
	)
}

func pathOf(f Finding) string {
	if f.Primary.IsZero() {
		return ""
	}
	return f.Primary.Source.Path
}

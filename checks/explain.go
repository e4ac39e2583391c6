package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/lab/proven"
	"github.com/gwlint/gwlint/model"
)

// Brief is what Explain has, with the first example that fires alone: of the
// others it lists the titles.
func Brief(id string) string {
	intro, rest, _ := strings.Cut(Explain(id), "\n## ")
	var first string
	var fires, silent []string
	var end strings.Builder
	for _, section := range sections(rest) {
		title, _, _ := strings.Cut(section, "\n")
		if name, ok := strings.CutPrefix(title, "Fires: "); ok {
			if first == "" {
				first = "\n## Example: " + strings.TrimRight(strings.TrimPrefix(section, "Fires: "), "\n") + "\n"
			} else {
				fires = append(fires, name)
			}
		} else if name, ok := strings.CutPrefix(title, "Silent: "); ok {
			silent = append(silent, name)
		} else {
			end.WriteString("\n## " + strings.TrimRight(section, "\n") + "\n")
		}
	}
	return intro + first + list("It also speaks of", fires) + list("It is silent about", silent) + end.String()
}

// sections cuts a page before its headings, which it has the first two bytes
// of no more. Those in fenced blocks are none.
func sections(page string) (all []string) {
	fenced, from, at := false, 0, 0
	for line := range strings.Lines(page) {
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case !fenced && strings.HasPrefix(line, "## "):
			all = append(all, page[from:at])
			from = at + len("## ")
		}
		at += len(line)
	}
	return append(all, page[from:])
}

func list(what string, titles []string) string {
	if len(titles) == 0 {
		return ""
	}
	return "\n" + what + ":\n\n- " + strings.Join(titles, "\n- ") + "\n"
}

// Explain is the page of a rule with what the lab recorded about it under
// "Proof"; "" for a rule that does not exist.
func Explain(id string) string {
	const heading = "\n## Proof\n\n"
	page := Page(id)
	proofs := proven.Of(id)
	if len(proofs) == 0 {
		return page
	}
	var cases []string
	for _, p := range proofs {
		if name := "`" + p.Case + "`"; !slices.Contains(cases, name) {
			cases = append(cases, name)
		}
	}
	line := fmt.Sprintf("Proven on %s: the failure with the bad configuration, none with the fixed one (testdata/lab/%s: %s).\n\n",
		proven.Versions(proofs), id, strings.Join(cases, ", "))
	return strings.Replace(page, heading, heading+line, 1)
}

// Leading are the rules that may lead to an outcome, as "504" or "refuses to
// start", in a gateway of the language: those whose page has an example of it
// that says so. The gravest come first.
func Leading(outcome, language string) (all []*model.Check) {
	for _, c := range All() {
		if !slices.ContainsFunc(c.Outcomes, func(o model.Outcome) bool { return o.String() == outcome }) {
			continue
		}
		if slices.Contains(firing(c.ID, outcome), language) {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b *model.Check) int { return int(b.Severity) - int(a.Severity) })
	return all
}

// Speaks reports whether the page of a rule has an example in the language
// that fires.
func Speaks(id, language string) bool { return slices.Contains(firing(id, ""), language) }

// firing are the languages of the examples that fire and whose output names the
// outcome; of all that fire, when it is "".
func firing(id, outcome string) (languages []string) {
	for _, example := range strings.Split(Page(id), "\n## Fires: ")[1:] {
		example, _, _ = strings.Cut(example, "\n## ")
		if outcome != "" && !strings.Contains(example, " ("+outcome+")\n") {
			continue
		}
		for line := range strings.Lines(example) {
			info, fence := strings.CutPrefix(line, "```")
			if language, _, file := strings.Cut(info, " "); fence && file && !slices.Contains(languages, language) {
				languages = append(languages, language)
			}
		}
	}
	return languages
}

package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/symptoms"
)

const (
	explained = 100 // columns of an explanation
	titled    = 8   // rules of a symptom that are told with their titles
	told      = 3   // values of a field that are told
)

// Digest writes what lines of logs say.
func Digest(out io.Writer, d *symptoms.Digest) error {
	w := bufio.NewWriter(out)
	for i := range d.Groups {
		if i > 0 {
			w.WriteByte('\n')
		}
		symptom(w, &d.Groups[i])
	}
	return w.Flush()
}

func symptom(w *bufio.Writer, g *symptoms.Group) {
	fmt.Fprintf(w, "%s: %s", g.Product, g.Plain())
	if g.Lines > 1 {
		fmt.Fprintf(w, "  (%d lines)", g.Lines)
	}
	w.WriteString("\n\n")
	section(w, "means", g.Means)
	section(w, "client", g.Client)
	section(w, "phase", g.Phase)
	section(w, "setting", g.Setting)
	var lines []string
	for _, t := range g.Tallies {
		lines = append(lines, tally(t, g.Lines))
	}
	section(w, "tells", lines...)
	ids := sorted(g.Rules, language(g.Product))
	name := "rules"
	for _, id := range ids[:min(titled, len(ids))] {
		fmt.Fprintf(w, "  %-7s  %-24s %s\n", name, id, title(id))
		name = ""
	}
	switch {
	case len(ids) > titled:
		section(w, "", "also "+strings.Join(ids[titled:], ", "))
	case len(ids) == 0:
		section(w, name, "none looks for it")
	}
	section(w, "next", g.Look...)
	if len(ids) > 0 { // in one line, to be copied
		fmt.Fprintf(w, "  %-7s  %s\n", "lint", lintWith(g.Product, ids))
	}
	section(w, "source", g.Source)
}

// section writes the paragraphs of one part, each wrapped.
func section(w *bufio.Writer, name string, paragraphs ...string) {
	for i, text := range paragraphs {
		if text == "" {
			continue
		}
		if i > 0 {
			name = ""
		}
		text = clean(text)
		lines := []string{text}
		if width(text) > explained-11 {
			lines = wrap(text, explained-13)
		}
		for j, line := range lines {
			if j > 0 {
				name, line = "", "  "+line
			}
			fmt.Fprintf(w, "  %-7s  %s\n", name, line)
		}
	}
}

// tally is the values of a field, the most frequent with how many lines tell
// each.
func tally(t symptoms.Tally, lines int) string {
	var values []string
	for _, v := range t.Values[:min(told, len(t.Values))] {
		s := v.Value
		if lines > 1 {
			s = fmt.Sprintf("%s (%d)", s, v.Lines)
		}
		values = append(values, s)
	}
	switch more := len(t.Values) - told; {
	case t.More:
		values = append(values, "many more")
	case more > 0:
		values = append(values, fmt.Sprintf("%d more", more))
	}
	return fmt.Sprintf("%-10s %s", t.Name, strings.Join(values, ", "))
}

// Outcome writes the rules that may lead to an outcome, by the language of the
// gateway, each with what its log says.
func Outcome(out io.Writer, outcome string) error {
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "%s\n", outcome)
	start := model.RefusesToStart("").String()
	for _, l := range []string{"nginx", "haproxy", "terraform"} {
		rules := checks.Leading(outcome, l)
		var says []string
		for _, s := range symptoms.All() {
			switch {
			case outcome == start: // there are as many as rules
			case language(s.Product) != l || !leads(s, outcome) || strings.HasSuffix(s.Says, "$"):
			case s.Product == "nginx" && strings.HasPrefix(s.Says, outcome): // that of an access log tells nothing new
			case s.Product == l:
				says = append(says, s.Plain())
			default:
				says = append(says, s.Product+" "+s.Plain())
			}
		}
		if rules == nil && says == nil {
			continue
		}
		fmt.Fprintf(w, "\n%s\n", l)
		for i, line := range alike(says) {
			if i == 0 {
				w.WriteString("  log\n")
			}
			fmt.Fprintf(w, "    %s\n", line)
		}
		for i, k := range rules {
			if i == 0 {
				w.WriteString("  rules\n")
			}
			fmt.Fprintf(w, "    %-24s %-8s %s\n", k.ID, k.Severity, k.Title)
		}
	}
	w.WriteString("\nwhich one it is, a line of the log tells: gwlint explain 'LINE', or gwlint explain - < LOG\n")
	return w.Flush()
}

// alike makes one line of those that begin with the same words before anything
// in brackets.
func alike(says []string) (lines []string) {
	for i := 0; i < len(says); {
		head := says[i][:strings.IndexAny(says[i]+"…", "…\"")]
		n := 1
		for i+n < len(says) && head != "" && strings.HasPrefix(says[i+n], head) {
			n++
		}
		if n > 1 {
			lines = append(lines, head+"...")
		} else {
			lines = append(lines, says[i])
		}
		i += n
	}
	return lines
}

// leads reports whether the client of a symptom gets the outcome.
func leads(s *symptoms.Symptom, outcome string) bool {
	if outcome == "refuses to start" {
		return strings.HasPrefix(s.Client, "nothing: ")
	}
	if outcome == "closed" {
		return strings.HasPrefix(s.Client, "no answer") || strings.HasPrefix(s.Client, "a closed connection")
	}
	return strings.HasPrefix(s.Client, outcome)
}

// language is that of the configuration of a product; "" for an app server.
func language(product string) string {
	switch {
	case product == "nginx", product == "haproxy":
		return product
	case strings.HasPrefix(product, "aws-"), strings.HasPrefix(product, "gcp-"), product == "cloudflare":
		return "terraform"
	}
	return ""
}

// sorted are the rules with those first that speak of the language.
func sorted(ids []string, language string) []string {
	ids = slices.Clone(ids)
	if language != "" {
		slices.SortStableFunc(ids, func(a, b string) int {
			switch in := checks.Speaks(a, language); {
			case in == checks.Speaks(b, language):
				return 0
			case in:
				return -1
			}
			return 1
		})
	}
	return ids
}

func title(id string) string {
	for _, k := range checks.All() {
		if k.ID == id {
			return k.Title
		}
	}
	return ""
}

// lintWith is the command that looks for the rules where the configuration of the
// product is.
func lintWith(product string, ids []string) string {
	only := " --select " + strings.Join(ids, ",")
	switch language(product) {
	case "nginx":
		return "nginx -T | gwlint" + only + " -"
	case "haproxy":
		return "gwlint" + only + " /etc/haproxy"
	case "terraform":
		return "gwlint" + only + " DIR   (the Terraform files)"
	}
	return "gwlint" + only + " DIR   (the files of the proxy and of the program)"
}

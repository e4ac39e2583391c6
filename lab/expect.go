package lab

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// Expect is what one side of a case must show after one step.
type Expect struct {
	Statuses []Count // by what a request may end with; nil: anything
	Counters []Count // by backend.connections or backend.requests
	Bodies   []*regexp.Regexp
}

// Count is how often something must be seen: from Min to Max times. Max -1 is
// no limit.
type Count struct {
	Name     string
	Min, Max int
}

func (c Count) has(n int) bool { return n >= c.Min && (c.Max < 0 || n <= c.Max) }

func (c Count) String() string {
	switch {
	case c.Min == c.Max:
		return fmt.Sprintf("%s=%d", c.Name, c.Min)
	case c.Max >= 0:
		return fmt.Sprintf("%s=%d..%d", c.Name, c.Min, c.Max)
	case c.Min > 0:
		return fmt.Sprintf("%s>=%d", c.Name, c.Min)
	}
	return c.Name
}

var countSyntax = regexp.MustCompile(`^([A-Za-z0-9_.-]+?)(?:(=|>=)(\d+)(?:\.\.(\d+))?)?$`)

// parseCounts reads "502>=1 200 app.connections=6". A status without a number
// may be seen any number of times; one that is not named must not be seen.
func (e *Expect) parseCounts(words []string) error {
	for _, word := range words {
		m := countSyntax.FindStringSubmatch(word)
		if m == nil {
			return fmt.Errorf("cannot read %q as a count", word)
		}
		c := Count{Name: m[1], Max: -1}
		if m[2] != "" {
			c.Min, _ = strconv.Atoi(m[3])
			if m[2] == "=" {
				c.Max = c.Min
			}
			if m[4] != "" {
				if m[2] != "=" {
					return fmt.Errorf("%q: a range is written =a..b", word)
				}
				c.Max, _ = strconv.Atoi(m[4])
			}
		}
		if strings.Contains(c.Name, ".") {
			if m[2] == "" {
				return fmt.Errorf("%q needs a number", word)
			}
			e.Counters = append(e.Counters, c)
		} else {
			if _, err := strconv.Atoi(c.Name); err != nil && !ends[c.Name] {
				return fmt.Errorf("%q is neither a status nor one of closed, truncated, timeout", c.Name)
			}
			e.Statuses = append(e.Statuses, c)
		}
	}
	return nil
}

// judge returns what is wrong with an outcome, "" when nothing is.
func (e *Expect) judge(o *Outcome) string {
	var wrong []string
	if e.Statuses != nil {
		seen := map[string]int{}
		for _, r := range o.Results {
			seen[r.Status]++
		}
		fits := true
		for _, c := range e.Statuses {
			fits = fits && c.has(seen[c.Name])
			delete(seen, c.Name)
		}
		if !fits || len(seen) > 0 {
			wrong = append(wrong, fmt.Sprintf("want %s, got %s", join(e.Statuses), o.tally()))
		}
	}
	for _, c := range e.Counters {
		if got := o.Counters[c.Name]; !c.has(got) {
			wrong = append(wrong, fmt.Sprintf("want %s, got %d", c, got))
		}
	}
	for _, re := range e.Bodies {
		for _, r := range o.Results {
			if !re.MatchString(r.Body) {
				wrong = append(wrong, fmt.Sprintf("no /%s/ in the body %q", re, r.Body))
				break
			}
		}
	}
	return strings.Join(wrong, "; ")
}

func join(counts []Count) string {
	var words []string
	for _, c := range counts {
		words = append(words, c.String())
	}
	return strings.Join(words, " ")
}

// Outcome is what one step of one side did.
type Outcome struct {
	Results  []Result
	Counters map[string]int // of this step alone
}

func (o *Outcome) tally() string {
	seen := map[string]int{}
	for _, r := range o.Results {
		seen[r.Status]++
	}
	var words []string
	for status, n := range seen {
		words = append(words, fmt.Sprintf("%s=%d", status, n))
	}
	sort.Strings(words)
	return strings.Join(words, " ")
}

package haproxy

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed keywords.tsv
var keywordText string

// A keyword is a word that some version of HAProxy knows.
type keyword struct {
	args           int    // words behind a parameter of server or bind; -1: all that are left
	since, removed string // versions; "": since before 2.0, and still there
}

// A vocabulary is all keywords of all versions.
type vocabulary struct {
	words map[string]keyword
	pairs map[string]bool // first words of keywords that have several
	first map[string]bool // first words of any keyword of a proxy
}

// vocabularyOf reads the table, once.
var vocabularyOf = sync.OnceValue(func() *vocabulary {
	v := &vocabulary{map[string]keyword{}, map[string]bool{}, map[string]bool{}}
	for line := range strings.Lines(keywordText) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 4 {
			continue
		}
		k := keyword{since: f[2], removed: f[3]}
		if f[1] == "*" {
			k.args = -1
		} else {
			k.args, _ = strconv.Atoi(f[1])
		}
		v.words[f[0]] = k
		if strings.Contains(f[0], ":") {
			continue
		}
		head, _, several := strings.Cut(f[0], " ")
		v.first[head] = true
		if several {
			v.pairs[head] = true
		}
	}
	return v
})

// of is the keyword that a statement of a proxy begins with: its first word,
// or the first two or three that make one.
func (v *vocabulary) of(words []word) string {
	head := words[0].Text
	if !v.pairs[head] {
		return head
	}
	for n := min(3, len(words)); n > 1; n-- {
		k := head
		for _, w := range words[1:n] {
			k += " " + w.Text
		}
		if _, ok := v.words[k]; ok {
			return k
		}
	}
	return head
}

// isSection reports whether a word opens a section in some version.
func (v *vocabulary) isSection(name string) bool {
	_, ok := v.words["section:"+name]
	return ok
}

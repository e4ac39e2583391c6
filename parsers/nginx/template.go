package nginx

import "strings"

// A tag is how a template language marks what it replaces.
type tag struct {
	open, close string
	lua         bool // Lua may write the same
}

var tags = []tag{{"{{", "}}", true}, {"{%", "%}", false}, {"<%", "%>", false}, {"<?php", "?>", false}, {"<?=", "?>", false}}

// longestTag is how far apart the two ends of a tag may be, in bytes.
const longestTag = 4096

// templating says that the text is a template in need of a program, or "". The
// ${NAME} of envsubst is none: nginx reads it as a variable.
func templating(text string) string {
	lua := strings.Contains(text, "_by_lua_block")
	for _, t := range tags {
		if t.lua && lua {
			continue
		}
		rest := text
		for range 100 { // more of them that are none, and it is no template
			k := strings.Index(rest, t.open)
			if k < 0 {
				break
			}
			line := rest[max(0, k-longestTag):min(len(rest), k+longestTag)]
			from := k - max(0, k-longestTag)
			before := line[strings.LastIndexByte(line[:from], '\n')+1 : from]
			behind, _, _ := strings.Cut(line[from:], "\n")
			if !strings.Contains(before, "#") && strings.Contains(behind, t.close) {
				return "the file is a template"
			}
			rest = rest[k+len(t.open):]
		}
	}
	return ""
}

// unmark takes the tags of a template out of the way of the scanner. What is
// printed becomes letters, what is executed and what fills a line of its own
// blanks. Offsets stay.
func unmark(text string) string {
	b := []byte(text)
	next := make([]int, len(tags)) // where the next closing end of each is
	for i := 0; ; {
		k := strings.IndexAny(text[i:], "{<")
		if k < 0 {
			return string(b)
		}
		i += k
		end := 0
		for n, t := range tags {
			if !strings.HasPrefix(text[i:], t.open) {
				continue
			}
			if from := i + len(t.open); next[n] >= 0 && next[n] < from {
				if next[n] = strings.Index(text[from:], t.close); next[n] >= 0 {
					next[n] += from
				}
			}
			if next[n] >= 0 && next[n]-i < longestTag {
				end = next[n] + len(t.close)
				fill := byte(' ')
				if (t.open == "{{" || strings.HasSuffix(text[i:min(i+3, len(text))], "=")) && !aloneOnLine(text, i, end) {
					fill = 'x'
				}
				for j := i; j < end; j++ {
					if b[j] != '\n' {
						b[j] = fill
					}
				}
			}
			break
		}
		i = max(i+1, end)
	}
}

// aloneOnLine reports whether nothing but blanks stands around a range.
func aloneOnLine(text string, from, to int) bool {
	for from > 0 && (text[from-1] == ' ' || text[from-1] == '\t') {
		from--
	}
	for to < len(text) && (text[to] == ' ' || text[to] == '\t' || text[to] == '\r') {
		to++
	}
	return (from == 0 || text[from-1] == '\n') && (to == len(text) || text[to] == '\n')
}

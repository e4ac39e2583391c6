package haproxy

import (
	"regexp"
	"strings"
)

// Files that another program turns into HAProxy configuration are read for
// what they say in any case. Tags of Jinja, ERB, Go templates and Terraform are
// known by their brackets.

// aTemplate finds a tag in the text of a file. "{%" and "%{" alone may be part
// of a log format, "${X}" of HAProxy's own environment.
var aTemplate = regexp.MustCompile(`(?m)^[^#\n]*(?:` +
	`\{\{-?\s*[\w.$"'#/(*!>&-].*?\}\}` + `|^\s*\{\{-?\s*\S` + // Jinja, Go, Handlebars
	`|\{%[-+]?\s+.*?%\}|\{%-?\s*(?:if|for|set|block|macro|include|import|end\w+|raw|extends|else|elif)\b` +
	`|<%[-=#]?\s?.*?%>` + `|^\s*<%` + // ERB
	`|%\{~?\s*(?:if|for|else|endif|endfor)\b` + // Terraform
	`|\$\{\s*[A-Za-z_]\w*\s*[.(\[]\s*[\w"'~]` + `)` +
	`|^\s*\{#-?`)

// goControl are Go template actions that yield no text of their own.
var goControl = regexp.MustCompile(`^\{\{-?\s*(?:(?:range|if|else|end|with|define|template|block|break|continue)\b|/\*|#|/|\$\w*\s*:?=)`)

// isTemplate reports whether a file is a template: its name says so, or a tag
// in it.
func isTemplate(name, text string) bool {
	for _, ext := range []string{".j2", ".jinja", ".jinja2", ".erb", ".tpl", ".tftpl", ".tmpl", ".ctmpl", ".gotmpl", ".epp", ".mustache", ".hbs", ".template"} {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	if !strings.Contains(text, "{{") && !strings.Contains(text, "{%") && !strings.Contains(text, "<%") &&
		!strings.Contains(text, "%{") && !strings.Contains(text, "${") && !strings.Contains(text, "{#") {
		return false
	}
	return aTemplate.MatchString(text)
}

// opensTag is the bracket that closes the tag which s begins with, or "".
func opensTag(s string) string {
	if len(s) < 2 {
		return ""
	}
	switch s[:2] {
	case "{{":
		return "}}"
	case "{%":
		return "%}"
	case "{#":
		return "#}"
	case "<%":
		return "%>"
	case "%{":
		if isDirective(s) {
			return "}"
		}
	case "${":
		return "}"
	}
	return ""
}

// isControl reports whether s begins with a tag that yields no text of its
// own, but decides whether or how often other text is there.
func isControl(s string) bool {
	if len(s) < 2 {
		return false
	}
	switch s[:2] {
	case "{%", "{#":
		return true
	case "<%":
		return !strings.HasPrefix(s, "<%=")
	case "%{":
		return isDirective(s)
	case "{{":
		return goControl.MatchString(s)
	}
	return false
}

// isDirective tells Terraform's %{ if } from %{+X}o of a log format.
func isDirective(s string) bool {
	s = strings.TrimLeft(strings.TrimPrefix(s[2:], "~"), " ")
	for _, w := range []string{"if ", "for ", "else", "endif", "endfor"} {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

// tag is where the tag at i ends. One that does not end on the line goes on
// below.
func (s *scanner) tag(i, end int) int {
	closer := opensTag(s.text[i:end])
	k := strings.Index(s.text[i+2:end], closer)
	if k >= 0 {
		if closer != "#}" && isControl(s.text[i:end]) {
			s.depth = max(s.depth+nesting(s.text[i+2:i+2+k]), 0)
		}
		return i + 2 + k + len(closer)
	}
	if closer != "}" {
		s.closer = closer
	}
	return end
}

// nesting is what a tag adds to the depth of blocks.
func nesting(inner string) int {
	inner = strings.Trim(inner, " \t-+~=#")
	first := inner
	if k := strings.IndexFunc(inner, func(r rune) bool { return !isName(byte(min(r, 0x7f))) }); k >= 0 {
		first = inner[:k]
	}
	switch first {
	case "if", "for", "range", "with", "define", "block", "macro", "call", "filter", "unless", "case", "while":
		return 1
	}
	if strings.HasPrefix(first, "end") || strings.HasPrefix(inner, "/") && !strings.HasPrefix(inner, "/*") {
		return -1
	}
	if inner == "do" || strings.HasSuffix(inner, " do") || strings.Contains(inner, " do |") || strings.Contains(inner, " do|") {
		return 1
	}
	return 0
}

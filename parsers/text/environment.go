package text

import (
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Environment is the dialect of files that set variables: .env.
const Environment = environment("env")

type environment string

func (d environment) Name() string { return string(d) }

// Render writes a variable.
func (environment) Render(key string, value any) (literal, statement string) {
	s, ok := value.(string)
	if !ok {
		return "", ""
	}
	return s, key + "=" + s
}

// Variables are those of a file of NAME=value lines, where they are written.
func Variables(s *model.Source) map[string]model.Word {
	all := map[string]model.Word{}
	for line := 1; line <= s.Lines(); line++ {
		at := s.LineSpan(line)
		body := at.Text()
		k, v, ok := strings.Cut(body, "=")
		k = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(k), "export "))
		if !ok || k == "" || k[0] == '#' {
			continue
		}
		trimmed := strings.TrimSpace(v)
		start := at.Start + len(body) - len(v) + strings.Index(v, trimmed)
		if quoted := len(trimmed) > 1 && (trimmed[0] == '"' || trimmed[0] == '\''); !quoted {
			if i := strings.Index(trimmed, " #"); i >= 0 {
				trimmed = strings.TrimRight(trimmed[:i], " \t")
			}
		}
		all[k] = model.Word{Text: strings.Trim(trimmed, `"'`), Span: s.Span(start, start+len(trimmed))}
	}
	return all
}

package appserver

import (
	"regexp"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/process"
)

// viteConfig are the files in which Vite looks for its settings, in its order.
var viteConfig = []string{"vite.config.js", "vite.config.mjs", "vite.config.ts", "vite.config.cjs", "vite.config.mts", "vite.config.cts"}

// In code and in JSON alike a setting is a name, perhaps quoted, and a literal.
var (
	hostSetting = regexp.MustCompile(`["']?\bhost["']?\s*:\s*(?:(true)|(false)|["']([^"'\n]*)["'])?`)
	portSetting = regexp.MustCompile(`["']?\bport["']?\s*:\s*(\d{1,5}\b)?`)
)

// look reads the host and the port that a file of settings beside the command
// gives; what is no literal there is not told.
func (s *server) look(t *files.Tree) {
	for _, name := range s.kind.config {
		file, ok := process.File(t, s.Place, name)
		if !ok {
			continue
		}
		src, err := t.Source(file, process.Code)
		if err != nil {
			return
		}
		from, to := 0, len(src.Text)
		if s.kind.section != "" {
			if from, to, ok = section(string(src.Text), s.kind.section); !ok {
				return
			}
		}
		text := flat(string(src.Text[from:to]))
		if s.kind.section == "" {
			text = string(src.Text[from:to])
		}
		s.host = found(s, src, from, hostSetting.FindAllStringSubmatchIndex(text, 2), "host", func(word string) (string, bool) {
			switch word {
			case "true":
				return "", true
			case "false":
				return s.kind.host, true
			}
			return word, word != ""
		})
		s.port = found(s, src, from, portSetting.FindAllStringSubmatchIndex(text, 2), "port", process.Port)
		return
	}
}

// found is the one setting among the matches: its last group that matched is
// the literal.
func found[T any](s *server, src *model.Source, from int, all [][]int, key string, parse func(string) (T, bool)) (v model.Value[T]) {
	if len(all) == 0 {
		return v
	}
	for i := 2; i < len(all[0]) && len(all) == 1; i += 2 {
		if all[0][i] < 0 {
			continue
		}
		at := src.Span(from+all[0][i], from+all[0][i+1])
		if x, ok := parse(at.Text()); ok {
			return model.Set(s.Node, key, at, x, model.Assumed, "as "+src.Path+" has it")
		}
	}
	return model.NotTold[T](s.Node, key, src.Path+" sets it")
}

// section is where the braces of "name: {" begin and end in code.
func section(code, name string) (from, to int, ok bool) {
	at := regexp.MustCompile(`\b` + name + `["']?\s*:\s*\{`).FindStringIndex(code)
	if at == nil {
		return 0, 0, false
	}
	depth := 1
	for i := at[1]; i < len(code); i++ {
		switch code[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return at[1], i, true
			}
		}
	}
	return 0, 0, false
}

// flat is code in which everything inside of braces, and every comment to the
// end of a line, is blank. Offsets stay.
func flat(code string) string {
	b, depth := []byte(code), 0
	for i := 0; i < len(b); i++ {
		switch {
		case code[i] == '{':
			depth++
		case code[i] == '}':
			depth--
		case depth == 0 && strings.HasPrefix(code[i:], "//") && (i == 0 || code[i-1] != ':'):
			for ; i < len(b) && code[i] != '\n'; i++ {
				b[i] = ' '
			}
			continue
		case depth == 0:
			continue
		}
		b[i] = ' '
	}
	return string(b)
}

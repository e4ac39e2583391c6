package haproxy

import (
	"path"
	"regexp"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Endings that templates and samples have behind the one that counts.
var wrappings = []string{".j2", ".jinja2", ".jinja", ".erb", ".epp", ".tpl", ".tftpl", ".tmpl", ".ctmpl", ".gotmpl", ".mustache", ".hbs",
	".template", ".in", ".sample", ".example", ".dist"}

// headSize is what detection is given of a file at most.
const headSize = 4 << 10

// Detect claims haproxy.cfg and its variants by their name, and other .cfg
// files by what they begin with: sections of HAProxy with keywords of its own
// in them.
func (Parser) Detect(name string, head func() []byte) bool {
	base := strings.ToLower(path.Base(name))
	wrapped := false
	for again := true; again; {
		again = false
		for _, w := range wrappings {
			if cut, ok := strings.CutSuffix(base, w); ok && cut != "" {
				base, again, wrapped = cut, true, true
			}
		}
	}
	ours := strings.HasPrefix(base, "haproxy")
	ext := path.Ext(base)
	switch {
	case name == "-":
	case strings.HasPrefix(base, "."):
		return false
	case ext == ".cfg", ours && (ext == ".config" || ext == ".conf" || ext == ".hcfg"), ours && wrapped && ext == "", base == "haproxy":
	default:
		return false
	}
	sections, good, bad := evidence(string(head()))
	if ours && (ext == ".cfg" || wrapped) {
		return sections > 0 || good >= bad // a template, or nothing but comments at its beginning
	}
	return sections > 0 && good > bad
}

// notOurs are lines that other configuration in .cfg files is made of.
var notOurs = regexp.MustCompile(`^(?:\[|[\w.-]+\s*=|[\w.-]+:(?:\s|$)|define\s+\w+\s*\{|\}|<|"|/)`)

// evidence counts the sections of a text, and the lines in them that HAProxy
// would know and would not.
func evidence(head string) (sections, good, bad int) {
	words := vocabularyOf()
	if len(head) >= headSize { // the last line is cut off
		head = head[:strings.LastIndexByte(head, '\n')+1]
	}
	sc := &scanner{src: model.NewSource("", []byte(head), nil), text: head, env: &environment{}, template: isTemplate("", head)}
	open := ""
	for start := 0; start < len(head); {
		end := start + strings.IndexByte(head[start:], '\n')
		if end < start {
			end = len(head)
		}
		l := sc.line(start, end, nil)
		line := head[start:end]
		start = end + 1
		if len(l.words) == 0 || strings.HasPrefix(l.words[0].Text, ".") || !l.words[0].doubt.none() {
			continue
		}
		first := l.words[0].Text
		_, global := words.words["global:"+first]
		switch {
		case words.isSection(first) && heads(first, len(l.words)-1):
			open = first
			switch first {
			case "global", "defaults", "frontend", "backend", "listen":
				sections++
			}
		case notOurs.MatchString(strings.TrimSpace(line)):
			bad += 2
		case open == "":
			bad++
		case open == "global" && global, words.first[first], first == "no", first == "default":
			good++
		case open != "global" && open != "defaults" && open != "frontend" && open != "backend" && open != "listen":
		default:
			bad++
		}
	}
	if sections > 0 && good == 0 && bad == 0 {
		good = 1
	}
	return sections, good, bad
}

// heads reports whether a section of that kind may have so many words behind
// it.
func heads(kind string, n int) bool {
	switch kind {
	case "global", "traces":
		return n == 0
	case "defaults":
		return n <= 3
	case "frontend", "backend", "listen":
		return n >= 1 && n <= 4
	}
	return n == 1
}

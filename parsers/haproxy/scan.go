package haproxy

import (
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A word of a statement, with what is not certain about it.
type word struct {
	model.Word
	doubt doubt
}

// A doubt is why a word may read differently where HAProxy runs. The zero
// doubt is none: the word is what it is.
type doubt struct {
	why     string
	assumed bool // the text holds unless something outside says otherwise; else it is not told
	blank   bool // the word may also be empty, or several
}

func (d doubt) none() bool { return d.why == "" }

// A fault is something in a line that HAProxy refuses.
type fault struct {
	span    model.Span
	message string
}

// maxWords is MAX_LINE_ARGS of HAProxy: more words on a line are fatal.
const maxWords = 64

// A scanner cuts lines into words as parse_line of HAProxy does.
type scanner struct {
	src      *model.Source
	text     string // of src, converted once: words are substrings of it
	env      *environment
	template bool   // text in the brackets of a template language is not told
	closer   string // of a template tag that goes on below
	depth    int    // of the blocks of a template language that are open
}

// A scanned is one line.
type scanned struct {
	words   []word
	comment model.Span
	faults  []fault
	control bool // holds a control tag of a template language: the line may not be there
}

// line scans text[start:end], which holds no line feed. The words of the
// result are only good until the next call with the same buffer.
func (s *scanner) line(start, end int, into []word) scanned {
	out := scanned{words: into[:0], control: s.depth > 0}
	i := start
	if s.closer != "" { // inside of a template tag that began on a line above
		out.control = true
		k := strings.Index(s.text[i:end], s.closer)
		if k < 0 {
			return out
		}
		i += k + len(s.closer)
		s.closer = ""
	}
	for i < end {
		switch c := s.text[i]; {
		case isBlank(c):
			i++
		case c == '\r' || c == 0:
			return out
		case c == '#':
			out.comment = s.src.Span(i, trimEnd(s.text, i, end))
			return out
		case s.template && isControl(s.text[i:end]):
			out.control = true
			i = s.tag(i, end)
		default:
			i = s.word(i, end, &out)
		}
	}
	return out
}

// word reads one word at start and reports where it ends.
func (s *scanner) word(start, end int, out *scanned) int {
	var (
		w       word
		cooked  []byte // nil as long as the word reads as it is written
		plain   = start
		i       = start
		quote   byte
		opened  int
		literal bool // there is more in the word than quotes and references
		split   bool // of a reference: its value is several words
	)
	// put ends the run of plain bytes, adds text and goes on n bytes further.
	put := func(text string, n int) {
		if cooked == nil {
			cooked = make([]byte, 0, end-start)
		}
		cooked = append(append(cooked, s.text[plain:i]...), text...)
		i += n
		plain = i
	}
scan:
	for i < end {
		c := s.text[i]
		switch {
		case c == '\r' || c == 0:
			break scan
		case quote == 0 && (isBlank(c) || c == '#'):
			break scan
		case s.template && isControl(s.text[i:end]):
			if quote == 0 {
				break scan
			}
			out.control = true
			put("", s.tag(i, end)-i)
		case s.template && opensTag(s.text[i:end]) != "":
			w.doubt = doubt{why: "filled in by a template", blank: true}
			i = s.tag(i, end)
		case c == quote:
			quote = 0
			put("", 1)
		case quote == 0 && (c == '"' || c == '\''):
			quote, opened = c, i
			put("", 1)
		case c == '\\' && quote != '\'':
			literal = true
			text, n, ok := escape(s.text[i:end], quote)
			if !ok {
				out.faults = append(out.faults, fault{s.src.Span(i, i+n), "truncated or invalid hexadecimal sequence"})
			}
			put(text, n)
		case c == '$' && quote == '"':
			ref, n := reference(s.text[i:end])
			if n == 0 {
				literal = true
				i++
				continue
			}
			value, d := s.env.lookup(ref)
			if !d.none() {
				w.doubt = d
			}
			if !d.none() && !d.assumed {
				value = s.text[i : i+n] // left as it is written
			}
			split = split || ref.split
			put(value, n)
		default:
			literal = true
			i++
		}
	}
	if quote != 0 && !s.template {
		out.faults = append(out.faults, fault{s.src.Span(opened, trimEnd(s.text, opened, end)), "unmatched quote"})
	}
	w.Text = s.text[plain:i]
	if cooked != nil {
		w.Text = string(append(cooked, w.Text...))
	}
	w.Span = s.src.Span(start, i)
	if !w.doubt.none() && !literal {
		w.doubt.blank = true
	}
	if split && (w.doubt.none() || w.doubt.assumed) {
		for _, f := range strings.Fields(w.Text) {
			out.words = append(out.words, word{model.Word{Text: f, Span: w.Span}, w.doubt})
		}
		return i
	}
	out.words = append(out.words, w)
	return i
}

// escape reads a backslash sequence of parse_line: what it stands for and how
// long it is. Sequences that are none keep both characters, as regular
// expressions need them.
func escape(s string, quote byte) (text string, n int, ok bool) {
	if len(s) < 2 {
		return s, len(s), true
	}
	switch c := s[1]; c {
	case ' ', '\\', '#', '\'', '"':
		return s[1:2], 2, true
	case 'n':
		return "\n", 2, true
	case 'r':
		return "\r", 2, true
	case 't':
		return "\t", 2, true
	case '$':
		if quote == '"' {
			return "$", 2, true
		}
	case 'x':
		if len(s) < 4 {
			return s, len(s), false
		}
		hi, lo := hex(s[2]), hex(s[3])
		if hi < 0 || lo < 0 {
			return s[:4], 4, false
		}
		return string([]byte{byte(hi<<4 | lo)}), 4, true
	}
	return s[:1], 1, true
}

func hex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

func isBlank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\f' }

// trimEnd is end without the white space before it.
func trimEnd(text string, start, end int) int {
	for end > start && (isBlank(text[end-1]) || text[end-1] == '\r') {
		end--
	}
	return end
}

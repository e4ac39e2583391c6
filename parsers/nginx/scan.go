package nginx

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gwlint/gwlint/model"
)

// Caps of the scanner. nginx itself would take more of everything, but nobody
// writes it, and what reads the tree after us recurses.
const (
	maxDepth      = 100       // blocks in blocks
	maxStatements = 1_000_000 // in a file
	maxFaults     = 20        // said about a file
	longest       = 4096      // bytes of a word or comment: NGX_CONF_BUFFER, ngx_conf_file.c
)

// A statement is one directive as it is written in a file. Every place that
// includes the file makes nodes of its own out of it.
type statement struct {
	words      []model.Word // the name and its arguments; none for a block without a name
	start, end int          // of the whole, terminator and block included
	body, last int          // what is inside the braces; body is 0 without a block
	comments   []model.Word
	loose      []model.Word // comments in the block that belong to no statement
	outer      *statement   // nil at the top of the file
	kids       []*statement
	clipped    bool // the scanner gave up inside the block
}

func (s *statement) name() string {
	if len(s.words) == 0 {
		return ""
	}
	return s.words[0].Text
}

func (s *statement) arg(i int) string {
	if i+1 >= len(s.words) {
		return ""
	}
	return s.words[i+1].Text
}

func (s *statement) block() bool { return s.body > 0 }

// head is where the name and the arguments stand.
func (s *statement) head(src *model.Source) model.Span {
	if len(s.words) == 0 {
		return src.Span(s.start, s.start+1)
	}
	return src.Span(s.start, s.words[len(s.words)-1].Span.End)
}

// lua reports whether the block holds Lua, which is no business of ours.
func (s *statement) lua() bool { return s.block() && isLua(s.name()) }

func isLua(name string) bool { return strings.HasSuffix(name, "_by_lua_block") }

// A script is one file as scanned: its statements in the order of their
// beginnings, each knowing the one around it, but not yet a tree.
type script struct {
	source     *model.Source
	statements []*statement
	top        []*statement // the tree, once nested
	loose      []model.Word // comments at the top that belong to no statement
	faults     []fault
	broken     error  // what gonginx made of it is something else
	template   string // why the text is not what nginx will read; "" when it is
	clipped    bool   // the scanner gave up at the top of the file
}

// A fault is a syntax error, or what comes close to one.
type fault struct {
	at      model.Span
	label   string // of the place
	message string
	says    string // what nginx says; "" when it says nothing
	atMost  model.Severity
	more    *model.Mark // the other end of it
	brace   bool        // indentation may tell better where it is
}

func (f fault) finding() model.Finding {
	found := model.Finding{Rule: "syntax", Message: f.message, AtMost: f.atMost,
		Because: []model.Fact{model.Mark{Span: f.at, Text: f.label}}}
	if f.more != nil {
		found.Because = append(found.Because, *f.more)
	}
	if f.says != "" {
		found.Outcome = model.RefusesToStart(f.says)
	}
	return found
}

// scan reads a file as ngx_conf_read_token does (ngx_conf_file.c, 1.31.5: the
// same as 1.22.1 but for blanks), and goes on where nginx gives up.
func scan(src *model.Source) *script {
	text := string(src.Text)
	if why := notText(text); why != "" {
		s := &script{source: src, clipped: true}
		s.faults = []fault{{at: src.Span(0, min(len(text), 1)), label: "here", message: why, says: "unknown directive"}}
		return s
	}
	plain := text
	template := templating(text)
	if template != "" {
		plain = unmark(text)
	}
	s, n := scanText(src, text, plain, false)
	if template != "" {
		s.template, s.faults = template, nil
		return s
	}
	if slices.ContainsFunc(s.faults, func(f fault) bool { return f.brace }) {
		if second, m := scanText(src, text, plain, true); m <= n {
			s = second
		}
	}
	s.faults = append(s.faults, oddBytes(src, text)...)
	return s
}

// A lexer is the state of one pass over a file.
type lexer struct {
	*script
	text   string // as it is
	s      string // the same, with the marks of a template out of the way
	i      int
	line   int
	bol    int  // where the line begins
	fresh  bool // nothing but blanks so far on the line
	indent bool // second pass: indentation decides where braces are missing

	open   []*statement // blocks, outermost first
	cur    *statement   // being read
	prev   *statement   // read last: what a comment behind it belongs to
	lo     int          // first word of cur in words
	words  []model.Word // chunk that holds the words of cur at its end
	firsts []first      // words of cur that begin a line
	slab   []statement

	above     []model.Word // comments on the lines just above
	aboveLine int          // line of the last of them
	indents   []column     // of the open blocks
	count     int          // of faults, said or not
	lost      bool         // the end of the file is inside of something: what it leaves open tells nothing
}

// first is a word that begins a line.
type first struct{ word, column int }

// column is how far a block's head is indented, and on which line; -1 when
// something stands before it.
type column struct{ line, column int }

func scanText(src *model.Source, text, plain string, indent bool) (s *script, faults int) {
	l := &lexer{script: &script{source: src}, text: text, s: plain, line: 1, fresh: true, indent: indent}
	if strings.HasPrefix(text, bom) {
		l.i = len(bom)
		l.fault(fault{at: src.Span(0, len(bom)), label: "byte order mark",
			message: "the file starts with a byte order mark, which nginx takes for a part of the first directive", says: "unknown directive"})
	}
	l.run()
	return l.script, l.count
}

const bom = "\uFEFF"

func (l *lexer) fault(f fault) {
	if l.count++; len(l.faults) < maxFaults-3 { // odd bytes, and giving up, are said in any case
		l.faults = append(l.faults, f)
	}
}

func (l *lexer) span(from, to int) model.Span {
	return model.Span{Source: l.source, Start: from, End: to}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// to moves on to an offset, counting lines on the way.
func (l *lexer) to(end int) {
	for {
		k := strings.IndexByte(l.s[l.i:end], '\n')
		if k < 0 {
			l.i = end
			return
		}
		l.i += k + 1
		l.line++
		l.bol = l.i
	}
}

func (l *lexer) blanks() {
	for l.i < len(l.s) && isBlank(l.s[l.i]) {
		if l.s[l.i] == '\n' {
			l.line++
			l.bol = l.i + 1
			l.fresh = true
		}
		l.i++
	}
}

func (l *lexer) around() *statement {
	if len(l.open) == 0 {
		return nil
	}
	return l.open[len(l.open)-1]
}

func (l *lexer) run() {
	for {
		l.blanks()
		if len(l.statements) > maxStatements {
			l.giveUp(l.i, fmt.Sprintf("the file has more than %d directives; the rest of it is not read", maxStatements))
			return
		}
		if l.i == len(l.s) {
			l.finish()
			return
		}
		if l.indent && l.fresh && l.reindent() {
			continue
		}
		at := l.i
		switch c := l.s[at]; c {
		case ';':
			l.i++
			if l.cur == nil {
				l.fault(fault{at: l.span(at, at+1), label: "nothing before it", message: `";" ends no directive`, says: `unexpected ";"`})
			} else {
				l.terminate(0)
			}
		case '{':
			l.i++
			if !l.openBlock(at) {
				return
			}
		case '}':
			l.i++
			l.closeBlock(at)
		case '#':
			l.comment()
		case '"', '\'':
			l.quoted()
		default:
			l.word()
		}
		l.fresh = false
	}
}

// begin makes the statement that the first word at the offset starts.
func (l *lexer) begin(at int) {
	if len(l.slab) == cap(l.slab) {
		l.slab = make([]statement, 0, min(max(8, len(l.s)/32), 512))
	}
	l.slab = append(l.slab, statement{start: at, outer: l.around()})
	l.cur = &l.slab[len(l.slab)-1]
	l.lo, l.firsts = len(l.words), l.firsts[:0]
	l.statements = append(l.statements, l.cur)
	if len(l.above) > 0 {
		if l.line == l.aboveLine+1 {
			l.cur.comments, l.above = l.above, nil
		} else {
			l.drop()
		}
	}
}

// drop leaves the comments above to nobody.
func (l *lexer) drop() {
	if b := l.around(); b != nil {
		b.loose = append(b.loose, l.above...)
	} else {
		l.loose = append(l.loose, l.above...)
	}
	l.above = nil
}

// push adds a word to the statement, which begins with it if there is none.
func (l *lexer) push(w model.Word, col int, begins bool) {
	if l.cur == nil {
		l.begin(w.Span.Start)
	} else if begins {
		l.firsts = append(l.firsts, first{len(l.words) - l.lo, col})
	}
	if len(l.words) == cap(l.words) {
		chunk := make([]model.Word, 0, max(2*(len(l.words)-l.lo), min(max(16, len(l.s)/16), 1024)))
		l.words = append(chunk, l.words[l.lo:]...)
		l.lo = 0
	}
	l.words = append(l.words, w)
	l.cur.words = l.words[l.lo:len(l.words):len(l.words)]
	l.prev = l.cur
}

// word reads a bare word.
func (l *lexer) word() {
	at, col, begins := l.i, l.i-l.bol, l.fresh
	i, variable := at, false
	for i < len(l.s) {
		c := l.s[i]
		if i > at && (isBlank(c) || c == ';' || c == '{' && !variable) {
			n := 0
			if c == '{' && (l.cur != nil || isData(l.around())) {
				n = quantifier(l.s[i:])
			}
			if n == 0 {
				break
			}
			rest := l.s[i+1:]
			rest = rest[:strings.IndexAny(rest+" ", " \t\r\n;{")]
			l.fault(fault{at: l.span(i, i+n), label: "read as the beginning of a block", message: `"{" in a regular expression that is not quoted begins a block`,
				says: fmt.Sprintf("unknown directive %q", rest)})
			i += n
			continue
		}
		if c == '\\' {
			i++
			variable = false
		} else if c != '{' { // nginx does not forget the $ at a brace
			variable = c == '$'
		}
		i++
	}
	l.to(min(i, len(l.s)))
	if l.i-at >= longest {
		l.fault(fault{at: l.span(at, l.i), label: "4096 bytes or more", message: "the parameter is too long for nginx, which takes 4095 bytes",
			says: fmt.Sprintf("too long parameter %q started", beginning(l.text[at:l.i])+"...")})
	}
	l.push(model.Word{Text: unescape(l.text[at:l.i]), Span: l.span(at, l.i)}, col, begins)
}

// quantifier is the length of a {n}, {n,} or {n,m} at the beginning of s, or 0.
func quantifier(s string) int {
	i := 1
	for i < len(s) && i < 12 && (s[i] >= '0' && s[i] <= '9' || s[i] == ',' && i > 1) {
		i++
	}
	if i > 1 && i < len(s) && s[i] == '}' {
		return i + 1
	}
	return 0
}

// quoted reads a string, and makes sure that something may follow it.
func (l *lexer) quoted() {
	at, col, begins := l.i, l.i-l.bol, l.fresh
	q := l.s[at]
	i, closed := at+1, false
	for i < len(l.s) && !closed {
		switch l.s[i] {
		case '\\':
			i++
		case q:
			closed = true
		}
		i++
	}
	i = min(i, len(l.s))
	fits := closed && (i == len(l.s) || isBlank(l.s[i]) || strings.IndexByte(";{)", l.s[i]) >= 0)
	multiline := strings.IndexByte(l.s[at:i], '\n') >= 0
	unclosed := fault{at: l.span(at, at+1), label: "opened here", message: fmt.Sprintf("the closing %c is missing", q)}
	if i-at-2 >= longest {
		unclosed.says = fmt.Sprintf(`too long parameter %q, probably missing terminating "%c" character`, beginning(l.text[at+1:i])+"...", q)
	} else {
		unclosed.says = `unexpected end of file, expecting ";" or "}"`
	}
	if !closed || multiline && !fits {
		// The line tells where the string was meant to end.
		if end := l.meant(at); end > 0 {
			if closed {
				unclosed.says = "unexpected " + quote(l.s[i:])
			}
			l.fault(unclosed)
			l.to(end)
			l.push(model.Word{Text: unescape(strings.TrimRight(l.text[at+1:end], " \t")), Span: l.span(at, end)}, col, begins)
			return
		}
	}
	l.to(i)
	if !closed {
		l.lost = true
		l.fault(unclosed)
		l.push(model.Word{Text: unescape(l.text[at+1 : i]), Span: l.span(at, i)}, col, begins)
		return
	}
	if i-at-2 >= longest-1 {
		if i-at-2 < longest {
			unclosed.says = fmt.Sprintf("too long parameter %q started", beginning(l.text[at+1:i])+"...")
		}
		l.fault(fault{at: l.span(at, i), label: "4095 bytes or more", message: "the quoted parameter is too long for nginx, which takes 4094 bytes", says: unclosed.says})
	}
	l.push(model.Word{Text: unescape(l.text[at+1 : i-1]), Span: l.span(at, i)}, col, begins)
	if !fits {
		next := quote(l.s[i:])
		l.fault(fault{at: l.span(i, i+1), label: "a blank is missing before it", message: "unexpected " + next + " right behind a quoted parameter", says: "unexpected " + next})
	}
}

// meant is where the line of an unclosed string has its terminator, or 0.
func (l *lexer) meant(at int) int {
	k := strings.IndexByte(l.s[at:], '\n')
	if k < 0 {
		k = len(l.s) - at
	}
	line := strings.TrimRight(l.s[at:at+k], " \t\r")
	if len(line) > 1 && (strings.HasSuffix(line, ";") || strings.HasSuffix(line, "{")) {
		return at + len(line) - 1
	}
	return 0
}

// quote is the first character of s as nginx prints it.
func quote(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return `"` + strings.ToValidUTF8(s[:n], "\uFFFD") + `"`
}

func beginning(s string) string { return strings.ToValidUTF8(s[:min(len(s), 10)], "\uFFFD") }

// unescape resolves the escapes that nginx knows, and keeps the others.
func unescape(raw string) string {
	k := strings.IndexByte(raw, '\\')
	if k < 0 {
		return raw
	}
	b := append(make([]byte, 0, len(raw)), raw[:k]...)
	for i := k; i < len(raw); i++ {
		c := raw[i]
		if c == '\\' && i+1 < len(raw) {
			switch raw[i+1] {
			case '"', '\'', '\\':
				i++
				c = raw[i]
			case 't':
				i++
				c = '\t'
			case 'r':
				i++
				c = '\r'
			case 'n':
				i++
				c = '\n'
			}
		}
		b = append(b, c)
	}
	return string(b)
}

func (l *lexer) comment() {
	at, own := l.i, l.fresh
	end := len(l.s)
	if k := strings.IndexByte(l.s[at:], '\n'); k >= 0 {
		end = at + k
	}
	l.i = end
	text := strings.TrimRight(l.text[at:end], " \t\r")
	if end-at >= longest {
		l.fault(fault{at: l.span(at, at+len(text)), label: "4096 bytes or more", message: "the comment is too long for nginx, which takes 4095 bytes",
			says: fmt.Sprintf("too long parameter %q started", beginning(text)+"...")})
	}
	w := model.Word{Text: text, Span: l.span(at, at+len(text))}
	switch {
	case l.cur != nil:
		l.cur.comments = append(l.cur.comments, w)
	case !own && l.prev != nil:
		l.prev.comments = append(l.prev.comments, w)
	default:
		if len(l.above) > 0 && l.line != l.aboveLine+1 {
			l.drop()
		}
		l.above, l.aboveLine = append(l.above, w), l.line
	}
}

// terminate ends the statement being read: with a semicolon, or with the block
// that begins at body. It splits what was written as two.
func (l *lexer) terminate(body int) {
	l.split(body > 0)
	if body == 0 && lacksBlock(l.cur) {
		l.fault(fault{at: l.cur.head(l.source), label: `the "{" is missing`, message: fmt.Sprintf(`the block of %s is not opened: its "{" is missing`, l.cur.name()),
			says: fmt.Sprintf(`directive %q has no opening "{"`, l.cur.name()), brace: true})
	}
	l.cur.end, l.cur.body = l.i, body
	l.prev, l.cur = l.cur, nil
}

// split finds a directive that begins a line and is no argument: the semicolon
// before it is missing. nginx would count the arguments, and complain.
func (l *lexer) split(block bool) {
	if len(l.firsts) == 0 || isData(l.cur.outer) {
		return
	}
	firsts := l.firsts
	words := l.cur.words
	from, column := 0, l.column(l.cur.start)
	for _, f := range firsts {
		w := words[f.word]
		if f.column > column || !isKnown(w.Text) || w.Span.End-w.Span.Start != len(w.Text) || !isKnown(words[from].Text) {
			continue
		}
		name, n := words[from].Text, len(words)-1-from
		before := words[f.word-1].Span.End
		missing := fault{at: l.span(words[from].Span.Start, before), label: `the ";" is missing behind it`,
			message: fmt.Sprintf(`%s has no ";": it goes on with %q on the next line`, name, w.Text)}
		fits := accepts(name, n, block) && !(name == "server" && !block && lacksBlock(l.cur))
		if fits && takesAny(name) {
			missing.atMost = model.Warning
			missing.message = fmt.Sprintf(`%s takes %q on the next line for an argument: its ";" is missing`, name, w.Text)
			l.fault(missing)
			continue // which is how nginx reads it
		}
		if !accepts(name, f.word-1-from, false) {
			continue
		}
		missing.says = fmt.Sprintf("invalid number of arguments in %q directive", name)
		if fits {
			missing.says = fmt.Sprintf("invalid parameter %q", w.Text)
		}
		l.fault(missing)
		l.cur.words, l.cur.end = words[from:f.word:f.word], before
		l.beginHalf(w.Span.Start)
		l.cur.words = words[f.word:]
		from = f.word
	}
}

// beginHalf begins the second half of a split statement, whose words are read
// already.
func (l *lexer) beginHalf(at int) {
	lo, firsts, above := l.lo, l.firsts, l.above
	l.above = nil
	l.begin(at)
	l.lo, l.firsts, l.above = lo, firsts, above
}

// column is how far the offset is from the beginning of its line.
func (l *lexer) column(at int) int { return at - 1 - strings.LastIndexByte(l.s[:at], '\n') }

func (l *lexer) openBlock(at int) bool {
	if l.cur == nil {
		l.fault(fault{at: l.span(at, at+1), label: "nothing before it", message: `"{" opens the block of no directive`, says: `unexpected "{"`, brace: true})
		l.begin(at)
	}
	l.terminate(l.i)
	b := l.prev
	if len(l.open) >= maxDepth {
		b.end, b.last = l.i, l.i
		l.giveUp(at, fmt.Sprintf("blocks are nested more than %d deep; the rest of the file is not read", maxDepth))
		return false
	}
	if b.lua() {
		l.lua(b)
		return true
	}
	l.open = append(l.open, b)
	if l.indent {
		c := column{line: l.line, column: l.column(b.start)}
		if strings.TrimLeft(l.s[b.start-c.column:b.start], " \t") != "" {
			c.column = -1
		}
		l.indents = append(l.indents, c)
	}
	return true
}

func (l *lexer) closeBlock(at int) {
	if l.cur != nil {
		words := l.cur.words
		end := words[len(words)-1].Span.End
		l.fault(fault{at: l.span(l.cur.start, end), label: `the ";" is missing behind it`,
			message: fmt.Sprintf(`%s has no ";" before the "}"`, l.cur.name()), says: `unexpected "}"`})
		l.split(false)
		l.cur.end = end
		l.prev, l.cur = l.cur, nil
	}
	if len(l.above) > 0 {
		l.drop()
	}
	b := l.around()
	if b == nil {
		l.fault(fault{at: l.span(at, at+1), label: "closes nothing", message: `"}" closes no block`, says: `unexpected "}"`, brace: true})
		l.prev = nil
		return
	}
	if l.indent {
		c := l.indents[len(l.indents)-1]
		if col := at - l.bol; l.fresh && l.line > c.line && col < c.column {
			l.unclosed(b, at) // the brace is of a block further out
			l.i = at
			return
		}
	}
	b.last, b.end = at, l.i
	l.pop()
	l.prev = b
}

func (l *lexer) pop() {
	l.open = l.open[:len(l.open)-1]
	if l.indent {
		l.indents = l.indents[:len(l.indents)-1]
	}
}

// unclosed ends a block whose brace is missing.
func (l *lexer) unclosed(b *statement, at int) {
	end := b.body + len(strings.TrimRight(l.s[b.body:at], " \t\r\n"))
	if l.prev != nil {
		end = max(end, l.prev.end) // an unclosed string may end in blanks
	}
	if !l.lost {
		l.fault(fault{at: b.head(l.source), label: "opened here", message: fmt.Sprintf(`the block of %s is not closed: its "}" is missing`, b.label()),
			says: `unexpected end of file, expecting "}"`, brace: true,
			more: &model.Mark{Span: l.span(max(end-1, b.body), end), Text: `the "}" is missing behind it`}})
	}
	b.last, b.end = end, end
	l.pop()
}

func (s *statement) label() string {
	if n := s.name(); n != "" {
		return n
	}
	return "no directive"
}

// reindent lets the indentation of a line close or open a block whose brace is
// missing. It reports whether it changed anything.
func (l *lexer) reindent() bool {
	c, col := l.s[l.i], l.i-l.bol
	if c == '#' {
		return false
	}
	if l.cur == nil {
		if b := l.around(); b != nil && c != '}' {
			if in := l.indents[len(l.indents)-1]; l.line > in.line && col <= in.column {
				l.unclosed(b, l.i)
				return true
			}
		}
		return false
	}
	if c == '{' || c == ';' || !isBlock(l.cur.name()) || col <= l.column(l.cur.start) {
		return false
	}
	words := l.cur.words
	end := words[len(words)-1].Span.End
	l.fault(fault{at: l.span(l.cur.start, end), label: `the "{" is missing behind it`,
		message: fmt.Sprintf(`the block of %s is not opened: its "{" is missing`, l.cur.name()), says: `unexpected "}"`, brace: true})
	b := l.cur
	b.body, b.end = max(end, 1), l.i
	l.prev, l.cur = b, nil
	if len(l.open) >= maxDepth {
		b.last = b.end
		return false
	}
	l.open = append(l.open, b)
	l.indents = append(l.indents, column{l.line - 1, l.column(b.start)})
	return true
}

// finish ends what is open at the end of the file.
func (l *lexer) finish() {
	end := len(strings.TrimRight(l.s, " \t\r\n"))
	if l.cur != nil {
		words := l.cur.words
		behind := words[len(words)-1].Span.End
		if !l.lost {
			l.fault(fault{at: l.span(l.cur.start, behind), label: `the ";" is missing behind it`,
				message: fmt.Sprintf(`%s has no ";" before the end of the file`, l.cur.name()), says: `unexpected end of file, expecting ";" or "}"`})
		}
		l.split(false)
		l.cur.end = behind
		l.prev, l.cur = l.cur, nil
	}
	if len(l.above) > 0 {
		l.drop()
	}
	for len(l.open) > 0 {
		l.unclosed(l.around(), end)
	}
}

// giveUp ends the scan before the file does.
func (l *lexer) giveUp(at int, why string) {
	l.faults = append(l.faults, fault{at: l.span(at, min(at+1, len(l.s))), label: "here", message: why})
	l.clipped = true
	if l.cur != nil {
		l.cur.end = l.i
	}
	for _, b := range l.open {
		b.clipped, b.last, b.end = true, l.i, l.i
	}
	l.open = nil
}

// lua steps over a block of Lua, which nginx leaves to the module.
func (l *lexer) lua(b *statement) {
	i, depth := l.i, 0
	for i < len(l.s) {
		switch c := l.s[i]; c {
		case '-':
			if !strings.HasPrefix(l.s[i:], "--") {
				i++
				continue
			}
			i += 2
			if end := longBracket(l.s, i); end > 0 {
				i = end
			} else if k := strings.IndexByte(l.s[i:], '\n'); k >= 0 {
				i += k
			} else {
				i = len(l.s)
			}
			continue
		case '[':
			if end := longBracket(l.s, i); end > 0 {
				i = end
				continue
			}
		case '"', '\'':
			for i++; i < len(l.s) && l.s[i] != c && l.s[i] != '\n'; i++ {
				if l.s[i] == '\\' {
					i++
				}
			}
		case '{':
			depth++
		case '}':
			if depth == 0 {
				l.to(i + 1)
				b.last, b.end = i, i+1
				return
			}
			depth--
		}
		i++
	}
	l.to(len(l.s))
	b.last, b.end = l.i, l.i
	l.lost = true
	l.fault(fault{at: b.head(l.source), label: "opened here", message: fmt.Sprintf(`the block of %s is not closed: its "}" is missing`, b.name()),
		says: "Lua code block missing the closing long bracket \"}\""})
}

// longBracket is where the [[string]] or [==[string]==] that begins at i ends,
// or 0 when none does.
func longBracket(s string, i int) int {
	if i >= len(s) || s[i] != '[' {
		return 0
	}
	level := 0
	for i+1+level < len(s) && s[i+1+level] == '=' {
		level++
	}
	open := i + 1 + level
	if open >= len(s) || s[open] != '[' {
		return 0
	}
	closing := "]" + s[i+1:open] + "]"
	if k := strings.Index(s[open+1:], closing); k >= 0 {
		return open + 1 + k + len(closing)
	}
	return len(s)
}

// notText says why the text cannot be a configuration at all, or "".
func notText(text string) string {
	switch {
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		return "the file is UTF-16, which nginx does not read"
	case strings.Count(text[:min(len(text), 4096)], "\x00") > 16:
		return "the file is binary"
	}
	return ""
}

// oddBytes finds what nginx takes as it is, and people do not see.
func oddBytes(src *model.Source, text string) (odd []fault) {
	if k := strings.IndexByte(text, 0); k >= 0 {
		odd = append(odd, fault{at: src.Span(k, k+1), label: "here", atMost: model.Warning,
			message: "a NUL byte in the file: nginx takes it for a part of the word, and most of its code for the end of it"})
	}
	if !utf8.ValidString(text) {
		for i := 0; i < len(text); {
			r, n := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && n == 1 {
				odd = append(odd, fault{at: src.Span(i, i+1), label: "here", atMost: model.Note,
					message: fmt.Sprintf("the byte 0x%02x is no UTF-8: nginx takes it as it is", text[i])})
				break
			}
			i += n
		}
	}
	return odd
}

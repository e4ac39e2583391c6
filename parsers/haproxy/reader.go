package haproxy

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A statement is a node with what is not certain about its words.
type statement struct {
	*model.Node
	keyword string  // "timeout server": what it is about
	doubts  []doubt // of the name and each argument; nil when all are certain
}

// doubt of argument i, counted from 0.
func (s *statement) doubt(i int) doubt {
	if i+1 < len(s.doubts) {
		return s.doubts[i+1]
	}
	return doubt{}
}

// open reports why the statement may hold more than is seen, or "".
func (s *statement) open() string {
	for _, d := range s.doubts {
		if d.blank && !d.assumed {
			return d.why
		}
	}
	return ""
}

// A section is a block of the configuration: global, a proxy, resolvers.
type section struct {
	*model.Node
	statement  statement // the line that opens it
	statements []*statement
	by         map[string][]*statement // by keyword, in order
	defaults   *section                // what a proxy took its settings from when it was opened; nil: none
	lost       string                  // why the defaults of a proxy cannot be told
	depth      int                     // of the chain of defaults above it
}

// kind and name of a section: "backend", "app".
func (s *section) kind() string { return s.Name.Text }
func (s *section) name() string {
	if s.Arg(0) == "from" && s.kind() == "defaults" {
		return ""
	}
	return s.Arg(0)
}

// A tree is a whole configuration.
type tree struct {
	root     *model.Node
	sections []*section
	env      *environment
	partial  string // why sections may be missing, or ""
	loaded   bool   // modules are loaded that may know more keywords
}

// A reader makes a tree out of files.
type reader struct {
	words    *vocabulary
	env      *environment
	versions model.Versions
	findings []model.Finding

	root     *model.Node
	sections []*section
	src      *model.Source
	text     string
	template bool
	partial  string
	loaded   bool

	section  *section // the one that is open
	defaults *section // the last defaults section, which the next proxy takes its settings from
	named    map[string]*section
	branches []branch
	pending  []*statement // directives of which it is not known yet in what block they stand
	above    []model.Word // comments on the lines just above
	column   int          // of the first statement of the section, from 0; -1 before it
	damaged  int          // lines of the file that could not be read
}

func newReader(place *model.Place) *reader {
	return &reader{
		words:    vocabularyOf(),
		env:      &environment{place: place.Env},
		versions: place.Versions["haproxy"],
		root:     &model.Node{},
		named:    map[string]*section{},
	}
}

func (r *reader) report(f model.Finding) { r.findings = append(r.findings, f) }

// refuse reports something that HAProxy does not start with.
func (r *reader) refuse(at model.Span, message string) {
	if r.template {
		return
	}
	r.report(model.Finding{Rule: "syntax", Message: message, Because: []model.Fact{model.Mark{Span: at, Text: "here"}},
		Outcome: model.RefusesToStart("error detected while parsing")})
}

// maxFaults is after how many fatal errors HAProxy gives up; more of a file
// that is something else would be noise.
const maxFaults = 50

// file reads one file behind those before it.
func (r *reader) file(src *model.Source) {
	r.src, r.text = src, string(src.Text)
	r.template = isTemplate(src.Path, r.text)
	r.section, r.above, r.damaged = nil, nil, 0
	if r.root.Span.IsZero() {
		r.root.Span = src.Span(0, len(src.Text))
	}
	if r.template {
		r.partial = "made by a template"
		r.root.Partial = r.partial
	}
	sc := &scanner{src: src, text: r.text, env: r.env, template: r.template}
	buffer := make([]word, 0, maxWords+1)
	for start := 0; start < len(r.text); {
		end, next := len(r.text), len(r.text)
		if k := strings.IndexByte(r.text[start:], '\n'); k >= 0 {
			end, next = start+k, start+k+1
		}
		line := sc.line(start, end, buffer)
		r.line(start, end, line)
		start = next
	}
	for _, b := range r.branches {
		r.refuse(b.node.Head(), "the .if block has no .endif")
	}
	r.branches = nil
	r.flush(nil)
	r.loosen()
	r.section = nil
	r.lastLine()
}

// lastLine reports a file whose last line is not ended: since 2.3 HAProxy
// takes it for a truncated one.
func (r *reader) lastLine() {
	n := len(r.text)
	if n == 0 || r.text[n-1] == '\n' || r.template || r.versions.Before("2.3") {
		return
	}
	start := strings.LastIndexByte(r.text, '\n') + 1
	because := []model.Fact{model.Mark{Span: r.src.Span(start, n), Text: "last line"}}
	if r.versions.Origin != model.Unknown {
		because = append(because, r.product())
	}
	newline := "\n"
	if strings.Contains(r.text, "\r\n") {
		newline = "\r\n"
	}
	r.report(model.Finding{
		Rule:    "missing-final-newline",
		Message: "the last line has no newline at its end, which HAProxy takes for a truncated file",
		Because: because,
		Outcome: model.RefusesToStart("Missing LF on last line, file might have been truncated"),
		Fix:     &model.Fix{Message: "end the last line", Edits: []model.Edit{{Span: r.src.Span(n, n), Text: newline}}, Safe: true},
	})
}

func (r *reader) product() model.Product {
	return model.Product{Name: "haproxy", Versions: r.versions}
}

// line takes one scanned line into the tree.
func (r *reader) line(start, end int, l scanned) {
	for _, f := range l.faults {
		if r.damaged++; r.damaged <= maxFaults && r.active() != no {
			r.refuse(f.span, f.message)
		}
	}
	if len(l.words) == 0 {
		switch {
		case !l.comment.IsZero():
			r.above = append(r.above, model.Word{Text: commentText(l.comment), Span: l.comment})
		case !l.control:
			r.loosen()
		}
		return
	}
	if l.words[0].Text == "" && l.words[0].doubt.none() && len(l.words) == 1 || strings.HasPrefix(l.words[0].Text, "[") {
		r.loosen() // an empty statement; a scope, which only SPOE files have
		return
	}
	if len(l.words) > maxWords && !r.template {
		if r.damaged++; r.damaged <= maxFaults {
			r.refuse(l.words[maxWords].Span, fmt.Sprintf("the line has more than %d words", maxWords))
		}
		l.words = l.words[:maxWords]
	}
	s := r.statement(l)
	if strings.HasPrefix(s.Name.Text, ".") && r.directive(s) {
		return
	}
	if r.active() == no {
		return
	}
	if b := len(r.branches); b > 0 && r.active() == perhaps {
		s.Maybe = r.branches[b-1].why
	}
	if l.control {
		s.Maybe = "inside of a template"
	}
	r.place(start, s, l.words)
}

// statement makes a node of the words of a line.
func (r *reader) statement(l scanned) *statement {
	words := l.words
	n := &model.Node{Name: words[0].Word, Span: r.src.Span(words[0].Span.Start, words[len(words)-1].Span.End)}
	if len(words) > 1 {
		n.Args = make([]model.Word, len(words)-1)
		for i, w := range words[1:] {
			n.Args[i] = w.Word
		}
	}
	s := &statement{Node: n, keyword: r.words.of(words)}
	for i, w := range words {
		if !w.doubt.none() {
			if s.doubts == nil {
				s.doubts = make([]doubt, len(words))
			}
			s.doubts[i] = w.doubt
		}
	}
	n.Comments, r.above = r.above, nil
	if !l.comment.IsZero() {
		n.Comments = append(n.Comments, model.Word{Text: commentText(l.comment), Span: l.comment})
	}
	return s
}

func commentText(s model.Span) string {
	return strings.TrimSpace(strings.TrimLeft(s.Text(), "#"))
}

// loosen gives the comments above to the block: they are of no statement.
func (r *reader) loosen() {
	block := r.root
	if r.section != nil {
		block = r.section.Node
	}
	block.Loose = append(block.Loose, r.above...)
	r.above = nil
}

// active tells whether the lines at hand are read by HAProxy.
func (r *reader) active() truth {
	if n := len(r.branches); n > 0 {
		return r.branches[n-1].state
	}
	return yes
}

// directive carries out a line that begins with a dot. It reports false for
// one that is an ordinary statement.
func (r *reader) directive(s *statement) bool {
	top := len(r.branches) - 1
	switch s.Name.Text {
	case ".if", ".elif":
		if s.Name.Text == ".elif" && (top < 0 || r.branches[top].hadElse) {
			r.refuse(s.Head(), "the .elif has no .if above it")
			break
		}
		var text []string
		certain := true
		for i, a := range s.Args {
			text = append(text, a.Text)
			certain = certain && s.doubt(i).none()
		}
		t := perhaps
		if certain && !r.template {
			t = evaluate(strings.Join(text, " "), r.env, r.versions)
		}
		if s.Name.Text == ".if" {
			outer := r.active()
			r.branches = append(r.branches, branch{node: s.Node, outer: outer, taken: t, state: min(outer, t), why: "inside of " + s.String()})
			r.pending = append(r.pending, s)
			return true
		}
		b := &r.branches[top]
		b.state, b.why = min(b.outer, -b.taken, t), "inside of "+s.String()
		b.taken = max(b.taken, t)
	case ".else":
		if top < 0 || r.branches[top].hadElse {
			r.refuse(s.Head(), "the .else has no .if above it")
			break
		}
		b := &r.branches[top]
		b.state, b.hadElse, b.why = min(b.outer, -b.taken), true, "inside of .else of "+b.node.String()
	case ".endif":
		if top < 0 {
			r.refuse(s.Head(), "the .endif has no .if above it")
			break
		}
		b := r.branches[top]
		r.branches = r.branches[:top]
		r.settle(b, s)
		return true
	case ".diag", ".notice", ".warning", ".alert":
	default:
		r.refuse(s.Name.Span, "unknown directive '"+s.Name.Text+"'")
	}
	if top >= 0 && s.Name.Text != ".if" {
		r.settle(r.branches[top], s)
	} else {
		r.attach(s)
	}
	return true
}

// settle puts a directive of an open .if where the .if stands, if that is the
// block at hand.
func (r *reader) settle(b branch, s *statement) {
	switch {
	case b.home == nil:
		r.pending = append(r.pending, s)
	case r.section != nil && b.home == r.section.Node:
		r.attach(s)
	default:
		s.Parent = r.root
		r.root.Kids = append(r.root.Kids, s.Node)
	}
}

// flush puts the directives that waited into the block that is open now: those
// before a section stand outside of it, and of the one above it.
func (r *reader) flush(section *section) {
	home := r.root
	if section != nil {
		home = section.Node
	}
	for i := range r.branches {
		if r.branches[i].home == nil {
			r.branches[i].home = home
		}
	}
	for _, s := range r.pending {
		s.Parent = home
		home.Kids = append(home.Kids, s.Node)
		if section != nil {
			r.extend(s)
		}
	}
	r.pending = nil
}

// attach puts a statement into the block that is open, without a meaning.
func (r *reader) attach(s *statement) {
	block := r.root
	if r.section != nil {
		block = r.section.Node
		r.extend(s)
	}
	s.Parent = block
	block.Kids = append(block.Kids, s.Node)
}

// extend lets the section reach to the end of a statement.
func (r *reader) extend(s *statement) {
	end := r.nextLine(s.Span.End)
	r.section.Span.End, r.section.Body.End = end, end
}

// nextLine is where the line after an offset begins.
func (r *reader) nextLine(at int) int {
	if k := strings.IndexByte(r.text[at:], '\n'); k >= 0 {
		return at + k + 1
	}
	return len(r.text)
}

// lineEnd is the end of the line around an offset, without the line feed.
func (r *reader) lineEnd(at int) int {
	if k := strings.IndexByte(r.text[at:], '\n'); k >= 0 {
		return trimEnd(r.text, at, at+k)
	}
	return trimEnd(r.text, at, len(r.text))
}

// place puts a statement where it belongs: it opens a section, or stands in
// the one that is open.
func (r *reader) place(start int, s *statement, words []word) {
	column := s.Span.Start - start
	switch {
	case r.words.isSection(s.Name.Text) && len(s.doubts) == 0 || r.words.isSection(s.Name.Text) && s.doubts[0].none():
		r.open(s)
		return
	case r.section == nil || r.strange(column, s):
		if !r.template && r.section == nil {
			if r.damaged++; r.damaged <= maxFaults {
				r.refuse(s.Name.Span, fmt.Sprintf("unknown keyword '%s' out of section", s.Name.Text))
			}
		}
		if r.section != nil {
			r.open(s) // a kind of section that no version known here has
			return
		}
		r.attach(s)
		return
	}
	r.flush(r.section)
	if r.column < 0 {
		r.column = column
	}
	if len(s.doubts) > 0 && !s.doubts[0].none() {
		r.section.Partial = s.doubts[0].why
	}
	r.attach(s)
	sec := r.section
	sec.statements = append(sec.statements, s)
	if sec.by == nil {
		sec.by = map[string][]*statement{}
	}
	key := s.keyword
	if key == "no" || key == "default" {
		if len(words) > 1 {
			key = r.words.of(words[1:])
		}
	}
	sec.by[key] = append(sec.by[key], s)
	if sec.kind() == "global" {
		switch s.Name.Text {
		case "setenv", "presetenv", "unsetenv":
			r.env.apply(words)
		case "module-load", "module-path", "lua-load", "lua-load-per-thread":
			r.loaded = true
		}
	}
}

// strange reports whether a statement looks like the head of a section of a
// kind that is not known: flush left with one name behind it, where the
// statements of the section are indented, and no keyword of a proxy.
func (r *reader) strange(column int, s *statement) bool {
	if column > 0 || r.column <= 0 || len(s.Args) != 1 || r.template {
		return false
	}
	_, global := r.words.words["global:"+s.Name.Text]
	return !global && !r.words.first[s.Name.Text] && s.Name.Text != "no" && s.Name.Text != "default"
}

// open begins a section.
func (r *reader) open(s *statement) {
	r.flush(nil)
	at := r.lineEnd(s.Span.End)
	s.Body = r.src.Span(at, r.nextLine(at))
	sec := &section{Node: s.Node, statement: *s}
	if r.template {
		sec.Partial = r.partial
	}
	s.Parent = r.root
	r.root.Kids = append(r.root.Kids, s.Node)
	r.sections = append(r.sections, sec)
	r.section, r.column = sec, -1
	switch sec.kind() {
	case "defaults":
		r.inherit(sec)
		r.defaults = sec
		if name := sec.name(); name != "" {
			r.named[name] = sec
		}
	case "frontend", "backend", "listen":
		r.inherit(sec)
	}
	if sec.defaults != nil {
		sec.Base = sec.defaults.Node
	}
}

// maxChain bounds the chains of defaults that are followed.
const maxChain = 32

// inherit finds the defaults of a section: those it names, else the last ones
// above it. Defaults themselves only take those they name.
func (r *reader) inherit(sec *section) {
	for i, a := range sec.Args {
		if a.Text != "from" || i+1 >= len(sec.Args) || i == 0 && sec.kind() != "defaults" {
			continue
		}
		sec.defaults = r.named[sec.Args[i+1].Text]
		if d := sec.defaults; d != nil {
			if sec.depth = d.depth + 1; sec.depth > maxChain {
				sec.defaults, sec.lost = nil, "the chain of defaults is too long"
			}
			return
		}
		name := sec.Args[i+1]
		sec.lost = "the defaults section " + name.Text + " is not there"
		if sec.statement.doubt(i+1).none() && r.partial == "" && sec.Doubt() == "" {
			r.report(model.Finding{Rule: "undefined-section",
				Message: fmt.Sprintf("%s names the defaults section '%s', which is not above it", sec.String(), name.Text),
				Because: []model.Fact{model.Mark{Span: name.Span, Text: "named here"}},
				Outcome: model.RefusesToStart("defaults section '" + name.Text + "' not found")})
		}
		return
	}
	if sec.kind() != "defaults" {
		sec.defaults = r.defaults
	}
}

// finish hands over the tree.
func (r *reader) finish() *tree {
	t := &tree{root: r.root, sections: r.sections, env: r.env, partial: r.partial, loaded: r.loaded}
	whole := len(r.sections) == 0 || r.partial != ""
	for _, s := range r.sections {
		whole = whole || s.kind() == "global" || s.kind() == "defaults"
	}
	if !whole {
		r.root.Fragment = "files with global and defaults sections may come before it"
	}
	r.root.Seal()
	return t
}

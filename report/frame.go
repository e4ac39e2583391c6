package report

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

// A mark is a span to underline, and what to say there.
type mark struct {
	span    model.Span
	label   string
	primary bool

	first, last int // lines
	depth       int // of several lines: which bar, 0 the outermost
}

// A file is what a frame shows of one source.
type file struct {
	source *model.Source
	marks  []*mark
	bars   int // how many spans of several lines are drawn side by side
}

// last line of the file that is shown.
func (f *file) last() int {
	n := 1
	for _, m := range f.marks {
		n = max(n, m.last)
	}
	return n
}

// framed arranges the places of a finding by file: that of the primary one
// first, the others in the order in which the finding names them. Marks of
// one span are one.
func framed(f *lint.Finding) []*file {
	var files []*file
	add := func(s model.Span, label string, primary bool) {
		if s.IsZero() {
			return
		}
		i := slices.IndexFunc(files, func(x *file) bool { return x.source == s.Source })
		if i < 0 {
			i, files = len(files), append(files, &file{source: s.Source})
		}
		s = visible(s)
		for _, m := range files[i].marks {
			if m.span == s {
				m.say(label)
				return
			}
		}
		first := s.Begin().Line
		last := first
		if s.End > s.Start {
			last = s.Source.Span(s.End-1, s.End-1).Begin().Line
		}
		files[i].marks = append(files[i].marks, &mark{span: s, label: clean(label), primary: primary, first: first, last: last})
	}
	add(f.Primary, "", true)
	for _, r := range f.Related {
		add(r.Span, r.Message, false)
	}
	for _, x := range files {
		x.nest()
	}
	return files
}

// say adds a label to what the mark says already.
func (m *mark) say(label string) {
	label = clean(label)
	switch {
	case m.label == "":
		m.label = label
	case label != "" && !strings.Contains(m.label, label):
		m.label += "; " + label
	}
}

// visible is s without line ends behind it.
func visible(s model.Span) model.Span {
	for s.End > s.Start && (s.Source.Text[s.End-1] == '\n' || s.Source.Text[s.End-1] == '\r') {
		s.End--
	}
	return s
}

// nest gives each span of several lines a bar of its own for as long as it
// lasts.
func (f *file) nest() {
	var long []*mark
	for _, m := range f.marks {
		if m.last > m.first {
			long = append(long, m)
		}
	}
	sort.SliceStable(long, func(i, j int) bool {
		a, b := long[i], long[j]
		if a.first != b.first {
			return a.first < b.first
		}
		return a.last > b.last
	})
	var busy []int // by bar: the last line it is drawn on
	for _, m := range long {
		m.depth = slices.IndexFunc(busy, func(last int) bool { return last < m.first })
		if m.depth < 0 {
			m.depth, busy = len(busy), append(busy, 0)
		}
		busy[m.depth] = m.last
	}
	f.bars = len(busy)
}

// shown are the lines to draw, ascending: those of the marks, context lines
// around them, and single lines between.
func (f *file) shown(context int) []int {
	const whole = 6 // lines of a span that are shown without a gap
	set := map[int]bool{}
	add := func(from, to int) {
		for n := max(from, 1); n <= min(to, f.source.Lines()); n++ {
			set[n] = true
		}
	}
	for _, m := range f.marks {
		if m.last-m.first < whole {
			add(m.first-context, m.last+context)
		} else {
			add(m.first-context, m.first+1+context)
			add(m.last-context, m.last+context)
		}
	}
	lines := make([]int, 0, len(set))
	for n := range set {
		lines = append(lines, n)
	}
	sort.Ints(lines)
	for i := len(lines) - 1; i > 0; i-- {
		if lines[i]-lines[i-1] == 2 {
			lines = slices.Insert(lines, i, lines[i]-1)
		}
	}
	for len(lines) > 1 && context > 0 { // an empty last line is no context
		n := lines[len(lines)-1]
		if n <= f.last() || len(f.source.Line(n)) > 0 {
			break
		}
		lines = lines[:len(lines)-1]
	}
	return lines
}

// frame draws the lines of one file with everything marked in them.
func (p *printer) frame(f *file, colour style) {
	previous := 0
	for _, n := range f.shown(p.Context) {
		if previous > 0 && n > previous+1 {
			p.gap(f, previous+1, colour)
		}
		p.line(f, n, colour)
		previous = n
	}
}

// gap stands for lines that are not shown.
func (p *printer) gap(f *file, n int, colour style) {
	c := p.bars(f, n, colour)
	text := c.String()
	pad := ""
	if text != "" {
		pad = strings.Repeat(" ", p.gutter+1)
	}
	fmt.Fprintln(p, p.paint(blue, "...")+pad+text)
}

// bars are those of the spans that go on from the line before n to n.
func (p *printer) bars(f *file, n int, colour style) *canvas {
	c := &canvas{printer: p}
	for _, m := range f.marks {
		if m.first < n && n <= m.last {
			c.put(2*m.depth, '|', m.style(colour))
		}
	}
	return c
}

func (m *mark) style(colour style) style {
	if m.primary {
		return colour
	}
	return blue
}

func (m *mark) sign() rune {
	if m.primary {
		return '^'
	}
	return '-'
}

// A label is a mark on one line, in columns of the view.
type label struct {
	*mark
	from, to int
}

// line draws line n and what is said about it.
func (p *printer) line(f *file, n int, colour style) {
	indent := 2 * f.bars
	room := max(p.Width-p.gutter-4-indent, 20)
	var here, opens, closes []*mark
	for _, m := range f.marks {
		switch {
		case m.first == n && m.last == n:
			here = append(here, m)
		case m.first == n:
			opens = append(opens, m)
		case m.last == n:
			closes = append(closes, m)
		}
	}
	v, columns := p.view(f.source, n, here, room)

	// The line itself, with the bars of spans that go through or begin at its
	// first letter.
	c := p.bars(f, n, colour)
	for _, m := range opens {
		if f.opensLine(m) {
			c.put(2*m.depth, '/', m.style(colour))
		}
	}
	lead := c.String()
	if pad := indent - len(c.signs); v.text != "" && pad > 0 {
		lead += strings.Repeat(" ", pad)
	}
	number := p.paint(blue, fmt.Sprintf(" %*d |", p.gutter, n))
	if lead+v.text != "" {
		number += " "
	}
	fmt.Fprintln(p, number+lead+v.text)

	p.labels(f, n, here, columns, indent, room, colour)
	for _, m := range opens {
		if f.opensLine(m) {
			continue
		}
		from, _ := columns(m.span.Start, m.span.Start+1)
		c := p.bars(f, n, colour)
		for x := 2*m.depth + 1; x < indent+from; x++ {
			c.put(x, '_', m.style(colour))
		}
		c.put(indent+from, m.sign(), m.style(colour))
		p.row(c)
	}
	for _, m := range closes {
		_, to := columns(m.span.End-1, m.span.End)
		c := p.bars(f, n, colour)
		for x := 2*m.depth + 1; x < indent+to-1; x++ {
			c.put(x, '_', m.style(colour))
		}
		c.put(indent+to-1, m.sign(), m.style(colour))
		c.say(m.label, m.style(colour))
		p.row(c)
	}
}

// opensLine reports whether nothing but space is before m on its first line.
func (f *file) opensLine(m *mark) bool {
	line := f.source.LineSpan(m.first)
	return len(bytes.TrimSpace(f.source.Text[line.Start:max(m.span.Start, line.Start)])) == 0
}

// view is line n cut to room, and a function that tells the view's columns of
// a part of the source.
func (p *printer) view(s *model.Source, n int, here []*mark, room int) (view, func(start, end int) (int, int)) {
	line := s.LineSpan(n)
	start, end := line.Start, line.End
	focus := s.Span(line.Start, line.Start)
	for i, m := range here {
		if i == 0 || m.primary {
			focus = m.span
		}
	}
	// A line of megabytes is not laid out for the sake of some columns.
	if reach := 16 * room; end-start > 4*reach {
		start = max(start, focus.Start-reach)
		end = min(end, max(focus.Start+reach, line.Start+2*reach))
		for start > line.Start && start < end && s.Text[start]&0xC0 == 0x80 {
			start++
		}
		for end < line.End && end > start && s.Text[end]&0xC0 == 0x80 {
			end--
		}
	}
	r := lay(s.Text[start:end])
	from, to := r.columns(focus.Start-start, focus.End-start)
	if len(here) == 0 {
		from, to = 0, 0
	}
	before, after := start > line.Start, end < line.End
	v := r.cut(r.start(from, to, room, before, after), room, before, after)
	return v, func(start0, end0 int) (int, int) {
		from, to := r.columns(max(start0-start, 0), max(end0-start, 0))
		from = v.at(from)
		return from, max(v.at(to-1)+1, from+1)
	}
}

// labels draws the underlines of a line and what they say: the last label
// behind its underline, the others below, each under the start of its own.
func (p *printer) labels(f *file, n int, here []*mark, columns func(int, int) (int, int), indent, room int, colour style) {
	if len(here) == 0 {
		return
	}
	all := make([]label, len(here))
	for i, m := range here {
		from, to := columns(m.span.Start, m.span.End)
		all[i] = label{m, indent + from, indent + to}
	}
	sort.SliceStable(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if a.from != b.from {
			return a.from < b.from
		}
		return a.to > b.to
	})
	c := p.bars(f, n, colour)
	for _, primary := range []bool{false, true} {
		for _, l := range all {
			c.fill(l.to)
			for x := l.from; l.primary == primary && x < l.to; x++ {
				c.put(x, l.sign(), l.style(colour))
			}
		}
	}
	last := all[len(all)-1]
	fits := last.to+1+width(last.label) <= room+indent
	if last.label != "" && last.to == len(c.signs) && (fits || last.to-last.from < 8) {
		c.say(last.label, last.style(colour))
		all = all[:len(all)-1]
	}
	p.row(c)

	all = slices.DeleteFunc(all, func(l label) bool { return l.label == "" })
	stems := func(of []label) *canvas {
		c := p.bars(f, n, colour)
		for _, l := range of {
			c.put(l.from, '|', l.style(colour))
		}
		return c
	}
	if len(all) > 0 {
		p.row(stems(all))
	}
	for len(all) > 0 {
		l := all[len(all)-1]
		all = all[:len(all)-1]
		left := slices.Clone(all)
		left = slices.DeleteFunc(left, func(x label) bool { return x.from >= l.from })
		c := stems(left)
		c.fill(l.from)
		c.tail, c.tailStyle = l.label, l.style(colour)
		p.row(c)
	}
}

// row draws a line of the gutter without number and what is on the canvas.
func (p *printer) row(c *canvas) {
	fmt.Fprintf(p, "%s%s %s\n", strings.Repeat(" ", p.gutter+2), p.paint(blue, "|"), c)
}

// A canvas is one row of signs, each with a style, and a text behind them.
type canvas struct {
	*printer
	signs     []styled
	tail      string
	tailStyle style
}

type styled struct {
	sign  rune
	style style
}

// fill makes the canvas n columns wide at least.
func (c *canvas) fill(n int) {
	c.signs = slices.Grow(c.signs, max(n-len(c.signs), 0))
	for len(c.signs) < n {
		c.signs = append(c.signs, styled{' ', plain})
	}
}

func (c *canvas) put(x int, sign rune, s style) {
	c.fill(x + 1)
	c.signs[x] = styled{sign, s}
}

// say adds a text behind the signs.
func (c *canvas) say(text string, s style) {
	if text != "" {
		c.tail, c.tailStyle = " "+text, s
	}
}

func (c *canvas) String() string {
	var b strings.Builder
	for i := 0; i < len(c.signs); {
		s := c.signs[i].style
		run := make([]rune, 0, len(c.signs)-i)
		for ; i < len(c.signs) && c.signs[i].style == s; i++ {
			run = append(run, c.signs[i].sign)
		}
		b.WriteString(c.paint(s, string(run)))
	}
	b.WriteString(c.paint(c.tailStyle, c.tail))
	return b.String()
}

// oneLine is the part of s on its first line.
func oneLine(s model.Span) model.Span {
	if s.IsZero() {
		return s
	}
	line := s.Source.LineSpan(s.Begin().Line)
	s.End = max(min(s.End, line.End), s.Start)
	return s
}

package report

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// tabStop is how far apart the stops are to which a tab in a source advances.
const tabStop = 4

// clean makes s one line that a terminal shows as it is: what would move the
// cursor, colour the text or turn its direction becomes a visible sign.
func clean(s string) string {
	if printable(s) {
		return s
	}
	if strings.IndexFunc(s, unshown) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if !unshown(r) {
			return r
		}
		return sign(r)
	}, s)
}

// printable reports whether s is nothing but ASCII that shows itself.
func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// unshown reports whether r would do something else than show itself.
func unshown(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// sign stands for a rune that is not shown.
func sign(r rune) rune {
	switch {
	case r == '\n' || r == '\r' || r == '\t':
		return ' '
	case r < 0x20:
		return '\u2400' + r // control pictures
	case r == 0x7f:
		return '\u2421'
	}
	return utf8.RuneError
}

// width is how many columns s takes.
func width(s string) int {
	if printable(s) {
		return len(s)
	}
	return uniseg.StringWidth(s)
}

// A cell is what stands together on the screen: a letter with its accents, an
// emoji of several runes, a tab.
type cell struct {
	offset     int // byte in the line
	col, width int // columns, counted from 0
	text       string
}

// A row is a line of a source as a terminal shows it.
type row struct {
	ascii string // all of it, when each byte is a column; else cells
	cells []cell
	end   cell // behind the last one, without width
}

// lay arranges one line of text, without its line end.
func lay(text []byte) row {
	s := string(text)
	if printable(s) {
		return row{ascii: s, end: cell{offset: len(s), col: len(s)}}
	}
	cells := make([]cell, 0, len(s))
	col, at, state := 0, 0, -1
	for s != "" {
		c := cell{offset: at, col: col}
		var rest string
		switch {
		case s[0] == '\t':
			c.width, rest = tabStop-col%tabStop, s[1:]
			c.text, state = "    "[:c.width], -1
		case s[0] >= 0x20 && s[0] < 0x7f && (len(s) == 1 || s[1] < utf8.RuneSelf):
			c.text, c.width, rest, state = s[:1], 1, s[1:], -1
		default:
			var wide int
			c.text, rest, wide, state = uniseg.FirstGraphemeClusterInString(s, state)
			if shown := clean(c.text); shown != c.text {
				c.text = strings.ToValidUTF8(shown, "\uFFFD")
				wide = uniseg.StringWidth(c.text)
			}
			c.width = wide
		}
		at += len(s) - len(rest)
		col += c.width
		s = rest
		cells = append(cells, c)
	}
	return row{cells: cells, end: cell{offset: at, col: col}}
}

// cell that holds the byte at offset, or the end.
func (r row) cell(offset int) cell {
	if r.ascii != "" && 0 <= offset && offset < len(r.ascii) {
		return cell{offset, offset, 1, r.ascii[offset : offset+1]}
	}
	i := sort.Search(len(r.cells), func(i int) bool { return r.cells[i].offset > offset })
	if i == 0 || offset >= r.end.offset {
		return r.end
	}
	return r.cells[i-1]
}

// columns are those of the bytes from start to end, at least one.
func (r row) columns(start, end int) (from, to int) {
	from, to = r.cell(start).col, r.end.col
	if end < r.end.offset && end > start {
		last := r.cell(end - 1)
		to = last.col + last.width
	} else if end <= start {
		to = from
	}
	return from, max(to, from+1)
}

// A view is the part of a row that fits.
type view struct {
	text  string
	shift int // column of the row that stands at the view's column 0
	room  int // columns there are
}

// start is the column to cut r at so that from is seen in room columns, and
// all up to to where there is room; before and after tell that the line has
// more text than the row.
func (r row) start(from, to, room int, before, after bool) int {
	inner := max(room-2, 1)
	if r.end.col <= room && !before && !after || to <= inner {
		return 0
	}
	return min(max(from-room/4, 0), max(r.end.col-inner, 0))
}

// cut takes at most room columns of r, from lo on. An ellipsis marks what is
// left out.
func (r row) cut(lo, room int, before, after bool) view {
	hi := r.end.col
	if lo > 0 || hi > room || before || after {
		hi = min(hi, lo+max(room-2, 1))
	}
	before, after = before || lo > 0, after || hi < r.end.col
	v := view{shift: lo, room: room}
	var b strings.Builder
	if before {
		b.WriteString("…")
		v.shift--
	}
	if r.ascii != "" {
		b.WriteString(r.ascii[min(lo, hi):hi])
	}
	for _, c := range r.cells {
		switch {
		case c.col+c.width > hi:
		case c.col >= lo:
			b.WriteString(c.text)
		case c.col+c.width > lo: // half of it is cut off
			b.WriteString(strings.Repeat(" ", c.col+c.width-lo))
		}
	}
	if after {
		b.WriteString("…")
	}
	v.text = strings.TrimRight(b.String(), " ")
	return v
}

// at is where a column of the row stands in the view: at its edge when it is
// cut off.
func (v view) at(col int) int { return min(max(col-v.shift, 0), max(v.room-1, 0)) }

// shorten cuts s to at most n columns.
func shorten(s string, n int) string {
	if width(s) <= n {
		return s
	}
	r := lay([]byte(s))
	if r.ascii != "" {
		return strings.TrimRight(s[:n-1], " ") + "…"
	}
	var b strings.Builder
	for _, c := range r.cells {
		if c.col+c.width > n-1 {
			break
		}
		b.WriteString(c.text)
	}
	return strings.TrimRight(b.String(), " ") + "…"
}

// wrap breaks s at spaces into lines of at most n columns; a longer word
// stands alone.
func wrap(s string, n int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(s) {
		w := width(word)
		if used > 0 && used+1+w > n {
			lines, line, used = append(lines, line), "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+w
	}
	return append(lines, line)
}

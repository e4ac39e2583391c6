package report

import (
	"bufio"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers"
	"github.com/gwlint/gwlint/settings"
)

// A style is how text looks in a terminal.
type style uint8

const (
	plain style = iota
	bold
	dim
	red
	yellow
	cyan
	blue
	gone // a line that a patch takes away
	come // a line that it adds
)

// ansi are the parameters of the escape sequence of each style.
var ansi = [...]string{bold: "1", dim: "2", red: "1;31", yellow: "1;33", cyan: "1;36", blue: "1;34", gone: "31", come: "32"}

// severityStyle is how the header and the carets of a finding look.
func severityStyle(s model.Severity) style {
	switch s {
	case model.Error:
		return red
	case model.Warning:
		return yellow
	}
	return cyan
}

// A printer writes the blocks of one finding with a common gutter.
type printer struct {
	*bufio.Writer
	Options
	gutter int // digits of the greatest line number
}

func (p *printer) paint(s style, text string) string {
	if !p.Colour || s == plain || text == "" {
		return text
	}
	return "\x1b[" + ansi[s] + "m" + text + "\x1b[0m"
}

// link makes text lead to what url says about key.
func (p *printer) link(url func(string) string, key, text string) string {
	if !p.Links || url == nil {
		return text
	}
	to := url(key)
	if to == "" || strings.IndexFunc(to, unshown) >= 0 {
		return text
	}
	return "\x1b]8;;" + to + "\x1b\\" + text + "\x1b]8;;\x1b\\"
}

// place is path:line:column that leads to the file.
func (p *printer) place(s model.Span) string {
	if s.IsZero() {
		return place(s)
	}
	return p.link(p.FileURL, s.Source.Path, place(s))
}

func writeText(w *bufio.Writer, r *lint.Result, opt Options) error {
	if opt.Width <= 0 {
		opt.Width = 120
	}
	opt.Width = max(opt.Width, 40)
	p := &printer{Writer: w, Options: opt}
	for i := range r.Findings {
		p.finding(&r.Findings[i])
		p.WriteByte('\n')
	}
	p.summary(r)
	return nil
}

// finding is the header, the frame, what is in effect, what will happen, and
// the way out.
func (p *printer) finding(f *lint.Finding) {
	colour := severityStyle(f.Severity)
	fmt.Fprintf(p, "%s%s %s\n",
		p.paint(colour, f.Severity.String()+"["+p.link(p.RuleURL, f.Rule(), f.Rule())+"]"),
		p.paint(bold, ":"), p.paint(bold, clean(f.Message)))

	files := framed(f)
	patches := patched(f.Fix)
	p.gutter = 1
	for _, file := range files {
		p.gutter = max(p.gutter, digits(file.last()+p.Context))
	}
	for _, patch := range patches {
		p.gutter = max(p.gutter, digits(patch.last()))
	}

	for i, file := range files {
		arrow := "-->"
		if i > 0 {
			arrow = ":::"
			p.bar()
		}
		fmt.Fprintf(p, "%s%s %s\n", strings.Repeat(" ", p.gutter+1), p.paint(blue, arrow), p.place(file.marks[0].span))
		p.bar()
		p.frame(file, colour)
	}
	if len(files) > 0 {
		p.bar()
	}
	for _, r := range f.Related {
		if r.Span.IsZero() && r.Message != "" {
			p.note("see", clean(r.Message))
		}
	}
	p.effective(f)
	p.request(f)
	p.predicts(f)
	if n := others(f); n > 0 {
		p.note("and", fmt.Sprintf("%d more: the same text governs %d routes, gateways or places", n, f.Count))
	}
	p.fix(f, patches)
}

func digits(n int) int { return len(fmt.Sprint(n)) }

// bar is a line of the gutter without a number.
func (p *printer) bar() {
	fmt.Fprintf(p, "%s%s\n", strings.Repeat(" ", p.gutter+2), p.paint(blue, "|"))
}

// noteKey is the columns of the longest key of a note.
const noteKey = len("confidence")

// margin is where the text of notes starts.
func (p *printer) margin() int { return p.gutter + 2 + len("= ") + noteKey + 2 }

// note is a line "= key  text"; the lines after the first have no key.
func (p *printer) note(key string, lines ...string) {
	for i, line := range lines {
		if i > 0 {
			fmt.Fprintf(p, "%s%s\n", strings.Repeat(" ", p.margin()), line)
			continue
		}
		fmt.Fprintf(p, "%s%s %s%s  %s\n", strings.Repeat(" ", p.gutter+2), p.paint(blue, "="),
			p.paint(bold, key), strings.Repeat(" ", noteKey-len(key)), line)
	}
}

// effective is a table of the values that the finding rests on.
func (p *printer) effective(f *lint.Finding) {
	if len(f.Effective) == 1 && f.Effective[0].Origin() == model.Explicit && f.Effective[0].At() == f.Primary {
		return // it is underlined already
	}
	const columns, most = 3, 60
	table := make([][columns]string, len(f.Effective))
	var widest [columns]int
	for i, v := range f.Effective {
		table[i] = [columns]string{clean(settingName(v)), clean(v.Text()), clean(provenance(v))}
		for c := range table[i] {
			table[i][c] = shorten(table[i][c], most)
			widest[c] = max(widest[c], width(table[i][c]))
		}
	}
	lines := make([]string, len(table))
	for i, v := range f.Effective {
		line := ""
		for c, text := range table[i] {
			if c > 0 {
				line += "  "
			}
			pad := strings.Repeat(" ", widest[c]-width(text))
			if c == columns-1 {
				text = p.paint(dim, text)
			}
			line += text + pad
		}
		if at := v.At(); !at.IsZero() {
			line += "  " + p.paint(dim, p.place(at))
		}
		lines[i] = strings.TrimRight(line, " ")
	}
	p.note("effective", lines...)
}

// settingName is the dialect's name of a setting, or the sum that a computed
// one is.
func settingName(v model.Setting) string {
	if k := v.Key(); k != "" {
		return k
	}
	sum := strings.TrimSuffix(v.String(), v.Text())
	return strings.TrimRight(sum, " =:")
}

// provenance is where a value comes from, in words.
func provenance(v model.Setting) string {
	origin, why := v.Origin().String(), v.Why()
	switch {
	case why == "":
		return origin
	case strings.Contains(why, origin):
		return why
	}
	return origin + ": " + why
}

// request is the way of a request to the primary place.
func (p *printer) request(f *lint.Finding) {
	room := p.Width - p.margin()
	var lines []string
	line, used := "", 0
	for i, step := range f.Path {
		text := clean(step.Message)
		if text == "" {
			text = clean(strings.Join(strings.Fields(oneLine(step.Span).Text()), " "))
		}
		text = shorten(text, 60)
		at := ""
		if !step.Span.IsZero() {
			at = " (" + place(step.Span) + ")"
		}
		arrow := ""
		if i > 0 {
			arrow = "-> "
			if used+1+len(arrow)+width(text+at) > room {
				lines, line, used = append(lines, line), "", 0
			} else {
				arrow = " -> "
			}
		}
		line += arrow + text + p.paint(dim, at)
		used += len(arrow) + width(text+at)
	}
	if line != "" {
		p.note("request", append(lines, line)...)
	}
}

// predicts is what the client gets, for which requests, and what the log says.
func (p *printer) predicts(f *lint.Finding) {
	result := clean(f.Outcome.String())
	switch {
	case f.Outcome == model.NoAnswer:
		result = "closed without an answer"
	case f.Outcome.Start():
		result = "the server refuses to start"
	}
	text := clean(f.When)
	sure := f.Confidence.String()
	switch {
	case result != "" && text != "":
		text = ": " + text
	case result == "" && text == "":
		p.note("confidence", sure)
		return
	}
	lines := wrap(result+text+" (confidence "+sure+")", p.Width-p.margin())
	if result != "" && strings.HasPrefix(lines[0], result) {
		lines[0] = p.paint(bold, result) + lines[0][len(result):]
	}
	p.note("predicts", lines...)
	if says := clean(f.Outcome.Says()); says != "" && says != result {
		p.note("log", says)
	}
}

// fix is what ends it, drawn as a patch.
func (p *printer) fix(f *lint.Finding, patches []patch) {
	if f.Fix == nil {
		return
	}
	safe := "unsafe: see what else it changes"
	if f.Fix.Safe {
		safe = "safe"
	}
	message := clean(f.Fix.Message)
	if message == "" {
		message = "edit"
	}
	p.note("fix", wrap(message+" ["+safe+"]", p.Width-p.margin())...)
	in := f.Primary.Source
	for i, patch := range patches {
		if patch.source != in {
			fmt.Fprintf(p, "%s%s %s\n", strings.Repeat(" ", p.gutter+1), p.paint(blue, ":::"),
				p.place(patch.source.Span(patch.start, patch.start)))
			in = patch.source
		}
		if i > 0 && patches[i-1].source == patch.source {
			fmt.Fprintln(p, p.paint(blue, "..."))
		} else {
			p.bar()
		}
		p.patch(patch)
	}
	if len(patches) > 0 {
		p.bar()
	}
}

// patch draws the lines that go and those that come, all cut at one column.
func (p *printer) patch(h patch) {
	room := p.Width - p.gutter - 4
	at := 0
	if len(h.old) == 1 && len(h.new) == 1 {
		at = common(h.old[0], h.new[0])
	}
	start := 0
	line := func(n int, sign string, s style, text string, draw bool) {
		from := max(min(at, len(text))-8*room, 0) // a line of megabytes is not laid out for some columns
		to := min(at+8*room, len(text))
		r := lay([]byte(text[from:max(to, from)]))
		if !draw {
			col, _ := r.columns(at-from, at-from)
			start = max(start, r.start(col, col+room/4, room, from > 0, to < len(text)))
			return
		}
		v := r.cut(start, room, from > 0, to < len(text))
		fmt.Fprintln(p, p.paint(s, strings.TrimRight(fmt.Sprintf(" %*d %s %s", p.gutter, n, sign, v.text), " ")))
	}
	for _, draw := range []bool{false, true} {
		if h.context != "" {
			line(h.line-1, " ", dim, h.context, draw)
		}
		for i, text := range h.old {
			line(h.line+i, "-", gone, text, draw)
		}
		for i, text := range h.new {
			line(h.line+i, "+", come, text, draw)
		}
	}
}

// summary is the last line: what was found, in what, and what was left out.
func (p *printer) summary(r *lint.Result) {
	s := r.Summary
	var found []string
	for _, n := range []struct {
		count int
		name  string
		style style
	}{{s.Errors, "error", red}, {s.Warnings, "warning", yellow}, {s.Notes - s.Hidden, "note", cyan}} {
		if n.count > 0 {
			found = append(found, p.paint(n.style, many(n.count, n.name)))
		}
	}
	head := strings.Join(found, ", ")
	switch {
	case head == "" && s.Files == 0 && len(s.Unread) == 0:
		head = "nothing to check: no file was recognised"
	case head == "":
		head = p.paint(come, "no findings")
	}
	parts := []string{head}
	add := func(n int, text string) {
		if n > 0 {
			parts = append(parts, text)
		}
	}
	add(s.Files, many(s.Files, "file")+", "+many(s.Hops, "hop"))
	add(s.Suppressed, fmt.Sprintf("%d suppressed", s.Suppressed))
	add(s.Baselined, fmt.Sprintf("%d in the baseline", s.Baselined))
	add(s.Stale, fmt.Sprintf("%d of the baseline found no more (gwlint baseline prune)", s.Stale))
	add(s.Hidden, many(s.Hidden, "note")+" hidden (--profile audit)")
	add(s.Unknown, many(s.Unknown, "setting")+" that cannot be told"+helps(s.Untold))
	if s.Elapsed > 0 {
		parts = append(parts, elapsed(s.Elapsed))
	}
	fmt.Fprintln(p, strings.Join(parts, " · "))
	for _, file := range s.Unread {
		fmt.Fprintf(p, "%s %s\n", p.paint(red, "not read:"), clean(file))
	}
	if len(r.Findings) > 0 {
		fmt.Fprintln(p, p.paint(dim, `"gwlint explain RULE" says more`+waysOut(r)))
	}
}

// waysOut are the comments that leave a finding out, as the languages of the
// findings' files write them.
func waysOut(r *lint.Result) string {
	var signs []string
	in := map[string]*model.Source{} // the first file of each sign
	for i := range r.Findings {
		s := r.Findings[i].Primary.Source
		if s == nil {
			continue
		}
		sign := ""
		if own := parsers.CommentsOf(s).Own; len(own) > 0 {
			sign = own[0]
		}
		if in[sign] == nil {
			in[sign], signs = s, append(signs, sign)
		}
	}
	var ways []string
	for _, sign := range signs {
		way := fmt.Sprintf(`"%s gwlint: ignore[RULE] reason" above a statement`, sign)
		if sign == "" {
			way = "an override in " + settings.FileName
		}
		if len(signs) > 1 {
			way += " of " + path.Base(clean(in[sign].Path))
		}
		ways = append(ways, way)
	}
	if len(ways) == 0 {
		return ""
	}
	return "; " + strings.Join(ways, ", ") + " leaves it out"
}

// helps says what would help to tell settings that cannot be told.
func helps(untold map[string]int) string {
	var all []string
	for _, help := range slices.Sorted(maps.Keys(untold)) {
		text := fmt.Sprintf("%d %s", untold[help], help)
		if strings.HasSuffix(help, "variable") {
			text += " (--var-file, --var)"
		}
		all = append(all, text)
	}
	if len(all) == 0 {
		return ""
	}
	return ": " + strings.Join(all, ", ")
}

func many(n int, name string) string {
	if n == 1 {
		return "1 " + name
	}
	return fmt.Sprintf("%d %ss", n, name)
}

func elapsed(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", max(d.Milliseconds(), 1))
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

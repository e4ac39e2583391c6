package buffers

import (
	"fmt"
	"strconv"

	"github.com/gwlint/gwlint/model"
)

// nginx compares the sizes of the buffers of each block with one another,
// whether they are used or not (ngx_http_proxy_merge_loc_conf and its kin).
var bufferSizes = &model.Check{
	ID:       "buffer-sizes",
	Title:    "The sizes of the buffers do not fit together",
	Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, prefix := range []string{"proxy_", "fastcgi_", "uwsgi_", "scgi_"} {
			for _, n := range withBuffers(w, prefix) {
				if b := buffersOf(n, prefix); b.governed(n) {
					b.compare(report)
				}
			}
		}
	},
}

// withBuffers are the blocks for which nginx merges settings of buffers, one of
// which is written: a location in which one stands, a server of http{} in which
// one stands or around it. The defaults fit.
func withBuffers(w *model.Workspace, prefix string) (blocks []*model.Node) {
	seen := map[*model.Node]bool{nil: true}
	add := func(n *model.Node) {
		if !seen[n] && (n.Name.Text == "location" || n.Name.Text == "server" && n.Within("stream") == nil && n.Within("mail") == nil && n.Find("proxy_pass") == nil) {
			blocks = append(blocks, n)
		}
		seen[n] = true
	}
	for s := range w.Statements("nginx", prefix+"buffer_size", prefix+"buffers", prefix+"busy_buffers_size", prefix+"temp_file_write_size", prefix+"max_temp_file_size") {
		block := s.Parent
		if seen[block] {
			continue
		}
		add(block)
		for _, server := range block.All("server") {
			if !server.Body.IsZero() {
				add(server)
			}
		}
	}
	return blocks
}

// A room is one setting of the buffers in effect for a block: its bytes, and
// the statement that has them.
type room struct {
	model.Value[int64]
	stmt *model.Node
}

// buffers are the settings of one module in effect for a block.
type buffers struct {
	prefix                  string
	head, count, each, busy room
	tempWrite, tempMax      room
}

const page = 4 << 10 // of memory, on nearly all machines

func buffersOf(n *model.Node, prefix string) buffers {
	b := buffers{
		prefix: prefix,
		head:   roomOf(n, prefix+"buffer_size", 0, page),
		count:  roomOf(n, prefix+"buffers", 0, 8),
		each:   roomOf(n, prefix+"buffers", 1, page),
	}
	twice := 2 * max(b.head.V, b.each.V)
	b.busy = roomOf(n, prefix+"busy_buffers_size", 0, twice)
	b.tempWrite = roomOf(n, prefix+"temp_file_write_size", 0, twice)
	b.tempMax = roomOf(n, prefix+"max_temp_file_size", 0, 1<<30)
	return b
}

// roomOf reads an argument of the statement in effect for n, as
// ngx_parse_size does; it is not told where a block may hold another.
func roomOf(n *model.Node, name string, arg int, byDefault int64) room {
	for b := n; b != nil; b = b.Parent {
		if k := b.Find(name); k != nil {
			v, err := strconv.ParseInt(k.Arg(arg), 10, 64)
			if s := k.Arg(arg); err != nil && s != "" {
				scale := map[byte]int64{'k': 1 << 10, 'K': 1 << 10, 'm': 1 << 20, 'M': 1 << 20}[s[len(s)-1]]
				v, err = strconv.ParseInt(s[:len(s)-1], 10, 32)
				if v *= scale; scale == 0 {
					v = -1
				}
			}
			if err != nil || v < 0 || v > 1<<50 {
				return room{model.NotTold[int64](n, name, "nginx does not take it"), k}
			}
			origin, why := model.Explicit, ""
			if b != n {
				origin, why = model.Inherited, "inherited from "+b.Name.Text
			}
			return room{model.Set(n, name, k.Args[arg].Span, v, origin, why), k}
		}
		switch {
		case b.Parent == nil && b.Fragment == "":
		case b.Partial != "":
			return room{model.NotTold[int64](n, name, b.Partial), nil}
		case b.Parent == nil:
			return room{model.Fallback(n, name, byDefault, model.Assumed, "nginx default; "+b.Fragment), nil}
		}
	}
	return room{model.Fallback(n, name, byDefault, model.Default, "nginx default"), nil}
}

// governed reports whether all of it can be told, and something of it is
// written in the block or, for a server, around it: what a location inherits
// whole was compared before.
func (b *buffers) governed(n *model.Node) bool {
	written := false
	for _, r := range []room{b.head, b.count, b.each, b.busy, b.tempWrite, b.tempMax} {
		if !r.Known() {
			return false
		}
		written = written || r.stmt != nil && (r.stmt.Parent == n || n.Name.Text == "server")
	}
	return written
}

// compare reports the first thing that nginx says.
func (b *buffers) compare(report func(model.Finding)) {
	size, all, busy := b.prefix+"buffer_size", b.prefix+"buffers", b.prefix+"busy_buffers_size"
	largest, of := b.head, b.head.String()
	if b.each.V > b.head.V || b.each.V == b.head.V && b.head.stmt == nil {
		largest, of = b.each, "one of "+b.all()
	}
	less := func(r room) string { return fmt.Sprintf("%s is less than %s", r, of) }
	biggest := fmt.Sprintf("must be equal to or greater than the maximum of the value of %q and one of the %q", size, all)
	refuses := func(says string, r room, fix string, edit *model.Edit, message string, more ...model.Fact) {
		f := model.Finding{Message: message, Because: append([]model.Fact{r.Value}, more...),
			Outcome: model.RefusesToStart("[emerg] " + says),
			When:    "always: nginx compares what is in effect for each block, used or not"}
		if edit != nil {
			f.Fix = &model.Fix{Message: fix, Edits: []model.Edit{*edit}}
		}
		report(f)
	}
	switch twice := 2 * largest.V; {
	case b.count.V < 2:
		refuses(fmt.Sprintf("there must be at least 2 %q", all), b.count, "as many as by default", b.count.write(8),
			fmt.Sprintf("%s is one buffer, and nginx wants two", b.all()))
	case b.busy.V < largest.V:
		refuses(fmt.Sprintf("%q %s", busy, biggest), b.busy, "twice the largest, as by default", b.busy.write(twice), less(b.busy), largest.Value)
	case b.busy.V > b.rest():
		first, says := b.busy, b.busy.String()+" is"
		if b.busy.stmt == nil {
			first, says = largest, fmt.Sprintf("%s makes %s %s, which is", largest, busy, model.Plain(b.busy.V))
			if largest == b.each {
				first, says = b.count, fmt.Sprintf("%s makes %s %s, which is", b.all(), busy, model.Plain(b.busy.V))
			}
		}
		fix, edit := b.more(first, largest.V)
		refuses(fmt.Sprintf("%q must be less than the size of all %q minus one buffer", busy, all), first, fix, edit,
			fmt.Sprintf("%s more than all buffers but one hold: %s of %s", says, model.Plain(b.rest()), b.all()), b.count.Value, b.each.Value)
	case b.tempWrite.V < largest.V:
		refuses(fmt.Sprintf("%q %s", b.tempWrite.Key(), biggest), b.tempWrite, "twice the largest, as by default", b.tempWrite.write(twice), less(b.tempWrite), largest.Value)
	case b.tempMax.V != 0 && b.tempMax.V < largest.V:
		refuses(fmt.Sprintf("%q must be equal to zero to disable temporary files usage or %s", b.tempMax.Key(), biggest), b.tempMax,
			"no temporary files at all", b.tempMax.write(0), less(b.tempMax)+", and not 0", largest.Value)
	}
}

// rest is what all buffers but one hold.
func (b *buffers) rest() int64 { return (b.count.V - 1) * b.each.V }

// all is the statement of the buffers in words.
func (b *buffers) all() string {
	s := fmt.Sprintf("%s %d %s", b.each.Key(), b.count.V, b.each.Plain())
	if b.count.stmt == nil {
		s += " (the default)"
	}
	return s
}

// more makes room for what may be busy: 8 buffers of the largest size hold
// twice that, where none are written; else their number.
func (b *buffers) more(first room, largest int64) (string, *model.Edit) {
	switch {
	case b.count.stmt != nil && b.each.V > 0:
		return "as many buffers as it takes", b.count.write((b.busy.V+b.each.V-1)/b.each.V + 1)
	case b.count.stmt == nil && first.stmt != nil:
		number := max(8, (b.busy.V+largest-1)/largest+1)
		return "buffers of the same size", model.Insert(first.stmt.Parent, fmt.Sprintf("%s %d %s;", b.each.Key(), number, model.Plain(largest)))
	}
	return "", nil
}

// write replaces a literal that is written in the block itself.
func (r room) write(bytes int64) *model.Edit {
	if r.Origin() != model.Explicit || r.stmt == nil || r.stmt.Via != nil {
		return nil
	}
	return &model.Edit{Span: r.At(), Text: model.Plain(bytes)}
}

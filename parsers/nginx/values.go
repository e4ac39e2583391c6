package nginx

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A reader makes a value of a statement's arguments; not ok when they are none.
type reader[T any] func(args []string) (T, bool)

// setting is the value in effect for owner: its own, else that of the nearest
// block around it, else the default of the level ("http", "stream").
func setting[T any](l *loader, owner *model.Node, level, name string, read reader[T]) model.Value[T] {
	stmt, missing := l.find(owner, name)
	switch {
	case missing != "":
		return model.NotTold[T](owner, name, missing)
	case stmt != nil:
		return written(owner, stmt, name, read)
	}
	d := l.byDefault(level, name)
	v, ok := read(strings.Fields(d.value))
	if !ok || d.origin == model.Unknown {
		return model.NotTold[T](owner, name, d.why)
	}
	return model.Fallback(owner, name, v, l.atMost(d.origin), l.unseen(d.why))
}

// written is the value of a statement that is in effect for owner.
func written[T any](owner, stmt *model.Node, name string, read reader[T]) model.Value[T] {
	args := make([]string, len(stmt.Args))
	for i, a := range stmt.Args {
		if args[i] = a.Text; strings.Contains(a.Text, "$") {
			return model.NotTold[T](owner, name, "it is a variable: "+a.Text)
		}
	}
	v, ok := read(args)
	if !ok {
		return model.NotTold[T](owner, name, "nginx does not take "+strings.Join(args, " "))
	}
	return from(owner, stmt, name, arguments(stmt), v)
}

// from is a value that a statement in effect for owner gives, written at.
func from[T any](owner, stmt *model.Node, name string, at model.Span, v T) model.Value[T] {
	if why := inherited(owner, stmt); why != "" {
		return model.Set(owner, name, at, v, model.Inherited, why, via(stmt)...)
	}
	return model.Set(owner, name, at, v, model.Explicit, "", via(stmt)...)
}

// inherited says from where a statement comes to owner, or "" when it is its
// own.
func inherited(owner, stmt *model.Node) string {
	switch from := stmt.Parent; {
	case from == owner:
		return ""
	case from.Name.Text == "":
		return "inherited from the file"
	default:
		return "inherited from " + from.Name.Text
	}
}

// arguments are where the value of a statement is written.
func arguments(stmt *model.Node) model.Span {
	if len(stmt.Args) == 0 {
		return stmt.Head()
	}
	at := stmt.Args[0].Span
	at.End = stmt.Args[len(stmt.Args)-1].Span.End
	return at
}

// via are the includes through which a statement came.
func via(stmt *model.Node) []model.Span {
	if stmt.Via == nil {
		return nil
	}
	return append(via(stmt.Via), stmt.Via.Head())
}

// find is the statement of that name in effect for owner, or why it cannot be
// told: a block in which it may stand holds more than is seen.
func (l *loader) find(owner *model.Node, name string) (stmt *model.Node, missing string) {
	for b := owner; b != nil; b = b.Parent {
		if k := b.Find(name); k != nil {
			return k, ""
		}
		if b.Partial != "" && l.mayStand(name, b) {
			return nil, b.Partial
		}
	}
	return nil, ""
}

// mayStand reports whether a block may hold such a statement.
func (l *loader) mayStand(name string, block *model.Node) bool {
	in := l.contextOf(block)
	all := contexts(name)
	for _, c := range all {
		if c == in {
			return true
		}
	}
	return all == nil
}

// contextOf names the context inside a block, as the table of directives does.
func (l *loader) contextOf(n *model.Node) string {
	if n.Parent == nil {
		return l.context
	}
	switch name := n.Name.Text; name {
	case "if":
		if l.contextOf(n.Parent) == "server" {
			return "if-in-server"
		}
		return "if-in-location"
	case "server", "upstream":
		switch outer := l.contextOf(n.Parent); outer {
		case "stream", "mail":
			return outer + "-" + name
		}
		return name
	default:
		return name
	}
}

// atMost is Assumed for what is not written in a fragment: an enclosing block
// that is not among the files may hold it.
func (l *loader) atMost(o model.Origin) model.Origin {
	if l.root.Fragment != "" {
		return min(o, model.Assumed)
	}
	return o
}

func (l *loader) unseen(why string) string {
	if l.root.Fragment != "" {
		return why + "; " + l.root.Fragment
	}
	return why
}

// seconds reads a time as ngx_parse_time does, "1h 30m" and bare seconds
// included.
func seconds(args []string) (time.Duration, bool) {
	if len(args) == 0 {
		return 0, false
	}
	return parseTime(args[0])
}

// orForever reads a time of which 0 is no limit.
func orForever(args []string) (time.Duration, bool) {
	d, ok := seconds(args)
	if ok && d == 0 {
		d = model.Forever
	}
	return d, ok
}

func parseTime(s string) (time.Duration, bool) {
	if s == "" {
		return 0, false
	}
	var total time.Duration
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimLeft(s, " ") {
		end := 0
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		n, err := strconv.ParseInt(s[:end], 10, 64)
		if err != nil {
			return 0, false
		}
		s = s[end:]
		unit := time.Second
		switch {
		case strings.HasPrefix(s, "ms"):
			unit, s = time.Millisecond, s[2:]
		case s != "" && s[0] != ' ':
			units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': day, 'w': 7 * day, 'M': 30 * day, 'y': 365 * day}
			u, ok := units[s[0]]
			if !ok {
				return 0, false
			}
			unit, s = u, s[1:]
		}
		if n > int64(model.Forever/unit) {
			return 0, false
		}
		total += time.Duration(n) * unit
	}
	return total, true
}

const day = 24 * time.Hour

// size reads a size: 16k, 1m, 1g. The default "page" is one memory page,
// which is 4k but for some kernels.
func size(args []string) (int64, bool) {
	if len(args) == 0 {
		return 0, false
	}
	return parseSize(args[0])
}

// lastSize reads the size of "number size" lists.
func lastSize(args []string) (int64, bool) {
	if len(args) == 0 {
		return 0, false
	}
	return parseSize(args[len(args)-1])
}

func parseSize(s string) (int64, bool) {
	if s == "page" {
		return 4 << 10, true
	}
	if s == "" {
		return 0, false
	}
	scale := int64(1)
	switch s[len(s)-1] {
	case 'k', 'K':
		scale = 1 << 10
	case 'm', 'M':
		scale = 1 << 20
	case 'g', 'G':
		scale = 1 << 30
	}
	if scale > 1 {
		s = s[:len(s)-1]
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/scale {
		return 0, false
	}
	return n * scale, true
}

// flag reads on and off.
func flag(args []string) (bool, bool) {
	if len(args) != 1 {
		return false, false
	}
	return args[0] == "on", args[0] == "on" || args[0] == "off"
}

// word reads one argument as it is.
func word(args []string) (string, bool) {
	if len(args) == 0 {
		return "", false
	}
	return args[0], true
}

// orEach reads a number of tries, of which 0 is each server once.
func orEach(args []string) (int, bool) {
	n, ok := number(args)
	if ok && n == 0 {
		n = math.MaxInt
	}
	return n, ok
}

func number(args []string) (int, bool) {
	if len(args) == 0 {
		return 0, false
	}
	n, err := strconv.Atoi(args[0])
	return n, err == nil && n >= 0
}

// events reads the words of proxy_next_upstream and its kin. A failure on a
// reused connection counts as an error.
func events(args []string) (on model.Event, ok bool) {
	words := map[string]model.Event{
		"error": model.Refused | model.BadTLS | model.Closed | model.Stale, "timeout": model.NoSYN | model.Silent,
		"invalid_header": model.BadHead | model.BigHead, "off": 0, "on": model.Refused | model.NoSYN,
		"http_500": model.Status5xx, "http_502": model.Status5xx, "http_503": model.Status5xx, "http_504": model.Status5xx,
		"http_403": 0, "http_404": 0, "http_429": 0, "updating": 0, "non_idempotent": 0, "denied": 0,
	}
	for _, a := range args {
		e, known := words[a]
		if !known {
			return 0, false
		}
		on |= e
	}
	return on, len(args) > 0
}

// resends reports whether requests that are not idempotent are sent again.
func resends(args []string) (bool, bool) {
	for _, a := range args {
		if a == "non_idempotent" {
			return true, true
		}
	}
	return false, true
}

var protocolOrder = []string{"SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}

// oldest and newest read the ends of a list of TLS versions.
func oldest(args []string) (string, bool) { return pickProtocol(args, -1) }
func newest(args []string) (string, bool) { return pickProtocol(args, 1) }

func pickProtocol(args []string, sign int) (best string, ok bool) {
	at := -1
	for _, a := range args {
		for i, p := range protocolOrder {
			if p == a && (at < 0 || (i-at)*sign > 0) {
				best, at = p, i
			}
		}
	}
	return best, at >= 0
}

package nginx

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/tufanbarisyildirim/gonginx/parser"
)

// The directives of nginx's own modules, with the contexts they may stand in,
// how many arguments they take, whether they open a block, in which versions
// they exist, and whether a block takes a second one.
//
//go:embed directives.tsv
var directivesTSV string

// A place is a set of contexts.
type places uint32

const (
	inMain places = 1 << iota
	inEvents
	inHTTP
	inServer
	inLocation
	inIfServer
	inIfLocation
	inLimitExcept
	inUpstream
	inStream
	inStreamServer
	inStreamUpstream
	inMail
	inMailServer
	anywhere places = 1<<iota - 1
)

// contextNames are the contexts in the order of their bits.
var contextNames = [...]string{"main", "events", "http", "server", "location", "if-in-server", "if-in-location", "limit_except",
	"upstream", "stream", "stream-server", "stream-upstream", "mail", "mail-server"}

func (p places) names() (names []string) {
	for i, n := range contextNames {
		if p&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return names
}

func placesOf(names string) (p places) {
	for _, name := range strings.Split(names, ",") {
		if name == "any" {
			return anywhere
		}
		for i, n := range contextNames {
			if n == name {
				p |= 1 << i
			}
		}
	}
	return p
}

// A form is one way in which a directive may be written.
type form struct {
	in    places
	args  [10]bool // how many arguments it takes; the last stands for any more
	block bool

	since, gone string // the first version that has it, and the first without; "" where 1.18.0 or the newest is beyond
	once        bool   // nginx refuses a second one in the same block
}

func (f *form) takes(n int) bool { return f.args[min(n, len(f.args)-1)] }

// An entry is a directive of the table.
type entry struct {
	forms    []form
	contexts []string
}

var table = sync.OnceValue(func() map[string]*entry {
	all := make(map[string]*entry, 700)
	for line := range strings.Lines(directivesTSV) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 7 {
			continue // the heading
		}
		e := all[f[0]]
		if e == nil {
			e = &entry{}
			all[f[0]] = e
		}
		e.forms = append(e.forms, form{in: placesOf(f[1]), args: arity(f[2]), block: f[3] == "block", since: f[4], gone: f[5], once: f[6] == "once"})
	}
	for _, e := range all {
		var in places
		for _, f := range e.forms {
			in |= f.in
		}
		e.contexts = in.names()
	}
	return all
})

func forms(directive string) []form {
	if e := table()[directive]; e != nil {
		return e.forms
	}
	return nil
}

// arity reads nginx's own names: flag, noargs, take1, take123, 1more, 2more.
func arity(names string) (n [10]bool) {
	for _, name := range strings.Split(names, ",") {
		switch name {
		case "flag":
			n[1] = true
		case "noargs":
			n[0] = true
		case "1more", "2more":
			for i := int(name[0] - '0'); i < len(n); i++ {
				n[i] = true
			}
		default:
			for _, d := range strings.TrimPrefix(name, "take") {
				n[d-'0'] = true
			}
		}
	}
	return n
}

// contexts are the contexts in which a directive may stand; nil for one that
// no module of nginx has.
func contexts(directive string) []string {
	if e := table()[directive]; e != nil {
		return e.contexts
	}
	return nil
}

// allowed is where a directive may stand, with a block or without.
func allowed(directive string, block bool) (p places) {
	for _, f := range forms(directive) {
		if f.block == block {
			p |= f.in
		}
	}
	return p
}

// isKnown reports whether nginx or one of its widespread modules has the
// directive.
func isKnown(directive string) bool {
	if table()[directive] != nil {
		return true
	}
	_, ok := parser.ValidDirectives[directive]
	return ok || isLua(directive)
}

// isBlock reports whether the directive opens a block.
func isBlock(directive string) bool {
	for _, f := range forms(directive) {
		if f.block {
			return true
		}
	}
	return false
}

// accepts reports whether nginx takes that many arguments; of a directive it
// does not have it cannot be told, and it does.
func accepts(directive string, args int, block bool) bool {
	all := forms(directive)
	for _, f := range all {
		if f.block == block && f.takes(args) {
			return true
		}
	}
	return len(all) == 0
}

// lacksBlock reports whether a statement without a block is one that must have
// a block where it stands.
func lacksBlock(s *statement) bool {
	if isData(s.outer) || !isBlock(s.name()) {
		return false
	}
	if s.name() == "server" { // of upstream it has none
		return s.outer != nil && s.outer.name() != "upstream" && isKnown(s.outer.name())
	}
	return allowed(s.name(), false) == 0
}

// takesAny reports whether nginx takes any words for arguments of the directive
// without a look at them.
func takesAny(directive string) bool {
	switch directive {
	case "index", "server_name", "try_files", "log_format", "valid_referers", "add_header", "add_trailer", "rewrite", "return":
		return true
	}
	return strings.HasSuffix(directive, "_types") || strings.HasSuffix(directive, "_param")
}

// isData reports whether the block holds no directives but entries, whose
// first words are values.
func isData(b *statement) bool {
	if b == nil {
		return false
	}
	switch b.name() {
	case "map", "geo", "types", "split_clients", "charset_map", "match":
		return true
	}
	return b.lua()
}

// candidates are the contexts a fragment may belong to, outermost first.
var candidates = []places{inMain, inHTTP, inServer, inLocation, inUpstream, inStream, inStreamServer, inMail, inEvents, inLimitExcept}

// contextOf infers where a fragment belongs: the outermost context in which
// all its statements may stand, else the one in which most may. It is sure
// when they may stand in no other.
func contextOf(top []*statement) (context places, sure bool) {
	all, votes, known := anywhere, make([]int, len(candidates)), 0
	streams := false
	for _, s := range top {
		p := allowed(s.name(), s.block())
		if s.name() == "include" || p == 0 {
			continue
		}
		switch s.name() {
		case "server":
			if s.block() && speaksStream(s) {
				streams = true
				p &^= inHTTP
			} else if s.block() {
				p &^= inStream | inMail // mail in a file of its own is rare
			} else {
				p &^= inStreamUpstream
			}
		case "http", "events", "mail", "stream":
			p = inMain
		}
		known++
		all &= p
		for i, c := range candidates {
			if p&c != 0 {
				votes[i]++
			}
		}
	}
	if known == 0 {
		return 0, false
	}
	if streams && all&inStream != 0 {
		return inStream, true
	}
	best := -1
	for i, n := range votes {
		if n == 0 {
			continue
		}
		if best < 0 || n > votes[best] {
			best = i
		}
	}
	if best < 0 {
		return 0, false
	}
	return candidates[best], all&^candidates[best] == 0 && all != 0
}

// speaksStream reports whether a server block is one of stream{}.
func speaksStream(server *statement) bool {
	for _, k := range server.kids {
		switch k.name() {
		case "proxy_pass", "ssl_preread", "proxy_protocol_timeout", "proxy_responses", "proxy_timeout":
			return true // in http it takes a location
		case "listen":
			for _, w := range k.words {
				if w.Text == "udp" {
					return true
				}
			}
		}
	}
	return false
}

// enclosing says which blocks a fragment lacks.
func enclosing(p places) string {
	var block string
	switch p {
	case inMain:
		return ""
	case inHTTP, inStream, inMail, inEvents:
		block = p.names()[0]
	case inServer, inStreamServer, inMailServer:
		block = "server"
	case inUpstream, inStreamUpstream:
		block = "upstream"
	case inLimitExcept:
		block = "limit_except"
	case inLocation:
		block = "location"
	default:
		return "the blocks around the file are not among the files"
	}
	return "the " + block + " block around it is not among the files"
}

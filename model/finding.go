package model

import (
	"slices"
	"strconv"
	"strings"
)

// Confidence is how sure a finding is: the least trust among its facts.
type Confidence uint8

const (
	Low Confidence = iota
	Medium
	High
)

func (c Confidence) String() string { return [...]string{"low", "medium", "high"}[c] }

// Severity of a finding. The zero Severity is "as its check says".
type Severity uint8

const (
	Note    Severity = iota + 1 // missing protection, or weak evidence; hidden by default
	Warning                     // 5xx under an ordinary event: a slow request, an idle gap, a deploy
	Error                       // every matching request fails, or the server refuses to start
)

func (s Severity) String() string { return [...]string{"", "note", "warning", "error"}[s] }

// A Check is one rule. One without Run is found by a parser or by the engine.
type Check struct {
	ID       string // the hazard in kebab-case; never changes, never returns
	Title    string // one line: what is wrong
	Severity Severity
	Outcomes []Outcome // what clients may get, for the index by status
	// Run is pure: the same workspace, the same findings, in any order, in
	// parallel with others.
	Run func(w *Workspace, report func(Finding))
}

// A Fact is what a finding rests on: a Value, a *Link, a *Node, a Product, a
// Mark.
type Fact interface {
	Where() Span
	String() string
	Trust() Confidence
}

// A Setting is a Value of any type, as reports show it.
type Setting interface {
	Fact
	Key() string
	Text() string  // as written
	Plain() string // as meant
	Origin() Origin
	Written() bool
	Why() string
	At() Span
	Owner() *Node
	Parts() []Fact
}

// A Mark is a place with a label: a fact that is a piece of text itself.
type Mark struct {
	Span Span
	Text string
}

// Where, String and Trust make a Mark a Fact.
func (m Mark) Where() Span       { return m.Span }
func (m Mark) String() string    { return m.Text }
func (m Mark) Trust() Confidence { return High }

// A Finding is what a rule has to say. The engine takes the place from the
// first fact, the related places and the values in effect from all, and the
// confidence from the least trust among them.
type Finding struct {
	Rule    string   // stamped by the engine; only parsers write it
	AtMost  Severity // less than the check's, for want of evidence; zero: the check's
	Message string   // one sentence, starting with the native setting, no full stop
	Because []Fact
	Outcome Outcome
	When    string // which requests: "POST on a reused connection"
	Fix     *Fix
}

// Confidence is the least trust among the facts.
func (f Finding) Confidence() Confidence {
	c := High
	for _, b := range f.Because {
		c = min(c, b.Trust())
	}
	return c
}

// A Fix is an edit that ends the hazard: the least text, the least reach.
type Fix struct {
	Message string // what it does: "write the unit"
	Edits   []Edit // do not overlap
	Safe    bool   // what works now works as before, and there is no other way to read what was meant
}

// An Edit replaces a span by text; an empty span is an insertion.
type Edit struct {
	Span Span
	Text string
}

// Insert adds a statement to the block of n: behind its last statement, on a
// line of its own where that has one, and indented like it. It is nil where n
// has no block.
func Insert(n *Node, statement string) *Edit {
	if n.Body.IsZero() {
		return nil
	}
	s := n.Body.Source
	for _, k := range slices.Backward(n.Kids) {
		if !n.Body.Holds(k.Span) {
			continue // an include brought it
		}
		end := k.Span.End
		indent, alone := s.indent(k.Span.Start)
		if !alone {
			return &Edit{s.Span(end, end), " " + statement}
		}
		if line := s.LineSpan(s.line(end)).End; line <= n.Body.End { // behind a comment, too
			end = line
		}
		return &Edit{s.Span(end, end), s.newline() + indent + statement}
	}
	at := s.Span(n.Body.Start, n.Body.Start)
	if indent, alone := s.indent(n.Span.Start); alone && strings.Contains(n.Body.Text(), "\n") {
		return &Edit{at, s.newline() + indent + "    " + statement}
	}
	return &Edit{at, " " + statement + " "}
}

// indent is the white space before offset, when there is nothing else on its
// line before it.
func (s *Source) indent(offset int) (string, bool) {
	before := string(s.Text[s.lines[s.line(offset)-1]:offset])
	return before, strings.TrimLeft(before, " \t") == ""
}

// newline is the line end that the source uses.
func (s *Source) newline() string {
	if len(s.lines) > 1 && s.lines[1] >= 2 && s.Text[s.lines[1]-2] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// An Event is one way in which a try can fail; also a set of them.
type Event uint16

const (
	Refused   Event = 1 << iota // nothing listens, no socket, no permission
	NoSYN                       // connecting takes too long
	BadTLS                      // handshake or verification fails
	Silent                      // connected, no answer in time
	Closed                      // closed before an answer
	Stale                       // closed before an answer, on a reused connection
	BadHead                     // an answer that is none
	BigHead                     // an answer whose head does not fit
	Status5xx                   // the endpoint answers 5xx itself
	Full                        // no free slot, or the queue expired
	NoName                      // the name does not resolve
	NoServer                    // every endpoint is out, or there is none
	Stopped                     // the gateway is stopped or reloaded, and does not wait for the answer
	Empty                       // no server is registered at all; where that is not the same as all being out
	BadCert                     // verification of the certificate fails; where nothing else is told, as BadTLS
)

// Has reports whether all of x are in e.
func (e Event) Has(x Event) bool { return e&x == x }

// String lists the events by the names of their constants.
func (e Event) String() string {
	names := [...]string{"refused", "connect timeout", "TLS failure", "silence", "early close", "stale connection",
		"invalid head", "too big head", "5xx", "full", "unresolved name", "no server", "stop", "no registered server", "unaccepted certificate"}
	var in []string
	for i, n := range names {
		if e&(1<<i) != 0 {
			in = append(in, n)
		}
	}
	return strings.Join(in, ", ")
}

// An Outcome is what the client gets and what the log says. The zero Outcome
// is not told.
type Outcome struct {
	Status int    // HTTP status; 0 when there is none
	Native string // the server's own words: the log line, the termination state
}

// NoAnswer is a connection closed without an answer.
var NoAnswer = Outcome{Native: "closed"}

// RefusesToStart is a server that does not start, or does not take the new
// configuration, and says so.
func RefusesToStart(says string) Outcome { return Outcome{Native: startPrefix + says} }

const startPrefix = "refuses to start: "

// Start reports whether the outcome is that the server refuses to start.
func (o Outcome) Start() bool { return strings.HasPrefix(o.Native, startPrefix) }

// String is short: "502", "refuses to start", "closed", or "" when not told.
func (o Outcome) String() string {
	switch {
	case o.Status != 0:
		return strconv.Itoa(o.Status)
	case o.Start():
		return strings.TrimSuffix(startPrefix, ": ")
	}
	return o.Native
}

// Says is the log line alone, or "".
func (o Outcome) Says() string {
	if o == NoAnswer {
		return ""
	}
	return strings.TrimPrefix(o.Native, startPrefix)
}

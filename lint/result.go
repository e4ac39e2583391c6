package lint

import (
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// A Result is one run, ready to be reported.
type Result struct {
	Findings  []Finding  // in the order of reports: by place, then rule
	Silenced  []Silenced // what would be among them, in the same order
	Workspace *model.Workspace
	Checks    []*model.Check // every rule of the run, in registry order
	Compared  bool           // with a baseline
	Stale     []Stale        // what the baseline knows and is found no more
	Timings   []Timing       // what took how long: reading, then each rule
	Summary   Summary

	tree *files.Tree // to lint it again, edited
}

// A Timing is how long one part of the run took, on the wall clock.
type Timing struct {
	What string
	Took time.Duration
}

// A Summary counts what a run saw and found.
type Summary struct {
	Files, Hops      int // recognised and read; forwardings found
	Errors, Warnings int // findings by severity, suppressed ones left out
	Notes, Hidden    int // Hidden: notes that the profile leaves out
	Suppressed       int
	Baselined, Stale int            // findings that are known; known ones that are found no more
	Unknown          int            // settings that could not be told
	Untold           map[string]int // the same, by what would help: "needs terraform init"
	Unread           []string       // files that were recognised and could not be read
	Elapsed          time.Duration  // wall clock; only the summary line of text in a terminal shows it
}

// A Finding is a rule's finding with everything that a report shows.
type Finding struct {
	Check       *model.Check
	Severity    model.Severity
	Confidence  model.Confidence
	Message     string
	Outcome     model.Outcome
	When        string
	Primary     model.Span // zero when the finding has no place
	Related     []Related
	Effective   []model.Setting // the values it rests on, computed ones followed by their parts
	Path        []Related       // the way of a request to the primary place: listener, route, pool, endpoint; may be empty
	Fix         *model.Fix
	Count       int    // how many gateways, routes or places have it; at least 1
	Fingerprint string // stays the same when lines move or values change; no other finding of the run has it
	Anchor      string // the same without the file and shared by findings that are alike: the rule, the blocks around, the statement
	Values      string // changes when a value does that the finding rests on

	subject string // the native setting that the finding is about; "" where it is a statement
}

// A Silenced is a finding that is not reported: a comment says so, or the
// baseline knows it.
type Silenced struct {
	Finding
	Comment model.Span // zero: the baseline
	Reason  string     // what the comment gives; may be empty
}

// Related is another place that a finding speaks of.
type Related struct {
	Span    model.Span
	Message string
}

// Rule is the id of the finding's check.
func (f *Finding) Rule() string { return f.Check.ID }

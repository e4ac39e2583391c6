// Package sarif makes a SARIF 2.1.0 log of a run, as GitHub code scanning and
// other consumers of static analysis take it.
package sarif

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

// Options of a log. All may be zero.
type Options struct {
	Version  string                   // of gwlint, without a leading v
	Category string                   // tells the logs of one commit apart: automationDetails.id
	Full     bool                     // for audits: also what is silenced, and no limit; GitHub would open alerts for it
	Pages    func(rule string) string // the Markdown page of a rule
	RuleURL  func(rule string) string // where the page is on the web
}

const (
	informationURI = "https://github.com/gwlint/gwlint"
	schemaURI      = "https://json.schemastore.org/sarif-2.1.0.json"
	root           = "%SRCROOT%" // what relative URIs are relative to

	// GitHub's limits: text of a description, and of an alert's region.
	longestDescription = 1024
	longestSnippet     = 512
)

// mostResults is what GitHub takes in one run.
const mostResults = 25000

// broken are the rules whose findings say that the run did not see all: they
// are notifications of the invocation as well.
var broken = []string{"syntax", "missing-include", "unreadable", "internal-error"}

// Build makes the log of r. It fails when a finding is of a rule that
// r.Checks does not list: a log cannot refer to it.
//
// A finding that has no place is a notification only, as consumers refuse
// results without one. Where there are more than GitHub takes, the mildest are
// left out and a notification says how many; a full log has them all, and those
// that are not reported: with the comment that says so, or as unchanged since
// the baseline.
func Build(r *lint.Result, opt Options) (*gosarif.Report, error) {
	b := &builder{opt: opt, rules: map[string]uint{}, notices: map[string]uint{}, hashes: map[*model.Source][]string{}}
	driver := &gosarif.ToolComponent{
		Name:           "gwlint",
		InformationURI: ptr(informationURI),
		Rules:          []*gosarif.ReportingDescriptor{},
	}
	if opt.Version != "" {
		driver.Version = ptr(opt.Version)
		if semantic.MatchString(opt.Version) {
			driver.SemanticVersion = ptr(opt.Version)
		}
	}
	for _, c := range r.Checks {
		if _, twice := b.rules[c.ID]; twice {
			return nil, fmt.Errorf("sarif: the run lists rule %q twice", c.ID)
		}
		b.rules[c.ID] = uint(len(driver.Rules))
		driver.Rules = append(driver.Rules, b.rule(c))
	}
	b.driver = driver

	run := &gosarif.Run{
		Tool:       gosarif.Tool{Driver: driver},
		Results:    []*gosarif.Result{},
		ColumnKind: "utf16CodeUnits",
		OriginalUriBaseIDs: map[string]*gosarif.ArtifactLocation{
			root: {Description: gosarif.NewTextMessage("The directory in which gwlint ran.")},
		},
	}
	if opt.Category != "" {
		run.AutomationDetails = &gosarif.RunAutomationDetails{ID: ptr(strings.TrimSuffix(opt.Category, "/") + "/")}
	}
	invocation := &gosarif.Invocation{ExecutionSuccessful: ptr(len(r.Summary.Unread) == 0)}
	findings := r.Findings
	if !opt.Full {
		findings = worst(findings, mostResults)
	}
	for i := range findings {
		f := &findings[i]
		index, known := b.rules[f.Rule()]
		if !known {
			return nil, fmt.Errorf("sarif: a finding is of rule %q, which the run does not list", f.Rule())
		}
		if !f.Primary.IsZero() {
			result := b.result(f, index)
			if opt.Full && r.Compared {
				result.BaselineState = ptr("new")
			}
			run.Results = append(run.Results, result)
		}
		if f.Primary.IsZero() || slices.Contains(broken, f.Rule()) {
			invocation.ToolExecutionNotifications = append(invocation.ToolExecutionNotifications, b.notification(f, index))
		}
	}
	if left := len(r.Findings) - len(findings); left > 0 {
		invocation.ToolExecutionNotifications = append(invocation.ToolExecutionNotifications, gosarif.NewNotification().WithLevel("warning").
			WithTextMessage(fmt.Sprintf("%d more findings, the mildest, are left out: GitHub takes %d.", left, mostResults)))
	}
	if opt.Full {
		for i := range r.Silenced {
			if result := b.silenced(&r.Silenced[i], r.Compared); result != nil {
				run.Results = append(run.Results, result)
			}
		}
	}
	for _, file := range r.Summary.Unread {
		n := gosarif.NewNotification().WithLevel("error").WithTextMessage(sentence(file + " was recognised and could not be read"))
		n.Locations = []*gosarif.Location{{PhysicalLocation: &gosarif.PhysicalLocation{ArtifactLocation: artifact(file)}}}
		invocation.ToolExecutionNotifications = append(invocation.ToolExecutionNotifications, n)
	}
	run.Invocations = []*gosarif.Invocation{invocation}
	return &gosarif.Report{Version: "2.1.0", Schema: schemaURI, Runs: []*gosarif.Run{run}}, nil
}

// A builder holds what the results of one run share.
type builder struct {
	opt     Options
	driver  *gosarif.ToolComponent
	rules   map[string]uint // index in driver.Rules
	notices map[string]uint // index in driver.Notifications
	hashes  map[*model.Source][]string
}

var semantic = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// rule is the constant part of a rule's results: it does not depend on what
// the run found.
func (b *builder) rule(c *model.Check) *gosarif.ReportingDescriptor {
	page := ""
	if b.opt.Pages != nil {
		page = b.opt.Pages(c.ID)
	}
	d := &gosarif.ReportingDescriptor{
		ID:               c.ID,
		ShortDescription: gosarif.NewMultiformatMessageString(shorten(sentence(c.Title))),
		FullDescription:  gosarif.NewMultiformatMessageString(shorten(sentence(firstParagraph(page, c.Title)))),
		Help:             gosarif.NewMultiformatMessageString(sentence(c.Title)),
		DefaultConfiguration: &gosarif.ReportingConfiguration{
			Level: c.Severity.String(),
		},
	}
	if name := pascal(c.ID); !strings.EqualFold(name, c.ID) { // a name that is the id again is an error (SARIF1001)
		d.Name = ptr(name)
	}
	if page != "" {
		d.Help = gosarif.NewMultiformatMessageString(page).WithMarkdown(page)
	}
	if b.opt.RuleURL != nil {
		if to := b.opt.RuleURL(c.ID); to != "" {
			d.HelpURI = ptr(to)
		}
	}
	tags := []string{"reliability"}
	for _, o := range c.Outcomes {
		tag := "no-answer"
		switch {
		case o.Status != 0:
			tag = "http-" + strconv.Itoa(o.Status)
		case o.Start():
			tag = "refuses-to-start"
		case o == model.Outcome{}:
			continue
		}
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	precision, problem := "high", c.Severity.String()
	if c.Severity == model.Note {
		precision, problem = "medium", "recommendation"
	}
	d.Properties = gosarif.Properties{"tags": tags, "precision": precision, "problem.severity": problem}
	return d
}

func (b *builder) result(f *lint.Finding, index uint) *gosarif.Result {
	out := &gosarif.Result{
		RuleID:    ptr(f.Rule()),
		RuleIndex: ptr(index),
		Level:     ptr(f.Severity.String()),
		Message:   gosarif.Message{Text: ptr(message(f, true))},
		Locations: []*gosarif.Location{{PhysicalLocation: b.firstLine(f.Primary)}},
		PartialFingerprints: map[string]interface{}{
			"primaryLocationLineHash": b.lineHash(f.Primary),
		},
	}
	if f.Fingerprint != "" {
		out.PartialFingerprints["gwlint/v1"] = f.Fingerprint
	}
	if f.Count > 1 {
		out.OccurrenceCount = ptr(uint(f.Count))
	}
	for i, place := range placed(f.Related) {
		l := b.location(place)
		l.Id = ptr(uint(i + 1))
		out.RelatedLocations = append(out.RelatedLocations, l)
	}
	out.CodeFlows = b.flow(f)
	if fix := b.fix(f.Fix); fix != nil {
		out.Fixes = []*gosarif.Fix{fix}
	}
	properties := gosarif.Properties{"confidence": f.Confidence.String()}
	if f.Outcome.Status != 0 {
		properties["status"] = f.Outcome.Status
	}
	if f.Outcome.Native != "" {
		properties["native"] = f.Outcome.Native
	}
	if f.When != "" {
		properties["when"] = f.When
	}
	var effective []string
	for _, v := range f.Effective {
		text := strings.TrimSpace(v.Key() + " " + v.Text())
		if v.Key() == "" {
			text = v.String()
		}
		text += " (" + v.Origin().String()
		if v.Why() != "" {
			text += ": " + v.Why()
		}
		effective = append(effective, text+")")
	}
	if effective != nil {
		properties["effective"] = effective
	}
	out.PropertyBag.Properties = properties
	return out
}

// silenced is the result of a finding that is not reported; nil where it has no
// place, or its rule is not of the run.
func (b *builder) silenced(s *lint.Silenced, compared bool) *gosarif.Result {
	index, known := b.rules[s.Rule()]
	if !known || s.Primary.IsZero() {
		return nil
	}
	out := b.result(&s.Finding, index)
	switch {
	case s.Comment.IsZero():
		out.BaselineState = ptr("unchanged")
		return out
	case compared:
		out.BaselineState = ptr("new") // what a comment leaves out, no baseline knows
	}
	why := &gosarif.Suppression{Kind: "inSource", Status: ptr("accepted"),
		Location: b.location(lint.Related{Span: s.Comment})}
	if s.Reason != "" {
		why.Justification = ptr(s.Reason)
	}
	out.Suppressions = []*gosarif.Suppression{why}
	return out
}

// worst are the first most findings by severity and confidence, in their order.
func worst(all []lint.Finding, most int) []lint.Finding {
	if len(all) <= most {
		return all
	}
	index := make([]int, len(all))
	for i := range index {
		index[i] = i
	}
	slices.SortStableFunc(index, func(a, b int) int {
		return cmp.Or(cmp.Compare(all[b].Severity, all[a].Severity), cmp.Compare(all[b].Confidence, all[a].Confidence))
	})
	index = index[:most]
	slices.Sort(index)
	out := make([]lint.Finding, most)
	for i, at := range index {
		out[i] = all[at]
	}
	return out
}

// message is what a finding says, with what the client gets and, as links to
// the related locations, the other places.
func message(f *lint.Finding, links bool) string {
	text := sentence(f.Message)
	switch o := f.Outcome; {
	case o.Status != 0:
		text += fmt.Sprintf(" The client gets %d", o.Status)
	case o.Start():
		text += " The server refuses to start"
	case o == model.NoAnswer:
		text += " The client gets no answer"
	case o.Native != "":
		text += " What happens: " + o.Native
	case f.When != "":
		text += " When"
	}
	if f.When != "" {
		text += ": " + f.When
	}
	text = sentence(text)
	related := placed(f.Related)
	if !links || len(related) == 0 {
		return text
	}
	text += " See "
	for i, r := range related {
		if i > 0 {
			text += ", "
		}
		name := path.Base(r.Span.Source.Path) + ":" + strconv.Itoa(r.Span.Begin().Line)
		text += "[" + linkText.Replace(name) + "](" + strconv.Itoa(i+1) + ")"
		if r.Message != "" {
			text += " (" + strings.TrimSuffix(r.Message, ".") + ")"
		}
	}
	return text + "."
}

// linkText escapes what would end the text of a link (SARIF 3.11.6).
var linkText = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`)

// placed are the related places that are somewhere.
func placed(in []lint.Related) []lint.Related {
	var out []lint.Related
	for _, r := range in {
		if !r.Span.IsZero() {
			out = append(out, r)
		}
	}
	return out
}

// flow is the way of a request: it ends at the primary place.
func (b *builder) flow(f *lint.Finding) []*gosarif.CodeFlow {
	steps := placed(f.Path)
	if len(steps) == 0 {
		return nil
	}
	if steps[len(steps)-1].Span != f.Primary {
		steps = append(steps, lint.Related{Span: f.Primary, Message: f.Message})
	}
	thread := &gosarif.ThreadFlow{}
	for _, s := range steps {
		thread.Locations = append(thread.Locations, &gosarif.ThreadFlowLocation{Location: b.location(s)})
	}
	return []*gosarif.CodeFlow{{ThreadFlows: []*gosarif.ThreadFlow{thread}}}
}

func (b *builder) fix(x *model.Fix) *gosarif.Fix {
	if x == nil || len(x.Edits) == 0 {
		return nil
	}
	out := &gosarif.Fix{Description: gosarif.NewTextMessage(sentence(x.Message))}
	changes := map[*model.Source]*gosarif.ArtifactChange{}
	for _, e := range x.Edits {
		if e.Span.IsZero() {
			return nil
		}
		change := changes[e.Span.Source]
		if change == nil {
			change = &gosarif.ArtifactChange{ArtifactLocation: *artifact(e.Span.Source.Path)}
			changes[e.Span.Source] = change
			out.ArtifactChanges = append(out.ArtifactChanges, change)
		}
		change.Replacements = append(change.Replacements, &gosarif.Replacement{
			DeletedRegion:   *region(e.Span),
			InsertedContent: &gosarif.ArtifactContent{Text: ptr(e.Text)},
		})
	}
	out.PropertyBag.Properties = gosarif.Properties{"safe": x.Safe}
	return out
}

// notification tells of a finding that is about the run itself.
func (b *builder) notification(f *lint.Finding, rule uint) *gosarif.Notification {
	index, known := b.notices[f.Rule()]
	if !known {
		index = uint(len(b.driver.Notifications))
		b.notices[f.Rule()] = index
		d := b.driver.Rules[rule]
		b.driver.Notifications = append(b.driver.Notifications, &gosarif.ReportingDescriptor{
			ID: d.ID, Name: d.Name, ShortDescription: d.ShortDescription, FullDescription: d.FullDescription,
			Help: d.Help, HelpURI: d.HelpURI, DefaultConfiguration: d.DefaultConfiguration,
		})
	}
	n := gosarif.NewNotification().WithLevel(f.Severity.String()).WithTextMessage(message(f, false))
	n.Descriptor = &gosarif.ReportingDescriptorReference{Id: ptr(f.Rule()), Index: ptr(index)}
	n.AssociatedRule = &gosarif.ReportingDescriptorReference{Id: ptr(f.Rule()), Index: ptr(rule)}
	if !f.Primary.IsZero() {
		n.Locations = []*gosarif.Location{{PhysicalLocation: b.firstLine(f.Primary)}}
	}
	return n
}

func (b *builder) location(r lint.Related) *gosarif.Location {
	l := &gosarif.Location{PhysicalLocation: b.firstLine(r.Span)}
	if r.Message != "" {
		l.Message = gosarif.NewTextMessage(sentence(r.Message))
	}
	return l
}

// firstLine is where s is, as far as its first line goes: an alert is shown in
// a pull request only if all its lines are in the diff.
func (b *builder) firstLine(s model.Span) *gosarif.PhysicalLocation {
	line := s.Source.LineSpan(s.Begin().Line)
	s.Start = min(s.Start, line.End)
	s.End = max(min(s.End, line.End), s.Start)
	r := region(s)
	if text := s.Text(); text != "" && len(text) <= longestSnippet && utf8.ValidString(text) {
		r.Snippet = &gosarif.ArtifactContent{Text: ptr(text)}
	}
	return &gosarif.PhysicalLocation{ArtifactLocation: artifact(s.Source.Path), Region: r}
}

// region counts columns in UTF-16 code units.
func region(s model.Span) *gosarif.Region {
	at := func(offset int) (line, column *int) {
		n := s.Source.Position(offset).Line
		column = ptr(1)
		for _, r := range string(s.Source.Text[s.Source.LineSpan(n).Start:offset]) {
			if r > 0xFFFF {
				*column++
			}
			*column++
		}
		return ptr(n), column
	}
	r := &gosarif.Region{}
	r.StartLine, r.StartColumn = at(s.Start)
	r.EndLine, r.EndColumn = at(s.End)
	return r
}

func (b *builder) lineHash(s model.Span) string {
	all, known := b.hashes[s.Source]
	if !known {
		all = lineHashes(s.Source.Text)
		b.hashes[s.Source] = all
	}
	return all[min(s.Begin().Line, len(all))-1]
}

// artifact is a file: relative to the directory of the run, or absolute.
func artifact(file string) *gosarif.ArtifactLocation {
	if path.IsAbs(file) {
		return &gosarif.ArtifactLocation{URI: ptr((&url.URL{Scheme: "file", Path: file}).String())}
	}
	return &gosarif.ArtifactLocation{URI: ptr((&url.URL{Path: file}).String()), URIBaseId: ptr(root)}
}

// sentence is text with a full stop.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// shorten cuts text to what a description may be.
func shorten(text string) string {
	if len(text) <= longestDescription {
		return text
	}
	cut := longestDescription - len("…")
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// firstParagraph of a page's prose, on one line, or otherwise.
func firstParagraph(page, otherwise string) string {
	for _, p := range strings.Split(strings.ReplaceAll(page, "\r\n", "\n"), "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" && !strings.HasPrefix(p, "#") {
			return p
		}
	}
	return otherwise
}

// pascal writes keepalive-race as KeepaliveRace.
func pascal(id string) string {
	var b strings.Builder
	for _, word := range strings.Split(id, "-") {
		if word != "" {
			first, n := utf8.DecodeRuneInString(word)
			b.WriteRune(unicode.ToUpper(first))
			b.WriteString(word[n:])
		}
	}
	return b.String()
}

// ptr is for go-sarif, whose optional members are pointers.
func ptr[T any](v T) *T { return &v }

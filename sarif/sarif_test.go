package sarif

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

var (
	race = &model.Check{ID: "keepalive-race", Title: "Connections are reused that the server may just have closed", Severity: model.Warning,
		Outcomes: []model.Outcome{{Status: 502}, {Status: 502, Native: "SH"}, model.NoAnswer, {}}}
	syntax  = &model.Check{ID: "syntax", Title: "The file does not parse", Severity: model.Error, Outcomes: []model.Outcome{model.RefusesToStart("")}}
	missing = &model.Check{ID: "resolver-missing", Title: "What?", Severity: model.Note}
	broke   = &model.Check{ID: "internal-error", Title: "gwlint failed", Severity: model.Error}
)

// run is a result with everything in it that a log can hold.
func run() *lint.Result {
	a := model.NewSource("conf d/[a]#1%.conf", []byte("upstream é {\r\n\tserver 🌈:80; keepalive 8;\r\n}\r\nlocation / {\n  x;\n}"), nil)
	b := model.NewSource("/etc/haproxy/haproxy.cfg", []byte("timeout http-keep-alive 5s\n"), nil)
	span := func(s *model.Source, text string) model.Span {
		i := bytes.Index(s.Text, []byte(text))
		return s.Span(i, i+len(text))
	}
	node := &model.Node{Span: span(a, "keepalive 8;")}
	return &lint.Result{
		Checks: []*model.Check{race, missing, syntax, broke},
		Findings: []lint.Finding{
			{
				Check: race, Severity: model.Warning, Confidence: model.Medium, Count: 3, Fingerprint: "0123456789abcdef",
				Message: "keepalive 8 outlives 5s", Outcome: model.Outcome{Status: 502, Native: "upstream <closed>"}, When: "POST on a reused connection",
				Primary: span(a, "keepalive 8"),
				Related: []lint.Related{{Span: span(b, "5s"), Message: "closes here"}, {Message: "nowhere"}, {Span: span(a, "upstream é")}},
				Path:    []lint.Related{{Span: span(a, "location / {\n  x;\n}"), Message: "route /"}},
				Effective: []model.Setting{
					model.Set(node, "keepalive", span(a, "8"), 8, model.Explicit, ""),
					model.Fallback(node, "keepalive_timeout", 60*time.Second, model.Default, "nginx default")},
				Fix: &model.Fix{Message: "close first", Safe: true, Edits: []model.Edit{
					{Span: span(a, "8;"), Text: "4;"}, {Span: b.Span(0, 0), Text: "# \n"}}},
			},
			{Check: missing, Severity: model.Note, Message: "a block of several lines", Primary: span(a, "location / {\n  x;\n}"), Count: 1},
			{Check: syntax, Severity: model.Error, Message: `unexpected "}"`, Outcome: model.RefusesToStart("unexpected"), Primary: a.Span(9999, 9999), Count: 1},
			{Check: broke, Severity: model.Error, Message: "rule x failed", Count: 1},
		},
		Summary: lint.Summary{Unread: []string{"b.conf"}},
	}
}

func options() Options {
	return Options{Version: "1.2.3", Category: "edge",
		Pages:   func(rule string) string { return "# " + rule + "\n\nIt *happens*\nlike this.\n\n## Fires: x\n" },
		RuleURL: func(rule string) string { return "https://gwlint.example/" + rule }}
}

// quiet is run with findings that are not reported.
func quiet() *lint.Result {
	r := run()
	at := r.Findings[0].Primary.Source
	r.Compared = true
	r.Silenced = []lint.Silenced{
		{Finding: r.Findings[0], Comment: at.Span(0, 8), Reason: "it closes"},
		{Finding: r.Findings[1]},
		{Finding: r.Findings[3]}, // nowhere
	}
	r.Findings = r.Findings[2:]
	return r
}

// A full log has what is not reported, and why; GitHub's has not.
func TestFull(t *testing.T) {
	type log struct {
		Runs []struct {
			Results []struct {
				RuleID, BaselineState string
				Suppressions          []struct {
					Kind, Status, Justification string
					Location                    testLocation
				}
			}
		}
	}
	read := func(opt Options) (l log) {
		if err := json.Unmarshal(written(t, quiet(), opt), &l); err != nil {
			t.Fatal(err)
		}
		return l
	}
	if l := read(Options{}).Runs[0].Results; len(l) != 1 || l[0].BaselineState != "" {
		t.Errorf("GitHub's: %+v", l)
	}
	l := read(Options{Full: true}).Runs[0].Results
	if len(l) != 3 || l[0].BaselineState != "new" || l[1].BaselineState != "new" || l[2].BaselineState != "unchanged" {
		t.Fatalf("%+v", l)
	}
	if s := l[1].Suppressions; len(s) != 1 || s[0].Kind != "inSource" || s[0].Status != "accepted" || s[0].Justification != "it closes" || s[0].Location.PhysicalLocation.Region.EndColumn != 9 {
		t.Errorf("%+v", l[1])
	}
	if l[0].Suppressions != nil || l[2].Suppressions != nil {
		t.Errorf("%+v", l)
	}
}

// Of more findings than are taken the worst stay, in their order.
func TestWorst(t *testing.T) {
	of := func(s model.Severity, c model.Confidence, m string) lint.Finding {
		return lint.Finding{Severity: s, Confidence: c, Message: m}
	}
	all := []lint.Finding{of(model.Note, model.High, "a"), of(model.Error, model.Low, "b"), of(model.Warning, model.Medium, "c"), of(model.Warning, model.High, "d"), of(model.Error, model.High, "e")}
	for most, want := range map[int]string{5: "abcde", 4: "bcde", 3: "bde", 2: "be", 1: "e"} {
		got := ""
		for _, f := range worst(all, most) {
			got += f.Message
		}
		if got != want {
			t.Errorf("of %d stay %s, not %s", most, got, want)
		}
	}
	r := run()
	for len(r.Findings) <= mostResults {
		r.Findings = append(r.Findings, r.Findings[1])
	}
	text := written(t, r, Options{})
	left := fmt.Sprintf("%d more findings", len(r.Findings)-mostResults)
	if n := bytes.Count(text, []byte(`"ruleIndex":`)); n > mostResults || !bytes.Contains(text, []byte(left)) {
		t.Errorf("%d results, and %q is said: %t", n, left, bytes.Contains(text, []byte(left)))
	}
}

func written(t testing.TB, r *lint.Result, opt Options) []byte {
	t.Helper()
	log, err := Build(r, opt)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, log); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every log fits the schema of OASIS, which refuses null and what it does not
// know.
func TestSchema(t *testing.T) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	bare := run()
	bare.Findings[0].Fingerprint = ""
	for name, text := range map[string][]byte{
		"everything": written(t, run(), options()),
		"no options": written(t, bare, Options{}),
		"full":       written(t, quiet(), Options{Full: true}),
		"no finding": written(t, &lint.Result{Checks: []*model.Check{race}}, Options{}),
		"nothing":    written(t, &lint.Result{}, Options{Version: "devel"}),
	} {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
		if !bytes.Contains(text, []byte(`"results": [`)) {
			t.Errorf("%s has no results member, which GitHub refuses", name)
		}
	}
	doc, _ := jsonschema.UnmarshalJSON(bytes.NewReader(bytes.Replace(written(t, run(), options()), []byte(`"level": "error"`), []byte(`"level": "fatal"`), 1)))
	if schema.Validate(doc) == nil {
		t.Error("the schema takes any level")
	}
}

// What GitHub's code scanning reads, as it reads it.
func TestLog(t *testing.T) {
	text := written(t, run(), options())
	var log struct {
		Runs []struct {
			ColumnKind        string
			AutomationDetails struct{ ID string }
			Tool              struct {
				Driver struct {
					Name, Version, SemanticVersion string
					Rules, Notifications           []struct {
						ID, Name, HelpURI                 string
						ShortDescription, FullDescription struct{ Text string }
						Help                              struct{ Text, Markdown string }
						DefaultConfiguration              struct{ Level string }
						Properties                        map[string]any
					}
				}
			}
			Invocations []struct {
				ExecutionSuccessful        bool
				ToolExecutionNotifications []struct {
					Level      string
					Message    struct{ Text string }
					Descriptor struct {
						ID    string
						Index *int
					}
				}
			}
			Results []struct {
				RuleID              string
				RuleIndex           int
				Level               string
				OccurrenceCount     int
				Message             struct{ Text string }
				Locations           []testLocation
				RelatedLocations    []testLocation
				PartialFingerprints map[string]string
				CodeFlows           []struct {
					ThreadFlows []struct {
						Locations []struct{ Location testLocation }
					}
				}
				Fixes []struct {
					Description     struct{ Text string }
					ArtifactChanges []struct {
						ArtifactLocation struct{ URI string }
						Replacements     []struct {
							DeletedRegion   testRegion
							InsertedContent struct{ Text string }
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	r := log.Runs[0]
	eq := func(what string, got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	eq("columnKind", r.ColumnKind, "utf16CodeUnits")
	eq("category", r.AutomationDetails.ID, "edge/")
	eq("version", r.Tool.Driver.SemanticVersion, "1.2.3")
	eq("rules", len(r.Tool.Driver.Rules), 4)

	rule := r.Tool.Driver.Rules[0]
	eq("name", rule.Name, "KeepaliveRace")
	eq("title", rule.ShortDescription.Text, "Connections are reused that the server may just have closed.")
	eq("description", rule.FullDescription.Text, "It *happens* like this.")
	eq("help", rule.Help.Markdown, options().Pages("keepalive-race"))
	eq("help url", rule.HelpURI, "https://gwlint.example/keepalive-race")
	eq("level", rule.DefaultConfiguration.Level, "warning")
	tags, _ := json.Marshal(rule.Properties["tags"])
	eq("tags", string(tags), `["reliability","http-502","no-answer"]`)
	eq("no name", r.Tool.Driver.Rules[2].Name, "")
	eq("a question", r.Tool.Driver.Rules[1].ShortDescription.Text, "What?")
	eq("problem", r.Tool.Driver.Rules[1].Properties["problem.severity"], "recommendation")

	eq("results", len(r.Results), 3)
	for _, x := range r.Results {
		eq("rule of index", r.Tool.Driver.Rules[x.RuleIndex].ID, x.RuleID)
		if !strings.HasSuffix(x.Message.Text, ".") || x.PartialFingerprints["primaryLocationLineHash"] == "" {
			t.Errorf("%+v", x)
		}
		at := x.Locations[0].PhysicalLocation
		eq("one line", at.Region.EndLine, at.Region.StartLine)
		eq("uri", at.ArtifactLocation.URI, "conf%20d/%5Ba%5D%231%25.conf")
		eq("base", at.ArtifactLocation.URIBaseID, "%SRCROOT%")
	}
	x := r.Results[0]
	eq("message", x.Message.Text, `keepalive 8 outlives 5s. The client gets 502: POST on a reused connection. See [haproxy.cfg:1](1) (closes here), [\[a\]#1%.conf:1](2).`)
	eq("count", x.OccurrenceCount, 3)
	eq("fingerprint", x.PartialFingerprints["gwlint/v1"], "0123456789abcdef")
	eq("region", x.Locations[0].PhysicalLocation.Region, testRegion{2, 16, 2, 27, testText{"keepalive 8"}}) // the rainbow is two units
	eq("related", len(x.RelatedLocations), 2)
	for i, l := range x.RelatedLocations {
		eq("id", l.ID, i+1)
	}
	eq("absolute uri", x.RelatedLocations[0].PhysicalLocation.ArtifactLocation.URI, "file:///etc/haproxy/haproxy.cfg")
	flow := x.CodeFlows[0].ThreadFlows[0].Locations
	eq("steps", len(flow), 2)
	eq("first step", flow[0].Location.Message.Text, "route /.")
	eq("last step", flow[1].Location.PhysicalLocation.Region, x.Locations[0].PhysicalLocation.Region)
	changes := x.Fixes[0].ArtifactChanges
	eq("changed files", len(changes), 2)
	eq("fix", x.Fixes[0].Description.Text, "close first.")
	eq("deleted", changes[0].Replacements[0].DeletedRegion, testRegion{StartLine: 2, StartColumn: 26, EndLine: 2, EndColumn: 28})
	eq("inserted", changes[1].Replacements[0].InsertedContent.Text, "# \n")

	invocation := r.Invocations[0]
	eq("successful", invocation.ExecutionSuccessful, false) // a file was not read
	notes := invocation.ToolExecutionNotifications
	eq("notifications", len(notes), 3)
	for i, id := range []string{"syntax", "internal-error"} {
		eq("notification", notes[i].Descriptor.ID, id)
		d := r.Tool.Driver.Notifications[*notes[i].Descriptor.Index]
		eq("its descriptor", d.ID, id)
		if d.Help.Text == "" {
			t.Errorf("%s has no help", id)
		}
	}
	eq("unread", notes[2].Message.Text, "b.conf was recognised and could not be read.")

	if !bytes.Contains(text, []byte("upstream <closed>")) || !bytes.HasSuffix(text, []byte("\n}\n")) {
		t.Error("escaped for HTML, or no line end at the end")
	}
}

type (
	testText   struct{ Text string }
	testRegion struct {
		StartLine, StartColumn, EndLine, EndColumn int
		Snippet                                    testText
	}
	testLocation struct {
		ID               int
		Message          testText
		PhysicalLocation struct {
			ArtifactLocation struct{ URI, URIBaseID string }
			Region           testRegion
		}
	}
)

// A log cannot refer to a rule that it does not hold.
func TestUnregisteredRule(t *testing.T) {
	r := run()
	r.Checks = r.Checks[1:]
	if _, err := Build(r, Options{}); err == nil || !strings.Contains(err.Error(), "keepalive-race") {
		t.Errorf("error is %v", err)
	}
	r.Checks = []*model.Check{race, race}
	if _, err := Build(r, Options{}); err == nil {
		t.Error("a rule is listed twice")
	}
}

// The metadata of rules is the same whatever a run finds.
func TestConstantRules(t *testing.T) {
	with, err := Build(run(), options())
	if err != nil {
		t.Fatal(err)
	}
	without, err := Build(&lint.Result{Checks: run().Checks}, options())
	if err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(with.Runs[0].Tool.Driver.Rules)
	b, _ := json.Marshal(without.Runs[0].Tool.Driver.Rules)
	if string(a) != string(b) {
		t.Errorf("%s\n%s", a, b)
	}
}

// What go-sarif writes as null is left out, wherever it stands.
func TestLayout(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":null}`:                                    `{}`,
		`{"a":null,"b":null}`:                           `{}`,
		`{"a":null,"b":1}`:                              `{"b":1}`,
		`{"a":1,"b":null}`:                              `{"a":1}`,
		`{"a":1,"b":null,"c":2}`:                        `{"a":1,"c":2}`,
		`{"a":null,"b":null,"c":[],"d":{}}`:             `{"c":[],"d":{}}`,
		`[{"a":null},[{"x":null,"y":[1,2]}],null]`:      `[{},[{"y":[1,2]}],null]`,
		`{"a":":null","b\\\"":null,"c":"\\"}`:           `{"a":":null","c":"\\"}`,
		`{"a":"null, {","s":"x\":null","t":{"u":null}}`: `{"a":"null, {","s":"x\":null","t":{}}`,
	} {
		got := layout([]byte(in))
		var compact, again bytes.Buffer
		if err := json.Compact(&compact, got); err != nil || compact.String() != want {
			t.Errorf("%s became %s (%v)", in, got, err)
		}
		if err := json.Indent(&again, []byte(want), "", " "); err != nil || again.String() != string(got) {
			t.Errorf("%s is laid out as\n%s\nwant\n%s", in, got, again.String())
		}
	}
	// The bug it is for.
	log := &gosarif.Report{Version: "2.1.0", Runs: []*gosarif.Run{gosarif.NewRunWithInformationURI("x", "y")}}
	result := gosarif.NewRuleResult("r")
	result.Suppressions = []*gosarif.Suppression{{Kind: "inSource"}}
	log.Runs[0].Results = []*gosarif.Result{result}
	raw, _ := json.Marshal(log)
	var b bytes.Buffer
	if err := Write(&b, log); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(raw, []byte("null")) || bytes.Contains(b.Bytes(), []byte("null")) {
		t.Errorf("%s became %s", raw, b.Bytes())
	}
}

// The hash of a line is that of github/codeql-action. These lines and values
// were computed with it.
func TestLineHashes(t *testing.T) {
	for text, want := range map[string][]string{
		"":                              {"c129715d7a2bc9a3:1"},
		"server {\n    listen 80;\n}\n": nil,
		"# héllo 🌈\nserver {}\n":        {"54a875fc8338ac45:1", "376930fcf96ade44:1", "c129715d7a2bc9a3:1"},
		strings.Repeat("x", 120) + "\n\n \t\n\r\n": nil,
	} {
		got := lineHashes([]byte(text))
		if want != nil && strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
		if n := model.NewSource("", []byte(text), nil).Lines(); len(got) != n {
			t.Errorf("%q: %d hashes for %d lines", text, len(got), n)
		}
	}
	// White space does not count, a repeated line does, and line ends are alike.
	a := lineHashes([]byte("server {\r\n\tlisten 80;\r\n}\r\n"))
	b := lineHashes([]byte("server{\nlisten  80 ;\n}\n"))
	if strings.Join(a, " ") != strings.Join(b, " ") {
		t.Errorf("%v and %v", a, b)
	}
	long := strings.Repeat("b", 120) + ";\n"
	c := lineHashes([]byte(long + long))
	if !strings.HasSuffix(c[0], ":1") || c[1] != strings.TrimSuffix(c[0], "1")+"2" {
		t.Errorf("%v", c)
	}
}

func TestLineHashVectors(t *testing.T) {
	shared := os.Getenv("GWLINT_SHARED")
	if shared == "" {
		t.Skip("GWLINT_SHARED is not set")
	}
	text, err := os.ReadFile(filepath.Join(shared, "sarif", "primary-location-line-hash-vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			Name, Content string
			Expected      []string
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range file.Vectors {
		if got := lineHashes([]byte(v.Content)); strings.Join(got, " ") != strings.Join(v.Expected, " ") {
			t.Errorf("%s: %v, want %v", v.Name, got, v.Expected)
		}
	}
}

package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func render(t testing.TB, format string, r *lint.Result, opt Options) string {
	t.Helper()
	f, ok := ByName(format)
	if !ok {
		t.Fatalf("no format %q", format)
	}
	var b bytes.Buffer
	if err := f.Write(&b, r, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-update rewrites it): %s", name, d)
	}
}

// Every sample as text, and one with everything in it in every format.
func TestGolden(t *testing.T) {
	for _, s := range samples(t) {
		golden(t, s.name+".text", render(t, "text", s.result, s.opt))
		if s.name == "files" || s.name == "start" || s.name == "empty" {
			for _, f := range Formats {
				golden(t, s.name+"."+f.Name, render(t, f.Name, s.result, s.opt))
			}
		}
	}
	loud := Options{Colour: true, Links: true, Width: 100,
		RuleURL: func(rule string) string { return "https://gwlint.example/" + rule },
		FileURL: func(path string) string { return "file:///srv/" + path }}
	golden(t, "files.colour", render(t, "text", result(twoFiles(t), inherited(t)), loud))
	golden(t, "lines.colour", render(t, "text", result(lines(t)...), loud))
}

// What one format tells, all tell: rule, places, status, when there is one.
func TestSameFacts(t *testing.T) {
	position := func(s model.Span) []string {
		if s.IsZero() {
			return nil
		}
		return []string{s.Source.Path, fmt.Sprint(s.Begin().Line)}
	}
	for _, s := range samples(t) {
		if s.name == "secrets" || s.name == "wide" { // what is masked or escaped is not found again as it is
			continue
		}
		for i, f := range s.result.Findings {
			one := result(f)
			for _, format := range Formats {
				got := render(t, format.Name, one, s.opt)
				facts := append([]string{f.Rule()}, position(f.Primary)...)
				if f.Outcome.Status != 0 {
					facts = append(facts, fmt.Sprint(f.Outcome.Status))
				}
				if f.Outcome.Start() {
					facts = append(facts, "refuses")
				}
				related := f.Related
				switch {
				case format.Name == "concise":
					related = nil // one line: the message names what it must
				case format.Name == "sarif" && f.Primary.IsZero():
					related = nil // a notification
				}
				for _, r := range related {
					facts = append(facts, position(r.Span)...)
					facts = append(facts, r.Message)
				}
				for _, fact := range facts {
					if !strings.Contains(got, fact) && !strings.Contains(got, escapeMarkdown(fact)) {
						t.Errorf("%s of %s/%d does not say %q:\n%s", format.Name, s.name, i, fact, got)
					}
				}
			}
		}
	}
}

// The numbers of JSON are those of the model, and every document fits the
// published schema.
func TestJSON(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../docs/gwlint.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range samples(t) {
		text := render(t, "json", s.result, s.opt)
		if !strings.HasSuffix(text, "}\n") {
			t.Errorf("%s does not end in one line end", s.name)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		var out jsonDocument
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			t.Fatal(err)
		}
		for i, f := range s.result.Findings {
			got := out.Findings[i]
			if want := newJSONSpan(f.Primary); got.Primary != want {
				t.Errorf("%s/%d: primary %v, want %v", s.name, i, got.Primary, want)
			}
			if len(got.Related) != len(f.Related) || len(got.Effective) != len(f.Effective) {
				t.Errorf("%s/%d: %d related, %d effective", s.name, i, len(got.Related), len(got.Effective))
			}
		}
	}
	// The schema refuses what it does not know: it is not just "any object".
	doc, _ := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(
		render(t, "json", result(twoFiles(t)), Options{}), `"confidence": "high"`, `"confidence": "sure"`, 1)))
	if schema.Validate(doc) == nil {
		t.Error("the schema takes any confidence")
	}
}

// No format escapes for HTML, and a message with <, > and & stays readable.
func TestNoHTML(t *testing.T) {
	f := twoFiles(t)
	f.Message = "a <b> & 'c'"
	for _, name := range []string{"text", "concise", "agent", "json", "jsonl", "sarif", "github", "gitlab"} {
		if got := render(t, name, result(f), Options{}); !strings.Contains(got, f.Message) {
			t.Errorf("%s escapes: %s", name, got)
		}
	}
}

// Machine formats are what they claim to be, for every sample.
func TestWellFormed(t *testing.T) {
	for _, s := range samples(t) {
		for _, name := range []string{"gitlab", "sarif"} {
			if got := render(t, name, s.result, s.opt); !json.Valid([]byte(got)) {
				t.Errorf("%s of %s is no JSON: %s", name, s.name, got)
			}
		}
		for _, line := range strings.Split(strings.TrimSpace(render(t, "jsonl", s.result, s.opt)), "\n") {
			if !json.Valid([]byte(line)) {
				t.Errorf("jsonl of %s: %s", s.name, line)
			}
		}
		for _, name := range []string{"junit", "checkstyle"} {
			d := xml.NewDecoder(strings.NewReader(render(t, name, s.result, s.opt)))
			for {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("%s of %s: %v", name, s.name, err)
				}
			}
		}
		for _, name := range []string{"concise", "agent", "github"} {
			if n := strings.Count(render(t, name, s.result, s.opt), "\n"); n != len(s.result.Findings) {
				t.Errorf("%s of %s has %d lines for %d findings", name, s.name, n, len(s.result.Findings))
			}
		}
	}
}

// A configuration cannot reach the terminal or the runner through a report.
func TestNoEscapes(t *testing.T) {
	s := model.NewSource("a\x1b]8;;x\n::error::.conf", []byte("x \x1b[2J\u202e\u009b1m y\r\n::error::z"), nil)
	evil := "\x1b[31m\r\n::error file=x::no\u2028\u202e"
	f := lint.Finding{Check: noTimeout, Message: evil, When: evil, Primary: s.Span(2, 8), Outcome: model.Outcome{Native: evil},
		Related: []lint.Related{{Span: s.Span(0, len(s.Text)), Message: evil}}, Path: []lint.Related{{Span: s.LineSpan(1)}},
		Effective: []model.Setting{model.Fallback(owner(s.LineSpan(1)), evil, evil, model.Default, evil)},
		Fix:       &model.Fix{Message: evil, Edits: []model.Edit{{Span: s.Span(2, 3), Text: evil}}}}
	for _, format := range Formats {
		got := render(t, format.Name, result(f), Options{})
		signs := "\x1b\u009b\u0000\r\u202e"
		switch format.Name {
		case "json", "jsonl", "sarif", "gitlab", "junit", "checkstyle": // data: what is no ASCII control is theirs to keep
			signs = "\x1b\u0000\r"
		}
		if i := strings.IndexAny(got, signs); i >= 0 {
			t.Errorf("%s lets a control sign through: %q", format.Name, got)
		}
		if strings.Contains(got, "\n::error") {
			t.Errorf("%s gives a command to the runner: %q", format.Name, got)
		}
	}
}

// Any span of any text is drawn: no panic, and every underline below its text.
func TestAnySpan(t *testing.T) {
	s := model.NewSource("any.conf", []byte("a\tb\r\n\r\n日本\u0301\n{\n  x;\n  \xff\n}\r\nend 👩‍👩‍👧"), nil)
	for from := 0; from <= len(s.Text); from++ {
		for to := from; to <= len(s.Text); to++ {
			span := s.Span(from, to)
			f := lint.Finding{Check: noTimeout, Message: "any", Primary: span, Related: []lint.Related{
				{Span: s.Span(to, from+7), Message: "other"}, {Span: s.Span(from/2, to), Message: "around"}},
				Fix: &model.Fix{Edits: []model.Edit{{Span: span, Text: "new\ntext"}}}}
			for _, width := range []int{1, 40} {
				got := render(t, "text", result(f), Options{Width: width, Context: from % 3})
				if !strings.Contains(got, "^") || !strings.Contains(got, " around") && !strings.Contains(got, "around;") {
					t.Fatalf("[%d:%d] is not marked:\n%s", from, to, got)
				}
			}
		}
	}
}

func TestColour(t *testing.T) {
	for _, c := range []struct {
		when string
		env  map[string]string
		tty  bool
		want bool
	}{
		{"auto", nil, true, true},
		{"auto", nil, false, false},
		{"", nil, true, true},
		{"always", map[string]string{"NO_COLOR": "1"}, false, true},
		{"never", map[string]string{"FORCE_COLOR": "1"}, true, false},
		{"auto", map[string]string{"NO_COLOR": "1", "FORCE_COLOR": "1"}, true, false},
		{"auto", map[string]string{"NO_COLOR": ""}, true, true},
		{"auto", map[string]string{"FORCE_COLOR": "1"}, false, true},
		{"auto", map[string]string{"FORCE_COLOR": "0"}, false, false},
		{"auto", map[string]string{"CLICOLOR_FORCE": "1", "TERM": "dumb"}, false, true},
		{"auto", map[string]string{"CLICOLOR_FORCE": "0"}, true, true},
		{"auto", map[string]string{"CLICOLOR": "0"}, true, false},
		{"auto", map[string]string{"TERM": "dumb"}, true, false},
	} {
		if got := Colour(c.when, func(name string) string { return c.env[name] }, c.tty); got != c.want {
			t.Errorf("Colour(%q, %v, %v) = %v", c.when, c.env, c.tty, got)
		}
	}
}

// Without colours, text has no escapes; with them, it says the same.
func TestColourAddsNothing(t *testing.T) {
	for _, s := range samples(t) {
		plain, loud := render(t, "text", s.result, s.opt), s.opt
		loud.Colour = true
		text := render(t, "text", s.result, loud)
		for {
			i := strings.Index(text, "\x1b[")
			if i < 0 {
				break
			}
			text = text[:i] + text[i+strings.IndexByte(text[i:], 'm')+1:]
		}
		if d := cmp.Diff(plain, text); d != "" {
			t.Errorf("%s: %s", s.name, d)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// An error of the output is told, in every format.
func TestWriteFails(t *testing.T) {
	for _, f := range Formats {
		if f.Name == "concise" || f.Name == "agent" || f.Name == "github" || f.Name == "text" {
			continue // may have nothing to write without findings; below
		}
		if f.Write(full{}, result(), Options{}) == nil {
			t.Errorf("%s hides an error", f.Name)
		}
	}
	for _, f := range Formats {
		if f.Write(full{}, result(twoFiles(t)), Options{}) == nil {
			t.Errorf("%s hides an error", f.Name)
		}
	}
}

func many10000(t testing.TB) *lint.Result {
	var findings []lint.Finding
	for range 100 {
		one, two := twoFiles(t), inherited(t)
		for range 50 {
			findings = append(findings, one, two)
		}
	}
	return result(findings...)
}

func BenchmarkFormats(b *testing.B) {
	r := many10000(b)
	for _, f := range Formats {
		b.Run(f.Name, func(b *testing.B) {
			for b.Loop() {
				if err := f.Write(io.Discard, r, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package settings

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gwlint/gwlint/model"
)

var update = flag.Bool("update", false, "rewrite docs/gwlint-settings.schema.json")

const published = "../docs/gwlint-settings.schema.json"

func TestSchema(t *testing.T) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(Schema()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(published, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(published)
	if err != nil || !bytes.Equal(got, b.Bytes()) {
		t.Errorf("%s is not the schema (go test ./settings -update): %v", published, err)
	}
}

// full says the same in both languages.
const (
	full = `profile = "audit"
fail_on = "error:high"
exclude = ["**/gen/**"]
targets = { nginx = "1.28" }
rule "a" {
  severity     = "note"
  suppressible = false
}
override "legacy/**" {
  reason = "retired"
  rule "a" {
    enabled = false
  }
}
environment "prod" {
  match   = ["prod/**"]
  targets = { nginx = "1.26" }
  app "api" {
    address      = "10.0.0.5:80"
    keepalive    = "5s"
    header_limit = "8k"
    workers      = 4
    tls          = true
  }
  link "api:80" {
    to = "api"
  }
}
link "pool" {
  to = "nginx.conf:80"
}
`
	twin = `{"$schema": "x", "//": "a comment", "profile": "audit", "fail_on": "error:high", "exclude": ["**/gen/**"], "targets": {"nginx": "1.28"},
  "rule": {"a": {"severity": "note", "suppressible": false}},
  "override": {"legacy/**": {"reason": "retired", "rule": {"a": {"enabled": false}}}},
  "environment": {"prod": {"match": ["prod/**"], "targets": {"nginx": "1.26"}, "app": {"api":
    {"address": "10.0.0.5:80", "keepalive": "5s", "header_limit": "8k", "workers": 4, "tls": true}}, "link": {"api:80": {"to": "api"}}}},
  "link": {"pool": {"to": "nginx.conf:80"}}}`
)

func TestParse(t *testing.T) {
	for name, text := range map[string]string{FileName: full, JSONName: twin} {
		f := Parse(model.NewSource(name, []byte(text), nil))
		for _, w := range f.Errors {
			t.Errorf("%s: %s: %s", name, w.Because[0].Where(), w.Message)
		}
		s := &Settings{Files: []*File{f}, Base: "."}
		if s.Profile().V != "audit" || s.FailOn().V != "error:high" || !s.Excluded("a/gen/x") || s.Excluded("a/x") {
			t.Errorf("%s: %+v", name, f)
		}
		if r := s.Rule("a", "x"); r.Severity.V != "note" || r.Enabled.Set() || !r.Suppressible.Set() || r.Suppressible.V {
			t.Errorf("%s: rule: %+v", name, r)
		}
		if r := s.Rule("a", "legacy/x"); !r.Enabled.Set() || r.Enabled.V {
			t.Errorf("%s: override: %+v", name, r)
		}
		if v := s.Targets("prod/x")["nginx"].V + " " + s.Targets("x")["nginx"].V; v != "1.26 1.28" {
			t.Errorf("%s: targets: %s", name, v)
		}
		if at := s.Profile().At; at.Begin().Line != 1 || strings.Trim(at.Text(), `"`) != "audit" {
			t.Errorf("%s: the profile stands at %s", name, at)
		}
		if k := s.Links(); len(k) != 2 || k[0].From.V != "api:80" || k[0].To.V != "api" || k[1].From.V != "pool" || k[1].To.V != "nginx.conf:80" || k[1].From.At.IsZero() {
			t.Errorf("%s: links: %+v", name, k)
		}
		if e := f.Environments; len(e) != 1 || len(e[0].Apps) != 1 || e[0].Apps[0].Node.Head().IsZero() {
			t.Errorf("%s: environments: %+v", name, e)
		}
	}
	schema := compile(t)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(twin))
	if err == nil {
		err = schema.Validate(doc)
	}
	if err != nil {
		t.Error(err)
	}
}

func compile(t *testing.T) *jsonschema.Schema {
	s, err := jsonschema.NewCompiler().Compile(published)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What is wrong is said where it is, and the schema refuses it, too.
func TestWrong(t *testing.T) {
	for text, want := range map[string]string{
		"profil = \"audit\"":                               `1:1: there is no setting "profil"; did you mean profile?`,
		"profile = \"adit\"":                               `1:11: profile takes default, audit, not "adit"; did you mean audit?`,
		"profile = 3":                                      `1:11: profile takes a text, not 3`,
		"fail_on = \"sometimes\"":                          `1:11: fail_on takes note, warning or error`,
		"exclude = \"a\"":                                  `1:11: exclude takes a list of texts`,
		"exclude = [\"[\"]":                                `1:11: "[" is no glob`,
		"targets = { nginx = \"new\" }":                    `1:11: targets takes versions`,
		"rule \"a\" {\n  sevrity = \"note\"\n}":            `2:3: rule has no setting "sevrity"; did you mean severity?`,
		"rule {\n}":                                        `1:6: rule has a rule: rule "..." {`,
		"rule \"a\" {\n}\nrule \"a\" {\n}":                 `3:1: the rule "a" is set above already`,
		"override \"x\" {\n}":                              `1:1: the override "x" does not say why`,
		"environment \"x\" {\n targets = {nginx=\"1\"}\n}": `1:1: the environment "x" has targets`,
		"link \"a\" {\n}":                                  `1:1: the link "a" does not say who answers`,
		"link \"a\" {\n  too = \"b\"\n}":                   `2:3: link has no setting "too"; did you mean to?`,
		"link \"a\" {\n  to = \"b\"\n}\nlink \"a\" {\n  to = \"c\"\n}": `4:1: who answers "a" is said above already`,
		"profile = ":      `1:11: `,
		"profile = var.x": `1:11: `,
	} {
		f := Parse(model.NewSource(FileName, []byte(text), nil))
		var said []string
		for _, w := range f.Errors {
			said = append(said, strings.TrimPrefix(w.Because[0].Where().String(), FileName+":")+": "+w.Message)
		}
		if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("%q: %q, not %q", text, said, want)
		}
	}
	schema := compile(t)
	for _, text := range []string{`{"profil": "audit"}`, `{"profile": "adit"}`, `{"rule": {"a": {"sevrity": "note"}}}`, `{"override": {"x": {}}}`, `{"link": {"x": {}}}`} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(doc) == nil {
			t.Errorf("the schema takes %s", text)
		}
		if len(Parse(model.NewSource(JSONName, []byte(text), nil)).Errors) == 0 {
			t.Errorf("%s is read", text)
		}
	}
}

func TestExtends(t *testing.T) {
	fsys := fstest.MapFS{
		"a/.gwlint.hcl": {Data: []byte("extends = [\"../base.hcl\", \"../absent.hcl\", \"../../x\", \"/etc/passwd\"]\nprofile = \"audit\"\nrule \"a\" {\n  severity = \"note\"\n}\n")},
		"base.hcl":      {Data: []byte("extends = [\"a/.gwlint.hcl\"]\nprofile = \"default\"\nfail_on = \"never\"\nrule \"a\" {\n  severity = \"error\"\n  enabled = false\n}\n")},
	}
	s, err := Load(fsys, "a/.gwlint.hcl", func(name string) string { return name }, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Files) != 2 || len(s.Files[0].Errors) != 3 {
		t.Errorf("%d files, errors %v", len(s.Files), s.Files[0].Errors)
	}
	if s.Profile().V != "audit" || s.FailOn().V != "never" || s.FailOn().At.Source.Path != "base.hcl" {
		t.Errorf("%v, %v", s.Profile(), s.FailOn())
	}
	if r := s.Rule("a", "x"); r.Severity.V != "note" || !r.Enabled.Set() {
		t.Errorf("%+v", r)
	}
}

// The file to start with is one, and so is each of its lines.
func TestStart(t *testing.T) {
	var b strings.Builder
	for line := range strings.Lines(Start) {
		if rest, ok := strings.CutPrefix(line, "# "); ok && (strings.ContainsAny(rest, "={}") && !strings.HasPrefix(rest, "How") && !strings.HasPrefix(rest, "Who")) {
			line = rest
		}
		b.WriteString(line)
	}
	for _, text := range []string{Start, b.String()} {
		f := Parse(model.NewSource(FileName, []byte(text), nil))
		for _, w := range f.Errors {
			t.Errorf("%s: %s", w.Because[0].Where(), w.Message)
		}
	}
	if f := Parse(model.NewSource(FileName, []byte(b.String()), nil)); len(f.Overrides) != 1 || len(f.Environments) != 1 || len(f.Apps) != 1 || len(f.Links) != 1 {
		t.Errorf("%+v", f)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(full, false)
	f.Add(twin, true)
	f.Fuzz(func(t *testing.T, text string, asJSON bool) {
		name := FileName
		if asJSON {
			name = JSONName
		}
		for _, w := range Parse(model.NewSource(name, []byte(text), nil)).Errors {
			if w.Because[0].Where().IsZero() {
				t.Error(w.Message)
			}
		}
	})
}

// The example of the documentation is one.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(text), "```hcl\n")
	example, _, _ = strings.Cut(example, "```")
	f := Parse(model.NewSource(FileName, []byte(example), nil))
	if len(f.Errors) > 0 || len(f.Rules) != 2 || len(f.Environments) != 1 || len(f.Apps) != 1 {
		t.Errorf("%+v", f)
	}
}

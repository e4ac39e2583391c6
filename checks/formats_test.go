package checks_test

import (
	"bytes"
	"cmp"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/report"
)

// TestFormats writes what gwlint says of every example, and of every reported
// outage where they are at hand, in every format: JSON and SARIF are valid
// against their schemas.
func TestFormats(t *testing.T) {
	schemas := map[string]*jsonschema.Schema{
		"json":  schema(t, "../docs/gwlint.schema.json"),
		"sarif": schema(t, "../sarif/testdata/sarif-schema-2.1.0.json"),
	}
	pages := checks.Page // once: all of them make half a megabyte
	for _, c := range checks.All() {
		for _, e := range parsePage(t, c, checks.Page(c.ID)).examples {
			if opt, ok := options(t, e); ok {
				formats(t, c.ID+": "+e.title, e.files, opt, schemas, pages)
				pages = nil
			}
		}
	}
	if shared := os.Getenv("GWLINT_SHARED"); shared != "" {
		cases, err := filepath.Glob(filepath.Join(shared, "cases", "*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range cases {
			if info, err := os.Stat(dir); err == nil && info.IsDir() {
				formats(t, dir, os.DirFS(dir), lint.Options{}, schemas, nil)
			}
		}
	}
}

func formats(t *testing.T, title string, fsys fs.FS, opt lint.Options, schemas map[string]*jsonschema.Schema, pages func(string) string) {
	opt.Audit = true
	r, err := lint.Run(context.Background(), fsys, opt)
	if err != nil {
		t.Errorf("%s: %v", title, err)
		return
	}
	full, _ := report.ByName("sarif")
	var out bytes.Buffer
	if err := full.Write(&out, silenced(r), report.Options{Full: true}); err != nil {
		t.Errorf("%s: %v", title, err)
	} else if doc, err := jsonschema.UnmarshalJSON(&out); err != nil || schemas["sarif"].Validate(doc) != nil {
		t.Errorf("%s: full SARIF: %v", title, cmp.Or(err, schemas["sarif"].Validate(doc)))
	}
	for _, f := range report.Formats {
		var out bytes.Buffer
		if err := f.Write(&out, r, report.Options{Pages: pages, RuleURL: checks.URL}); err != nil {
			t.Errorf("%s: %s: %v", title, f.Name, err)
			continue
		}
		if s := schemas[f.Name]; s != nil {
			doc, err := jsonschema.UnmarshalJSON(&out)
			if err == nil {
				err = s.Validate(doc)
			}
			if err != nil {
				t.Errorf("%s: %s: %v", title, f.Name, err)
			}
		}
	}
}

// silenced is a result with every second finding left out: by a comment, or by
// a baseline.
func silenced(r *lint.Result) *lint.Result {
	out := *r
	out.Findings, out.Silenced, out.Compared = nil, nil, true
	for i, f := range r.Findings {
		switch i % 4 {
		case 0, 2:
			out.Findings = append(out.Findings, f)
		case 1:
			out.Silenced = append(out.Silenced, lint.Silenced{Finding: f, Comment: f.Primary, Reason: "an example"})
		case 3:
			out.Silenced = append(out.Silenced, lint.Silenced{Finding: f})
		}
	}
	return &out
}

func schema(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

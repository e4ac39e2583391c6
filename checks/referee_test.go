package checks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/report"
)

// TestReferee has Microsoft's SARIF Multitool judge what gwlint says of all
// examples, and of every reported outage where they are at hand, in both
// profiles: no error, no warning.
func TestReferee(t *testing.T) {
	t.Parallel()
	multitool := os.Getenv("GWLINT_MULTITOOL")
	if multitool == "" {
		t.Skip("GWLINT_MULTITOOL, the path of Sarif.Multitool, is not set: .ci/run sets it where npm is installed")
	}
	var all []*lint.Result
	add := func(fsys fs.FS, opt lint.Options) {
		opt.Audit = true
		r, err := lint.Run(context.Background(), fsys, opt)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	for _, c := range checks.All() {
		for _, e := range parsePage(t, c, checks.Page(c.ID)).examples {
			if opt, ok := options(t, e); ok {
				add(e.files, opt)
			}
		}
	}
	if shared := os.Getenv("GWLINT_SHARED"); shared != "" {
		cases, err := filepath.Glob(filepath.Join(shared, "cases", "*", "*"))
		if err != nil || len(cases) == 0 {
			t.Fatalf("no cases: %v", err)
		}
		for _, dir := range cases {
			if info, err := os.Stat(dir); err == nil && info.IsDir() {
				add(os.DirFS(dir), lint.Options{})
			}
		}
	}
	everything := lint.Join(all)
	judge(t, multitool, everything, report.Options{})
	judge(t, multitool, silenced(lint.Join(all[:len(all)/5])), report.Options{Full: true, Category: "audit"})
}

// judge runs the Multitool over a log. Its exit code is 0 whatever it finds,
// and a file that it cannot read is a success, too; so a result that is known
// to be bad is added, and must be found.
func judge(t *testing.T, multitool string, r *lint.Result, opt report.Options) {
	t.Helper()
	opt.Version, opt.Pages, opt.RuleURL = "1.0.0", checks.Page, checks.URL
	var out bytes.Buffer
	sarif, _ := report.ByName("sarif")
	if err := sarif.Write(&out, r, opt); err != nil {
		t.Fatal(err)
	}
	var log map[string]any
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	run := log["runs"].([]any)[0].(map[string]any)
	results := run["results"].([]any)
	if len(results) < 100 {
		t.Fatalf("only %d results", len(results))
	}
	const canary = "canary: a result without a place"
	run["results"] = append(results, map[string]any{"ruleId": "syntax", "message": map[string]any{"text": canary}})
	text, err := json.Marshal(log)
	if err != nil {
		t.Fatal(err)
	}
	in, judged := filepath.Join(t.TempDir(), "in.sarif"), filepath.Join(t.TempDir(), "out.sarif")
	if err := os.WriteFile(in, text, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(multitool, "validate", in, "-o", judged, "--log", "ForceOverwrite", "--level", "Error;Warning", "--rule-kind", "Sarif;Ghas")
	cmd.Env = append(os.Environ(), "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	text, err = os.ReadFile(judged)
	if err != nil {
		t.Fatal(err)
	}
	var verdict struct {
		Runs []struct {
			Results []struct {
				RuleID, Level string
				Message       struct{ Arguments []string }
			}
		}
	}
	if err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), &verdict); err != nil {
		t.Fatal(err)
	}
	place := fmt.Sprintf("runs[0].results[%d]", len(results)) // where the canary sits
	found := false
	for _, r := range verdict.Runs {
		for _, v := range r.Results {
			if len(v.Message.Arguments) > 0 && v.Message.Arguments[0] == place {
				found = true
				continue
			}
			t.Errorf("%s %s: %q", v.Level, v.RuleID, v.Message.Arguments)
		}
	}
	if !found {
		t.Errorf("the canary was not found: nothing was judged\n%.2000s", text)
	}
}

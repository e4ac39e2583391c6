package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"github.com/gwlint/gwlint/report"
)

const top = "../../"

func text(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(top + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func parseYAML[T any](t *testing.T, name, text string) (out T) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), &out); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return out
}

// invocations are the command lines of gwlint in a text: its words behind the
// name, up to what ends a command.
func invocations(text string) (all [][]string) {
	for _, m := range regexp.MustCompile(`(?m)(?:^|[\s/"'|]|\$ )gwlint"? ((?:check|baseline|config|completion|man|explain|rules|show|version|-)[^\n|>']*)`).FindAllStringSubmatch(text, -1) {
		all = append(all, strings.Fields(m[1]))
	}
	return all
}

// TestSnippets sees that every command line of the documents and of what runs
// in pipelines names commands, flags and formats that there are.
func TestSnippets(t *testing.T) {
	docs, err := filepath.Glob(top + "docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	files := []string{"README.md", "action.yml", ".pre-commit-hooks.yaml", ".goreleaser.yaml"}
	for _, d := range docs {
		if filepath.Base(d) != "rules.md" {
			files = append(files, strings.TrimPrefix(filepath.ToSlash(d), top))
		}
	}
	for _, name := range files {
		found := invocations(text(t, name))
		if len(found) == 0 && (name == "README.md" || name == "docs/ci.md" || name == ".goreleaser.yaml") {
			t.Errorf("%s has no command line", name)
		}
		for _, words := range found {
			k := commands()[0]
			for _, c := range commands() {
				if c.name == words[0] {
					k = c
				}
			}
			f, _ := k.flags()
			for i, w := range words {
				w = strings.Trim(w, "`\",.;:)")
				switch {
				case strings.HasPrefix(w, "--"):
					flag, _, _ := strings.Cut(w[2:], "=")
					if flag != "help" && f.Lookup(flag) == nil {
						t.Errorf("%s: %s has no --%s", name, k.name, flag)
					}
				case w == "#":
				case strings.HasPrefix(w, "-") && len(w) == 2 && w != "-j" && f.ShorthandLookup(w[1:]) == nil:
					t.Errorf("%s: %s has no %s", name, k.name, w)
				}
				if i > 0 && words[i-1] == "-o" {
					format, _, _ := strings.Cut(w, "=")
					if _, ok := report.ByName(format); !ok {
						t.Errorf("%s: there is no format %s", name, format)
					}
				}
				if w == "#" {
					break
				}
			}
		}
	}
}

// TestFencedYAML parses every YAML of the documents.
func TestFencedYAML(t *testing.T) {
	for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(text(t, "docs/ci.md"), -1) {
		if out := parseYAML[map[string]any](t, "docs/ci.md", m[1]); len(out) == 0 {
			t.Errorf("empty: %s", m[1])
		}
	}
}

// TestHooks runs the hooks as pre-commit does: the entry with its arguments,
// in the root of the repository, once for all files that match.
func TestHooks(t *testing.T) {
	type hook struct {
		ID, Name, Entry, Language, Files string
		Args                             []string
		PassFilenames                    *bool `yaml:"pass_filenames"`
	}
	hooks := parseYAML[[]hook](t, ".pre-commit-hooks.yaml", text(t, ".pre-commit-hooks.yaml"))
	if len(hooks) == 0 {
		t.Fatal("no hooks")
	}
	dir := t.TempDir()
	t.Chdir(dir)
	conf := "events {}\nhttp { server { listen 80; location / { proxy_pass http://127.0.0.1:8080;\n proxy_read_timeout %; } } }\n"
	write := func(value string) {
		if err := os.WriteFile("nginx.conf", []byte(strings.ReplaceAll(conf, "%", value)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git := func(args ...string) {
		if out, err := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v: %s", args, err, out)
		}
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	git("init", "-q")
	write("5s")
	git("add", ".")
	git("commit", "-qm", "one")
	for _, h := range hooks {
		if h.PassFilenames == nil || *h.PassFilenames {
			t.Errorf("%s passes names: findings span files", h.ID)
		}
		verbose, ok := strings.CutPrefix(h.Files, "(?x)") // which Go's expressions have not: white space does not count
		if !ok {
			t.Fatalf("%s: %s", h.ID, h.Files)
		}
		matches := regexp.MustCompile(regexp.MustCompile(`\s+`).ReplaceAllString(verbose, ""))
		for file, want := range map[string]bool{"deploy/nginx/site": true, "nginx.conf": true, "haproxy.cfg": true, "main.tf": true, "prod.tfvars": true,
			"compose.yaml": true, "docker-compose.prod.yml": true, "app/Dockerfile": true, "prod.Dockerfile": true, "Dockerfile.dev": true, "Procfile": true,
			"shop.service": true, "pool.d/www.conf": true, "app/gunicorn.conf.py": true, "config/puma.rb": true, "uwsgi.ini": true,
			"src/main/resources/application-prod.yml": true, "deploy/.gwlint.hcl": true, ".gwlint.json": true,
			"readme.md": false, "main.go": false, "package.json": false, "app.py": false, "values.yaml": false, "spec/model.rb": false} {
			if matches.MatchString(file) != want {
				t.Errorf("%s: %s", h.ID, file)
			}
		}
		words := append(strings.Fields(h.Entry), h.Args...)
		if words[0] != "gwlint" {
			t.Errorf("%s starts %s", h.ID, words[0])
		}
		for value, want := range map[string]int{"5s": exitClean, "0": exitFindings} {
			write(value)
			git("add", ".")
			var out, errs bytes.Buffer
			if code := run(context.Background(), console{strings.NewReader(""), &out, &errs}, words[1:]); code != want {
				t.Errorf("%s, %s: exit %d: %s%s", h.ID, value, code, out.String(), errs.String())
			}
		}
	}
}

// TestOneMain sees that a hook of language golang, which installs every main
// package, installs gwlint alone.
func TestOneMain(t *testing.T) {
	cmd := exec.Command("go", "list", "-f", `{{if eq .Name "main"}}{{.ImportPath}}{{end}}`, "./...")
	cmd.Dir = top
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(string(out)); !slices.Equal(got, []string{"github.com/gwlint/gwlint/cmd/gwlint"}) {
		t.Errorf("main packages: %s", got)
	}
}

// TestAction sees that the action uses the inputs and outputs that it has, and
// that its scripts are shell.
func TestAction(t *testing.T) {
	raw := text(t, "action.yml")
	a := parseYAML[struct {
		Inputs map[string]any
		Runs   struct {
			Using string
			Steps []struct {
				ID, Uses, Run, Shell string
				Env                  map[string]string
			}
		}
	}](t, "action.yml", raw)
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`inputs\.([\w-]+)`).FindAllStringSubmatch(raw, -1) {
		used[m[1]] = true
		if _, ok := a.Inputs[m[1]]; !ok {
			t.Errorf("there is no input %s", m[1])
		}
	}
	for name := range a.Inputs {
		if !used[name] {
			t.Errorf("the input %s is not used", name)
		}
	}
	for _, s := range a.Runs.Steps {
		if s.Run == "" {
			continue
		}
		if strings.Contains(s.Run, "${{") {
			t.Errorf("a script has %s in its text, where an input could be a command", "${{")
		}
		if _, err := exec.LookPath("bash"); err == nil {
			if out, err := exec.Command("bash", "-n", "-c", s.Run).CombinedOutput(); err != nil {
				t.Errorf("%s: %v: %s", s.Run, err, out)
			}
			if s.ID == "lint" {
				runAction(t, s.Run)
			}
		}
	}
	if a.Runs.Using != "composite" {
		t.Errorf("it runs as %s", a.Runs.Using)
	}
	f, _ := commands()[0].flags()
	for _, m := range regexp.MustCompile(`(GWLINT_\w+):`).FindAllStringSubmatch(raw, -1) {
		known := false
		f.VisitAll(func(g *pflag.Flag) { known = known || variable(g.Name) == m[1] })
		if !known {
			t.Errorf("no flag has the variable %s", m[1])
		}
	}
}

// runAction runs the step that lints as a runner does: it passes, leaves the
// exit code and the name of the SARIF file for the steps behind it, and a job
// summary.
func runAction(t *testing.T, script string) {
	t.Helper()
	gwlint, err := exec.LookPath("gwlint") // this test, by that name
	if err != nil {
		t.Fatal(err)
	}
	gopath, temp, repository := t.TempDir(), t.TempDir(), repositoryWith(t, "")
	if err := os.MkdirAll(filepath.Join(gopath, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(gwlint, filepath.Join(gopath, "bin", "gwlint")); err != nil {
		t.Skip(err)
	}
	for _, c := range []struct{ upload, failOn, code, prints string }{
		{"true", "", "1", "error[zero-timeout]"},
		{"false", "", "1", "::error file=deploy/nginx/nginx.conf,line=2"},
		{"false", "never", "0", "::error file="},
		{"false", "sometimes", "2", ""},
	} {
		output, summary := filepath.Join(temp, "output"), filepath.Join(temp, "summary.md")
		os.Remove(output)
		os.Remove(summary)
		os.Remove(filepath.Join(temp, "gwlint.md"))
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
		cmd.Dir = repository
		cmd.Env = append(os.Environ(), "GOPATH="+gopath, "RUNNER_TEMP="+temp, "GITHUB_OUTPUT="+output, "GITHUB_STEP_SUMMARY="+summary,
			"LINT_PATH=deploy conf.d", "LINT_ARGS=--ignore missing-host --color never", "GWLINT_FAIL_ON="+c.failOn, "UPLOAD="+c.upload)
		out, err := cmd.Output()
		said, _ := os.ReadFile(output)
		if want := "sarif=" + filepath.Join(temp, "gwlint.sarif") + "\ncode=" + c.code + "\n"; err != nil || string(said) != want || !strings.Contains(string(out), c.prints) {
			t.Errorf("%+v: %v: %s\n%s", c, err, said, out)
		}
		if text, err := os.ReadFile(summary); (err == nil && strings.Contains(string(text), "zero-timeout")) == (c.code == "2") {
			t.Errorf("%+v: the job summary: %v: %s", c, err, text)
		}
	}
}

// TestRelease sees that what is packed is there.
func TestRelease(t *testing.T) {
	g := parseYAML[struct {
		Version  int
		Builds   []struct{ Main string }
		Archives []struct{ Files []string }
		Nfpms    []struct {
			Formats  []string
			Contents []struct{ Src, Dst string }
		}
	}](t, ".goreleaser.yaml", text(t, ".goreleaser.yaml"))
	if g.Version != 2 || len(g.Builds) != 1 || len(g.Nfpms) != 1 || !slices.Equal(g.Nfpms[0].Formats, []string{"deb", "rpm", "apk"}) {
		t.Errorf("%+v", g)
	}
	files := g.Archives[0].Files
	for _, c := range g.Nfpms[0].Contents {
		files = append(files, c.Src)
	}
	for _, f := range files {
		if strings.HasPrefix(f, "dist-docs/") { // made by the hook
			continue
		}
		if !exists(top + f) {
			t.Errorf("there is no %s", f)
		}
	}
	if docker := text(t, "Dockerfile"); !strings.Contains(docker, "FROM scratch") || !regexp.MustCompile(`(?m)^USER [1-9]`).MatchString(docker) {
		t.Error("the image is not scratch without root")
	}
}

// TestSize sees that the binary, built as it is released, is below 15 MB.
func TestSize(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the binary")
	}
	file := filepath.Join(t.TempDir(), "gwlint")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if info, err := os.Stat(file); err != nil || info.Size() > 15e6 {
		t.Errorf("%v: it has %d bytes", err, info.Size())
	}
}

// TestHelp sees that the help of each command fits a screen, shows examples
// where there are flags, and that each flag says what it does.
func TestHelp(t *testing.T) {
	for _, k := range append(commands(), command{name: "help"}) {
		var out bytes.Buffer
		if code := run(context.Background(), console{strings.NewReader(""), &out, &out}, []string{k.name, "--help"}); code != exitClean {
			t.Errorf("%s: exit %d", k.name, code)
		}
		lines := strings.Split(out.String(), "\n")
		if len(lines) > 42 {
			t.Errorf("the help of %s has %d lines", k.name, len(lines))
		}
		for _, line := range lines {
			if len(line) > 150 {
				t.Errorf("%s: too wide: %s", k.name, line)
			}
		}
	}
}

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// documented are the command lines of a document that run gwlint: behind the
// prompt of consoles, and in the steps of pipelines.
func documented(text string) (all []string) {
	for _, m := range regexp.MustCompile("(?s)```(console|yaml|groovy)\n(.*?)```").FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(m[2]) {
			line = strings.TrimSpace(line)
			switch m[1] {
			case "console":
				line, _ = strings.CutPrefix(line, "$ ")
			case "yaml":
				line = regexp.MustCompile(`^(- )?((run|script): )?`).ReplaceAllString(line, "")
			case "groovy":
				step := regexp.MustCompile(`^sh '(.*)'$`).FindStringSubmatch(line)
				if step == nil {
					continue
				}
				line = step[1]
			}
			if regexp.MustCompile(`^(\S+ -T \| |\S*\$\(go env GOPATH\)/bin/)?gwlint( |$)`).MatchString(line) {
				all = append(all, line)
			}
		}
	}
	return all
}

// elsewhere are the parts of documented commands that are not ours, and what
// stands for them here.
var elsewhere = []struct {
	of *regexp.Regexp
	is string
}{
	{regexp.MustCompile(`\$\(go env GOPATH\)/bin/`), ""},
	{regexp.MustCompile(`\$\(Build\.ArtifactStagingDirectory\)/`), ""},
	{regexp.MustCompile(`nginx -T`), "cat deploy/nginx/nginx.conf"},
	{regexp.MustCompile(`> \S*/`), "> "}, // writes outside
}

// TestDocuments runs what the documents tell to run, in a small repository, by
// the shell. Nothing is a wrong command there, and each block of settings is
// read.
func TestDocuments(t *testing.T) {
	for _, tool := range []string{"sh", "git"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	for _, name := range []string{"README.md", "docs/ci.md", "docs/settings.md"} {
		document := text(t, name)
		lines := documented(document)
		if len(lines) == 0 && name != "docs/settings.md" {
			t.Errorf("%s has no command", name)
		}
		for _, line := range lines {
			for _, e := range elsewhere {
				line = e.of.ReplaceAllString(line, e.is)
			}
			cmd := exec.Command("sh", "-c", line)
			cmd.Dir = repositoryWith(t, "")
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if code := 0; err != nil {
				if errors.As(err, &exit) {
					code = exit.ExitCode()
				}
				if code != exitFindings {
					t.Errorf("%s: %s: %v\n%s", name, line, err, out)
				}
			}
		}
		for _, m := range regexp.MustCompile("(?s)```hcl\n(.*?)```").FindAllStringSubmatch(document, -1) {
			cmd := exec.Command("gwlint", "-f", "concise", "--fail-on", "never")
			cmd.Dir = repositoryWith(t, m[1])
			if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "error[settings-error]") {
				t.Errorf("%s: %s: %v\n%s", name, m[1], err, out)
			}
		}
	}
}

// repositoryWith is a repository with a branch, and these settings.
func repositoryWith(t *testing.T, settings string) string {
	t.Helper()
	dir := t.TempDir()
	conf := "events {}\nhttp { server { listen 80; location / { proxy_pass http://127.0.0.1:8080; proxy_read_timeout 0; } } }\n"
	for name, text := range map[string]string{
		"deploy/nginx/nginx.conf": conf, "nginx.conf": conf, "conf.d/a.conf": "server { listen 81; location / { proxy_pass http://127.0.0.1:8080; } }\n",
		"nginx/prod/nginx.conf": conf, "legacy/nginx.conf": conf, "deploy/base.hcl": "profile = \"audit\"\n",
		"testdata/demo/nginx.conf": conf, ".gwlint.hcl": settings,
	} {
		if name == ".gwlint.hcl" && text == "" {
			continue
		}
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-qm", "one"}, {"update-ref", "refs/remotes/origin/main", "HEAD"}} {
		cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v: %s", args, err, out)
		}
	}
	return dir
}

package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

// TestReadme sees that the README shows what the command prints.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("../..")
	t.Setenv("COLUMNS", "")
	var out, errs bytes.Buffer
	if code := run(context.Background(), console{strings.NewReader(""), &out, &errs}, []string{"testdata/demo"}); code != exitFindings {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	_, shown, _ := strings.Cut(string(readme), "$ gwlint testdata/demo\n")
	shown, _, _ = strings.Cut(shown, "```")
	if !strings.HasPrefix(out.String(), shown) || shown == "" {
		t.Errorf("the README shows\n%s\nbut gwlint prints\n%s", shown, out.String())
	}
}

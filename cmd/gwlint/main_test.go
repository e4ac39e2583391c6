package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"gwlint": func() {
			os.Exit(run(context.Background(), console{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:]))
		},
	})
}

// TestScripts runs the command as a user would. The scripts are documented in
// rogpeppe/go-internal/testscript.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

func TestDidYouMean(t *testing.T) {
	for said, want := range map[string]string{"chekc": "; did you mean check?", "expl": "; did you mean explain?", "frobnicate": ""} {
		if got := didYouMean(said, []string{"check", "explain", "rules"}); got != want {
			t.Errorf("%s: %q, not %q", said, got, want)
		}
	}
}

// Command gwlint predicts 502, 503, 504 and "refuses to start" from the
// configuration of reverse proxies and load balancers.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/gwlint/gwlint/lint"
)

// Exit codes, the same for every format.
const (
	exitClean      = 0 // nothing at or above the fail level
	exitFindings   = 1
	exitUsage      = 2 // a bad flag, path or setting
	exitIncomplete = 3 // nothing recognised, or something could not be read
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, console{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:])
	stop()
	os.Exit(code)
}

// A console is where a command reads and writes.
type console struct {
	in       io.Reader
	out, err io.Writer
}

// A command is one of gwlint's verbs.
type command struct {
	name, args, title string
	run               func(ctx context.Context, c console, args []string) (code int, err error)
}

func commands() []command {
	return []command{
		{"check", "[PATH|-]...", "lint; the default command, and . the default path", check},
		{"explain", "RULE", "the page of a rule: what happens, examples, proof", explain},
		{"rules", "", "all rules, with severity and outcome", rules},
		{"show", "[PATH|-]...", "every request path found, with the settings in effect and where they come from", show},
		{"version", "", "version of gwlint and of what it links", version},
	}
}

func run(ctx context.Context, c console, args []string) int {
	name, rest := "check", args
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		known := slices.ContainsFunc(commands(), func(k command) bool { return k.name == args[0] })
		if known || !exists(args[0]) {
			name, rest = args[0], args[1:]
		}
	}
	if name == "help" || len(args) > 0 && name == "check" && (args[0] == "--help" || args[0] == "-h") {
		help(c.out)
		return exitClean
	}
	for _, k := range commands() {
		if k.name != name {
			continue
		}
		code, err := k.run(ctx, c, rest)
		switch {
		case errors.Is(err, pflag.ErrHelp):
			return exitClean
		case errors.Is(err, context.Canceled):
			fmt.Fprintln(c.err, "gwlint: interrupted")
			return 130
		case err != nil:
			fmt.Fprintf(c.err, "gwlint: %v\n", err)
			return exitUsage
		}
		return code
	}
	var names []string
	for _, k := range commands() {
		names = append(names, k.name)
	}
	fmt.Fprintf(c.err, "gwlint: %s is neither a path nor a command%s\n", name, didYouMean(name, names))
	return exitUsage
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func help(w io.Writer) {
	fmt.Fprint(w, `gwlint predicts 502, 503, 504 and "refuses to start" from proxy configuration

Usage:
`)
	for _, k := range commands() {
		fmt.Fprintf(w, "  gwlint %-22s %s\n", strings.TrimSpace(k.name+" "+k.args), k.title)
	}
	fmt.Fprint(w, `
Examples:
  gwlint                                       lint this folder
  gwlint deploy/nginx -o sarif=gwlint.sarif    two reports at once
  nginx -T | gwlint -                          lint what a server runs
  gwlint --target nginx=1.28 --profile audit   for a version, notes included

gwlint COMMAND --help tells the flags.
Exit codes: 0 clean, 1 findings, 2 usage, 3 incomplete.
`)
}

// flags is a command's flag set; its errors are one line, with a suggestion.
func flags(name, args, title string) *pflag.FlagSet {
	f := pflag.NewFlagSet(name, pflag.ContinueOnError)
	f.SortFlags = false
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	f.SetInterspersed(true)
	return f
}

// parse reads the arguments of a command, and prints its help when asked to.
func parse(c console, f *pflag.FlagSet, usage string, args []string) error {
	err := f.Parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		fmt.Fprintf(c.out, "Usage: gwlint %s\n", usage)
		if f.HasFlags() {
			fmt.Fprintf(c.out, "\nFlags:\n%s", f.FlagUsagesWrapped(100))
		}
		return err
	}
	if err == nil {
		return nil
	}
	var all []string
	f.VisitAll(func(g *pflag.Flag) { all = append(all, "--"+g.Name) })
	if _, flag, ok := strings.Cut(err.Error(), "unknown flag: "); ok {
		return fmt.Errorf("there is no flag %s%s", flag, didYouMean(flag, all))
	}
	return err
}

// didYouMean is a suggestion, or "" when nothing is near.
func didYouMean(said string, known []string) string {
	at := lint.Nearest(said, known)
	if at == "" {
		return ""
	}
	return "; did you mean " + at + "?"
}

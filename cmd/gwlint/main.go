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
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/gwlint/gwlint/settings"
)

// Exit codes, the same for every format.
const (
	exitClean      = 0 // nothing at or above the fail level
	exitFindings   = 1
	exitUsage      = 2 // a bad flag, path or setting
	exitIncomplete = 3 // nothing recognised, or something could not be read
)

func main() {
	debug.SetGCPercent(400)         // a run is short: memory is cheaper than collecting it,
	debug.SetMemoryLimit(400 << 20) // up to a point
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

// A runner is a command whose flags are read.
type runner func(ctx context.Context, c console, args []string) (code int, err error)

// A command is one of gwlint's verbs.
type command struct {
	name, args, title string
	examples          []string                      // command, two spaces or more, what it does
	define            func(f *pflag.FlagSet) runner // its flags, and what it does with them
}

func commands() []command {
	return []command{
		{"check", "[PATH|-]...", "lint; the default command, and . the default path", []string{
			"gwlint                                       lint this folder",
			"gwlint deploy/nginx -o sarif=gwlint.sarif    two reports at once",
			"nginx -T | gwlint -                          lint what a server runs",
			"gwlint --select keepalive-race,timeouts      some rules, or those of a topic",
			"gwlint --fix=unsafe --diff | git apply       apply all fixes",
		}, check},
		{"explain", "RULE|STATUS|LINE|-", "a rule, a status, or lines of a log: what happens, and which rules find it", []string{
			"gwlint explain keepalive-race                  what a rule is about, an example, the proof",
			"gwlint explain 504                             the rules that may lead there, and what the logs say",
			"gwlint explain 'no live upstreams while ...'   what a line of an error or access log means",
			"tail -n 500 error.log | gwlint explain -       each thing that went wrong, once",
		}, explain},
		{"rules", "", "all rules, with severity and outcome", nil, rules},
		{"show", "[PATH|-]...", "every request path, with the settings in effect and where they come from", []string{
			"gwlint show conf.d",
			"gwlint show --topology                       what answers what, how sure that is and why",
			"gwlint show --topology=mermaid > graph.mmd   the same as a drawing",
		}, show},
		{"baseline", "create|update|prune|show [PATH]", "findings that are known, and are not reported again", []string{
			"gwlint baseline create    all that is found now becomes known",
			"gwlint baseline update    what is new becomes known, what is gone is forgotten",
			"gwlint baseline prune     what is gone is forgotten",
		}, baseline},
		{"config", "show|init|schema [PATH]", "the settings of gwlint: what counts and why, a file to start with", []string{
			"gwlint config init                 write a commented .gwlint.hcl",
			"gwlint config show conf.d/a.conf   what counts for a file, and who says so",
			"gwlint config schema               the JSON Schema of .gwlint.json",
		}, config},
		{"completion", "bash|zsh|fish|powershell", "what makes a shell complete commands, flags and rules", []string{
			"gwlint completion bash > /etc/bash_completion.d/gwlint",
			"gwlint completion fish > ~/.config/fish/completions/gwlint.fish",
		}, completion},
		{"man", "", "the manual page, for man -l -", nil, man},
		{"version", "", "version of gwlint and of what it links", nil, version},
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
	if name == "help" && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		name, rest = rest[0], []string{"--help"}
	}
	if name == "help" || len(args) > 0 && name == "check" && (args[0] == "--help" || args[0] == "-h") {
		help(c.out)
		return exitClean
	}
	if name == "explain" && len(rest) == 1 && strings.HasPrefix(rest[0], "--") && (rest[0] == "----" || strings.Contains(rest[0], " ")) {
		rest = []string{"--", rest[0]} // a termination state of HAProxy, and no flag
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
		fmt.Fprintf(w, "  gwlint %-40s %s\n", strings.TrimSpace(k.name+" "+k.args), k.title)
	}
	fmt.Fprint(w, `
Examples:
`)
	for _, e := range commands()[0].examples {
		fmt.Fprintf(w, "  %s\n", e)
	}
	fmt.Fprint(w, `
gwlint COMMAND --help tells the flags; each has a variable: --fail-on is GWLINT_FAIL_ON.
Exit codes: 0 clean, 1 findings, 2 usage or settings, 3 incomplete.
`)
}

// flags are those of the command, and what it does with them.
func (k command) flags() (*pflag.FlagSet, runner) {
	f := pflag.NewFlagSet(k.name, pflag.ContinueOnError)
	f.SortFlags = false
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	f.SetInterspersed(true)
	return f, k.define(f)
}

// run reads the arguments, prints the help when asked to, and does it. Errors
// are one line, with a suggestion.
func (k command) run(ctx context.Context, c console, args []string) (int, error) {
	f, do := k.flags()
	err := f.Parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		k.help(c.out, f)
		return 0, err
	}
	if err != nil {
		var all []string
		f.VisitAll(func(g *pflag.Flag) { all = append(all, "--"+g.Name) })
		if _, flag, ok := strings.Cut(err.Error(), "unknown flag: "); ok {
			return 0, fmt.Errorf("there is no flag %s%s", flag, didYouMean(flag, all))
		}
		return 0, err
	}
	if err := environment(f, os.LookupEnv); err != nil {
		return 0, err
	}
	return do(ctx, c, f.Args())
}

func (k command) usage() string {
	usage := "gwlint " + k.name
	if k.name == "check" {
		usage = "gwlint [check]"
	}
	if f, _ := k.flags(); f.HasFlags() {
		usage += " [flags]"
	}
	return strings.TrimSpace(usage + " " + k.args)
}

func (k command) help(w io.Writer, f *pflag.FlagSet) {
	fmt.Fprintf(w, "Usage: %s\n\n%s\n", k.usage(), k.title)
	if f.HasFlags() {
		fmt.Fprintf(w, "\nFlags:\n%s", f.FlagUsages())
	}
	for i, e := range k.examples {
		if i == 0 {
			fmt.Fprint(w, "\nExamples:\n")
		}
		fmt.Fprintf(w, "  %s\n", e)
	}
}

// environment sets the flags that were not given and have a variable.
func environment(f *pflag.FlagSet, look func(string) (string, bool)) (err error) {
	f.VisitAll(func(g *pflag.Flag) {
		text, ok := look(variable(g.Name))
		if !ok || g.Changed || text == "" || err != nil {
			return
		}
		if wrong := f.Set(g.Name, text); wrong != nil {
			err = fmt.Errorf("%s: %w", variable(g.Name), wrong)
		}
		g.Annotations = map[string][]string{fromEnvironment: nil}
	})
	return err
}

const fromEnvironment = "environment"

// variable is the environment variable of a flag.
func variable(flag string) string {
	return "GWLINT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// origin is who set a flag: the flag itself, its variable, or "" for nobody.
func origin(f *pflag.FlagSet, name string) string {
	g := f.Lookup(name)
	if _, env := g.Annotations[fromEnvironment]; env {
		return variable(name)
	}
	if g.Changed {
		return "--" + name
	}
	return ""
}

// didYouMean is a suggestion, or "" when nothing is near.
func didYouMean(said string, known []string) string {
	at := settings.Nearest(said, known)
	if at == "" {
		return ""
	}
	return "; did you mean " + at + "?"
}

package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/settings"
)

// man prints the manual page, made from the commands and their flags.
func man(*pflag.FlagSet) runner {
	return func(_ context.Context, c console, _ []string) (int, error) {
		_, err := fmt.Fprint(c.out, manual())
		return exitClean, err
	}
}

// roff escapes text for troff.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`).Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}

func manual() string {
	var b strings.Builder
	fmt.Fprintf(&b, `.TH GWLINT 1 "" "gwlint %s"
.SH NAME
gwlint \- predict 502, 503, 504 and "refuses to start" from proxy configuration
.SH SYNOPSIS
`, roff(build().version))
	for i, k := range commands() {
		if i > 0 {
			b.WriteString(".br\n")
		}
		fmt.Fprintf(&b, ".B %s\n", roff(k.usage()))
	}
	b.WriteString(`.SH DESCRIPTION
gwlint reads the configuration of reverse proxies and load balancers, works out what every setting really is,
and says which requests will end as 502, 503 or 504, and why. It works on text: no server, no network.
`)
	for _, k := range commands() {
		fmt.Fprintf(&b, ".SH %s\n%s.\n", roff(strings.ToUpper("gwlint "+k.name)), roff(strings.ToUpper(k.title[:1])+k.title[1:]))
		f, _ := k.flags()
		f.VisitAll(func(g *pflag.Flag) {
			value, usage := pflag.UnquoteUsage(g)
			name := `\fB` + roff("--"+g.Name) + `\fR`
			if g.Shorthand != "" {
				name = `\fB` + roff("-"+g.Shorthand) + `\fR, ` + name
			}
			switch {
			case g.NoOptDefVal != "" && g.Value.Type() != "bool":
				name += `[=\fI` + roff(value) + `\fR]`
			case value != "":
				name += ` \fI` + roff(value) + `\fR`
			}
			fmt.Fprintf(&b, ".TP\n%s\n%s\n", name, roff(usage))
		})
		for i, e := range k.examples {
			if i == 0 {
				b.WriteString(".PP\n.nf\n")
			}
			fmt.Fprintf(&b, "%s\n", roff(e))
			if i == len(k.examples)-1 {
				b.WriteString(".fi\n")
			}
		}
	}
	b.WriteString(".SH EXIT STATUS\n")
	for _, e := range [][2]string{
		{"0", "nothing at or above the fail level"},
		{"1", "findings at or above it"},
		{"2", "a bad flag, path or setting"},
		{"3", "incomplete: nothing was recognised, or something could not be read"},
	} {
		fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", e[0], e[1])
	}
	fmt.Fprintf(&b, `.SH ENVIRONMENT
Every flag has a variable: %s is that of %s. Flags come before variables, variables before settings.
.SH FILES
.TP
.B %s
or
.BR %s :
the settings, in the folder that is linted or above it, up to the root of the repository
.TP
.B %s
findings that are known
`, roff(variable("fail-on")), roff("--fail-on"), roff(settings.FileName), roff(settings.JSONName), roff(lint.BaselineName))
	return b.String()
}

package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/gwlint/gwlint/lint"
)

// completion prints what a shell needs to complete the words of gwlint. All of
// it is made from the commands and their flags.
func completion(*pflag.FlagSet) runner {
	return func(_ context.Context, c console, args []string) (int, error) {
		shells := map[string]func(*strings.Builder){"bash": bash, "zsh": zsh, "fish": fish, "powershell": powershell}
		if len(args) != 1 {
			return 0, fmt.Errorf("completion takes one of bash, zsh, fish, powershell")
		}
		write := shells[args[0]]
		if write == nil {
			return 0, fmt.Errorf("there is no completion for %q%s", args[0], didYouMean(args[0], []string{"bash", "zsh", "fish", "powershell"}))
		}
		var b strings.Builder
		write(&b)
		_, err := fmt.Fprint(c.out, b.String())
		return exitClean, err
	}
}

// flagValues are what a flag may be set to, as far as they can be listed.
func flagValues(name string) []string {
	switch name {
	case "format":
		return strings.Fields(formatNames())
	case "profile":
		return []string{"default", "audit"}
	case "sarif-profile":
		return []string{"github", "full"}
	case "color":
		return []string{"auto", "always", "never"}
	case "fix":
		return []string{"safe", "unsafe"}
	case "fail-on":
		return []string{"error", "warning", "note", "never", "error:high", "warning:medium"}
	case "select", "ignore":
		return ruleNames()
	case "type":
		return lint.Dialects()
	case "target":
		var all []string
		for _, p := range lint.Products() {
			all = append(all, p+"=")
		}
		return all
	}
	return nil
}

// words are what the first argument of a command may be; nil for paths.
func (k command) words() []string {
	switch k.name {
	case "explain":
		return ruleNames()
	case "baseline", "config", "completion":
		verbs, _, _ := strings.Cut(k.args, " ")
		return strings.Split(verbs, "|")
	}
	return nil
}

func (k command) flagNames() (all []string) {
	f, _ := k.flags()
	f.VisitAll(func(g *pflag.Flag) { all = append(all, "--"+g.Name) })
	return append(all, "--help")
}

func commandNames() (all []string) {
	for _, k := range commands() {
		all = append(all, k.name)
	}
	return all
}

// valued calls do for each flag whose values can be listed, once.
func valued(do func(g *pflag.Flag, values string)) {
	f, _ := commands()[0].flags()
	f.VisitAll(func(g *pflag.Flag) {
		if v := flagValues(g.Name); v != nil && g.NoOptDefVal == "" {
			do(g, strings.Join(v, " "))
		}
	})
}

func bash(b *strings.Builder) {
	b.WriteString("# bash completion of gwlint\n_gwlint() {\n" +
		"  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\" command=check\n" +
		"  COMPREPLY=()\n")
	fmt.Fprintf(b, "  if ((COMP_CWORD > 1)); then case \"${COMP_WORDS[1]}\" in %s) command=\"${COMP_WORDS[1]}\" ;; esac; fi\n", strings.Join(commandNames(), "|"))
	b.WriteString("  case \"$prev\" in\n")
	valued(func(g *pflag.Flag, values string) {
		name := "--" + g.Name
		if g.Shorthand != "" {
			name += "|-" + g.Shorthand
		}
		fmt.Fprintf(b, "    %s) COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")); return ;;\n", name, values)
	})
	b.WriteString("  esac\n  if [[ \"$cur\" == -* ]]; then\n    case \"$command\" in\n")
	for _, k := range commands() {
		fmt.Fprintf(b, "      %s) COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")) ;;\n", k.name, strings.Join(k.flagNames(), " "))
	}
	b.WriteString("    esac\n    return\n  fi\n  if ((COMP_CWORD == 2)); then\n    case \"$command\" in\n")
	for _, k := range commands() {
		if w := k.words(); w != nil {
			fmt.Fprintf(b, "      %s) COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")); return ;;\n", k.name, strings.Join(w, " "))
		}
	}
	fmt.Fprintf(b, "    esac\n  fi\n  if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")); fi\n", strings.Join(commandNames(), " "))
	b.WriteString("  local IFS=$'\\n'\n  COMPREPLY+=($(compgen -f -- \"$cur\"))\n}\ncomplete -o filenames -F _gwlint gwlint\n")
}

func zsh(b *strings.Builder) {
	b.WriteString("#compdef gwlint\n# zsh completion of gwlint\nlocal command=check\n")
	fmt.Fprintf(b, "if (( CURRENT > 2 )); then\n  case $words[2] in\n    (%s) command=$words[2] ;;\n  esac\nfi\n", strings.Join(commandNames(), "|"))
	b.WriteString("case $words[CURRENT-1] in\n")
	valued(func(g *pflag.Flag, values string) {
		name := "--" + g.Name
		if g.Shorthand != "" {
			name += "|-" + g.Shorthand
		}
		fmt.Fprintf(b, "  (%s) compadd -- %s; return ;;\n", name, values)
	})
	b.WriteString("esac\nif [[ $words[CURRENT] == -* ]]; then\n  case $command in\n")
	for _, k := range commands() {
		fmt.Fprintf(b, "    (%s) compadd -- %s ;;\n", k.name, strings.Join(k.flagNames(), " "))
	}
	b.WriteString("  esac\n  return\nfi\nif (( CURRENT == 3 )); then\n  case $command in\n")
	for _, k := range commands() {
		if w := k.words(); w != nil {
			fmt.Fprintf(b, "    (%s) compadd -- %s; return ;;\n", k.name, strings.Join(w, " "))
		}
	}
	fmt.Fprintf(b, "  esac\nfi\nif (( CURRENT == 2 )); then compadd -- %s; fi\n_files\n", strings.Join(commandNames(), " "))
}

func fish(b *strings.Builder) {
	quote := func(s string) string {
		return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
	}
	b.WriteString("# fish completion of gwlint\n")
	for _, k := range commands() {
		fmt.Fprintf(b, "complete -c gwlint -n __fish_use_subcommand -a %s -d %s\n", k.name, quote(k.title))
	}
	for i, k := range commands() {
		when := "'__fish_seen_subcommand_from " + k.name + "'"
		if i == 0 { // the default command
			when = "'not __fish_seen_subcommand_from " + strings.Join(commandNames()[1:], " ") + "'"
		}
		if w := k.words(); w != nil {
			fmt.Fprintf(b, "complete -c gwlint -n %s -a %s\n", when, quote(strings.Join(w, " ")))
		}
		f, _ := k.flags()
		f.VisitAll(func(g *pflag.Flag) {
			_, usage := pflag.UnquoteUsage(g)
			fmt.Fprintf(b, "complete -c gwlint -n %s -l %s", when, g.Name)
			if g.Shorthand != "" {
				fmt.Fprintf(b, " -s %s", g.Shorthand)
			}
			if v := flagValues(g.Name); v != nil && g.NoOptDefVal == "" {
				fmt.Fprintf(b, " -x -a %s", quote(strings.Join(v, " ")))
			} else if g.NoOptDefVal == "" {
				b.WriteString(" -r")
			}
			fmt.Fprintf(b, " -d %s\n", quote(usage))
		})
	}
}

func powershell(b *strings.Builder) {
	list := func(words []string) string { return "'" + strings.Join(words, "', '") + "'" }
	b.WriteString("# PowerShell completion of gwlint\nRegister-ArgumentCompleter -Native -CommandName gwlint -ScriptBlock {\n" +
		"  param($wordToComplete, $commandAst, $cursorPosition)\n" +
		"  $words = @($commandAst.CommandElements | ForEach-Object { $_.ToString() })\n" +
		"  $at = $words.Count\n  if ($wordToComplete -ne '') { $at = $at - 1 }\n" +
		"  $command = 'check'\n")
	fmt.Fprintf(b, "  if ($at -gt 1 -and @(%s) -contains $words[1]) { $command = $words[1] }\n", list(commandNames()))
	b.WriteString("  $flags = @{\n")
	for _, k := range commands() {
		fmt.Fprintf(b, "    '%s' = @(%s)\n", k.name, list(k.flagNames()))
	}
	b.WriteString("  }\n  $values = @{\n")
	valued(func(g *pflag.Flag, values string) {
		fmt.Fprintf(b, "    '--%s' = @(%s)\n", g.Name, list(strings.Fields(values)))
	})
	b.WriteString("  }\n  $verbs = @{\n")
	for _, k := range commands() {
		if w := k.words(); w != nil {
			fmt.Fprintf(b, "    '%s' = @(%s)\n", k.name, list(w))
		}
	}
	fmt.Fprintf(b, "  }\n  if ($wordToComplete -like '-*') { $all = $flags[$command] }\n"+
		"  elseif ($values.ContainsKey($words[$at - 1])) { $all = $values[$words[$at - 1]] }\n"+
		"  elseif ($at -eq 1) { $all = @(%s) }\n"+
		"  elseif ($at -eq 2 -and $verbs.ContainsKey($command)) { $all = $verbs[$command] }\n"+
		"  else { return }\n"+
		"  $all | Where-Object { $_ -like \"$wordToComplete*\" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }\n}\n", list(commandNames()))
}

package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/report"
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
	case "topology":
		return report.Topologies()
	case "fail-on":
		return []string{"error", "warning", "note", "never", "error:high", "warning:medium"}
	case "select", "ignore":
		all := ruleNames()
		for _, t := range checks.Topics() {
			all = append(all, t.Name)
		}
		return all
	case "output":
		var all []string
		for _, f := range report.Formats {
			all = append(all, f.Name+"=")
		}
		return all
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
		return append(ruleNames(), "502", "503", "504")
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

// takesPaths reports whether files are arguments of the command.
func (k command) takesPaths() bool { return strings.Contains(k.args, "PATH") }

// valued calls do for each flag whose values can be listed, once. One that need
// not have a value takes it behind = only.
func valued(do func(g *pflag.Flag, values string)) {
	once := map[string]bool{}
	for _, k := range commands() {
		f, _ := k.flags()
		f.VisitAll(func(g *pflag.Flag) {
			if v := flagValues(g.Name); v != nil && !once[g.Name] {
				once[g.Name] = true
				do(g, strings.Join(v, " "))
			}
		})
	}
}

// spelled are the words that stand before a value of the flag.
func spelled(g *pflag.Flag, between string) string {
	name := "--" + g.Name
	if g.NoOptDefVal != "" {
		return name + "="
	}
	all := []string{name, name + "="}
	if g.Shorthand != "" {
		all = append(all, "-"+g.Shorthand)
	}
	return strings.Join(all, between)
}

// paths are the commands whose arguments are files, for a shell's case.
func paths() string {
	var all []string
	for _, k := range commands() {
		if k.takesPaths() {
			all = append(all, k.name)
		}
	}
	return strings.Join(all, "|")
}

func bash(b *strings.Builder) {
	b.WriteString("# bash completion of gwlint\n_gwlint() {\n" +
		"  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\" command=check\n" +
		"  COMPREPLY=()\n" +
		"  # --flag=value is three words to bash\n" +
		"  if [[ \"$cur\" == = ]]; then prev+==; cur=; elif [[ \"$prev\" == = ]] && ((COMP_CWORD > 1)); then prev=\"${COMP_WORDS[COMP_CWORD-2]}=\"; fi\n")
	fmt.Fprintf(b, "  if ((COMP_CWORD > 1)); then case \"${COMP_WORDS[1]}\" in %s) command=\"${COMP_WORDS[1]}\" ;; esac; fi\n", strings.Join(commandNames(), "|"))
	b.WriteString("  case \"$prev\" in\n")
	valued(func(g *pflag.Flag, values string) {
		fmt.Fprintf(b, "    %s) _gwlint_values \"%s\"; return ;;\n", spelled(g, "|"), values)
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
	fmt.Fprintf(b, "  case \"$command\" in\n    %s) local IFS=$'\\n'; COMPREPLY+=($(compgen -f -- \"$cur\")) ;;\n  esac\n}\n", paths())
	b.WriteString("# values of a flag: of a list the last one, and no blank behind NAME=\n_gwlint_values() {\n" +
		"  local head=\n  if [[ \"$cur\" == *,* ]]; then head=\"${cur%,*},\"; fi\n" +
		"  COMPREPLY=($(compgen -P \"$head\" -W \"$1\" -- \"${cur##*,}\"))\n" +
		"  if [[ \"$1\" == *= ]]; then compopt -o nospace +o filenames 2>/dev/null; fi\n}\n" +
		"complete -o filenames -F _gwlint gwlint\n")
}

func zsh(b *strings.Builder) {
	b.WriteString("#compdef gwlint\n# zsh completion of gwlint\n_gwlint() {\n  local command=check flag=$words[CURRENT-1]\n")
	fmt.Fprintf(b, "  if (( CURRENT > 2 )); then\n    case $words[2] in\n      (%s) command=$words[2] ;;\n    esac\n  fi\n", strings.Join(commandNames(), "|"))
	b.WriteString("  if [[ $PREFIX == --*=* ]]; then flag=${PREFIX%%=*}=; compset -P '*='; fi\n  case $flag in\n")
	valued(func(g *pflag.Flag, values string) {
		switch {
		case strings.HasSuffix(values, "="):
			values = "-S '' -- " + values
		default:
			values = "-- " + values
		}
		if g.Value.Type() == "stringSlice" {
			values = "compset -P '*,'; compadd " + values
		} else {
			values = "compadd " + values
		}
		fmt.Fprintf(b, "    (%s) %s; return ;;\n", spelled(g, "|"), values)
	})
	b.WriteString("  esac\n  if [[ $words[CURRENT] == -* ]]; then\n    case $command in\n")
	for _, k := range commands() {
		fmt.Fprintf(b, "      (%s) compadd -- %s ;;\n", k.name, strings.Join(k.flagNames(), " "))
	}
	b.WriteString("    esac\n    return\n  fi\n  if (( CURRENT == 3 )); then\n    case $command in\n")
	for _, k := range commands() {
		if w := k.words(); w != nil {
			fmt.Fprintf(b, "      (%s) compadd -- %s; return ;;\n", k.name, strings.Join(w, " "))
		}
	}
	fmt.Fprintf(b, "    esac\n  fi\n  if (( CURRENT == 2 )); then compadd -- %s; fi\n", strings.Join(commandNames(), " "))
	fmt.Fprintf(b, "  case $command in\n    (%s) _files ;;\n  esac\n}\n", paths())
	b.WriteString("if [[ $funcstack[1] == _gwlint ]]; then _gwlint \"$@\"; else compdef _gwlint gwlint; fi\n")
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
		if !k.takesPaths() {
			fmt.Fprintf(b, "complete -c gwlint -n %s -f\n", when)
		}
		f, _ := k.flags()
		f.VisitAll(func(g *pflag.Flag) {
			_, usage := pflag.UnquoteUsage(g)
			fmt.Fprintf(b, "complete -c gwlint -n %s -l %s", when, g.Name)
			if g.Shorthand != "" {
				fmt.Fprintf(b, " -s %s", g.Shorthand)
			}
			switch v := flagValues(g.Name); {
			case g.NoOptDefVal != "" && v != nil:
				fmt.Fprintf(b, " -f -a %s", quote(strings.Join(v, " ")))
			case g.NoOptDefVal != "":
			case g.Value.Type() == "stringSlice" && v != nil:
				fmt.Fprintf(b, " -x -a %s", quote("(__fish_append , "+strings.Join(v, " ")+")"))
			case v != nil:
				fmt.Fprintf(b, " -x -a %s", quote(strings.Join(v, " ")))
			default:
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

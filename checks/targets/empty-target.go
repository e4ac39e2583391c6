package targets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// What the map does not list goes nowhere.
var emptyTarget = &model.Check{
	ID:       "empty-target",
	Title:    "A map gives no target for what it does not list",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 500}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		maps, makers, tested := mapsOf(w)
		for n := range w.Statements("nginx", passes...) {
			if len(n.Args) != 1 || n.Within("stream") != nil {
				continue
			}
			variable, whole := hostVariable(n.Arg(0))
			block := maps[variableIn(n, variable)]
			if block == nil || block.Partial != "" || tested[block] {
				continue
			}
			if hole, what := holeIn(block, whole && n.Name.Text == "proxy_pass"); hole != nil && !namesAll(n, block) && !(hole == block && made(block, makers)) {
				report(model.Finding{
					Message: fmt.Sprintf("%s %s has no target where %s %s", n.Name.Text, n.Arg(0), block, what),
					Because: []model.Fact{model.Mark{Span: n.Args[0].Span, Text: n.Arg(0)}, hole},
					Outcome: model.Outcome{Status: 500, Native: says(n, variable)},
					When:    "requests for which the map gives nothing",
				})
			}
		}
	},
}

// mapsOf are the maps by the variable they make, without those that a set
// makes too; all blocks that make a variable; and the maps whose emptiness some
// if asks for.
func mapsOf(w *model.Workspace) (maps, makers map[variableKey]*model.Node, tested map[*model.Node]bool) {
	maps, makers, tested = map[variableKey]*model.Node{}, map[variableKey]*model.Node{}, map[*model.Node]bool{}
	for n := range w.Statements("nginx", "map", "geo", "split_clients") {
		k := len(n.Args)
		if n.Body.IsZero() || k == 0 {
			continue
		}
		makes := variableIn(n, n.Arg(k-1))
		makers[makes] = n
		if n.Name.Text == "map" {
			maps[makes] = n
		}
	}
	for n := range w.Statements("nginx", "set") {
		delete(maps, variableIn(n, n.Arg(0)))
	}
	for n := range w.Statements("nginx", "if") {
		for _, a := range n.Args {
			if m := maps[variableIn(n, strings.Trim(a.Text, "()"))]; m != nil {
				tested[m] = true
			}
		}
	}
	return maps, makers, tested
}

// A variableKey is a variable in one tree.
type variableKey struct {
	root *model.Node
	name string
}

func variableIn(n *model.Node, name string) variableKey { return variableKey{n.Root(), name} }

// made reports whether what the map looks at is made by a block of which it
// lists every value.
func made(block *model.Node, makers map[variableKey]*model.Node) bool {
	maker := makers[variableIn(block, block.Arg(0))]
	if maker == nil || maker.Partial != "" {
		return maker != nil
	}
	whole := false
	for _, k := range maker.Kids {
		whole = whole || k.Name.Text == "default" || k.Name.Text == "*"
		if len(k.Args) == 1 && block.Find(k.Arg(0)) == nil {
			return false
		}
	}
	return whole
}

// hostVariable is the variable that is the host of a pass, or, when whole, the
// host and what stands before it; "" when it is none.
func hostVariable(word string) (variable string, whole bool) {
	if i := strings.Index(word, "://"); i >= 0 && !strings.Contains(word[:i], "$") {
		word = word[i+3:]
	} else {
		whole = true
	}
	if !strings.HasPrefix(word, "$") {
		return "", false
	}
	end := 1
	for end < len(word) && (word[end] == '_' || word[end] >= '0' && word[end] <= '9' || word[end] >= 'a' && word[end] <= 'z' || word[end] >= 'A' && word[end] <= 'Z') {
		end++
	}
	if end < len(word) && !strings.ContainsRune(":/$?", rune(word[end])) {
		return "", false
	}
	return word[:end], whole
}

// holeIn is where a map gives no target: a line with an empty value, or one
// without a scheme where the map has to give it, else the map itself when it
// has no default.
func holeIn(block *model.Node, schemes bool) (hole *model.Node, what string) {
	hasDefault := false
	for _, k := range block.Kids {
		value := k.Arg(0)
		switch {
		case k.Name.Text == "hostnames" || k.Name.Text == "volatile" || k.Name.Text == "include" || len(k.Args) != 1:
			continue
		case value == "":
			return k, "gives nothing for " + k.Name.Text
		case schemes && !strings.Contains(value, "://") && !strings.ContainsAny(value, "${"):
			return k, "gives " + value + ", without a scheme"
		}
		hasDefault = hasDefault || k.Name.Text == "default"
	}
	if !hasDefault {
		return block, "lists no such value, as it has no default"
	}
	return nil, ""
}

// namesAll reports whether the server has no requests but for names that the
// map lists.
func namesAll(pass, block *model.Node) bool {
	server := pass.Within("server")
	if server == nil || block.Arg(0) != "$host" && block.Arg(0) != "$http_host" && block.Arg(0) != "$server_name" {
		return false
	}
	for _, listen := range server.All("listen") {
		if slices.ContainsFunc(listen.Args, func(a model.Word) bool { return a.Text == "default_server" }) {
			return false
		}
	}
	names := 0
	for _, s := range server.All("server_name") {
		for _, a := range s.Args {
			names++
			if block.Find(a.Text) == nil {
				return false
			}
		}
	}
	return names > 0
}

// says is what nginx logs for a pass whose variable is empty.
func says(pass *model.Node, variable string) string {
	left := strings.Replace(pass.Arg(0), variable, "", 1)
	if pass.Name.Text != "proxy_pass" {
		return fmt.Sprintf("no host in upstream %q", left)
	}
	if _, rest, ok := strings.Cut(left, "://"); ok && rest != "" {
		return fmt.Sprintf("no host in upstream %q", rest)
	}
	return fmt.Sprintf("invalid URL prefix in %q", left)
}

package headers

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// nginx does not start with a variable that nobody defines. The usual one is
// $connection_upgrade: it looks like one of nginx's own, and comes from a map
// that is written beside it in every guide.
var undefinedVariable = &model.Check{
	ID:       "undefined-variable",
	Title:    "A variable is used that nothing defines",
	Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		whole := map[*model.Node]bool{} // trees that nothing encloses, of a program without further modules
		for _, g := range w.Gateways {
			if g.Node != nil && g.Product.Name == "nginx" && g.Node.Fragment == "" {
				whole[g.Node] = true
			}
		}
		uses := map[*model.Node]map[string]*model.Node{}
		for n := range w.Statements("nginx", "proxy_set_header", "grpc_set_header", "add_header",
			"proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass") {
			http := n.Within("http")
			if http == nil || !whole[n.Root()] || n.Doubt() != "" {
				continue
			}
			read := n.Arg(0)
			if !strings.HasSuffix(n.Name.Text, "_pass") {
				read = n.Arg(1)
			}
			for _, v := range variables(read) {
				if slices.Contains(idioms, v) && uses[http][v] == nil {
					if uses[http] == nil {
						uses[http] = map[string]*model.Node{}
					}
					uses[http][v] = n
				}
			}
		}
		for http, first := range uses {
			undefined(http, first, report)
		}
	},
}

// idioms are variables that nginx has not and no module brings: guides define
// them by a map.
var idioms = []string{"connection_upgrade", "proxy_connection", "connection_header", "proxy_x_forwarded_proto",
	"proxy_x_forwarded_port", "proxy_x_forwarded_host", "proxy_x_forwarded_ssl", "the_real_ip", "proxy_forwarded_elem",
	"proxy_add_forwarded", "http_connection_upgrade_header", "upstream_endpoint", "backend", "upstream"}

// undefined reports the idioms in use that no statement of http defines.
func undefined(http *model.Node, uses map[string]*model.Node, report func(model.Finding)) {
	defined := map[string]bool{}
	for n := range http.Walk() {
		if n.Partial != "" {
			return // it may hold the definition
		}
		define(n, defined)
	}
	for _, v := range idioms {
		n := uses[v]
		if n == nil || defined[v] {
			continue
		}
		f := model.Finding{
			Message: fmt.Sprintf("$%s in %s is no variable of nginx, and nothing in http defines it", v, n),
			Because: []model.Fact{model.Mark{Span: n.Args[len(n.Args)-1].Span, Text: n.String()}, http},
			Outcome: model.RefusesToStart(fmt.Sprintf("[emerg] unknown %q variable", v)),
		}
		if v == "connection_upgrade" {
			if edit := model.Insert(http, "map $http_upgrade $connection_upgrade { default upgrade; '' close; }"); edit != nil {
				f.Fix = &model.Fix{Message: "the map that it comes from", Edits: []model.Edit{*edit}, Safe: true}
			}
		}
		report(f)
	}
}

// define notes the variables that a statement makes. Whatever is a variable
// alone where none is only read may be made there.
func define(n *model.Node, defined map[string]bool) {
	name := strings.TrimPrefix(n.Name.Text, "$")
	if name != n.Name.Text {
		defined[strings.ToLower(name)] = true // geoip2 { $name ... }
	}
	for i, a := range n.Args {
		for _, m := range named.FindAllStringSubmatch(a.Text, -1) {
			defined[strings.ToLower(m[1])] = true
		}
		v, ok := strings.CutPrefix(a.Text, "$")
		if !ok {
			continue
		}
		switch name {
		case "proxy_set_header", "grpc_set_header", "add_header", "proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "return", "rewrite":
			continue
		case "set":
			if i > 0 {
				continue
			}
		}
		defined[strings.ToLower(v)] = true
	}
}

var (
	named = regexp.MustCompile(`\?P?[<']([A-Za-z_][A-Za-z0-9_]*)[>']`) // captures
	used  = regexp.MustCompile(`\$(?:\{([a-z0-9_]+)\}|([a-z0-9_]+))`)
)

// variables are the names in a word.
func variables(word string) (names []string) {
	for _, m := range used.FindAllStringSubmatch(word, -1) {
		names = append(names, m[1]+m[2])
	}
	return names
}

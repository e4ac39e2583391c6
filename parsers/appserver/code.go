package appserver

import (
	"regexp"
	"strings"

	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/process"
	"github.com/gwlint/gwlint/parsers/python"
)

// A starter is a function of Python that a script starts its server with, by
// name and position of host and port.
type starter struct {
	call       string // as it is written; "" is the run method of a Flask
	imports    *regexp.Regexp
	kind       string
	host, port int // positions; -1: by name only
}

var starters = []starter{
	{"", regexp.MustCompile(`(?m)^\s*(?:from|import)\s+flask\b`), "flask", 0, 1},
	{"socketio.run", regexp.MustCompile(`(?m)^\s*(?:from|import)\s+flask_socketio\b`), "flask", 1, 2},
	{"uvicorn.run", regexp.MustCompile(`(?m)^\s*import\s+uvicorn\b`), "uvicorn", -1, -1},
}

var flask = regexp.MustCompile(`(?m)^[ \t]*([A-Za-z_]\w*)\s*(?::[^=\n]*)?=\s*(?:flask\.)?Flask\(`)

// A coded server is one that a script starts by a call.
type coded struct {
	*python.Call
	function string
	kind     string
}

// codedIn is the one call with which the script of a program starts a server.
// Nothing is told where there are several, or none.
func codedIn(t *files.Tree, g process.Program) (c *coded, ok bool) {
	if g.Name != "python" || !strings.HasSuffix(arg(g, 0), ".py") {
		return c, false
	}
	file, found := process.File(t, g.Place, arg(g, 0))
	if !found {
		return c, false
	}
	src, err := t.Source(file, process.Code)
	if err != nil {
		return c, false
	}
	script := python.Parse(src, g.Getenv)
	for _, s := range starters {
		if !s.imports.Match(src.Text) {
			continue
		}
		function := s.call
		if m := flask.FindAllSubmatch(src.Text, 2); function == "" && len(m) == 1 {
			function = string(m[0][1]) + ".run"
		}
		if function == "" {
			continue
		}
		for _, call := range script.Calls(function) {
			if ok {
				return c, false
			}
			for name, position := range map[string]int{"host": s.host, "port": s.port} {
				if v := call.Arg(name, position); v != nil {
					call.Named[name] = v
				}
			}
			c, ok = &coded{call, function, s.kind}, true
		}
	}
	if ok && c.kind == "flask" && strings.Contains(string(src.Text), "SERVER_NAME") {
		c.Unsure = true // it is the host, too
	}
	return c, ok
}

// argument is what the call gives for an option: --timeout-keep-alive is
// timeout_keep_alive there.
func (c *coded) argument(option string) *python.Value {
	return c.Named[snake(option)]
}

func snake(option string) string {
	return strings.ReplaceAll(strings.TrimLeft(option, "-"), "-", "_")
}

// encrypted reports whether the call is given anything for TLS.
func (c *coded) encrypted() bool {
	for name := range c.Named {
		if strings.HasPrefix(name, "ssl") {
			return true
		}
	}
	return false
}

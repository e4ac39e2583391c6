// Package node knows servers that run in Node.js: when they close connections
// by default, and what their code says otherwise, as far as a pattern tells.
package node

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/process"
	"github.com/gwlint/gwlint/parsers/text"
)

// A Parser reads commands that start Node.js.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return "node" }

// Render writes nothing: code is not edited.
func (Parser) Render(string, any) (literal, statement string) { return "", "" }

// Detect claims no file.
func (Parser) Detect(string, func() []byte) bool { return false }

// programs are those that run a script which may listen.
var programs = []string{"node", "nodejs", "ts-node", "ts-node-dev", "tsx", "nest", "pm2-runtime", "pm2-docker", "pm2", "babel-node", "sails", "strapi", "nuxt"}

// scriptOf is the script that a program runs, "" where none is named.
func scriptOf(g process.Program) (w model.Word) {
	args := g.Args
	if strings.HasPrefix(g.Name, "pm2") && len(args) > 0 && args[0].Text == "start" {
		args = args[1:]
	}
	for i := 0; i < len(args); i++ {
		switch a := args[i].Text; {
		case a == "-r" || a == "--require" || a == "--import" || a == "--loader" || a == "-P" || a == "--project" || a == "-e" || a == "--eval":
			i++
		case !strings.HasPrefix(a, "-"):
			return args[i]
		}
	}
	return w
}

// Roots are the places that start a script in Node.js.
func (Parser) Roots(t *files.Tree, _ []string, places []*model.Place) (roots []files.Root) {
	for _, p := range places {
		if g, ok := process.Find(t, p, programs...); ok && runs(g) {
			roots = append(roots, files.Root{Place: p, Sure: model.High})
		}
	}
	return roots
}

func runs(g process.Program) bool {
	_, inline := g.Switch("-e", "--eval", "-v", "--version")
	return !inline && (g.Name == "nest" || scriptOf(g).Text != "")
}

// Load makes a gateway of the first of them.
func (d Parser) Load(t *files.Tree, root files.Root) (out files.Loaded) {
	g, ok := process.Find(t, root.Place, programs...)
	if !ok {
		return out
	}
	pm2 := ecosystemOf(t, g)
	if pm2 != nil {
		g = pm2.unfold(g)
	}
	s := server{Program: g, source: codeOf(t, g)}
	s.fastify = depends(t, g, "fastify") || depends(t, g, "@nestjs/platform-fastify")
	made := s.gateway()
	if pm2 != nil {
		made.Grace = pm2.grace(s.Node)
	}
	out.Gateways = []*model.Gateway{made}
	return out
}

// codeOf is the source of the script that a program runs, or of what it was
// made from; nil when it is not among the files.
func codeOf(t *files.Tree, g process.Program) *model.Source {
	script := scriptOf(g).Text
	names := []string{script}
	if path.Ext(script) == "" {
		names = append(names, script+".js", path.Join(script, "index.js"))
	}
	for _, built := range []string{"dist/", "build/", "lib/"} {
		if i := strings.Index(script, built); i >= 0 {
			base := strings.TrimSuffix(script[i+len(built):], path.Ext(script))
			names = append(names, "src/"+strings.TrimPrefix(base, "src/")+".ts", "src/"+strings.TrimPrefix(base, "src/")+".js")
		}
	}
	if g.Name == "nest" {
		names = append(names, "src/main.ts")
	}
	for _, name := range names {
		switch path.Ext(name) {
		case ".js", ".mjs", ".cjs", ".ts", ".mts":
			if file, ok := process.File(t, g.Place, name); ok {
				if src, err := t.Source(file, process.Code); err == nil {
					return src
				}
			}
		}
	}
	return nil
}

// depends reports whether package.json has a package among its dependencies.
func depends(t *files.Tree, g process.Program, name string) bool {
	file, ok := process.File(t, g.Place, "package.json")
	if !ok {
		return false
	}
	src, err := t.Source(file, process.Package)
	if err != nil {
		return false
	}
	root, err := text.YAML(src)
	return err == nil && root.Find("dependencies") != nil && root.Find("dependencies").Find(name) != nil
}

type server struct {
	process.Program
	source  *model.Source // the code, nil when it is not seen
	fastify bool
}

func (s *server) gateway() *model.Gateway {
	g := s.Server(model.Product{Name: "node", Versions: s.Place.Versions["node"]})
	l := g.Listeners[0]
	l.Idle = s.idle(g.Product)
	l.Limit = model.NotTold[time.Duration](s.Node, "server.setTimeout", "the code may set one")
	g.Grace = model.NotTold[time.Duration](s.Node, "server.close", "the code may wait for requests, or end at once")
	l.MaxHead = model.Fallback(s.Node, "--max-http-header-size", int64(16<<10), model.Default, "node default")
	if w, ok := s.Flag("--max-http-header-size"); ok {
		l.MaxHead = process.Read(s.Program, "--max-http-header-size", w, func(v string) (int64, bool) { n, ok := process.Number(v); return int64(n), ok })
	}
	l.Abrupt = model.Fallback(s.Node, "--max-http-header-size", false, model.Default, "node answers 431")
	for _, addr := range s.addresses() {
		b := process.Listen(l, addr, model.NotTold[string](s.Node, "protocol", "the code decides"))
		if addr.V.Path == "" {
			b.Protocol = model.Fallback(s.Node, "protocol", "http", model.Assumed, "most servers in Node.js speak it")
		}
	}
	return g
}

var keepAlive = regexp.MustCompile(`\bkeepAliveTimeout\s*[:=]\s*([\d_]+(?:\s*\*\s*[\d_]+)*)`)

// idle is when a silent connection is closed. From some 20.x on that is a
// second later than the setting says (measured, 20.20: 6.01s for 5s); Node 26
// waits 65s.
func (s *server) idle(p model.Product) model.Value[time.Duration] {
	const key = "keepAliveTimeout"
	if s.source != nil {
		if all := keepAlive.FindAllSubmatchIndex(s.source.Text, 2); len(all) == 1 {
			at := s.source.Span(all[0][2], all[0][3])
			if ms, ok := product(at.Text()); ok {
				return model.Set(s.Node, key, at, ms+margin(p), model.Assumed, "as the code has it, and a second more in recent versions")
			}
		} else if len(all) > 1 || strings.Contains(string(s.source.Text), key) {
			return model.NotTold[time.Duration](s.Node, key, "the code sets it")
		}
	}
	const unless = ", unless the code sets it"
	switch {
	case s.fastify:
		return model.Fallback(s.Node, key, 72*time.Second+margin(p), model.Assumed, "fastify default"+unless)
	case p.From("26"):
		return model.Fallback(s.Node, key, 66*time.Second, model.Assumed, "node default since 26, and a second more"+unless)
	case p.Before("26") && p.From("20"):
		return model.Fallback(s.Node, key, 6*time.Second, model.Assumed, "node default of 5s, and a second more"+unless)
	case p.Before("20"):
		return model.Fallback(s.Node, key, 5*time.Second, model.Assumed, "node default before 26"+unless)
	}
	return model.NotTold[time.Duration](s.Node, key, "it depends on the version of Node.js")
}

// margin is what Node.js adds to what it announces.
func margin(p model.Product) time.Duration {
	if p.Before("20") {
		return 0
	}
	return time.Second
}

// product reads milliseconds: "65000", "65 * 1000".
func product(v string) (time.Duration, bool) {
	ms := int64(1)
	for _, f := range strings.Split(strings.ReplaceAll(v, "_", ""), "*") {
		n, err := strconv.ParseInt(strings.TrimSpace(f), 10, 32)
		if err != nil || n > 0 && ms > int64(model.Forever)/int64(time.Millisecond)/n {
			return 0, false
		}
		ms *= n
	}
	return time.Duration(ms) * time.Millisecond, true
}

// ports are how code names the port it listens on.
var ports = regexp.MustCompile(`process\.env\.(\w*PORT)\s*(?:\|\||\?\?)\s*["']?(\d{2,5})\b|\.listen\(\s*(\d{2,5})\b|\b(?:const|let|var)\s+(?:PORT|port)\s*=\s*(\d{2,5})\b`)

// hosts are how code names the address beside the port: listen(port, "host"),
// and the options of Fastify and NestJS.
var hosts = regexp.MustCompile(`\.listen\(\s*[^,()'"]+(?:\([^()]*\)[^,()]*)?,\s*["']([\w.:]+)["']|\bhost:\s*["']([\d.:]+|localhost)["']`)

// on adds the host to an address of which the code has the port, where it names
// one.
func (s *server) on(v model.Value[model.Addr]) model.Value[model.Addr] {
	all := hosts.FindAllSubmatchIndex(s.source.Text, 2)
	if len(all) != 1 || !strings.Contains(string(s.source.Text), ".listen(") {
		return v
	}
	from, to := all[0][2], all[0][3]
	if from < 0 {
		from, to = all[0][4], all[0][5]
	}
	at := s.source.Span(from, to)
	a := v.V
	a.Host = at.Text()
	return model.Set(s.Node, "listen", at, a, model.Assumed, fmt.Sprintf("port %d, as the code has it", a.Port))
}

// addresses are those that the code names, else that the environment or the
// place declares.
func (s *server) addresses() []model.Value[model.Addr] {
	declared := process.Declared(s.Place, s.Node, "PORT", "SERVER_PORT", "HTTP_PORT")
	if len(s.Env) > 0 {
		if port := s.Getenv("PORT"); port.Known() {
			if n, ok := process.Port(port.V); ok {
				return []model.Value[model.Addr]{model.Set(s.Node, "PORT", port.At(), model.Addr{Port: n}, model.Assumed, "if the server takes its port from there")}
			}
		}
	}
	if s.source == nil {
		return declared
	}
	var found []model.Value[model.Addr]
	var seen []int
	for _, m := range ports.FindAllSubmatchIndex(s.source.Text, 8) {
		group := 2
		for i := 2; i <= 4; i++ {
			if m[2*i] >= 0 {
				group = i
			}
		}
		at := s.source.Span(m[2*group], m[2*group+1])
		n, ok := process.Port(at.Text())
		if !ok || slices.Contains(seen, n) {
			continue
		}
		if group == 2 {
			env := s.Getenv(s.source.Span(m[2], m[3]).Text())
			if env.Owner() != nil {
				return declared // the environment has it
			}
		}
		seen = append(seen, n)
		found = append(found, model.Set(s.Node, "listen", at, model.Addr{Port: n}, model.Assumed, "as the code has it"))
	}
	if len(found) == 1 {
		return []model.Value[model.Addr]{s.on(found[0])}
	}
	return declared
}

// Package facts reads what the settings file declares about servers whose
// configuration is elsewhere: the app blocks of .gwlint.hcl and .gwlint.json.
package facts

import (
	"fmt"
	"net"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/settings"
)

const name = "gwlint"

// Declares reports whether a gateway is one that the settings declare.
func Declares(g *model.Gateway) bool {
	return g.Node != nil && !g.Node.Span.IsZero() && g.Node.Span.Source.Dialect == model.Dialect(Parser{})
}

// A Parser reads app blocks.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return name }

// Render writes a duration or a number as the settings take it.
func (Parser) Render(key string, value any) (literal, statement string) {
	switch v := value.(type) {
	case time.Duration:
		literal = strconv.Quote(model.Plain(v))
	case int, int64:
		literal = fmt.Sprint(v)
	default:
		return "", ""
	}
	return literal, key + " = " + literal
}

// Detect knows the file by its name.
func (Parser) Detect(p string, _ func() []byte) bool {
	return path.Base(p) == settings.FileName || path.Base(p) == settings.JSONName
}

// Roots are the files, each of its own.
func (Parser) Roots(_ *files.Tree, paths []string, _ []*model.Place) []files.Root {
	var roots []files.Root
	for _, p := range paths {
		roots = append(roots, files.Root{Paths: []string{p}})
	}
	return roots
}

// Load makes a gateway of each app block.
func (d Parser) Load(t *files.Tree, root files.Root) (out files.Loaded) {
	src, err := t.Source(root.Paths[0], d)
	if err != nil {
		at := model.Mark{Span: model.NewSource(t.Display(root.Paths[0]), nil, d).Span(0, 0), Text: "the settings"}
		out.Findings = []model.Finding{{Rule: "unreadable", Message: fmt.Sprintf("%s %s", root.Paths[0], err), Because: []model.Fact{at}}}
		return out
	}
	return Of(settings.Parse(src), root.Place)
}

// Of makes a gateway of each app that a settings file declares, in a place.
func Of(f *settings.File, place *model.Place) (out files.Loaded) {
	var wrong []model.Finding
	apps, links := f.Apps, f.Links
	for _, e := range f.Environments {
		apps, links = append(slices.Clip(apps), e.Apps...), append(slices.Clip(links), e.Links...)
	}
	for _, a := range apps {
		linked := slices.ContainsFunc(links, func(k settings.Link) bool { return k.To.V == a.Node.Arg(0) })
		out.Gateways = append(out.Gateways, app{a, a.Node, linked, &wrong}.gateway(place))
	}
	f.Node.Seal()
	out.Findings = slices.Concat(f.Errors, wrong)
	return out
}

// An app is one app block being read.
type app struct {
	settings.App
	node   *model.Node
	linked bool // who asks it is said
	wrong  *[]model.Finding
}

func (a app) complain(at model.Span, format string, args ...any) {
	*a.wrong = append(*a.wrong, settings.Wrong(at, format, args...))
}

func (a app) gateway(place *model.Place) *model.Gateway {
	n := a.node
	g := &model.Gateway{Name: n.Arg(0), Node: n, Place: place, Product: model.Product{Name: "app"}}
	head := a.size("header_limit") // whichever way it goes: cookies that are answered come back
	listener := &model.Listener{
		Gateway: g, Node: n,
		Idle:    a.duration("keepalive"),
		Limit:   a.duration("request_limit"),
		MaxHead: head,
		Head:    head,
		Slots:   number[int](a, "workers"),
	}
	bind := &model.Bind{Listener: listener, Node: n, Protocol: a.text("protocol"), Addr: a.address()}
	if tls, at, ok := a.Value("tls"); ok {
		bind.TLS.Enabled = model.Set(n, "tls", at, tls.True(), model.Explicit, "")
	}
	if s := a.text("server"); s.Known() {
		g.Product.Name = s.V
	}
	if v := a.text("version"); v.Known() {
		g.Product.Versions = model.VersionsOf(v.V, model.Explicit, "", v.At())
	}
	listener.Binds, g.Listeners = []*model.Bind{bind}, []*model.Listener{listener}
	return g
}

func (a app) text(key string) model.Value[string] {
	v, at, ok := a.Value(key)
	if !ok {
		return model.NotTold[string](a.node, key, "not declared")
	}
	return model.Set(a.node, key, at, v.AsString(), model.Explicit, "")
}

func (a app) duration(key string) model.Value[time.Duration] {
	s := a.text(key)
	if !s.Known() {
		return model.NotTold[time.Duration](a.node, key, "not declared")
	}
	d, err := time.ParseDuration(s.V)
	if err != nil || d < 0 {
		a.complain(s.At(), "%s takes a duration such as \"30s\", not %q", key, s.V)
		return model.NotTold[time.Duration](a.node, key, "not declared")
	}
	return model.Set(a.node, key, s.At(), d, model.Explicit, "")
}

func number[T int | int64](a app, key string) model.Value[T] {
	v, at, ok := a.Value(key)
	if !ok {
		return model.NotTold[T](a.node, key, "not declared")
	}
	f, _ := v.AsBigFloat().Float64()
	return model.Set(a.node, key, at, T(f), model.Explicit, "")
}

// size reads a number of bytes, or a quoted one of kibibytes or mebibytes:
// 8192, "8k", "1m".
func (a app) size(key string) model.Value[int64] {
	if v, _, ok := a.Value(key); !ok || v.Type() != cty.String {
		return number[int64](a, key)
	}
	s := a.text(key)
	digits, scale := s.V, int64(1)
	if k := len(digits) - 1; k > 0 {
		switch digits[k] {
		case 'k', 'K':
			digits, scale = digits[:k], 1<<10
		case 'm', 'M':
			digits, scale = digits[:k], 1<<20
		}
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 0 {
		a.complain(s.At(), "%s takes a size such as 8192 or \"8k\", not %q", key, s.V)
		return model.NotTold[int64](a.node, key, "not declared")
	}
	return model.Set(a.node, key, s.At(), n*scale, model.Explicit, "")
}

// address reads "10.0.0.5:8000" or "unix:/run/app.sock".
func (a app) address() model.Value[model.Addr] {
	s := a.text("address")
	if !s.Known() {
		if _, _, said := a.Value("address"); !said && !a.linked {
			a.complain(a.node.Head(), "app %q has no address, so nothing can be linked to it", a.node.Arg(0))
		}
		return model.NotTold[model.Addr](a.node, "address", "not declared")
	}
	if p, ok := strings.CutPrefix(s.V, "unix:"); ok {
		return model.Set(a.node, "address", s.At(), model.Addr{Net: "unix", Path: p}, model.Explicit, "")
	}
	host, port, err := net.SplitHostPort(s.V)
	n, perr := strconv.Atoi(port)
	if err != nil || perr != nil || n < 1 || n > 65535 || host == "" {
		a.complain(s.At(), "address takes \"host:port\" or \"unix:/path\", not %q", s.V)
		return model.NotTold[model.Addr](a.node, "address", "not declared")
	}
	return model.Set(a.node, "address", s.At(), model.Addr{Host: host, Port: n}, model.Explicit, "")
}

// Package facts reads what the settings file declares about servers whose
// configuration is elsewhere: the app blocks of .gwlint.hcl.
package facts

import (
	"fmt"
	"math"
	"net"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// FileName of the settings.
const FileName = ".gwlint.hcl"

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
func (Parser) Detect(p string, _ func() []byte) bool { return path.Base(p) == FileName }

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
	l := loader{src: src, place: root.Place, root: &model.Node{Span: src.Span(0, len(src.Text))}}
	file, diags := hclsyntax.ParseConfig(src.Text, src.Path, hcl.InitialPos)
	l.diagnose(diags)
	if file != nil {
		l.body(file.Body.(*hclsyntax.Body), l.root)
	}
	return files.Loaded{Gateways: l.gateways, Findings: l.findings}
}

type loader struct {
	src      *model.Source
	place    *model.Place
	root     *model.Node
	gateways []*model.Gateway
	findings []model.Finding
}

func (l *loader) span(r hcl.Range) model.Span { return l.src.Span(r.Start.Byte, r.End.Byte) }

func (l *loader) diagnose(diags hcl.Diagnostics) {
	for _, d := range diags {
		if d.Subject != nil {
			l.complain(*d.Subject, "%s: %s", d.Summary, d.Detail)
		}
	}
}

func (l *loader) complain(at hcl.Range, format string, a ...any) {
	l.findings = append(l.findings, model.Finding{Rule: "settings-error",
		Message: strings.TrimSuffix(strings.Join(strings.Fields(fmt.Sprintf(format, a...)), " "), "."),
		Because: []model.Fact{model.Mark{Span: l.span(at), Text: "the settings"}}})
}

// body reads app blocks, at top level or inside an environment.
func (l *loader) body(b *hclsyntax.Body, parent *model.Node) {
	for _, block := range b.Blocks {
		n := l.node(block, parent)
		switch {
		case block.Type == "environment" && parent == l.root:
			l.body(block.Body, n)
		case block.Type != "app":
			l.complain(block.TypeRange, "there is no block %q here, only app and environment", block.Type)
		case len(block.Labels) != 1:
			l.complain(block.DefRange(), "an app block has a name: app \"api\" {")
		default:
			l.app(block, n)
		}
	}
	for _, a := range b.Attributes {
		l.complain(a.NameRange, "there is no setting %q here", a.Name)
	}
}

func (l *loader) node(b *hclsyntax.Block, parent *model.Node) *model.Node {
	n := &model.Node{
		Name:   model.Word{Text: b.Type, Span: l.span(b.TypeRange)},
		Parent: parent,
		Span:   l.span(hcl.RangeBetween(b.TypeRange, b.CloseBraceRange)),
		Body:   l.src.Span(b.OpenBraceRange.End.Byte, b.CloseBraceRange.Start.Byte),
	}
	for i, label := range b.Labels {
		n.Args = append(n.Args, model.Word{Text: label, Span: l.span(b.LabelRanges[i])})
	}
	parent.Kids = append(parent.Kids, n)
	return n
}

// An app is one app block being read.
type app struct {
	*loader
	node  *model.Node
	attrs hclsyntax.Attributes
}

func (l *loader) app(b *hclsyntax.Block, n *model.Node) {
	a := app{l, n, b.Body.Attributes}
	for name, attr := range a.attrs {
		switch name {
		case "address", "protocol", "keepalive", "request_limit", "header_limit", "tls", "workers", "server", "version":
		default:
			l.complain(attr.NameRange, "app has no setting %q: it has address, protocol, keepalive, request_limit, header_limit, tls, workers, server, version", name)
		}
	}
	g := &model.Gateway{Name: b.Labels[0], Node: n, Place: l.place, Product: model.Product{Name: "app"}}
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
	if tls, at, ok := a.value("tls", cty.Bool); ok {
		bind.TLS.Enabled = model.Set(n, "tls", at, tls.True(), model.Explicit, "")
	}
	if s := a.text("server"); s.Known() {
		g.Product.Name = s.V
	}
	if v := a.text("version"); v.Known() {
		g.Product.Versions = model.VersionsOf(v.V, model.Explicit, "", v.At())
	}
	listener.Binds, g.Listeners = []*model.Bind{bind}, []*model.Listener{listener}
	l.gateways = append(l.gateways, g)
}

// value is the literal of an attribute, of the type wanted. What is no literal
// of that type is a finding.
func (a app) value(key string, want cty.Type) (v cty.Value, at model.Span, ok bool) {
	attr := a.attrs[key]
	if attr == nil {
		return v, at, false
	}
	v, diags := attr.Expr.Value(nil)
	switch {
	case diags.HasErrors():
		a.diagnose(diags)
	case v.IsNull() || !v.IsKnown() || v.Type() != want:
		a.complain(attr.Expr.Range(), "%s takes a %s", key, want.FriendlyName())
	default:
		return v, a.span(attr.Expr.Range()), true
	}
	return v, at, false
}

func (a app) text(key string) model.Value[string] {
	v, at, ok := a.value(key, cty.String)
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
		a.complain(a.attrs[key].Expr.Range(), "%s takes a duration such as \"30s\", not %q", key, s.V)
		return model.NotTold[time.Duration](a.node, key, "not declared")
	}
	return model.Set(a.node, key, s.At(), d, model.Explicit, "")
}

func number[T int | int64](a app, key string) model.Value[T] {
	v, at, ok := a.value(key, cty.Number)
	if !ok {
		return model.NotTold[T](a.node, key, "not declared")
	}
	f, _ := v.AsBigFloat().Float64()
	if f < 0 || f > math.MaxInt32 || f != math.Trunc(f) {
		a.complain(a.attrs[key].Expr.Range(), "%s takes a whole number", key)
		return model.NotTold[T](a.node, key, "not declared")
	}
	return model.Set(a.node, key, at, T(f), model.Explicit, "")
}

// size reads a number of bytes, or a quoted one of kibibytes or mebibytes:
// 8192, "8k", "1m".
func (a app) size(key string) model.Value[int64] {
	attr := a.attrs[key]
	if attr == nil {
		return model.NotTold[int64](a.node, key, "not declared")
	}
	if v, diags := attr.Expr.Value(nil); diags.HasErrors() || v.Type() != cty.String {
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
		a.complain(attr.Expr.Range(), "%s takes a size such as 8192 or \"8k\", not %q", key, s.V)
		return model.NotTold[int64](a.node, key, "not declared")
	}
	return model.Set(a.node, key, s.At(), n*scale, model.Explicit, "")
}

// address reads "10.0.0.5:8000" or "unix:/run/app.sock".
func (a app) address() model.Value[model.Addr] {
	s := a.text("address")
	if !s.Known() {
		if a.attrs["address"] == nil {
			a.complain(a.hclRange(), "app %q has no address, so nothing can be linked to it", a.node.Arg(0))
		}
		return model.NotTold[model.Addr](a.node, "address", "not declared")
	}
	if p, ok := strings.CutPrefix(s.V, "unix:"); ok {
		return model.Set(a.node, "address", s.At(), model.Addr{Net: "unix", Path: p}, model.Explicit, "")
	}
	host, port, err := net.SplitHostPort(s.V)
	n, perr := strconv.Atoi(port)
	if err != nil || perr != nil || n < 1 || n > 65535 || host == "" {
		a.complain(a.attrs["address"].Expr.Range(), "address takes \"host:port\" or \"unix:/path\", not %q", s.V)
		return model.NotTold[model.Addr](a.node, "address", "not declared")
	}
	return model.Set(a.node, "address", s.At(), model.Addr{Host: host, Port: n}, model.Explicit, "")
}

func (a app) hclRange() hcl.Range {
	h := a.node.Head()
	return hcl.Range{Start: hcl.Pos{Byte: h.Start}, End: hcl.Pos{Byte: h.End}}
}

package terraform

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// A body is what is inside a block, in either syntax.
type body struct {
	attrs  []*attribute // in the order of the text
	blocks []*block
	span   model.Span // inside the braces
}

// An attribute is a name with an expression. In JSON, a nested block is one,
// too.
type attribute struct {
	name model.Word
	expr hcl.Expression
	span model.Span
}

// A block is a nested one, or one of the top level.
type block struct {
	kind   model.Word
	labels []model.Word
	body   *body
	span   model.Span
}

// label is the i-th label, or "".
func (b *block) label(i int) string {
	if i >= len(b.labels) {
		return ""
	}
	return b.labels[i].Text
}

// attr is the attribute of that name, or nil.
func (b *body) attr(name string) *attribute {
	for _, a := range b.attrs {
		if a.name.Text == name {
			return a
		}
	}
	return nil
}

// A file is one file of configuration, or of variables.
type file struct {
	src      *model.Source
	body     *body
	comments map[int]comment // by line; only where one speaks to gwlint
	findings []model.Finding
}

// A comment in a file; alone when nothing else is on its line.
type comment struct {
	word  model.Word
	alone bool
}

// parse reads a file, once for all roots that need it.
func parse(t *files.Tree, name string) *file {
	src, err := t.Source(name, Parser{})
	if err != nil {
		at := model.NewSource(t.Display(name), nil, Parser{})
		return &file{src: at, body: &body{}, findings: []model.Finding{complaint("unreadable", at.Span(0, 0), "%s %s", path.Base(name), err)}}
	}
	return t.Memo(src, func() any { return parseSource(src) }).(*file)
}

func complaint(rule string, at model.Span, format string, a ...any) model.Finding {
	return model.Finding{Rule: rule, Message: strings.TrimSuffix(strings.Join(strings.Fields(fmt.Sprintf(format, a...)), " "), "."),
		Because: []model.Fact{model.Mark{Span: at, Text: "here"}}}
}

// parseSource reads as much as it can of the text; what it cannot read is a
// finding. The parsers below recurse, so what is nested absurdly deep is not
// given to them.
func parseSource(src *model.Source) *file {
	f := &file{src: src, body: &body{span: src.Span(0, len(src.Text))}}
	isJSON := strings.HasSuffix(src.Path, ".json")
	if at, deep := tooDeep(src.Text, isJSON); deep {
		f.findings = append(f.findings, complaint("syntax", src.Span(at, at), "it is nested too deeply to be read"))
		return f
	}
	if isJSON {
		f.parseJSON()
		return f
	}
	parsed, diags := hclsyntax.ParseConfig(src.Text, src.Path, hcl.InitialPos)
	f.diagnose(diags)
	if parsed != nil {
		if b, ok := parsed.Body.(*hclsyntax.Body); ok {
			f.body = f.native(b)
			f.body.span = src.Span(0, len(src.Text))
		}
	}
	if bytes.Contains(src.Text, []byte("gwlint:")) {
		f.findComments()
	}
	return f
}

// template is what programs that write Terraform fill in: verbs of Go's
// formats, and tags of Go templates, Jinja and ERB.
var template = regexp.MustCompile(`%\[\d+\][a-z]|(?m)^\s*(\{\{|\{%|<%)|=\s*(\{\{|<%)`)

// diagnose reports the first error: the others mostly follow from it.
func (f *file) diagnose(diags hcl.Diagnostics) {
	if template.Match(f.src.Text) {
		return // what is made of it may be right
	}
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		at := f.src.Span(0, 0)
		if d.Subject != nil {
			at = f.span(*d.Subject)
		}
		f.findings = append(f.findings, complaint("syntax", at, "%s: %s", d.Summary, d.Detail))
		return
	}
}

func (f *file) span(r hcl.Range) model.Span { return f.src.Span(r.Start.Byte, r.End.Byte) }

func (f *file) native(b *hclsyntax.Body) *body {
	out := &body{span: f.span(b.SrcRange)}
	for _, a := range b.Attributes {
		out.attrs = append(out.attrs, &attribute{
			name: model.Word{Text: a.Name, Span: f.span(a.NameRange)}, expr: a.Expr, span: f.span(a.SrcRange)})
	}
	slices.SortFunc(out.attrs, func(a, b *attribute) int { return a.span.Start - b.span.Start })
	for _, k := range b.Blocks {
		n := &block{
			kind: model.Word{Text: k.Type, Span: f.span(k.TypeRange)},
			body: f.native(k.Body),
			span: f.span(hcl.RangeBetween(k.TypeRange, k.CloseBraceRange)),
		}
		n.body.span = f.src.Span(k.OpenBraceRange.End.Byte, k.CloseBraceRange.Start.Byte)
		for i, label := range k.Labels {
			n.labels = append(n.labels, model.Word{Text: label, Span: f.span(k.LabelRanges[i])})
		}
		out.blocks = append(out.blocks, n)
	}
	return out
}

// topLabels is how many labels the blocks of the top level have, which JSON
// writes as nested objects.
var topLabels = map[string]int{
	"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1,
	"locals": 0, "terraform": 0, "moved": 0, "import": 0, "removed": 0, "check": 1,
}

func (f *file) parseJSON() {
	parsed, diags := json.Parse(f.src.Text, f.src.Path)
	f.diagnose(diags)
	if parsed == nil || parsed.Body == nil {
		return
	}
	attrs, diags := parsed.Body.JustAttributes()
	f.diagnose(diags)
	var all []*attribute
	for _, a := range attrs {
		all = append(all, &attribute{name: model.Word{Text: a.Name, Span: f.span(a.NameRange)}, expr: a.Expr, span: f.span(a.Range)})
	}
	slices.SortFunc(all, func(a, b *attribute) int { return a.span.Start - b.span.Start })
	if isVariables(path.Base(f.src.Path)) {
		f.body.attrs = all
		return
	}
	for _, a := range all {
		labels, known := topLabels[a.name.Text]
		if known {
			f.jsonBlocks(a.name, nil, labels, a.expr)
		}
	}
}

// jsonBlocks makes blocks out of nested objects: each level is a label.
func (f *file) jsonBlocks(kind model.Word, labels []model.Word, more int, e hcl.Expression) {
	if list, diags := hcl.ExprList(e); !diags.HasErrors() {
		for _, item := range list {
			f.jsonBlocks(kind, labels, more, item)
		}
		return
	}
	pairs, diags := hcl.ExprMap(e)
	if diags.HasErrors() {
		return
	}
	if more > 0 {
		for _, p := range pairs {
			if name, ok := literal(p.Key); ok {
				f.jsonBlocks(kind, append(slices.Clip(labels), model.Word{Text: name, Span: f.span(p.Key.Range())}), more-1, p.Value)
			}
		}
		return
	}
	if k := len(labels); k > 0 { // what is nearest to the object is its head
		kind.Span = labels[k-1].Span
		labels = slices.Clone(labels)
		for i := range labels {
			labels[i].Span = kind.Span
		}
	}
	f.body.blocks = append(f.body.blocks, &block{kind: kind, labels: labels, body: objectBody(f.src, e, pairs), span: f.span(e.Range())})
}

// objectBody is an object expression seen as the inside of a block.
func objectBody(src *model.Source, e hcl.Expression, pairs []hcl.KeyValuePair) *body {
	r := e.Range()
	b := &body{span: src.Span(r.Start.Byte+1, max(r.End.Byte-1, r.Start.Byte+1))}
	for _, p := range pairs {
		if name, ok := literal(p.Key); ok && name != "//" {
			k, v := p.Key.Range(), p.Value.Range()
			b.attrs = append(b.attrs, &attribute{name: model.Word{Text: name, Span: src.Span(k.Start.Byte, k.End.Byte)},
				expr: p.Value, span: src.Span(k.Start.Byte, v.End.Byte)})
		}
	}
	return b
}

// literal is the text of a key that needs no evaluation.
func literal(e hcl.Expression) (string, bool) {
	if name := hcl.ExprAsKeyword(e); name != "" {
		return name, true
	}
	if len(e.Variables()) > 0 {
		return "", false
	}
	v, diags := e.Value(nil)
	if diags.HasErrors() {
		return "", false
	}
	return asText(v)
}

// findComments reads the comments of a file in which one speaks to gwlint.
func (f *file) findComments() {
	tokens, _ := hclsyntax.LexConfig(f.src.Text, f.src.Path, hcl.InitialPos)
	f.comments = map[int]comment{}
	last := 0 // line of the last token that is no comment
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenComment:
			text := strings.TrimRight(string(t.Bytes), "\r\n")
			span := f.src.Span(t.Range.Start.Byte, t.Range.Start.Byte+len(text))
			f.comments[span.Finish().Line] = comment{model.Word{Text: text, Span: span}, last != t.Range.Start.Line}
		case hclsyntax.TokenNewline, hclsyntax.TokenEOF:
		default:
			last = t.Range.End.Line
		}
	}
}

// about are the comments of a statement: alone on the lines above it, and
// behind its first or its last line.
func (f *file) about(span, head model.Span) (words []model.Word) {
	if len(f.comments) == 0 {
		return nil
	}
	first := span.Begin().Line
	for line := first - 1; f.comments[line].alone; line-- {
		words = append(words, f.comments[line].word)
	}
	slices.Reverse(words)
	lines := []int{head.Finish().Line}
	if last := span.Finish().Line; last != lines[0] {
		lines = append(lines, last)
	}
	for _, line := range lines {
		if c, ok := f.comments[line]; ok && !c.alone && c.word.Span.Start >= head.End {
			words = append(words, c.word)
		}
	}
	return words
}

// deepest is how deep a text may be nested: brackets, and operators of one
// expression, as each level costs the parsers stack.
const deepest = 2000

// tooDeep reports whether the text is nested deeper than the parsers below
// should be trusted with. Texts with few brackets and operators pass at once.
func tooDeep(text []byte, isJSON bool) (at int, deep bool) {
	n := 0
	for _, c := range text {
		switch c {
		case '(', '[', '{', '?', '!', '+', '-', '*', '/', '%', '=', '<', '>', '&', '|':
			n++
		}
	}
	switch {
	case n < deepest:
		return 0, false
	case isJSON:
		return deepJSON(text)
	}
	tokens, _ := hclsyntax.LexConfig(text, "", hcl.InitialPos)
	type bracket struct {
		block bool // a newline in it ends an expression
		chain int  // levels that the expression in it has so far
	}
	stack, total := []bracket{{block: true}}, 0
	for _, t := range tokens {
		top := &stack[len(stack)-1]
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl,
			hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			top.chain++
			total++
			stack = append(stack, bracket{block: t.Type == hclsyntax.TokenOBrace})
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd,
			hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			total -= top.chain
			if stack = stack[:len(stack)-1]; len(stack) == 0 {
				stack = append(stack, bracket{block: true})
			}
		case hclsyntax.TokenComma, hclsyntax.TokenNewline, hclsyntax.TokenEqual:
			if top.block || t.Type == hclsyntax.TokenComma {
				total -= top.chain
				top.chain = 0
			}
		case hclsyntax.TokenQuestion, hclsyntax.TokenBang, hclsyntax.TokenPlus, hclsyntax.TokenMinus, hclsyntax.TokenStar,
			hclsyntax.TokenSlash, hclsyntax.TokenPercent, hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual,
			hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq, hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq,
			hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenFatArrow:
			top.chain++
			total++
		}
		if total > deepest {
			return t.Range.Start.Byte, true
		}
	}
	return 0, false
}

// deepJSON is the same of JSON, whose strings hold templates.
func deepJSON(text []byte) (at int, deep bool) {
	depth, inString, inside := 0, false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString, inside = !inString, 0
		case inString:
			if strings.IndexByte("([{?!+-*/%=<>&|", c) >= 0 {
				inside++
			}
		case c == '{', c == '[':
			depth++
		case c == '}', c == ']':
			depth--
		}
		if depth > deepest || inside > deepest {
			return i, true
		}
	}
	return 0, false
}

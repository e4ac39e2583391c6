package checks_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/report"
)

var update = flag.Bool("update", false, "rewrite the console and diff blocks of the rule pages")

// TestPages runs every example of every page.
func TestPages(t *testing.T) {
	for _, topic := range checks.Topics() {
		for _, c := range topic.Checks {
			t.Run(c.ID, func(t *testing.T) {
				t.Parallel()
				file := path.Join(topic.Name, c.ID+".md")
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatalf("the rule has no page: %v", err)
				}
				p := parsePage(t, c, string(text))
				p.test(t)
				if *update {
					if err := os.WriteFile(file, []byte(p.String()), 0o644); err != nil {
						t.Fatal(err)
					}
				} else if diff := cmp.Diff(p.String(), string(text)); diff != "" {
					t.Errorf("the page differs from what gwlint prints (rewrite it with go test ./checks -update, and read it):\n%s", diff)
				}
			})
		}
	}
}

// TestPagesBelongToRules finds pages without a rule, and Go files without either.
func TestPagesBelongToRules(t *testing.T) {
	known := map[string]bool{}
	for _, topic := range checks.Topics() {
		known[path.Join(topic.Name, topic.Name+".go")] = true
		for _, c := range topic.Checks {
			known[path.Join(topic.Name, c.ID+".md")] = true
			known[path.Join(topic.Name, c.ID+".go")] = true
		}
	}
	all, err := fs.Glob(os.DirFS("."), "*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if !known[f] && !strings.HasPrefix(f, "testdata/") {
			t.Errorf("%s belongs to no rule of its topic", f)
		}
	}
}

// A page is a rule's Markdown, taken apart around its examples.
type page struct {
	check    *model.Check
	lines    []string // as written, console and diff blocks replaced on update
	examples []*example
}

// An example is one section: files, and what gwlint says of them.
type example struct {
	title   string
	fires   bool
	files   fstest.MapFS
	langs   []string
	flags   []string // of the console command
	console [2]int   // first and last line of the output in the page; equal for none
	diff    [2]int   // of the whole diff block, fences included
}

func parsePage(t *testing.T, c *model.Check, text string) *page {
	t.Helper()
	p := &page{check: c, lines: strings.Split(text, "\n")}
	if p.lines[0] != "# "+c.ID {
		t.Errorf("the page begins with %q, not with %q", p.lines[0], "# "+c.ID)
	}
	var e *example
	var sections []string
	announced := ""
	for i := 0; i < len(p.lines); i++ {
		line := p.lines[i]
		if title, ok := strings.CutPrefix(line, "## "); ok {
			e = nil
			kind, _, is := strings.Cut(title, ":")
			if is && (kind == "Fires" || kind == "Silent") {
				e = &example{title: title, fires: kind == "Fires", files: fstest.MapFS{}}
				p.examples = append(p.examples, e)
			} else {
				sections = append(sections, title)
			}
			continue
		}
		if strings.HasPrefix(line, "`") && strings.HasSuffix(line, "`") && !strings.HasPrefix(line, "```") {
			announced = strings.Trim(line, "`")
		}
		info, fence := strings.CutPrefix(line, "```")
		if !fence {
			continue
		}
		begin := i + 1
		for i++; i < len(p.lines) && p.lines[i] != "```"; i++ {
		}
		if e == nil {
			continue
		}
		lang, name, named := strings.Cut(info, " ")
		switch {
		case lang == "console":
			command := strings.Fields(strings.TrimPrefix(p.lines[begin], "$ "))
			if len(command) == 0 || command[0] != "gwlint" {
				t.Errorf("%s: the console block begins with %q", e.title, p.lines[begin])
				continue
			}
			e.flags, e.console = command[1:], [2]int{begin + 1, i}
		case lang == "diff":
			e.diff = [2]int{begin - 1, i + 1}
		case !named || name != announced:
			t.Errorf("%s: the fence says %q behind the path %q", e.title, info, announced)
		default:
			body := strings.Join(p.lines[begin:i], "\n") + "\n"
			if i == begin {
				body = ""
			}
			body = strings.TrimSuffix(body, "␄\n") // a last line that is not ended
			e.files[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(body, "␀", "\x00"))}
			if lang == "symlink" { // a link: what it holds is where it leads
				e.files[name] = &fstest.MapFile{Data: []byte(strings.TrimSpace(body)), Mode: fs.ModeSymlink | 0o777}
				continue
			}
			e.langs = append(e.langs, lang)
		}
	}
	if want := []string{"When to leave it", "Proof", "Sources"}; !slices.Equal(sections, want) {
		t.Errorf("the sections behind the examples are %q, not %q", sections, want)
	}
	return p
}

func (p *page) String() string { return strings.Join(p.lines, "\n") }

func (p *page) test(t *testing.T) {
	fires, silent := false, false
	for _, e := range slices.Backward(p.examples) { // backward: replaced lines do not move the examples before
		fires, silent = fires || e.fires, silent || !e.fires
		p.run(t, e)
	}
	if p.check.ID == "internal-error" { // cannot be provoked
		return
	}
	if !fires || !silent {
		t.Errorf("the page needs an example that fires and one that is silent")
	}
}

func (p *page) run(t *testing.T, e *example) {
	opt, ok := options(t, e)
	if !ok {
		return
	}
	r, err := lint.Run(context.Background(), e.files, opt)
	if err != nil {
		t.Errorf("%s: %v", e.title, err)
		return
	}
	for _, f := range r.Findings {
		if f.Check.ID == "internal-error" {
			t.Errorf("%s: %s", e.title, f.Message)
		}
	}
	r.Findings = slices.DeleteFunc(r.Findings, func(f lint.Finding) bool { return f.Check != p.check })
	if !e.fires {
		opt.Audit = true
		r, err = lint.Run(context.Background(), e.files, opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			if f.Check.ID == p.check.ID {
				t.Errorf("%s: but it says %s: %s", e.title, f.Primary, f.Message)
			}
		}
		p.blank(t, e, opt)
		return
	}
	if len(r.Findings) == 0 {
		t.Errorf("%s: but it is silent", e.title)
	}
	for _, f := range r.Findings {
		if f.Primary.IsZero() {
			t.Errorf("%s: a finding has no place: %s", e.title, f.Message)
		}
		if says := f.Outcome.String(); says != "" && !slices.ContainsFunc(p.check.Outcomes, func(o model.Outcome) bool { return o.String() == says }) {
			t.Errorf("%s: it predicts %s, which is none of the rule's Outcomes", e.title, says)
		}
	}
	p.show(t, e, r)
	p.fix(t, e, opt, r.Findings)
	p.blank(t, e, opt)
}

// options reads the flags of a console command.
func options(t *testing.T, e *example) (opt lint.Options, ok bool) {
	opt.Targets = map[string]string{}
	for i := 0; i < len(e.flags); i++ {
		next := func() string {
			if i++; i < len(e.flags) {
				return e.flags[i]
			}
			return ""
		}
		switch f := e.flags[i]; f {
		case "-f":
			if format := next(); format != "concise" {
				t.Errorf("%s: the format is %q, not concise", e.title, format)
			}
		case "--target":
			product, version, _ := strings.Cut(next(), "=")
			opt.Targets[product] = version
		case "--profile":
			opt.Audit = next() == "audit"
		case "--map":
			from, to, _ := strings.Cut(next(), "=")
			opt.Maps = append(opt.Maps, model.Mount{From: to, To: from})
		default:
			opt.Paths = append(opt.Paths, f)
		}
	}
	if e.fires && e.console == [2]int{} {
		t.Errorf("%s: there is no console block", e.title)
		return opt, false
	}
	return opt, true
}

// show puts the rule's output in the console block.
func (p *page) show(t *testing.T, e *example, r *lint.Result) {
	var out bytes.Buffer
	concise, _ := report.ByName("concise")
	if err := concise.Write(&out, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	p.lines = slices.Replace(p.lines, e.console[0], e.console[1], lines(out.String())...)
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// fix puts the first finding's fix in a diff block behind the console, and
// sees that the rule is silent after it.
func (p *page) fix(t *testing.T, e *example, opt lint.Options, found []lint.Finding) {
	var block []string
	fixed := slices.Clone(found)
	fixed = slices.DeleteFunc(fixed, func(f lint.Finding) bool { return f.Fix == nil })
	if len(fixed) > 0 {
		fix := fixed[0].Fix
		if comment := strings.HasSuffix(p.check.ID, "-ignore"); fix.Safe && !comment && !fixed[0].Outcome.Start() {
			t.Errorf("%s: the fix is called safe, but the server starts without it, so it changes what requests get", e.title)
		}
		block = append([]string{"```diff"}, lines(lint.Diff(fix))...)
		block = append(block, "```")
		after := fstest.MapFS{}
		for name, f := range e.files {
			after[name] = f
		}
		for _, edit := range fix.Edits {
			s := edit.Span.Source
			after[s.Path] = &fstest.MapFile{Data: []byte(lint.Apply(s, fix.Edits))}
		}
		r, err := lint.Run(context.Background(), after, opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			if f.Check == p.check && f.Message == fixed[0].Message && f.Primary.String() == fixed[0].Primary.String() {
				t.Errorf("%s: after the fix it still says %s", e.title, f.Message)
			}
			if f.Check.ID == "syntax" {
				t.Errorf("%s: the fix breaks the file: %s", e.title, f.Message)
			}
		}
	}
	switch {
	case e.diff != [2]int{}:
		if block == nil {
			p.lines = slices.Delete(p.lines, e.diff[0]-1, e.diff[1])
			return
		}
		// the console block may have grown: find the diff block again
		at := slices.Index(p.lines[e.console[0]:], "```diff") + e.console[0]
		end := slices.Index(p.lines[at+1:], "```") + at + 2
		p.lines = slices.Replace(p.lines, at, end, block...)
	case block != nil:
		at := slices.Index(p.lines[e.console[0]:], "```") + e.console[0] + 1
		p.lines = slices.Insert(p.lines, at, append([]string{""}, block...)...)
	}
}

// blank takes each value of the example away in turn, and makes each block
// partial: no finding may appear, and none may rest on what is not known.
func (p *page) blank(t *testing.T, e *example, opt lint.Options) {
	if p.check.Run == nil {
		return
	}
	l, err := lint.Load(context.Background(), e.files, opt)
	if err != nil {
		t.Fatal(err)
	}
	before := map[string]bool{}
	for _, f := range lint.Check(l.Workspace, []*model.Check{p.check}, 1) {
		before[place(f)] = true
	}
	look := func(what string) {
		for _, f := range lint.Check(l.Workspace, []*model.Check{p.check}, 1) {
			if f.Rule != p.check.ID {
				t.Errorf("%s, without %s: %s", e.title, what, f.Message)
			} else if !before[place(f)] {
				t.Errorf("%s, without %s: appears: %s: %s", e.title, what, place(f), f.Message)
			}
		}
	}
	for _, v := range values(l.Workspace) {
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		v.SetZero()
		look(fmt.Sprint(old.Interface()))
		v.Set(old)
	}
	for n := range l.Workspace.Nodes() {
		if len(n.Kids) > 0 || !n.Body.IsZero() {
			old := n.Partial
			n.Partial = "blanked"
			look("all of " + n.String())
			n.Partial = old
		}
	}
}

func place(f model.Finding) string {
	for _, b := range f.Because {
		if w := b.Where(); !w.IsZero() {
			return w.String()
		}
	}
	return "-"
}

// values are all Values of a workspace, once each.
func values(w *model.Workspace) (out []reflect.Value) {
	seen := map[uintptr]bool{}
	var walk func(reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if v.IsNil() || seen[v.Pointer()] || v.Type() == reflect.TypeFor[*model.Node]() || v.Type() == reflect.TypeFor[*model.Source]() {
				return
			}
			seen[v.Pointer()] = true
			walk(v.Elem())
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			if strings.HasPrefix(v.Type().Name(), "Value[") {
				if !v.IsZero() && v.CanSet() {
					out = append(out, v)
				}
				return
			}
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		}
	}
	walk(reflect.ValueOf(w))
	return out
}

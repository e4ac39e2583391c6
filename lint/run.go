// Package lint runs gwlint: it finds the files, has them parsed, links what
// was found, and lets the rules speak. No stage looks back at an earlier one.
package lint

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/settings"
)

// Options of a run. The zero Options lint the whole tree with every rule and
// leave notes out.
type Options struct {
	Paths     []string           // in the tree; none is all of it
	Prefix    string             // before every path that people see
	Overlay   map[string][]byte  // standard input as "-"
	Maps      []model.Mount      // --map: From in the tree stands where programs see To
	Targets   map[string]string  // product to version
	VarFiles  []string           // --var-file, in the tree or the overlay: Terraform's variables
	Types     map[string]string  // path to dialect, where the name and the text mislead; "" for all
	Checks    []*model.Check     // nil is all
	Audit     bool               // shows notes
	Settings  *settings.Settings // nil says nothing
	Baseline  *Baseline          // nil knows nothing
	Changed   Changed            // leaves out what touches nothing that changed; nil is everything
	NoIgnores bool               // suppressions do not count
	Today     time.Time          // for suppressions with a date; zero is now
	Tracked   bool               // leave out what .gitignore names
	Jobs      int                // in parallel; 0 is one for each processor

	edited *files.Tree // what was read before some of its files were edited; nil: nothing
}

// Run lints the files of fsys. The error says why it could not run at all;
// what is wrong with a file is a finding.
func Run(ctx context.Context, fsys fs.FS, opt Options) (*Result, error) {
	start := time.Now()
	if opt.Checks == nil {
		opt.Checks = checks.All()
	}
	l, err := Load(ctx, fsys, opt)
	if err != nil {
		return nil, err
	}
	timings := []Timing{{"reading and linking", time.Since(start)}}
	said, took := check(l.Workspace, opt.Checks, opt.Jobs)
	found := append(l.Findings, said...)
	for i, c := range opt.Checks {
		timings = append(timings, Timing{c.ID, took[i]})
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := finish(l, found, opt)
	r.Timings, r.Summary.Elapsed = timings, time.Since(start)
	return r, nil
}

// A Loaded is what was read, before any rule has spoken.
type Loaded struct {
	Workspace *model.Workspace
	Findings  []model.Finding // the parsers' own
	Files     int             // recognised
	Untold    map[string]int  // settings that cannot be told, by what would help

	tree *files.Tree
}

// Load discovers, parses and links.
func Load(ctx context.Context, fsys fs.FS, opt Options) (*Loaded, error) {
	tree, err := discover(ctx, fsys, opt)
	if err != nil {
		return nil, err
	}
	l := &Loaded{tree: tree, Untold: map[string]int{}, Workspace: &model.Workspace{}}
	w := l.Workspace
	places, gateways := parsers.Places(), parsers.Gateways()
	claimed := detect(tree, slices.Concat(places, gateways), opt)
	l.declare(tree, claimed, opt)
	guessed := map[*model.Gateway]bool{}
	var stages [][]parsers.Parser
	for _, p := range places { // one after the other: a Dockerfile wants to know who builds it
		stages = append(stages, []parsers.Parser{p})
	}
	for _, stage := range append(stages, gateways) {
		var jobs []job
		for _, p := range stage {
			l.Files += len(claimed[p.Name()])
			for _, root := range p.Roots(tree, claimed[p.Name()], w.Places) {
				jobs = append(jobs, job{parser: p, root: root})
			}
		}
		for i, j := range jobs {
			jobs[i].guess = j.root.Place != nil && (j.root.Sure < model.High || assumed(j.root.Place))
			jobs[i].root.Place = settle(j.root, j.parser.Name(), opt)
		}
		loaded := make([]files.Loaded, len(jobs))
		parallel(ctx, opt.Jobs, len(jobs), func(i int) { loaded[i] = jobs[i].load(tree) })
		for i, one := range loaded {
			w.Places = append(w.Places, one.Places...)
			w.Gateways = append(w.Gateways, one.Gateways...)
			l.Findings = append(l.Findings, one.Findings...)
			for help, n := range one.Untold {
				l.Untold[help] += n
			}
			for _, g := range one.Gateways {
				guessed[g] = jobs[i].guess && g.Place == jobs[i].root.Place
			}
			if p := jobs[i].root.Place; p.Node == nil && len(one.Gateways) > 0 && !slices.Contains(w.Places, p) {
				w.Places = append(w.Places, p)
			}
		}
	}
	w.Sources = tree.Sources()
	suppose(w)
	l.Findings = append(l.Findings, connect(w, guessed, opt)...)
	return l, ctx.Err()
}

func discover(ctx context.Context, fsys fs.FS, opt Options) (*files.Tree, error) {
	if opt.edited != nil {
		return opt.edited.Edited(opt.Overlay), nil
	}
	paths := opt.Paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	return files.New(ctx, fsys, paths, files.Options{
		Prefix: opt.Prefix, Overlay: opt.Overlay, Maps: opt.Maps, Ignore: opt.Tracked, Vars: opt.VarFiles,
	})
}

// detect asks the parsers whose each file is.
func detect(tree *files.Tree, all []parsers.Parser, opt Options) map[string][]string {
	claimed := map[string][]string{}
	for _, name := range tree.Names() {
		if opt.Settings.Excluded(name) && !slices.Contains(opt.Paths, name) {
			continue
		}
		said := opt.Types[name]
		if said == "" {
			said = opt.Types[""]
		}
		head := sync.OnceValue(func() []byte { return tree.Head(name) })
		for _, p := range all {
			if said == p.Name() || said == "" && p.Detect(name, head) {
				claimed[p.Name()] = append(claimed[p.Name()], name)
				break
			}
		}
	}
	return claimed
}

// settle gives a root the place it runs in, an empty one where none is told,
// and that place the version of the product: the target's, else that of the
// settings, else its own, else the current stable line.
func settle(r files.Root, product string, opt Options) *model.Place {
	p := r.Place
	if p == nil {
		p = &model.Place{}
	}
	if p.Versions == nil {
		p.Versions = map[string]model.Versions{}
	}
	said := settings.Text{}
	if len(r.Paths) > 0 {
		said = opt.Settings.Targets(r.Paths[0])[product]
	}
	switch t := opt.Targets[product]; {
	case t != "":
		p.Versions[product] = model.VersionsOf(t, model.Explicit, "--target", model.Span{})
	case said.Set():
		p.Versions[product] = model.VersionsOf(said.V, model.Explicit, "targets of the settings", said.At)
	case p.Versions[product].Origin == model.Unknown:
		p.Versions[product] = parsers.Stable(product)
	}
	return p
}

// assumed reports whether what runs in a place is only most likely.
func assumed(p *model.Place) bool {
	return p.Image.Origin() == model.Assumed || p.Command.Origin() == model.Assumed
}

type job struct {
	parser parsers.Parser
	root   files.Root
	guess  bool // the root runs in its place only most likely
}

// load parses one root; a panic in the parser is a finding of that root alone.
func (j job) load(tree *files.Tree) (out files.Loaded) {
	defer func() {
		if r := recover(); r != nil {
			at := model.Span{}
			if len(j.root.Paths) > 0 {
				if s, err := tree.Source(j.root.Paths[0], j.parser); err == nil {
					at = s.Span(0, 0)
				}
			}
			out = files.Loaded{Findings: []model.Finding{crashed(fmt.Sprintf("the %s parser", j.parser.Name()), r, at)}}
		}
	}()
	return j.parser.Load(tree, j.root)
}

// Check runs the rules over a workspace, each in parallel with the others, and
// stamps their findings.
func Check(w *model.Workspace, rules []*model.Check, jobs int) []model.Finding {
	found, _ := check(w, rules, jobs)
	return found
}

func check(w *model.Workspace, rules []*model.Check, jobs int) ([]model.Finding, []time.Duration) {
	found := make([][]model.Finding, len(rules))
	took := make([]time.Duration, len(rules))
	parallel(context.Background(), jobs, len(rules), func(i int) {
		if rules[i].Run != nil {
			start := time.Now()
			found[i] = speak(rules[i], w)
			took[i] = time.Since(start)
		}
	})
	return slices.Concat(found...), took
}

func speak(c *model.Check, w *model.Workspace) (found []model.Finding) {
	defer func() {
		if r := recover(); r != nil {
			found = append(found, crashed("the rule "+c.ID, r, model.Span{}))
		}
	}()
	c.Run(w, func(f model.Finding) {
		f.Rule = c.ID
		if cited := unknown(f); cited != "" {
			f = model.Finding{Rule: internalError, Because: f.Because,
				Message: fmt.Sprintf("the rule %s speaks of %q, which it cannot know", c.ID, cited)}
		}
		found = append(found, f)
	})
	return found
}

// unknown is a value that the finding cites though it is not known, or "".
func unknown(f model.Finding) string {
	for _, b := range f.Because {
		if s, ok := b.(model.Setting); ok && s.Origin() == model.Unknown {
			return s.String()
		}
	}
	return ""
}

const internalError = "internal-error"

// crashed reports a panic with the lines of ours that lead to it.
func crashed(who string, r any, at model.Span) model.Finding {
	var lines []string
	for _, l := range strings.Split(string(debug.Stack()), "\n") {
		if _, fn, ok := strings.Cut(l, "github.com/gwlint/gwlint/"); ok && l[0] != '\t' && !strings.Contains(fn, "crashed") {
			fn, _, _ = strings.Cut(fn, "(0x")
			lines = append(lines, strings.TrimSuffix(fn, "(...)"))
		}
	}
	return model.Finding{
		Rule:    internalError,
		Message: fmt.Sprintf("%s failed: %v (in %s)", who, r, strings.Join(lines[:min(len(lines), 4)], " < ")),
		Because: []model.Fact{model.Mark{Span: at, Text: "what was being read"}},
	}
}

// parallel calls do for 0 to n-1 on as many goroutines as asked.
func parallel(ctx context.Context, jobs, n int, do func(int)) {
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(jobs, n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// Products are those a target may name.
func Products() []string {
	names := map[string]bool{}
	for _, p := range slices.Concat(parsers.Places(), parsers.Gateways()) {
		if parsers.Stable(p.Name()).Origin != model.Unknown {
			names[p.Name()] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Dialects are the languages that a file may be said to be of.
func Dialects() []string {
	var names []string
	for _, p := range slices.Concat(parsers.Places(), parsers.Gateways()) {
		names = append(names, p.Name())
	}
	return names
}

package nginx

import (
	"cmp"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// A candidate is a file that may be a root.
type candidate struct {
	name    string
	script  *script // nil when it cannot be read, or is a dump: it is a root in any case
	context places
	sure    bool
	dir     string // of what is included together: the directory, or that of a link to it
	key     string // its name there
	reach   []*candidate
}

// main reports whether nginx can be started with the file.
func (c *candidate) main() bool {
	return slices.ContainsFunc(c.script.top, func(s *statement) bool {
		return s.block() && (s.name() == "http" || s.name() == "events" || s.name() == "stream" || s.name() == "mail")
	})
}

// roots groups files into what is read together. A file that another includes
// is read there. Of what is left, the files of one directory that only http{}
// or only stream{} can hold are read together: a main file that is not here
// would include them all. Everything else stays alone.
func roots(t *files.Tree, paths []string, places []*model.Place) []files.Root {
	var all, alone, mains, rest []*candidate
	bySource := map[*model.Source]*candidate{}
	linked := links(t)
	scanAll(t, paths)
	for _, name := range paths {
		c := &candidate{name: name, dir: path.Dir(name), key: name}
		src, err := t.Source(name, Parser{})
		if err != nil || isDump(src.Text[:min(len(src.Text), headSize)]) {
			alone = append(alone, c)
			continue
		}
		if bySource[src] != nil {
			continue
		}
		if link := linked[src]; link != "" {
			c.dir, c.key = path.Dir(link), link
		}
		c.script = scripted(t, src)
		c.context, c.sure = contextOf(c.script.top)
		bySource[src] = c
		all = append(all, c)
		if c.main() {
			mains = append(mains, c)
		}
	}
	taken := map[*candidate]bool{}
	var out []files.Root
	byName := map[string]*candidate{}
	var names []string
	for _, c := range all {
		byName[c.name] = c
		names = append(names, c.name)
	}
	slices.Sort(names)
	busy := map[*model.Place]bool{} // places whose configuration is certain
	for _, p := range places {
		own := mounted(t, p, names, byName, bySource, taken)
		busy[p] = len(own) > 0
		out = append(out, own...)
	}
	without := func(c *candidate) bool { return taken[c] }
	all, mains = slices.DeleteFunc(all, without), slices.DeleteFunc(mains, without)
	mains = outermost(t, mains, bySource, taken)
	for _, c := range all {
		if !taken[c] && !c.main() {
			rest = append(rest, c)
		}
	}
	rest = outermost(t, rest, bySource, taken)

	var groups [][]*candidate
	for _, c := range slices.Concat(alone, mains) {
		groups = append(groups, []*candidate{c})
	}
	groups = append(groups, together(rest)...)
	around := neighbours(places)
	for _, g := range groups {
		owner := nearby(t, g[0].name, around, busy)
		out = append(out, files.Root{Paths: namesOf(g), Place: owner, Sure: model.Medium})
	}
	slices.SortStableFunc(out, func(a, b files.Root) int { return cmp.Compare(a.Paths[0], b.Paths[0]) })
	return out
}

// scanAll scans files in parallel. What it makes waits in the tree for whoever
// asks; so does a panic, which is theirs to report.
func scanAll(t *files.Tree, paths []string) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(paths)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(paths)); i = next.Add(1) - 1 {
				func() {
					defer func() { _ = recover() }()
					if src, err := t.Source(paths[i], Parser{}); err == nil && !isDump(src.Text[:min(len(src.Text), headSize)]) {
						scripted(t, src)
					}
				}()
			}
		})
	}
	wg.Wait()
}

// links are the files that a directory of enabled sites has links to.
func links(t *files.Tree) map[*model.Source]string {
	to := map[*model.Source]string{}
	for _, link := range t.Links() {
		if !strings.HasSuffix(path.Dir(link), "-enabled") {
			continue
		}
		if src, err := t.Source(link, Parser{}); err == nil && to[src] == "" {
			to[src] = link
		}
	}
	return to
}

// outermost are the candidates that no other includes; of a circle, the first.
// It notes what they include.
func outermost(t *files.Tree, all []*candidate, bySource map[*model.Source]*candidate, taken map[*candidate]bool) (out []*candidate) {
	for _, c := range all {
		c.reach = c.includes(t, bySource, nil)
	}
	order := map[*candidate]int{}
	for i, c := range all {
		order[c] = i
	}
	for i, c := range all {
		for _, r := range c.reach {
			if j, ok := order[r]; !ok || j > i || !slices.Contains(r.reach, c) {
				taken[r] = true
			}
		}
	}
	for _, c := range all {
		if !taken[c] {
			out = append(out, c)
		}
	}
	return out
}

// includes are the other candidates that come with a root, in a place where
// one is given.
func (c *candidate) includes(t *files.Tree, bySource map[*model.Source]*candidate, place *model.Place) (reach []*candidate) {
	lib := newShelf(t, files.Root{Paths: []string{c.name}, Place: place}, c.script != nil && c.context == inMain)
	seen := map[*script]bool{c.script: true}
	looked := map[string]bool{}
	for queue := []*script{c.script}; len(queue) > 0; queue = queue[1:] {
		for _, s := range queue[0].statements {
			if s.name() != "include" || len(s.words) != 2 || looked[s.arg(0)] || strings.Contains(s.arg(0), "$") {
				continue
			}
			looked[s.arg(0)] = true
			for _, name := range lib.lookup(s.arg(0), queue[0].source).names {
				src, err := lib.open(name)
				if err != nil {
					continue
				}
				if inner := scripted(t, src); !seen[inner] {
					seen[inner] = true
					queue = append(queue, inner)
					if r := bySource[src]; r != nil {
						reach = append(reach, r)
					}
				}
			}
		}
	}
	return reach
}

// together groups fragments.
func together(rest []*candidate) (groups [][]*candidate) {
	type shelfmate struct {
		dir     string
		context places
	}
	mates := map[shelfmate][]*candidate{}
	for _, c := range rest {
		if !c.included() {
			groups = append(groups, []*candidate{c})
			continue
		}
		m := shelfmate{c.dir, c.context}
		mates[m] = append(mates[m], c)
	}
	for _, g := range mates { // located sorts
		slices.SortFunc(g, func(a, b *candidate) int { return cmp.Compare(a.key, b.key) })
		if agree(g) {
			groups = append(groups, g)
			continue
		}
		for _, c := range g {
			groups = append(groups, []*candidate{c})
		}
	}
	return groups
}

// included reports whether main files include such a fragment as they include
// its neighbours: it stands in http{} or stream{}, under a name that the usual
// patterns match.
func (c *candidate) included() bool {
	if c.context != inHTTP && c.context != inStream {
		return false
	}
	switch dir := path.Base(c.dir); {
	case dir == "sites-available" || dir == "snippets":
		return false
	case strings.HasSuffix(dir, "-enabled"):
		return true
	case dir == "conf.d" || dir == "http.d" || dir == "vhosts.d" || dir == "stream.d":
		return path.Ext(c.name) == ".conf"
	}
	return c.sure && path.Ext(c.name) == ".conf"
}

// agree reports whether fragments can stand side by side: files that define
// the same twice are variants of each other.
func agree(group []*candidate) bool {
	seen := map[string]bool{}
	once := func(key string) bool {
		again := seen[key]
		seen[key] = true
		return !again
	}
	for _, c := range group {
		for _, s := range c.script.top {
			switch {
			case s.name() == "upstream" && !once("upstream "+s.arg(0)):
				return false
			case s.name() == "server" && s.block():
				names, listens := []string{""}, []string{"80"}
				for _, k := range s.kids {
					switch k.name() {
					case "server_name":
						names = words(k)
					case "listen":
						listens = append(listens, k.arg(0))
					}
				}
				if len(listens) > 1 {
					listens = listens[1:]
				}
				for _, l := range listens {
					for _, n := range names {
						if !once("server " + l + " " + n) {
							return false
						}
					}
				}
			}
		}
	}
	return true
}

func words(s *statement) (all []string) {
	for _, w := range s.words[1:] {
		all = append(all, w.Text)
	}
	return all
}

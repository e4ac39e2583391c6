package haproxy

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// Roots groups files into what one HAProxy reads. A command line with -f says
// so itself. Else the files of a conf.d are read together, behind a haproxy.cfg
// beside it, and numbered pieces of one folder are; everything else is alone.
func (Parser) Roots(t *files.Tree, paths []string, places []*model.Place) []files.Root {
	var out []files.Root
	taken := map[string]bool{}
	for _, p := range places {
		names := commanded(p, paths)
		if len(names) == 0 {
			continue
		}
		for _, n := range names {
			taken[n] = true
		}
		out = append(out, files.Root{Paths: names, Place: p, Sure: model.High})
	}
	var rest []string
	for _, n := range paths {
		if !taken[n] {
			rest = append(rest, n)
		}
	}
	for _, names := range grouped(t, rest) {
		owners, sure := owners(t, names, places)
		for _, p := range owners {
			out = append(out, files.Root{Paths: names, Place: p, Sure: sure})
		}
		if len(owners) == 0 {
			out = append(out, files.Root{Paths: names})
		}
	}
	slices.SortStableFunc(out, func(a, b files.Root) int { return cmp.Compare(a.Paths[0], b.Paths[0]) })
	return out
}

// runs reports whether HAProxy runs in a place.
func runs(p *model.Place) bool {
	if _, ok := p.Versions["haproxy"]; ok {
		return true
	}
	return p.Command.Known() && slices.ContainsFunc(p.Command.V, func(w string) bool { return path.Base(w) == "haproxy" })
}

// commanded are the files that the command of a place names with -f, as its
// mounts show them, in the order in which HAProxy reads them: those of a
// directory that end in .cfg, in byte order (management manual, 3).
func commanded(p *model.Place, paths []string) (names []string) {
	if !p.Command.Known() || !runs(p) {
		return nil
	}
	args := p.Command.V
	var asked []string
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "-f" && i+1 < len(args):
			i++
			asked = append(asked, args[i])
		case args[i] == "--":
			asked = append(asked, args[i+1:]...)
			i = len(args)
		}
	}
	for _, a := range asked {
		a = strings.TrimSuffix(a, "/")
		var in []string
		for _, n := range paths {
			for _, m := range p.Mounts {
				rest, ok := strings.CutPrefix(n, strings.TrimSuffix(m.From, "/"))
				if !ok || rest != "" && rest[0] != '/' {
					continue
				}
				seen := strings.TrimSuffix(m.To, "/") + rest
				if seen == a || path.Dir(seen) == a && strings.HasSuffix(seen, ".cfg") && !strings.HasPrefix(path.Base(seen), ".") {
					in = append(in, n)
				}
			}
		}
		slices.SortFunc(in, func(a, b string) int { return cmp.Compare(path.Base(a), path.Base(b)) })
		for _, n := range slices.Compact(in) {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	return names
}

// numbered names are those of pieces that are read in order.
var numbered = regexp.MustCompile(`^[0-9]+[-_].*\.cfg$`)

// grouped are the files that are read together.
func grouped(t *files.Tree, paths []string) (groups [][]string) {
	byFolder := map[string][]string{}
	var folders []string
	for _, n := range paths {
		d := path.Dir(n)
		if byFolder[d] == nil {
			folders = append(folders, d)
		}
		byFolder[d] = append(byFolder[d], n)
	}
	slices.Sort(folders)
	behind := map[string][]string{} // pieces by the main file before them
	inPieces := map[string]bool{}
	for _, d := range folders {
		var pieces []string
		for _, n := range byFolder[d] {
			if strings.HasSuffix(path.Base(d), ".d") && strings.HasSuffix(n, ".cfg") || numbered.MatchString(path.Base(n)) {
				pieces = append(pieces, n)
			}
		}
		slices.Sort(pieces)
		main := path.Join(path.Dir(d), "haproxy.cfg")
		hasMain := strings.HasSuffix(path.Base(d), ".d") && slices.Contains(byFolder[path.Dir(d)], main)
		switch {
		case hasMain && agree(t, append([]string{main}, pieces...)):
			behind[main] = pieces
		case len(pieces) > 1 && agree(t, pieces):
			groups = append(groups, pieces)
		default:
			continue
		}
		for _, n := range pieces {
			inPieces[n] = true
		}
	}
	for _, d := range folders {
		for _, n := range byFolder[d] {
			if !inPieces[n] {
				groups = append(groups, append([]string{n}, behind[n]...))
			}
		}
	}
	return groups
}

// agree reports whether files can be read together: no two of them define the
// same proxy, which is fatal, and global is in one of them only.
func agree(t *files.Tree, names []string) bool {
	seen := map[string]string{}
	for _, n := range names {
		src, err := t.Source(n, Parser{})
		if err != nil {
			return false
		}
		for line := range strings.Lines(string(src.Text)) {
			f := strings.Fields(line)
			if len(f) == 0 {
				continue
			}
			key := ""
			switch {
			case f[0] == "global" && len(f) == 1:
				key = "global"
			case len(f) > 1 && (f[0] == "frontend" || f[0] == "backend" || f[0] == "listen"):
				key = f[0] + " " + f[1]
			default:
				continue
			}
			if other, ok := seen[key]; ok && other != n {
				return false
			}
			seen[key] = n
		}
	}
	return true
}

// owners are the places that the first of the files runs in: those of HAProxy
// that mount it, else the only one of HAProxy in its folder or, outwards, in
// one around it.
func owners(t *files.Tree, names []string, places []*model.Place) (all []*model.Place, sure model.Confidence) {
	for _, p := range places {
		for _, m := range p.Mounts {
			from := strings.TrimSuffix(m.From, "/")
			if runs(p) && (names[0] == m.From || strings.HasPrefix(names[0], from+"/")) {
				all = append(all, p)
				break
			}
		}
	}
	if len(all) > 0 {
		return all, model.High
	}
	for dir := path.Dir(names[0]); ; dir = path.Dir(dir) {
		for _, p := range places {
			if runs(p) && p.Node != nil && !p.Node.Span.IsZero() &&
				path.Dir(p.Node.Span.Source.Path) == path.Dir(t.Display(path.Join(dir, "x"))) {
				all = append(all, p)
			}
		}
		switch {
		case len(all) == 1:
			return all, model.Medium
		case len(all) > 1 || dir == ".":
			return nil, 0
		}
	}
}

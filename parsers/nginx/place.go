package nginx

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/image"
)

// homes are where packages and images keep the configuration.
var homes = []string{"/etc/nginx", "/usr/local/openresty/nginx/conf", "/usr/local/nginx/conf", "/opt/bitnami/nginx/conf", "/etc/openresty"}

// homeOf is the home that a path in a place is in, or "".
func homeOf(at string) string {
	for _, h := range homes {
		if strings.HasPrefix(at, h+"/") {
			return h
		}
	}
	return ""
}

// sites are what the main files of packages and images include, below their
// homes, and what the entrypoint of the image makes of templates.
var sites = []string{"conf.d/*", "http.d/*", "sites-enabled/*", "templates/*", "templates/*/*", "server_blocks/*", "stream.d/*"}

// mounted are the roots of a place that sees configuration where nginx looks
// for it, or names it in its command: the main file, else the fragments that
// the image's own main file includes. What they bring is taken.
func mounted(t *files.Tree, p *model.Place, names []string, all map[string]*candidate, bySource map[*model.Source]*candidate, taken map[*candidate]bool) (roots []files.Root) {
	asked := commanded(p)
	at := map[*candidate]string{}
	var seen []*candidate
	var main *candidate
	for _, name := range files.Mounted(p, names) {
		c := all[name]
		for _, where := range p.Seen(name) {
			switch home := homeOf(where); {
			case where == asked, asked == "" && home != "" && untemplated(where) == home+"/nginx.conf" && (c.main() || isMain(p, name)):
				main = c
			case home == "":
				continue
			}
			if at[c] == "" {
				seen = append(seen, c)
			}
			at[c] = where
		}
	}
	root := func(group []*candidate, sure model.Confidence) {
		for _, c := range group {
			taken[c] = true
			for _, r := range c.includes(t, bySource, p) {
				taken[r] = true
			}
		}
		roots = append(roots, files.Root{Paths: namesOf(group), Place: p, Sure: sure})
	}
	if main != nil {
		root([]*candidate{main}, model.High)
		for _, c := range seen { // not included by what is seen: by links that a script makes, perhaps
			if !taken[c] && homeOf(at[c]) != "" {
				root([]*candidate{c}, model.Medium)
			}
		}
		return roots
	}
	groups := map[places][]*candidate{}
	for _, c := range seen {
		home := homeOf(at[c])
		switch site := slices.ContainsFunc(sites, func(s string) bool { return files.Match(home+"/"+s, at[c]) }); {
		case site && !c.main():
			groups[c.context] = append(groups[c.context], c)
		case c.main():
			root([]*candidate{c}, model.High)
		}
	}
	for _, context := range []places{inHTTP, inStream} {
		g := groups[context]
		slices.SortFunc(g, func(a, b *candidate) int { return cmp.Compare(at[a], at[b]) })
		if agree(g) && len(g) > 0 {
			root(g, model.High)
			continue
		}
		for _, c := range g {
			root([]*candidate{c}, model.High)
		}
	}
	return roots
}

// isMain reports whether a place in which nginx runs has the file where nginx
// looks for the main one, whatever is written in it.
func isMain(p *model.Place, name string) bool {
	return p != nil && runs(p) && slices.ContainsFunc(p.Seen(name), func(at string) bool {
		return homeOf(at) != "" && at == homeOf(at)+"/nginx.conf"
	})
}

// commanded is the file that the command of a place names with -c, or "".
func commanded(p *model.Place) string {
	if !p.Command.Known() {
		return ""
	}
	words := p.Command.V
	for i, w := range words {
		if path.Base(w) == "nginx" || path.Base(w) == "openresty" {
			if k := slices.Index(words[i:], "-c"); k > 0 && i+k+1 < len(words) {
				return words[i+k+1]
			}
		}
	}
	return ""
}

// runs reports whether nginx runs in a place.
func runs(p *model.Place) bool {
	if _, ok := p.Versions["nginx"]; ok || p.Image.Known() && image.Parse(p.Image.V).Product() == "nginx" {
		return true
	}
	return p.Command.Known() && slices.ContainsFunc(p.Command.V, func(w string) bool { return path.Base(w) == "nginx" })
}

// neighbours are the places of nginx by the directory that declares them.
func neighbours(places []*model.Place) map[string][]*model.Place {
	all := map[string][]*model.Place{}
	for _, p := range places {
		if src := p.Source(); src != nil && runs(p) {
			all[path.Dir(src.Path)] = append(all[path.Dir(src.Path)], p)
		}
	}
	return all
}

// nearby is the only place of nginx, without configuration of its own, in a
// file's directory or, outwards, in one around it.
func nearby(t *files.Tree, name string, around map[string][]*model.Place, busy map[*model.Place]bool) *model.Place {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		found := around[path.Dir(t.Display(path.Join(dir, "x")))]
		switch {
		case len(found) == 1 && !busy[found[0]]:
			return found[0]
		case len(found) > 0 || dir == ".":
			return nil
		}
	}
}

func namesOf(group []*candidate) (names []string) {
	for _, c := range group {
		names = append(names, c.name)
	}
	return names
}

// templates are the endings of what start scripts make configuration of.
var templates = []string{".template", ".tmpl", ".tpl"}

// untemplated is the name of what is made of a template.
func untemplated(name string) string {
	for _, ending := range templates {
		name = strings.TrimSuffix(name, ending)
	}
	return name
}

// environment replaces the variables of templates by what the place has in its
// environment, as envsubst does: ${NAME} and $NAME, and those that are not set
// stay as they are. It also says why the value may be another. It is nil where
// nothing is to be replaced.
func environment(root files.Root) func(*model.Source, model.Word) (model.Word, string) {
	if root.Place == nil || len(root.Place.Env) == 0 {
		return nil
	}
	return func(src *model.Source, w model.Word) (model.Word, string) {
		doubt, text := "", ""
		if untemplated(src.Path) == src.Path || !strings.Contains(w.Text, "$") {
			return w, ""
		}
		for rest := w.Text; rest != ""; {
			before, name, after := nextVariable(rest)
			v := root.Place.Env[strings.Trim(name, "${}")]
			text, rest = text+before, after
			switch {
			case !v.Known() || strings.ContainsAny(v.V, " \t\n;{}"):
				text += name
				continue
			case v.Origin() == model.Assumed:
				doubt = v.Why()
			}
			text += v.V
		}
		return model.Word{Text: text, Span: w.Span}, doubt
	}
}

// substitute replaces variables in the words of a statement.
func (x *expansion) substitute(s *script, n *model.Node) {
	for i, w := range n.Args {
		is, doubt := x.env(s.source, w)
		if is == w {
			continue
		}
		n.Args = slices.Clone(n.Args)
		n.Args[i] = is
		if doubt != "" && n.Maybe == "" {
			n.Maybe = doubt
		}
	}
}

package nginx

import (
	"embed"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// The directives that the files set which packages install beside nginx.conf:
// those of nginx.org and Debian, and what certbot writes. They are named in
// configurations everywhere and kept in hardly any repository.
//
//go:embed stock
var stockFS embed.FS

var stockScripts = sync.OnceValue(func() map[string]*script {
	all := map[string]*script{}
	for _, dir := range []string{"stock", "stock/snippets"} {
		entries, _ := stockFS.ReadDir(dir)
		for _, e := range entries {
			if e.IsDir() {
				continue
			}
			name := strings.TrimPrefix(path.Join(dir, e.Name()), "stock/")
			all[name] = stockScript(name)
		}
	}
	// Modules that packages load bring directives, but no settings.
	nothing := &script{source: model.NewSource("nginx:modules", nil, Parser{})}
	nothing.source.Stock = true
	for _, name := range []string{"modules-enabled/*.conf", "modules/*.conf", "/usr/share/nginx/modules/*.conf"} {
		all[name] = nothing
	}
	return all
})

func stockScript(name string) *script {
	text, _ := stockFS.ReadFile("stock/" + name)
	src := model.NewSource("nginx:"+path.Base(name), text, Parser{})
	if path.Dir(name) == "snippets" {
		src.Path = "nginx:" + name
	}
	src.Stock = true
	s := scan(src)
	s.nest()
	return s
}

// stockMain is the main file of the images nginx and nginx-unprivileged.
var stockMain = sync.OnceValue(func() *script { return stockScript("main/nginx.conf") })

// stockSites is what it includes.
const stockSites = "/etc/nginx/conf.d/*.conf"

// inStockImage reports whether all files of a root are mounted where the main
// file of an image includes them, and nothing is mounted over that.
func inStockImage(root files.Root) bool {
	const home = "/etc/nginx/"
	if root.Place == nil || !model.Is(root.Place.Whole, true) {
		return false
	}
	if _, replaced := root.Place.Original(home + "nginx.conf"); replaced {
		return false
	}
	for _, name := range root.Paths {
		if !slices.ContainsFunc(root.Place.Seen(name), func(at string) bool {
			return strings.HasPrefix(at, home+"conf.d/") || strings.HasPrefix(at, home+"templates/")
		}) {
			return false
		}
	}
	return true
}

// stockFile is the file of a package that an include means, or nil.
func stockFile(pattern string) *script {
	all := stockScripts()
	if s := all[pattern]; s != nil {
		return s
	}
	dir, base := path.Split(pattern)
	if s := all[path.Join(path.Base(dir), base)]; s != nil {
		return s
	}
	return all[base]
}

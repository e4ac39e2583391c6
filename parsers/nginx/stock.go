package nginx

import (
	"embed"
	"path"
	"strings"
	"sync"

	"github.com/gwlint/gwlint/model"
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
			text, _ := stockFS.ReadFile(path.Join(dir, e.Name()))
			name := strings.TrimPrefix(path.Join(dir, e.Name()), "stock/")
			src := model.NewSource("nginx:"+name, text, Parser{})
			src.Stock = true
			s := scan(src)
			s.nest()
			all[name] = s
		}
	}
	// Modules that packages load bring directives, but no settings.
	nothing := &script{source: model.NewSource("nginx:modules", nil, Parser{})}
	nothing.source.Stock = true
	for _, name := range []string{"modules-enabled/*.conf", "/usr/share/nginx/modules/*.conf"} {
		all[name] = nothing
	}
	return all
})

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

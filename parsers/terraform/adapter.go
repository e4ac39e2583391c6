package terraform

import (
	"embed"
	"path"
	"strings"
	"sync"

	"github.com/gwlint/gwlint/model"
)

// Modules of the registry that load balancers are most often made with. They
// are not among the files unless terraform init was run; what their inputs do
// is known, and written here in the same language.
//
//go:embed registry/*.tf
var registry embed.FS

// registered are the sources of those modules: as the registry has them, and
// where they live on GitHub.
var registered = map[string]string{
	"terraform-aws-modules/alb/aws":                                "alb",
	"github.com/terraform-aws-modules/terraform-aws-alb":           "alb",
	"terraform-aws-modules/ecs/aws//modules/service":               "ecs-service",
	"terraform-aws-modules/autoscaling/aws":                        "autoscaling",
	"terraform-google-modules/lb-http/google":                      "lb-http",
	"googlecloudplatform/lb-http/google":                           "lb-http",
	"github.com/terraform-google-modules/terraform-google-lb-http": "lb-http",
}

var adapters = sync.OnceValue(func() map[string]*file {
	all := map[string]*file{}
	for _, name := range registered {
		if all[name] != nil {
			continue
		}
		text, err := registry.ReadFile("registry/" + name + ".tf")
		if err != nil {
			continue
		}
		src := model.NewSource("registry:"+name, text, Parser{})
		src.Stock = true
		all[name] = parseSource(src)
	}
	return all
})

// adapterOf is the module that stands for a source of the registry, or nil.
func (i *instance) adapterOf(source string) *module {
	source, _, _ = strings.Cut(source, "?")
	source = strings.TrimSuffix(strings.ToLower(strings.TrimPrefix(source, "git::https://")), ".git")
	name, ok := registered[strings.TrimPrefix(source, "registry.terraform.io/")]
	if !ok {
		return nil
	}
	dir := path.Join("registry:", name)
	if m := i.modules[dir]; m != nil {
		return m
	}
	f := adapters()[name]
	if f == nil {
		return nil
	}
	m := newModule(dir, []*file{f})
	m.adapter = true
	i.files[f.src.Path] = f
	i.modules[dir] = m
	return m
}

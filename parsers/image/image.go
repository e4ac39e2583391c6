// Package image knows container images: what a reference names, what a
// Dockerfile makes, and which stock images run what.
package image

import (
	"path"
	"strconv"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// A Reference is an image's name taken apart: registry/path:tag.
type Reference struct {
	Name string // the path without an official image's prefix: nginx, bitnami/nginx
	Tag  string // "" is latest
}

// Parse takes "docker.io/library/nginx:1.27-alpine@sha256:..." apart.
func Parse(s string) Reference {
	s, _, _ = strings.Cut(s, "@")
	name, tag := s, ""
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, '/') {
		name, tag = s[:i], s[i+1:]
	}
	first, rest, ok := strings.Cut(name, "/")
	if ok && (strings.ContainsAny(first, ".:") || first == "localhost") {
		name = rest
		if first != "docker.io" && first != "public.ecr.aws" && first != "mirror.gcr.io" {
			name = first + "/" + rest
		}
	}
	name = strings.TrimPrefix(name, "library/")
	name = strings.TrimPrefix(name, "docker/library/")
	return Reference{name, tag}
}

// products are the official images that run one known program, with the
// product they run.
var products = map[string]string{
	"nginx": "nginx", "nginxinc/nginx-unprivileged": "nginx", "openresty/openresty": "nginx", "bitnami/nginx": "nginx",
	"haproxy": "haproxy", "haproxytech/haproxy-alpine": "haproxy", "haproxytech/haproxy-debian": "haproxy",
	"httpd": "apache", "php": "php", "node": "node", "python": "python", "ruby": "ruby", "tomcat": "tomcat",
}

// Product is what the image runs, by the name of the dialect; "" when unknown.
func (r Reference) Product() string { return products[r.Name] }

// Versions are those of the product that the tag names. A tag without a number
// names none.
func (r Reference) Versions(at model.Span) model.Versions {
	if r.Product() == "" || r.Name == "openresty/openresty" && strings.Count(r.Tag, ".") > 3 {
		return model.Versions{}
	}
	return model.VersionsOf(r.Tag, model.Explicit, "image tag "+r.Tag, at)
}

// An Image is what a Dockerfile's final stage makes, or what a reference alone
// tells.
type Image struct {
	Base       Reference // at the bottom of the final stage's chain
	BaseAt     model.Span
	Node       *model.Node // the Dockerfile's tree; nil for a reference alone
	Ports      []int       // EXPOSE
	Env        map[string]model.Word
	Copies     []Copy
	Cmd        []model.Word
	Entrypoint []model.Word
	Shell      bool // what it starts runs in a shell
	Signal     model.Word
	Check      *model.Node // HEALTHCHECK; nil: it has none of its own
	User       model.Word
	Workdir    string
	Plain      bool   // no RUN, and no ENTRYPOINT of its own: what runs in it is the base's
	Partial    string // why it may hold more than we see
	Guess      string // why it may be another image: nothing says that this is the one

	stages map[int]*Image // of the Dockerfile, once built
}

// A Copy puts a path of the build context into the image.
type Copy struct {
	From, To string
	At       model.Span
}

// OfReference is the image that a reference names.
func OfReference(w model.Word) *Image {
	return &Image{Base: Parse(w.Text), BaseAt: w.Span, Plain: true}
}

// Within settles what is copied: the build context is the folder of the
// Dockerfile or one of those around it, the nearest that has most of it.
func (m *Image) Within(t *files.Tree, dir string) {
	context, most := dir, 0
	for at := dir; ; at = path.Dir(at) {
		has := 0
		for _, c := range m.Copies {
			if c.From != "." && !files.IsPattern(c.From) && t.Exists(path.Join(at, c.From)) {
				has++
			}
		}
		if has > most {
			context, most = at, has
		}
		if at == "." {
			break
		}
	}
	for i := range m.Copies {
		m.Copies[i].From = path.Join(context, m.Copies[i].From)
	}
}

// absolute is a path in the image.
func (m *Image) absolute(p string) string {
	if !path.IsAbs(p) {
		p = path.Join("/", m.Workdir, p)
	}
	return p
}

// port reads "80", "80/tcp", "8000-8010" (its first).
func port(s string) (int, bool) {
	s, _, _ = strings.Cut(s, "/")
	s, _, _ = strings.Cut(s, "-")
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0 && n < 65536
}

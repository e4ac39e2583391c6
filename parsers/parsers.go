// Package parsers lists the dialects. Adding one is a folder here and a line.
package parsers

import (
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/appserver"
	"github.com/gwlint/gwlint/parsers/compose"
	"github.com/gwlint/gwlint/parsers/dockerfile"
	"github.com/gwlint/gwlint/parsers/facts"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/gunicorn"
	"github.com/gwlint/gwlint/parsers/haproxy"
	"github.com/gwlint/gwlint/parsers/nginx"
	"github.com/gwlint/gwlint/parsers/node"
	"github.com/gwlint/gwlint/parsers/phpfpm"
	"github.com/gwlint/gwlint/parsers/procfile"
	"github.com/gwlint/gwlint/parsers/ruby"
	"github.com/gwlint/gwlint/parsers/spring"
	"github.com/gwlint/gwlint/parsers/supervisord"
	"github.com/gwlint/gwlint/parsers/systemd"
	"github.com/gwlint/gwlint/parsers/terraform"
	"github.com/gwlint/gwlint/parsers/uwsgi"
)

// A Parser reads one configuration language.
type Parser interface {
	model.Dialect
	// Detect reports whether a file is of this language: by its path where the
	// name decides, else by its first 4 KiB, which head reads. At most one
	// parser claims a file.
	Detect(path string, head func() []byte) bool
	// Roots groups the files of this language into what is read together, and
	// says in which of the places each group runs.
	Roots(t *files.Tree, paths []string, places []*model.Place) []files.Root
	// Load reads one root. It depends on nothing but what it reads.
	Load(t *files.Tree, root files.Root) files.Loaded
}

// Places lists the parsers that tell where things run, and those that need
// nobody's word about it. They load first, in this order.
func Places() []Parser {
	return []Parser{facts.Parser{}, compose.Parser{}, dockerfile.Parser{}, supervisord.Parser{}, systemd.Parser{}, procfile.Parser{}, terraform.Parser{}}
}

// Gateways lists the parsers of what runs in a place.
func Gateways() []Parser {
	return []Parser{
		nginx.Parser{}, haproxy.Parser{},
		appserver.Parser{}, gunicorn.Parser{}, node.Parser{}, phpfpm.Parser{}, ruby.Parser{}, spring.Parser{}, uwsgi.Parser{},
	}
}

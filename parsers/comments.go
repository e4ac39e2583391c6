package parsers

import (
	"path"

	"github.com/gwlint/gwlint/model"
)

// Comments is how a language marks them, so that the program which reads it
// takes them for nothing else. The zero Comments has none, as JSON.
type Comments struct {
	Own    []string // signs that begin one on a line of its own, the common one first
	Behind []string // the same behind a statement, after a blank; elsewhere it would be part of the value
	Nodes  bool     // the statements have them (model.Node): no other reading finds where one begins
}

var (
	hash   = Comments{Own: []string{"#"}, Behind: []string{"#"}}
	above  = Comments{Own: []string{"#"}}
	slash  = Comments{Own: []string{"//", "/*"}, Behind: []string{"//", "/*"}}
	either = Comments{Own: []string{"#", "//", "/*"}, Behind: []string{"#", "//", "/*"}}
)

// CommentsOf is how comments are written in a file. What a program does with
// them was tried: nginx 1.22.1, HAProxy 2.6.12, PHP-FPM 8.2 (for which # is a
// syntax error), uWSGI 2.0.21 and systemd 252 (for which a comment behind a
// value is part of it), supervisord 4.2.5.
func CommentsOf(s *model.Source) Comments {
	dialect, ext := "", path.Ext(s.Path)
	if s.Dialect != nil {
		dialect = s.Dialect.Name()
	}
	switch {
	case dialect == "nginx" || dialect == "haproxy":
		return Comments{Own: hash.Own, Behind: hash.Behind, Nodes: true}
	case ext == ".json":
		return Comments{}
	}
	switch dialect {
	case "terraform":
		return Comments{Own: either.Own, Behind: either.Behind, Nodes: true}
	case "gwlint":
		return either
	case "php-fpm":
		return Comments{Own: []string{";"}, Behind: []string{";"}}
	case "supervisord":
		return Comments{Own: []string{";", "#"}, Behind: []string{";", "#"}}
	case "systemd", "uwsgi":
		return Comments{Own: []string{"#", ";"}}
	case "dockerfile", "procfile", "env":
		return above
	}
	switch ext {
	case ".properties":
		return Comments{Own: []string{"#", "!"}}
	case ".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx", ".go", ".java", ".kt", ".php", ".rs":
		return slash
	}
	return hash // YAML, Python, Ruby, shell, TOML
}

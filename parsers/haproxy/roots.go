package haproxy

import (
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// Detect stub
func (Parser) Detect(path string, head []byte) bool { return false }

func (Parser) Roots(t *files.Tree, paths []string, places []*model.Place) []files.Root { return nil }

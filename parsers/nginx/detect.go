package nginx

import (
	"path"
	"strings"
)

func detect(name string, head func() []byte) bool {
	return strings.HasSuffix(path.Base(name), ".conf")
}

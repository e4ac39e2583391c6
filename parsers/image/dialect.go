package image

import (
	"path"
	"strings"

	"github.com/gwlint/gwlint/parsers/text"
)

// Dialect is that of Dockerfiles.
type Dialect struct{}

// Name of the dialect.
func (Dialect) Name() string { return "dockerfile" }

// Render writes an instruction with one word, or the value of a command's
// option.
func (Dialect) Render(key string, value any) (literal, statement string) {
	if strings.HasPrefix(key, "-") {
		return text.Option(key, value), ""
	}
	s, ok := value.(string)
	if !ok {
		return "", ""
	}
	return s, key + " " + s
}

// IsDockerfile knows the files by their names.
func IsDockerfile(p string) bool {
	base := strings.ToLower(path.Base(p))
	return base == "dockerfile" || strings.HasPrefix(base, "dockerfile.") || strings.HasSuffix(base, ".dockerfile") || base == "containerfile"
}

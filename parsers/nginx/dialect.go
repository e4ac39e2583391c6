package nginx

import (
	"fmt"
	"strconv"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// A Parser reads nginx configuration.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return "nginx" }

// Detect tells nginx configuration by name, else by its statements.
func (Parser) Detect(path string, head func() []byte) bool { return detect(path, head) }

// Roots are main files, dumps, and what no main file includes.
func (Parser) Roots(t *files.Tree, paths []string, places []*model.Place) []files.Root {
	return roots(t, paths, places)
}

// Render writes durations, sizes, numbers and switches.
func (Parser) Render(key string, value any) (literal, statement string) {
	switch v := value.(type) {
	case time.Duration:
		if v == model.Forever || v < 0 {
			return "", ""
		}
		literal = duration(v)
	case int64:
		literal = model.Plain(v)
	case int:
		literal = strconv.Itoa(v)
	case bool:
		literal = model.Plain(v)
	case string:
		literal = v
	default:
		return "", ""
	}
	return literal, fmt.Sprintf("%s %s;", key, literal)
}

// duration is a time as nginx reads it: it takes no fractions.
func duration(d time.Duration) string {
	if d%time.Second != 0 {
		return strconv.FormatInt(int64((d+time.Millisecond-1)/time.Millisecond), 10) + "ms"
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

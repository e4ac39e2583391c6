package text

import (
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// Option writes the value of an option of a command line: servers take whole
// seconds and plain numbers. It is "" where key is no option, or the value
// cannot be written so.
func Option(key string, value any) string {
	if !strings.HasPrefix(key, "-") {
		return ""
	}
	switch v := value.(type) {
	case time.Duration:
		if v < model.Forever {
			return strconv.FormatInt(int64((v+time.Second-1)/time.Second), 10)
		}
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return ""
}

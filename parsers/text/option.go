package text

import (
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// Seconds writes a time for a server that takes whole seconds: what is begun
// counts.
func Seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

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
			return Seconds(v)
		}
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return ""
}

package settings

import (
	"strings"

	"github.com/agext/levenshtein"
)

// Nearest is which of the names known was probably meant, or "".
func Nearest(said string, known []string) string {
	best, at := 1+max(2, len(said)/3), ""
	for _, k := range known {
		if d := levenshtein.Distance(said, k, nil); d < best || strings.HasPrefix(k, said) && len(said) > 2 && at == "" {
			best, at = min(best, d), k
		}
	}
	return at
}

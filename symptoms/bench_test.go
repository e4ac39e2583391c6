package symptoms_test

import (
	"testing"

	"github.com/gwlint/gwlint/symptoms"
)

// BenchmarkRead reads what is pasted, and lines of other programs.
func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		for _, l := range lines {
			symptoms.Read(l.line)
		}
	}
}

package settings

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A Level is from where on findings fail a run. Severity 0 is never.
type Level struct {
	Severity   model.Severity
	Confidence model.Confidence
}

// ParseLevel reads "warning", "warning:medium" or "never".
func ParseLevel(s string) (Level, error) {
	if s == "never" {
		return Level{}, nil
	}
	severity, confidence, both := strings.Cut(s, ":")
	l := Level{Severity: severities[severity], Confidence: model.Low}
	for _, v := range []model.Confidence{model.Low, model.Medium, model.High} {
		if v.String() == confidence {
			l.Confidence, both = v, false
		}
	}
	if l.Severity == 0 || both {
		return l, fmt.Errorf("takes note, warning or error, with :low, :medium or :high behind it, or never, not %q", s)
	}
	return l, nil
}

package report

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

type (
	gitLabIssue struct {
		Description string         `json:"description"`
		CheckName   string         `json:"check_name"`
		Fingerprint string         `json:"fingerprint"`
		Severity    string         `json:"severity"`
		Location    gitLabLocation `json:"location"`
	}
	gitLabLocation struct {
		Path  string      `json:"path"`
		Lines gitLabLines `json:"lines"`
	}
	gitLabLines struct {
		Begin int `json:"begin"`
		End   int `json:"end"`
	}
)

// writeGitLab is GitLab's form of a Code Climate report. It shows one of
// several issues of one fingerprint, so repeated ones are counted.
func writeGitLab(w *bufio.Writer, r *lint.Result, _ Options) error {
	issues := make([]gitLabIssue, len(r.Findings))
	met := map[string]int{}
	for i := range r.Findings {
		f := &r.Findings[i]
		print := f.Fingerprint
		if print == "" {
			print = f.Rule() + " " + place(f.Primary)
		}
		met[print]++
		if n := met[print]; n > 1 {
			print = fmt.Sprintf("%s:%d", print, n)
		}
		severity := "major"
		switch f.Severity {
		case model.Error:
			severity = "critical"
		case model.Note:
			severity = "info"
		}
		at := newJSONSpan(f.Primary)
		issues[i] = gitLabIssue{
			strings.Join(prose(f), "\n"), f.Rule(), print, severity,
			gitLabLocation{strings.TrimPrefix(at.File, "./"), gitLabLines{max(at.Start.Line, 1), max(at.End.Line, 1)}},
		}
	}
	e := encoder(w)
	e.SetIndent("", "  ")
	return e.Encode(issues)
}

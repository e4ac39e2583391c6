// Package report writes the result of a run: for people in a terminal, for
// programs, and for the services that show findings beside the code.
//
// A format is one file with one function, and one row of [Formats]. Before a
// format sees a result, everything secret in it is masked (redact.go), so no
// format can forget to.
package report

import (
	"bufio"
	"io"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

// Options say how a report looks. The zero Options are plain text without
// colours, links or limits.
type Options struct {
	Colour  bool   // ANSI colours in text
	Links   bool   // OSC 8 hyperlinks in text
	Context int    // lines around each marked line in text
	Width   int    // columns of the terminal; 0 is 120
	Version string // of gwlint, without a leading v; "" is not told

	Category string                   // of the SARIF run, where one commit has several
	Full     bool                     // SARIF for audits: with what comments and the baseline leave out
	Pages    func(rule string) string // the Markdown page of a rule; nil or "" without one
	RuleURL  func(rule string) string // where the page of a rule is on the web; nil or "" for nowhere
	FileURL  func(path string) string // what a file's name in text leads to; nil or "" for nowhere
}

// A Format is one way to write a result.
type Format struct {
	Name  string // as --format takes it
	Title string // one line: what it is for
	write func(w *bufio.Writer, r *lint.Result, opt Options) error
}

// Formats are all there are, in the order the help lists them.
var Formats = []Format{
	{"text", "code frames, for people", writeText},
	{"concise", "one line a finding", writeConcise},
	{"agent", "one line a finding with causes and edits, for language models", writeAgent},
	{"json", "one document; schema in docs/gwlint.schema.json", writeJSON},
	{"jsonl", "one JSON object a line", writeJSONL},
	{"sarif", "SARIF 2.1.0, for code scanning", writeSARIF},
	{"github", "annotations of a GitHub Actions step", writeGitHub},
	{"gitlab", "GitLab Code Quality", writeGitLab},
	{"junit", "JUnit XML, for test reports", writeJUnit},
	{"checkstyle", "Checkstyle XML", writeCheckstyle},
	{"markdown", "a table, for job summaries and comments", writeMarkdown},
}

// ByName is the format of that name.
func ByName(name string) (Format, bool) {
	for _, f := range Formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// Write writes r to w with everything secret masked; r itself stays as it is.
func (f Format) Write(w io.Writer, r *lint.Result, opt Options) error {
	b := bufio.NewWriterSize(w, 1<<16)
	if err := f.write(b, redacted(r), opt); err != nil {
		return err
	}
	return b.Flush()
}

// Colour decides whether to colour: when is "always", "never" or "auto", env
// looks up an environment variable, tty is whether the output is a terminal.
// See no-color.org, force-color.org and bixense.com/clicolors.
func Colour(when string, env func(string) string, tty bool) bool {
	set := func(name string) bool { v := env(name); return v != "" && v != "0" }
	switch {
	case when == "always":
		return true
	case when == "never", env("NO_COLOR") != "":
		return false
	case set("FORCE_COLOR"), set("CLICOLOR_FORCE"):
		return true
	case env("CLICOLOR") == "0", env("TERM") == "dumb":
		return false
	}
	return tty
}

// place is path:line:column, or "-" for nowhere, fit for a terminal.
func place(s model.Span) string { return clean(s.String()) }

// others is how many more a finding stands for.
func others(f *lint.Finding) int { return max(f.Count-1, 0) }

package report

import (
	"bufio"

	"github.com/gwlint/gwlint/lint"
)

// writeJSONL is the JSON document in pieces: a line of kind "run", one of kind
// "finding" for each, and one of kind "summary".
func writeJSONL(w *bufio.Writer, r *lint.Result, opt Options) error {
	e := encoder(w)
	if err := e.Encode(struct {
		Kind          string   `json:"kind"`
		SchemaVersion string   `json:"schema_version"`
		Tool          jsonTool `json:"tool"`
	}{"run", schemaVersion, jsonTool{"gwlint", opt.Version}}); err != nil {
		return err
	}
	for i := range r.Findings {
		if err := e.Encode(struct {
			Kind string `json:"kind"`
			jsonFinding
		}{"finding", newJSONFinding(&r.Findings[i])}); err != nil {
			return err
		}
	}
	return e.Encode(struct {
		Kind string `json:"kind"`
		jsonSummary
	}{"summary", newJSONSummary(r.Summary)})
}

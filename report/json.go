package report

import (
	"bufio"
	"encoding/json"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

// schemaVersion of the JSON document: within 1.x nothing is renamed, taken
// away or given another meaning.
const schemaVersion = "1.0"

// The JSON document; docs/gwlint.schema.json describes it.
type (
	jsonDocument struct {
		SchemaVersion string        `json:"schema_version"`
		Tool          jsonTool      `json:"tool"`
		Findings      []jsonFinding `json:"findings"`
		Summary       jsonSummary   `json:"summary"`
	}
	jsonTool struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	jsonFinding struct {
		Rule        string        `json:"rule"`
		Severity    string        `json:"severity"`
		Confidence  string        `json:"confidence"`
		Outcome     jsonOutcome   `json:"outcome"`
		When        string        `json:"when"`
		Message     string        `json:"message"`
		Primary     jsonSpan      `json:"primary"`
		Related     []jsonPlace   `json:"related"`
		Path        []jsonPlace   `json:"path"`
		Effective   []jsonSetting `json:"effective"`
		Fix         *jsonFix      `json:"fix"`
		Count       int           `json:"count"`
		Fingerprint string        `json:"fingerprint"`
	}
	jsonOutcome struct {
		Status int    `json:"status"`
		Native string `json:"native"`
	}
	jsonSpan struct {
		File  string       `json:"file"`
		Start jsonPosition `json:"start"`
		End   jsonPosition `json:"end"`
	}
	jsonPosition struct {
		Line   int `json:"line"`
		Column int `json:"column"`
		Offset int `json:"offset"`
	}
	jsonPlace struct {
		Message string `json:"message"`
		jsonSpan
	}
	jsonSetting struct {
		Setting string `json:"setting"`
		Value   string `json:"value"`
		Origin  string `json:"origin"`
		Why     string `json:"why"`
		jsonSpan
	}
	jsonFix struct {
		Message string     `json:"message"`
		Safe    bool       `json:"safe"`
		Edits   []jsonEdit `json:"edits"`
	}
	jsonEdit struct {
		jsonSpan
		Text string `json:"text"`
	}
	jsonSummary struct {
		Files      int      `json:"files"`
		Hops       int      `json:"hops"`
		Errors     int      `json:"errors"`
		Warnings   int      `json:"warnings"`
		Notes      int      `json:"notes"`
		Hidden     int      `json:"hidden"`
		Suppressed int      `json:"suppressed"`
		Baselined  int      `json:"baselined"`
		Stale      int      `json:"stale"`
		Unknown    int      `json:"unknown"`
		Unread     []string `json:"unread"`
	}
)

func writeJSON(w *bufio.Writer, r *lint.Result, opt Options) error {
	doc := jsonDocument{
		SchemaVersion: schemaVersion,
		Tool:          jsonTool{"gwlint", opt.Version},
		Findings:      make([]jsonFinding, len(r.Findings)),
		Summary:       newJSONSummary(r.Summary),
	}
	for i := range r.Findings {
		doc.Findings[i] = newJSONFinding(&r.Findings[i])
	}
	e := encoder(w)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

func encoder(w *bufio.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

func newJSONFinding(f *lint.Finding) jsonFinding {
	j := jsonFinding{
		Rule: f.Rule(), Severity: f.Severity.String(), Confidence: f.Confidence.String(),
		Outcome: jsonOutcome{f.Outcome.Status, f.Outcome.Native}, When: f.When, Message: f.Message,
		Primary: newJSONSpan(f.Primary), Related: newJSONPlaces(f.Related), Path: newJSONPlaces(f.Path),
		Effective: make([]jsonSetting, len(f.Effective)),
		Count:     max(f.Count, 1), Fingerprint: f.Fingerprint,
	}
	for i, v := range f.Effective {
		j.Effective[i] = jsonSetting{settingName(v), v.Text(), v.Origin().String(), v.Why(), newJSONSpan(v.Where())}
	}
	if f.Fix != nil {
		j.Fix = &jsonFix{f.Fix.Message, f.Fix.Safe, make([]jsonEdit, len(f.Fix.Edits))}
		for i, e := range f.Fix.Edits {
			j.Fix.Edits[i] = jsonEdit{newJSONSpan(e.Span), e.Text}
		}
	}
	return j
}

// newJSONSpan of a span that is nowhere has no file and counts from 0.
func newJSONSpan(s model.Span) jsonSpan {
	if s.IsZero() {
		return jsonSpan{}
	}
	return jsonSpan{s.Source.Path, jsonPosition(s.Begin()), jsonPosition(s.Finish())}
}

func newJSONPlaces(in []lint.Related) []jsonPlace {
	out := make([]jsonPlace, len(in))
	for i, r := range in {
		out[i] = jsonPlace{r.Message, newJSONSpan(r.Span)}
	}
	return out
}

func newJSONSummary(s lint.Summary) jsonSummary {
	unread := s.Unread
	if unread == nil {
		unread = []string{}
	}
	return jsonSummary{s.Files, s.Hops, s.Errors, s.Warnings, s.Notes, s.Hidden, s.Suppressed, s.Baselined, s.Stale, s.Unknown, unread}
}

package settings

import "github.com/gwlint/gwlint/model"

// A kind is what a setting takes.
type kind string

const (
	text     kind = "text"
	boolean  kind = "true or false"
	number   kind = "whole number"
	size     kind = "size such as 8192 or \"8k\""
	duration kind = "duration such as \"30s\""
	list     kind = "list of texts"
	table    kind = "table of texts"
)

// A field is one setting of a block.
type field struct {
	name   string
	kind   kind
	values []string // what it may be; nil is anything
	doc    string
}

// A block is a part of the file: what may stand in it.
type block struct {
	name   string // rule, override; "" is the file
	label  string // what its name is called; "" for no name
	doc    string
	fields []field
	blocks []*block
}

var (
	ruleBlock = &block{name: "rule", label: "rule", doc: "how a rule is reported", fields: []field{
		{"enabled", boolean, nil, "false: the rule is not reported"},
		{"severity", text, []string{"error", "warning", "note"}, "in place of the rule's own"},
		{"suppressible", boolean, nil, "false: comments may not ignore the rule"},
	}}
	appBlock = &block{name: "app", label: "name", doc: "a server whose configuration is elsewhere", fields: []field{
		{"address", text, nil, "host:port, or unix:/path; required, unless a link leads to it"},
		{"protocol", text, nil, "http, h2, grpc, fastcgi, uwsgi, scgi, tcp"},
		{"keepalive", duration, nil, "closes an idle connection after"},
		{"request_limit", duration, nil, "cuts a request after"},
		{"header_limit", size, nil, "the largest head that it takes"},
		{"tls", boolean, nil, "speaks TLS"},
		{"workers", number, nil, "requests that it works on at once"},
		{"server", text, nil, "the product: node, gunicorn, php-fpm"},
		{"version", text, nil, "of the product"},
	}}
	linkBlock = &block{name: "link", label: "server", doc: "who answers a server of a pool: by its address, or by the pool's name", fields: []field{
		{"to", text, nil, "an app, a file, a place or a gateway; with :port, where it listens on several"},
	}}
	fileBlock = &block{doc: "Settings of gwlint", fields: []field{
		{"profile", text, []string{"default", "audit"}, "audit shows notes, too"},
		{"fail_on", text, nil, "exit 1 from SEVERITY[:CONFIDENCE] on, or never"},
		{"exclude", list, nil, "files that are not linted, as globs relative to this file"},
		{"extends", list, nil, "settings files that count where this one is silent, relative to it"},
		{"baseline", text, nil, "the file of findings that are known, relative to this one; none"},
		{"targets", table, nil, "the version of a product that will run"},
	}, blocks: []*block{
		ruleBlock,
		{name: "override", label: "glob", doc: "how rules are reported of some files", fields: []field{
			{"reason", text, nil, "why; required"},
		}, blocks: []*block{ruleBlock}},
		{name: "environment", label: "name", doc: "what some files run in", fields: []field{
			{"match", list, nil, "its files, as globs relative to this file; none is all"},
			{"targets", table, nil, "the version of a product that runs in it"},
		}, blocks: []*block{appBlock, linkBlock}},
		appBlock,
		linkBlock,
	}}
)

// Schema is the JSON Schema of the settings as JSON: a tree of maps, slices
// and texts, for encoding/json.
func Schema() map[string]any {
	s := fileBlock.schema()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["$id"] = "https://raw.githubusercontent.com/gwlint/gwlint/main/docs/gwlint-settings.schema.json"
	s["title"] = JSONName
	s["properties"].(map[string]any)["$schema"] = map[string]any{"type": "string"}
	return s
}

func (b *block) schema() map[string]any {
	properties := map[string]any{"//": map[string]any{"description": "a comment"}}
	for _, f := range b.fields {
		properties[f.name] = f.schema()
	}
	for _, in := range b.blocks {
		properties[in.name] = map[string]any{"type": "object", "description": in.doc, "additionalProperties": in.schema()}
	}
	s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	switch b.name {
	case "":
		s["description"] = b.doc
	case "link":
		s["required"] = []string{"to"}
	case "override":
		s["required"] = []string{"reason"}
	}
	return s
}

func (f field) schema() map[string]any {
	texts := map[string]any{"type": "string"}
	s := map[string]any{"description": f.doc}
	switch f.kind {
	case text:
		s["type"] = "string"
		if f.values != nil {
			s["enum"] = f.values
		}
	case duration:
		s["type"], s["pattern"] = "string", `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`
	case boolean:
		s["type"] = "boolean"
	case number:
		s["type"], s["minimum"] = "integer", 0
	case size:
		s["oneOf"] = []any{map[string]any{"type": "integer", "minimum": 0}, map[string]any{"type": "string", "pattern": "^[0-9]+[kKmM]?$"}}
	case list:
		s["type"], s["items"] = "array", texts
	case table:
		s["type"], s["additionalProperties"] = "object", texts
	}
	return s
}

// severities by the name that settings and flags have for them.
var severities = map[string]model.Severity{"note": model.Note, "warning": model.Warning, "error": model.Error}

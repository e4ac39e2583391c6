// Package haproxy reads HAProxy configuration: sections and statements with
// the exact place of every word, the settings that are in effect after
// defaults and default-server, and what happens to a request.
//
// The grammar is that of parse_line (tools.c) and parse_cfg (cfgparse.c) of
// HAProxy 2.0 to 3.5 and of sections 2.1 to 2.5 of its configuration manual.
package haproxy

import (
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// Parser reads HAProxy configuration.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return "haproxy" }

// Render writes times and numbers as HAProxy takes them. Of "retries" the
// value is the number of tries, as the model counts them. What stands on a
// line of its own in a section has a statement; parameters of a server, such
// as inter, are only replaced where they are written.
func (Parser) Render(key string, value any) (literal, statement string) {
	switch v := value.(type) {
	case time.Duration:
		if !isTime(key) {
			return "", ""
		}
		literal = writeTime(v)
	case int:
		if !isNumber(key) || v < 0 || v > 1<<31-1 {
			return "", ""
		}
		if key == "retries" {
			v = max(v-1, 0)
		}
		literal = strconv.Itoa(v)
	}
	if literal == "" {
		return "", ""
	}
	if strings.HasPrefix(key, "timeout ") || key == "retries" || key == "hard-stop-after" || key == "fullconn" {
		statement = key + " " + literal
	}
	return literal, statement
}

func isTime(key string) bool {
	switch key {
	case "inter", "fastinter", "downinter", "agent-inter", "slowstart", "pool-purge-delay", "hard-stop-after",
		"hold valid", "hold obsolete", "hold nx", "hold other", "hold refused", "hold timeout":
		return true
	}
	return strings.HasPrefix(key, "timeout ")
}

func isNumber(key string) bool {
	switch key {
	case "retries", "maxconn", "fullconn", "rise", "fall", "port", "weight", "error-limit":
		return true
	}
	return false
}

// writeTime uses the greatest unit that keeps the value whole. HAProxy has no
// word for "for ever" but to leave the setting out, and none longer than
// 2147483647 ms.
func writeTime(d time.Duration) string {
	if d < 0 || d > maxTime {
		return ""
	}
	for _, u := range []struct {
		name string
		d    time.Duration
	}{{"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}, {"us", time.Microsecond}} {
		if d%u.d == 0 && (d >= 2*u.d || u.d <= time.Second && d >= u.d) {
			return strconv.FormatInt(int64(d/u.d), 10) + u.name
		}
	}
	return ""
}

// Load reads the files of a root as one configuration, as -f does: in the
// order given.
func (p Parser) Load(t *files.Tree, root files.Root) files.Loaded {
	var loaded files.Loaded
	place := root.Place
	if place == nil {
		place = &model.Place{Name: "haproxy"}
		loaded.Places = []*model.Place{place}
	}
	r := newReader(place)
	for _, name := range root.Paths {
		src, err := t.Source(name, p)
		if err != nil {
			at := model.NewSource(t.Display(name), nil, p).Span(0, 0)
			r.report(model.Finding{Rule: "unreadable", Message: t.Display(name) + " " + err.Error(),
				Because: []model.Fact{model.Mark{Span: at, Text: "this file"}}})
			continue
		}
		r.file(src)
	}
	tree := r.finish()
	l := &lowering{tree: tree, place: place, versions: r.versions, files: t, near: "."}
	if len(root.Paths) > 0 {
		l.near = path.Dir(root.Paths[0])
	}
	loaded.Gateways = []*model.Gateway{l.gateway()}
	loaded.Findings = append(r.findings, l.findings...)
	return loaded
}

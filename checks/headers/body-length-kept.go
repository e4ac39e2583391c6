package headers

import (
	"strings"

	"github.com/gwlint/gwlint/model"
)

// A server that is told of a body waits for it.
var bodyLengthKept = &model.Check{
	ID:       "body-length-kept",
	Title:    "The body stays behind, and its length is sent",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 504}, {Status: 500}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			if h.Node == nil || h.Node.Name.Text != "proxy_pass" || !h.Headers.Known() || has(h.Headers.V, "Content-Length") {
				continue
			}
			off, sure := h.Route.Node.Up("proxy_pass_request_body")
			if off == nil || off.Arg(0) != "off" || bodiless(h.Route.Node) {
				continue
			}
			if body, whole := h.Route.Node.Up("proxy_set_body"); body != nil || !whole && !sure {
				continue
			}
			report(model.Finding{
				Message: off.String() + " leaves the body behind, and Content-Length still announces it",
				Because: []model.Fact{off, h.Headers, h.Node},
				Outcome: h.Outcome(model.Silent),
				When:    "requests with a body, where the server reads it before it answers",
				Fix:     withoutLength(h),
			})
		}
	},
}

func has(set []model.Header, name string) bool {
	for _, k := range set {
		if strings.EqualFold(k.Name, name) {
			return true
		}
	}
	return false
}

// bodiless reports whether a location turns away what has a body.
func bodiless(n *model.Node) bool {
	limit := n.Find("limit_except")
	if limit == nil || limit.Find("deny", "all") == nil {
		return false
	}
	for _, a := range limit.Args {
		switch a.Text {
		case "GET", "HEAD", "OPTIONS":
		default:
			return false
		}
	}
	return true
}

// withoutLength drops the header where that drops no other.
func withoutLength(h *model.Hop) *model.Fix {
	block := h.Route.Node
	if s, sure := block.Up("proxy_set_header"); s != nil {
		block = s.Parent
	} else if !sure {
		return nil
	}
	edit := model.Insert(block, `proxy_set_header Content-Length "";`)
	if edit == nil || block != h.Route.Node {
		return nil
	}
	return &model.Fix{Message: "do not announce the body", Edits: []model.Edit{*edit}}
}

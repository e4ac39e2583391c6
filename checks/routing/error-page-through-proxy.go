package routing

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The page about the failure is asked of the server that failed.
var errorPageThroughProxy = &model.Check{
	ID:       "error-page-through-proxy",
	Title:    "The error page is asked of the server that has just failed",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			server := h.Route.Node.Within("server")
			first, _ := h.Route.Node.Up("error_page")
			if !h.Node.In("nginx") || first == nil || server == nil {
				continue
			}
			for _, page := range first.Parent.All("error_page") {
				event, uri := failurePage(page)
				if uri == "" {
					continue
				}
				location, sure := locationOf(server, uri)
				if !sure || location == nil || location == h.Route.Node && location.Arg(0) == "=" {
					continue // the request for the page itself may fail as it likes
				}
				pass := location.Find(h.Node.Name.Text)
				if pass == nil || pass.Arg(0) != h.Node.Arg(0) || answers(location) {
					continue
				}
				report(model.Finding{
					Message: fmt.Sprintf("%s is asked of %s too, which has just failed: location %s takes it", page, h.Node.Arg(0), oneLine(location)),
					Because: []model.Fact{page, pass, h.Node},
					Outcome: h.Outcome(event),
					When:    "a request that fails is sent there a second time, and its error is nginx's own page",
				})
			}
		}
	},
}

// failurePage is what an error_page answers of the failures of a hop, and the
// path it asks for; "" when it is no path of this server, or of another status.
func failurePage(page *model.Node) (model.Event, string) {
	k := len(page.Args) - 1
	if k < 1 || !strings.HasPrefix(page.Arg(k), "/") || strings.Contains(page.Arg(k), "$") {
		return 0, ""
	}
	uri, _, _ := strings.Cut(page.Arg(k), "?")
	for _, a := range page.Args[:k] {
		switch a.Text {
		case "502":
			return model.Refused, uri
		case "504":
			return model.Silent, uri
		}
	}
	return 0, ""
}

// answers reports whether a location has something to say before it asks.
func answers(location *model.Node) bool {
	return location.Partial != "" || slices.ContainsFunc(location.Kids, func(k *model.Node) bool {
		switch k.Name.Text {
		case "return", "rewrite", "if", "try_files", "proxy_cache", "proxy_store":
			return true
		}
		return false
	})
}

// locationOf is the location that takes a path in a server, as nginx finds it,
// or nil; not sure where more locations may be, or a pattern cannot be read.
func locationOf(block *model.Node, uri string) (found *model.Node, sure bool) {
	if block.Partial != "" {
		return nil, false
	}
	var patterns []*model.Node
	longest, final := "", false
	for _, l := range block.All("location") {
		op, path := l.Arg(0), l.Arg(len(l.Args)-1)
		switch {
		case op == "~", op == "~*":
			patterns = append(patterns, l)
		case op == "=":
			if path == uri {
				return l, true
			}
		case strings.HasPrefix(path, "@"):
		case strings.HasPrefix(uri, path) && (found == nil || len(path) > len(longest)):
			found, longest, final = l, path, op == "^~"
		}
	}
	if found != nil {
		inner, ok := locationOf(found, uri)
		if !ok {
			return nil, false
		}
		if inner != nil {
			return inner, true
		}
	}
	if final {
		return found, true
	}
	for _, l := range patterns {
		pattern := l.Arg(1)
		if l.Arg(0) == "~*" {
			pattern = "(?i)" + pattern
		}
		re, err := regexp.Compile(pattern)
		if err != nil {
			return nil, false
		}
		if re.MatchString(uri) {
			inner, ok := locationOf(l, uri)
			if ok && inner == nil {
				inner = l
			}
			return inner, ok
		}
	}
	return found, true
}

// oneLine are the words of a location.
func oneLine(location *model.Node) string {
	words := make([]string, len(location.Args))
	for i, a := range location.Args {
		words[i] = a.Text
	}
	return strings.Join(words, " ")
}

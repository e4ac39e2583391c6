package routing

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// With a variable in it, the URI of a pass is all that is asked for.
var fixedProxyURI = &model.Check{
	ID:       "fixed-proxy-uri",
	Title:    "A variable in proxy_pass makes its URI the only one",
	Severity: model.Warning,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		subrequests := asked(w)
		for n := range w.Statements("nginx", "proxy_pass") {
			if len(n.Args) != 1 || n.Within("stream") != nil {
				continue
			}
			host, uri := split(n.Arg(0))
			location := n.Within("location")
			if uri == "" || !strings.Contains(host, "$") || template.MatchString(host) || strings.ContainsAny(uri, "$?") || location == nil || onePath(location, subrequests) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("proxy_pass %s asks for %s whatever the request was: with a variable, the URI does not replace the prefix of the location", n.Arg(0), uri),
				Because: []model.Fact{model.Mark{Span: n.Args[0].Span, Text: n.Arg(0)}, n},
				When:    "every path and every argument",
			}
			if prefix := location.Arg(len(location.Args) - 1); !strings.HasSuffix(uri, "/") || !strings.HasSuffix(prefix, "/") || strings.HasPrefix(location.Arg(0), "~") {
				f.AtMost = model.Note // it may be the one path that is wanted
			}
			report(f)
		}
	},
}

// template is a variable of the environment, which is filled in before nginx
// reads the file.
var template = regexp.MustCompile(`\$\{?[A-Z][A-Z0-9_]*\b`)

// split takes the URL of a pass apart behind its host and port.
func split(word string) (host, uri string) {
	from := 0
	if i := strings.Index(word, "://"); i >= 0 {
		from = i + 3
	}
	if strings.HasPrefix(word[from:], "unix:") {
		if i := strings.IndexByte(word[from+5:], ':'); i >= 0 {
			from += 5 + i
			return word[:from], word[from+1:]
		}
		return word, ""
	}
	if i := strings.IndexAny(word[from:], "/?"); i >= 0 {
		return word[:from+i], word[from+i:]
	}
	return word, ""
}

// asked are the paths that other requests ask for: by auth_request, mirror,
// error_page.
func asked(w *model.Workspace) map[string]bool {
	paths := map[string]bool{}
	for n := range w.Statements("nginx", "auth_request", "mirror", "error_page", "post_action", "add_before_body", "add_after_body") {
		if k := len(n.Args); k > 0 {
			paths[n.Arg(k-1)] = true
		}
	}
	return paths
}

// onePath reports whether a location takes one path, or the requests that
// nginx makes itself, so that one path to ask for may be what is meant.
func onePath(location *model.Node, subrequests map[string]bool) bool {
	match := location.Arg(len(location.Args) - 1)
	if location.Find("internal") != nil || location.Arg(0) == "=" || strings.HasPrefix(match, "@") || subrequests[match] {
		return true
	}
	if strings.HasPrefix(location.Arg(0), "~") {
		plain, end := strings.CutSuffix(match, "$")
		return end && !strings.ContainsAny(strings.TrimPrefix(plain, "^"), ".*+[](){}|?")
	}
	return false
}

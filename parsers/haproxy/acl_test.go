package haproxy

import (
	"fmt"
	"strings"
	"testing"
)

// TestACLs says which names of a condition HAProxy does not know: as 2.6.12
// does with -c, whose first complaint is the first of them.
func TestACLs(t *testing.T) {
	for condition, want := range map[string]string{
		"if a OR b-c.d_e:f":            "",
		"if a or 1x":                   "",
		"if a || 1x":                   "",
		"if !a !OR":                    "",
		"if a and 1x":                  "and",
		"if a && 1x":                   "&&",
		"if !a ! 1x":                   "",
		"if a !{ path /q }":            "",
		"if {path /q}":                 "{path",
		"unless { path /q } no":        "no",
		"if { path /a } OR { path /b}": "", // it does not end
		"if METH_GET HTTP_2.0 TRUE":    "",
		"if meth_get":                  "meth_get",
		"if a, 1x":                     "a,",
		"if a # no":                    "",
		`if "no"`:                      "", // not written as it is read
		"if ${A}":                      "", // the environment may hold one
		"if if a":                      "", // the first may be what stands before
	} {
		for _, rule := range []string{"http-request deny", "use_backend x", "redirect location /", "tcp-request content reject", "http-response set-header a b", "monitor fail"} {
			text := fmt.Sprintf("defaults\n mode http\nfrontend w\n bind :80\n acl a path /x\n acl b-c.d_e:f path /y\n acl 1x path /z\n %s %s\n default_backend x\nbackend x\n server s 127.0.0.1:1\n", rule, condition)
			var got []string
			for _, f := range load(t, "haproxy.cfg", text, "2.6.12").Findings {
				if f.Rule == "undefined-acl" {
					_, rest, _ := strings.Cut(f.Message, "'")
					name, _, _ := strings.Cut(rest, "'")
					got = append(got, name)
				}
			}
			if first := strings.Join(got[:min(1, len(got))], ""); first != want {
				t.Errorf("%s %s: %q, not %q", rule, condition, got, want)
			}
		}
	}
}

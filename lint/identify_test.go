package lint_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gwlint/gwlint/lint"
)

// A finding keeps its identity while others like it come and go: above it, in
// a server of another address, or ignored by a comment.
func TestFingerprint(t *testing.T) {
	const place = "location / { proxy_pass http://127.0.0.1:8080; proxy_set_header Host $host; proxy_read_timeout 0; }"
	identity := func(servers ...string) (last lint.Finding) {
		t.Helper()
		text := "events {}\nhttp {\n" + strings.Join(servers, "\n") + "\n}\n"
		r, err := lint.Run(context.Background(), fstest.MapFS{"nginx.conf": {Data: []byte(text)}}, lint.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			if f.Rule() == "zero-timeout" {
				last = f
			}
		}
		if last.Fingerprint == "" {
			t.Fatalf("nothing is found in %s", text)
		}
		return last
	}
	server := func(listen, inside string) string { return "server { listen " + listen + "; " + inside + " }" }
	alone := identity(server("80", place))
	for name, servers := range map[string][]string{
		"moved":                     {"", "", server("80", place)},
		"another before":            {server("81", place), server("80", place)},
		"a named one before":        {server("80; server_name a", place), server("80", place)},
		"one that is ignored":       {server("80", "\n# gwlint: ignore[zero-timeout] here\n"+place+"\n"), server("81", place), server("80", place)},
		"its value is written anew": {server("80", strings.Replace(place, "timeout 0", "timeout 0s", 1))},
	} {
		f := identity(servers...)
		if same := f.Fingerprint == alone.Fingerprint; same != (name != "one that is ignored") {
			t.Errorf("%s: the fingerprint is the same: %t", name, same)
		}
		if same := f.Values == alone.Values; same != (name != "its value is written anew") {
			t.Errorf("%s: the values are the same: %t", name, same)
		}
	}
	// One like it above it: the second of its kind, whether or not the first is
	// ignored.
	second := identity(server("80", place), server("80", place))
	ignored := identity(server("80", "\n# gwlint: ignore[zero-timeout] here\n"+place+"\n"), server("80", place))
	if second.Fingerprint != ignored.Fingerprint || second.Fingerprint == alone.Fingerprint {
		t.Errorf("alone %s, second %s, behind an ignored one %s", alone.Fingerprint, second.Fingerprint, ignored.Fingerprint)
	}
}

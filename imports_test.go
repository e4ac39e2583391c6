// Package gwlint_test holds what is true of the repository as a whole.
package gwlint_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/gwlint/gwlint/"

type goPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func list(t *testing.T, args ...string) (all []goPackage) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps"}, args...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// layer is how high a package stands: it may import only what stands lower.
// Packages of one layer do not know each other, but for those named in allowed.
func layer(p string) int {
	switch first, rest, _ := strings.Cut(p, "/"); {
	case first == "model":
		return 0
	case p == "settings", p == "symptoms", p == "parsers/files", p == "parsers/text", p == "lab/proven":
		return 1
	case p == "parsers/image", p == "parsers/process", p == "parsers/python":
		return 2
	case first == "parsers" && rest != "", first == "checks" && rest != "":
		return 3
	case p == "parsers", p == "checks":
		return 4
	case p == "lint":
		return 5
	case p == "sarif":
		return 6
	case p == "report":
		return 7
	case first == "cmd":
		return 8
	case first == "lab":
		return 9
	}
	return -1
}

func TestImports(t *testing.T) {
	for _, p := range list(t, "./...") {
		own, ok := strings.CutPrefix(p.ImportPath, module)
		if !ok {
			continue // the root, which holds only this test
		}
		if layer(own) < 0 {
			t.Errorf("%s has no place in the layers", own)
		}
		for _, i := range p.Imports {
			other, ours := strings.CutPrefix(i, module)
			switch {
			case !ours && layer(own) == 0 && strings.Contains(strings.Split(i, "/")[0], "."):
				t.Errorf("%s imports %s: the model has only the standard library", own, i)
			case !ours:
			case layer(other) >= layer(own):
				t.Errorf("%s imports %s, which does not stand below it", own, other)
			case strings.HasPrefix(own, "checks") && strings.HasPrefix(other, "parsers"):
				t.Errorf("%s imports %s: rules know no parser", own, other)
			}
			if base := path.Base(i); ours && slices.Contains([]string{"util", "utils", "helper", "helpers", "common", "base"}, base) {
				t.Errorf("%s imports %s: a package is named for what is in it", own, other)
			}
		}
	}
}

// TestNoNetwork sees that the command cannot talk to anybody: no client of any
// protocol is linked. net itself comes with pflag's address flags.
func TestNoNetwork(t *testing.T) {
	for _, p := range list(t, "./cmd/gwlint") {
		for _, d := range p.Deps {
			switch {
			case d == "net/http", d == "net/rpc", d == "net/smtp", d == "crypto/tls", d == "net/http/httptrace",
				strings.HasPrefix(d, "golang.org/x/net/"), strings.HasPrefix(d, "google.golang.org/grpc"):
				t.Errorf("the command links %s", d)
			case d == "testing":
				t.Errorf("the command links %s", d)
			}
		}
	}
}

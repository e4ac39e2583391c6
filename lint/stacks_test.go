package lint_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

// TestStacks links real repositories: of the proxies' endpoints that name a
// service, where there are services, it must be known of most what listens
// there; and nothing may panic.
func TestStacks(t *testing.T) {
	dir := os.Getenv("GWLINT_SHARED")
	if dir == "" {
		t.Skip("GWLINT_SHARED is not set")
	}
	repos, err := os.ReadDir(filepath.Join(dir, "corpus", "stacks"))
	if err != nil {
		t.Fatal(err)
	}
	var endpoints, placed, linked int
	for _, repo := range repos {
		if !repo.IsDir() {
			continue
		}
		l, err := lint.Load(context.Background(), os.DirFS(filepath.Join(dir, "corpus", "stacks", repo.Name())), lint.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range l.Findings {
			if f.Rule == "internal-error" {
				t.Errorf("%s: %s", repo.Name(), f.Message)
			}
		}
		services := slices.ContainsFunc(l.Workspace.Places, func(p *model.Place) bool { return len(p.Names) > 0 })
		type where struct {
			at    string
			place *model.Place
		}
		seen := map[where]bool{}
		for _, k := range l.Workspace.Links {
			a := k.Endpoint.Addr
			w := where{a.Where().String(), k.Hop.Gateway().Place}
			if !services || !a.Known() || !a.V.Named() || strings.ContainsAny(a.V.Host, ".{$") && k.Place == nil || seen[w] {
				continue
			}
			seen[w] = true
			endpoints++
			switch {
			case k.Linked():
				placed, linked = placed+1, linked+1
			case k.Place != nil:
				placed++
				t.Logf("no port: %s %s %s", repo.Name(), a.Where(), a.V)
			default:
				t.Logf("no place: %s %s %s (of %q)", repo.Name(), a.Where(), a.V, k.Hop.Gateway().Place.Name)
			}
		}
	}
	t.Logf("%d endpoints name a service: the place of %d (%.0f %%) is found, what listens there of %d (%.0f %%)",
		endpoints, placed, percent(placed, endpoints), linked, percent(linked, endpoints))
	if percent(linked, endpoints) < 65 {
		t.Errorf("too few endpoints are linked")
	}
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }

package haproxy

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// shared is where the collected real configurations are; without them a test
// that needs them is skipped.
func shared(t testing.TB, sub string) string {
	t.Helper()
	dir := os.Getenv("GWLINT_SHARED")
	if dir == "" {
		t.Skip("GWLINT_SHARED is not set")
	}
	return filepath.Join(dir, sub)
}

// load reads one text as a configuration of a version.
func load(t testing.TB, name, text, version string) files.Loaded {
	t.Helper()
	tree, err := files.New(context.Background(), fstest.MapFS{name: {Data: []byte(text)}}, []string{"."}, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	place := &model.Place{Name: "test"}
	if version != "" {
		place.Versions = map[string]model.Versions{"haproxy": model.VersionsOf(version, model.Explicit, "--target", model.Span{})}
	}
	return Parser{}.Load(tree, files.Root{Paths: []string{name}, Place: place})
}

// What HAProxy itself said about each file of the corpus.
type verdict struct {
	path, first string
	rc26, rc32  string
	class       string
}

func verdicts(t testing.TB, dir string) (all []verdict) {
	t.Helper()
	f, err := os.ReadFile(filepath.Join(dir, "oracle.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(bytes.NewReader(f))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		c := strings.Split(sc.Text(), "\t")
		if len(c) < 18 || c[0] == "path" {
			continue
		}
		all = append(all, verdict{path: c[0], first: c[10], rc26: c[11], rc32: c[14], class: c[3]})
	}
	return all
}

// firstLine is the line that HAProxy's alert names.
func firstLine(alert string) int {
	at := strings.Index(alert, ".cfg:")
	if at < 0 {
		return 0
	}
	n, _, _ := digits(alert[at+len(".cfg:"):])
	return int(n)
}

// refusals are the rules that say HAProxy does not read a file.
var refusals = map[string]bool{"syntax": true, "missing-final-newline": true, "removed-keyword": true, "undefined-backend": true,
	"undefined-section": true, "undefined-acl": true, "bind-without-certificate": true, "duplicate-proxy-name": true, "duplicate-server-name": true, "verify-without-ca": true}

func TestCorpusAgainstHAProxy(t *testing.T) {
	dir := shared(t, "corpus/haproxy")
	seen := 0
	for _, v := range verdicts(t, dir) {
		text, err := os.ReadFile(filepath.Join(dir, v.path))
		if err != nil {
			t.Fatal(err)
		}
		for _, version := range []string{"2.6.12", "3.2.0"} {
			seen++
			loaded := load(t, path.Base(v.path), string(text), version)
			rc := v.rc26
			if version == "3.2.0" {
				rc = v.rc32
			}
			for _, f := range loaded.Findings {
				if rc == "0" && refusals[f.Rule] {
					t.Errorf("%s (%s): HAProxy reads it, but: %s: %s at %s", v.path, version, f.Rule, f.Message, f.Because[0].Where())
				}
			}
		}
		for class, rule := range map[string]string{"missing_lf": "missing-final-newline", "removed_keyword": "removed-keyword"} {
			if !strings.Contains(v.class, class) {
				continue
			}
			want := firstLine(v.first)
			isFirst := strings.Contains(v.first, "Missing LF") && rule == "missing-final-newline" ||
				strings.Contains(v.first, "not supported any") && rule == "removed-keyword"
			if !isFirst {
				continue
			}
			found := false
			for _, f := range load(t, path.Base(v.path), string(text), "2.6.12").Findings {
				found = found || f.Rule == rule && f.Because[0].Where().Begin().Line == want
			}
			if !found {
				t.Errorf("%s: no %s on line %d, where HAProxy says %s", v.path, rule, want, v.first)
			}
		}
	}
	if seen < 1400 {
		t.Errorf("only %s files were read", strconv.Itoa(seen))
	}
}

func TestCorpusTemplatesAreQuiet(t *testing.T) {
	dir := shared(t, "corpus/haproxy/_templates")
	err := filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, f := range load(t, filepath.Base(name), string(text), "2.6.12").Findings {
			if !strings.HasPrefix(filepath.Base(filepath.Dir(name)), "headers") {
				t.Errorf("%s: %s: %s", name, f.Rule, f.Message)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The configurations of the lab start, whatever else is wrong with them,
// except for those that were made to be refused.
func TestLabConfigurations(t *testing.T) {
	dir := shared(t, "knowledge/haproxy-lab/cfg")
	names, err := filepath.Glob(filepath.Join(dir, "*.cfg"))
	if err != nil || len(names) < 200 {
		t.Fatal(len(names), err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range load(t, filepath.Base(name), string(text), "2.6.12").Findings {
			t.Logf("%s: %s: %s", filepath.Base(name), f.Rule, f.Message)
		}
	}
}

func readShared(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(shared(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

package lab_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gwlint/gwlint/lab"
	"github.com/gwlint/gwlint/lab/proven"
	"github.com/gwlint/gwlint/symptoms"
)

var update = flag.Bool("update", false, "write what passed to "+record)

const (
	cases  = "../testdata/lab"
	record = "proven/proven.tsv"
)

// TestMain lets many cases run at once: they sleep far more than they work.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "test.parallel" })
	if !asked {
		flag.Set("test.parallel", "16")
	}
	os.Exit(m.Run())
}

func read(t *testing.T) []*lab.Case {
	t.Helper()
	all, err := lab.Cases(cases)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatalf("there is no case in %s", cases)
	}
	return all
}

// TestLab runs every case on the servers that this machine has.
func TestLab(t *testing.T) {
	all := read(t)
	ports := lab.NewPorts()
	var (
		mu             sync.Mutex
		passed, failed []proven.Proof
	)
	t.Cleanup(func() { settle(t, all, passed, failed) })
	for _, c := range all {
		t.Run(c.Rule+"/"+c.Name, func(t *testing.T) {
			t.Parallel()
			servers, why, err := c.Servers()
			if err != nil {
				t.Fatal(err)
			}
			if why != "" {
				t.Skip(why)
			}
			if c.Race && testing.Short() {
				t.Skip("a race, which -short leaves out")
			}
			ran := 0 // -run may leave a half out, and half a proof is none
			t.Run("gwlint", func(t *testing.T) { ran++; claims(t, c, servers, ports) })
			t.Run("server", func(t *testing.T) { ran++; try(t, c, servers, ports) })
			if ran < 2 {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for _, s := range servers {
				p := proven.Proof{Rule: c.Rule, Case: c.Name, Product: s.Name, Version: s.Version}
				if t.Failed() {
					failed = append(failed, p)
				} else {
					passed = append(passed, p)
				}
			}
		})
	}
}

// try runs both sides on the real servers.
func try(t *testing.T, c *lab.Case, servers []*lab.Server, ports *lab.Ports) {
	var both sync.WaitGroup
	for _, side := range []string{"bad", "fixed"} {
		both.Go(func() {
			if report := attempts(c, side, servers, ports); report != "" {
				var on []string
				for _, s := range servers {
					on = append(on, s.String())
				}
				t.Errorf("%s, the %s side on %s:\n%s", c.Path, side, strings.Join(on, ", "), report)
			}
		})
	}
	both.Wait()
}

// attempts tries one side and returns what is wrong with it. What does not hold
// is tried again in two cases alone: the machine stood still meanwhile, so that
// nothing can be said, or a race was not met on the bad side, once. A fixed side
// that fails on a machine that was awake has failed.
func attempts(c *lab.Case, side string, servers []*lab.Server, ports *lab.Ports) string {
	const awake = 50 * time.Millisecond
	for attempt := 1; ; attempt++ {
		longest := lab.Watch()
		trial, err := c.Try(side, servers, ports)
		stood := longest()
		switch {
		case err != nil:
			return err.Error()
		case len(trial.Wrong) == 0 && side == "bad":
			return unexplained(c, trial.Log)
		case len(trial.Wrong) == 0:
			return ""
		case attempt < 3 && stood > awake:
		case attempt == 1 && c.Race && side == "bad":
		default:
			return fmt.Sprintf("%s(attempt %d; the machine stood still for %v at most)\n", trial.Report(), attempt, stood)
		}
	}
}

// unexplained are the lines that prove the case and that gwlint explain does
// not lead from to the rule.
func unexplained(c *lab.Case, log string) string {
	proof := c.Bad.Logs
	if c.Bad.Refuses != nil {
		proof = append(slices.Clone(proof), c.Bad.Refuses)
	}
	var report strings.Builder
	for _, re := range proof {
		var lines []string
		explained := false
		for line := range strings.Lines(log) {
			line = strings.TrimSpace(line)
			if !re.MatchString(line) {
				continue
			}
			r := symptoms.Read(line)
			explained = explained || r.Fine || r.Symptom != nil && slices.Contains(r.Rules, c.Rule)
			if said := fmt.Sprintf("gwlint explain does not lead to %s from: %s\n", c.Rule, line); !slices.Contains(lines, said) {
				lines = append(lines, said)
			}
		}
		if !explained {
			report.WriteString(strings.Join(lines, ""))
		}
	}
	return report.String()
}

// settle compares what passed with the record, or writes it there.
func settle(t *testing.T, all []*lab.Case, passed, failed []proven.Proof) {
	exists := map[[2]string]bool{}
	for _, c := range all {
		exists[[2]string{c.Rule, c.Name}] = true
	}
	text, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	old, err := proven.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		for _, p := range old {
			if exists[[2]string{p.Rule, p.Case}] && !slices.Contains(failed, p) {
				passed = append(passed, p)
			}
		}
		if err := os.WriteFile(record, proven.Format(passed), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	known, recorded := map[[2]string]bool{}, map[proven.Proof]bool{}
	for _, p := range old {
		recorded[p] = true
		known[[2]string{p.Product, p.Version}] = true
		if !exists[[2]string{p.Rule, p.Case}] {
			t.Errorf("%s has %s/%s, which is no case any more: go test ./lab -update", record, p.Rule, p.Case)
		}
	}
	for _, p := range passed {
		switch {
		case recorded[p]:
		case known[[2]string{p.Product, p.Version}]:
			t.Errorf("%s/%s passes on %s %s, which %s does not say: go test ./lab -update", p.Rule, p.Case, p.Product, p.Version, record)
		default:
			t.Logf("%s/%s passes on %s %s; go test ./lab -update records it", p.Rule, p.Case, p.Product, p.Version)
		}
	}
}

// TestCasesAreNamed keeps the names of rules and cases in the one style.
func TestCasesAreNamed(t *testing.T) {
	for _, c := range read(t) {
		for _, name := range []string{c.Rule, c.Name} {
			if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
				t.Errorf("%s: %q is not in kebab-case", c.Path, name)
			}
		}
		if filepath.Dir(filepath.Dir(c.Path)) != filepath.FromSlash(cases) {
			t.Errorf("%s is not %s/<rule>/<name>.txtar", c.Path, cases)
		}
	}
}

package lab

import (
	"os"
	"strings"
	"testing"
	"time"
)

const minimal = `# A case.
run nginx nginx.conf from 1.22 before 1.31.4
backend app cmd=slow v=10ms idle=200ms
outcome 504

send 20 POST /a?b=c gap=10ms..30ms body=7 parallel=2 host=x.test timeout=1s
header X-One: 1
bad 502>=1 200 504=2..3 app.connections=6
bad body ^x
bad log late
fixed 200
-- .gwlint.hcl --
both
-- bad/nginx.conf --
worse {{app}}
-- fixed/nginx.conf --
better {{app.port}}
`

func TestParseCase(t *testing.T) {
	c, err := ParseCase([]byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	if r := c.Runs[0]; r.Product != "nginx" || r.File != "nginx.conf" || !r.Versions.Has("1.22.1") || r.Versions.Has("1.31.4") || r.Versions.Has("1.21.9") {
		t.Errorf("run %+v", r)
	}
	s := c.Steps[0].Send
	if s.Count != 20 || s.Method != "POST" || s.Target != "/a?b=c" || s.Gap != 10*time.Millisecond || s.LastGap != 30*time.Millisecond ||
		s.Body != 7 || s.Parallel != 2 || s.Host != "x.test" || s.Timeout != time.Second || s.Headers[0] != "X-One: 1" || s.To != "front" {
		t.Errorf("send %+v", s)
	}
	if got := join(c.Steps[0].Bad.Statuses); got != "502>=1 200 504=2..3" {
		t.Errorf("statuses %q", got)
	}
	if got := join(c.Steps[0].Bad.Counters); got != "app.connections=6" {
		t.Errorf("counters %q", got)
	}
	if len(c.Bad.Files) != 2 || len(c.Fixed.Files) != 2 || c.Bad.Files[1].Name != "nginx.conf" || string(c.Fixed.Files[0].Data) != "both\n" {
		t.Errorf("files %v, %v", c.Bad.Files, c.Fixed.Files)
	}
	if c.Bad.Logs[0].String() != "(?m)late" || c.Outcome != "504" || c.Race {
		t.Errorf("%+v", c)
	}
}

// TestCasesThatProveNothing: each of these would pass without proving what it says.
func TestCasesThatProveNothing(t *testing.T) {
	for name, edit := range map[string][2]string{
		"no expectation of the bad side":   {"bad 502>=1 200 504=2..3 app.connections=6\nbad body ^x\n", ""},
		"no expectation of the fixed side": {"fixed 200\n", ""},
		"nothing runs":                     {"run nginx nginx.conf from 1.22 before 1.31.4\n", ""},
		"no outcome":                       {"outcome 504\n", ""},
		"no such file":                     {"-- fixed/nginx.conf --", "-- fixed/other.conf --"},
		"an unknown product":               {"run nginx", "run caddy"},
		"an unknown statement":             {"outcome 504", "outcame 504"},
		"an unknown option":                {"cmd=slow", "command=slow"},
		"an unknown option of send":        {"body=7", "size=7"},
		"an unknown status":                {"fixed 200", "fixed fine"},
		"a counter without a number":       {"app.connections=6", "app.connections"},
		"an open range with two ends":      {"504=2..3", "504>=2..3"},
		"a broken pattern":                 {"bad log late", "bad log ("},
		"an empty pattern":                 {"bad log late", "bad log"},
		"a version that is none":           {"from 1.22", "from new"},
		"a need that nobody knows":         {"outcome 504", "outcome 504\nneeds luck"},
		"a name declared twice":            {"outcome 504", "outcome 504\nport app"},
		"a fixed side that is refused":     {"fixed 200", "fixed refuses no"},
		"a wait for nothing":               {"fixed 200", "fixed 200\nwait long"},
		"a header of nothing":              {"send 20", "wait 1s\nheader A: b\nsend 20"},
	} {
		text := strings.Replace(minimal, edit[0], edit[1], 1)
		if text == minimal {
			t.Fatalf("%s: the edit changes nothing", name)
		}
		if _, err := ParseCase([]byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		} else if !strings.Contains("123456789", err.Error()[:1]) {
			t.Errorf("%s: the error names no line: %v", name, err)
		}
	}
}

func TestPlaceholdersMustExist(t *testing.T) {
	c, err := ParseCase([]byte(strings.Replace(minimal, "{{app}}", "{{ap}}", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Set("bad", NewPorts()); err == nil || !strings.Contains(err.Error(), "{{ap}}") {
		t.Errorf("got %v", err)
	}
}

func TestJudge(t *testing.T) {
	o := &Outcome{Counters: map[string]int{"app.requests": 3}}
	for _, status := range []string{"200", "200", "502"} {
		o.Results = append(o.Results, Result{Status: status, Body: "hello\nworld\n"})
	}
	for expected, holds := range map[string]bool{
		"200 502":               true,
		"200=2 502=1":           true,
		"200>=1 502=1..5":       true,
		"200":                   false, // 502 is not named
		"502":                   false,
		"200=3":                 false,
		"200>=3 502":            false,
		"200 502 504=1":         false,
		"200 502 504":           true, // none is any number
		"200 502=2..3":          false,
		"app.requests=3":        true,
		"app.requests>=4":       false,
		"app.connections=1":     false, // never counted
		"200=2 502 closed=0":    true,
		"200 502 app.requests=": false,
	} {
		var e Expect
		if err := e.parseCounts(strings.Fields(expected)); err != nil {
			if holds {
				t.Errorf("%s: %v", expected, err)
			}
			continue
		}
		if wrong := e.judge(o); (wrong == "") != holds {
			t.Errorf("%s: %q", expected, wrong)
		}
	}
}

func TestRange(t *testing.T) {
	for _, c := range []struct {
		r       Range
		version string
		has     bool
	}{
		{Range{}, "1.22.1", true},
		{Range{From: "1.29.7"}, "1.29.7", true},
		{Range{From: "1.29.7"}, "1.29.6", false},
		{Range{From: "1.9"}, "1.22.1", true},
		{Range{Before: "1.31.4"}, "1.31.3", true},
		{Range{Before: "1.31.4"}, "1.31.4", false},
		{Range{From: "2.6", Before: "3"}, "3.2.0", false},
		{Range{From: "2.6", Before: "3"}, "2.6.12", true},
	} {
		if got := c.r.Has(c.version); got != c.has {
			t.Errorf("%s has %s: %v", c.r, c.version, got)
		}
	}
}

func TestSendSweepsItsGaps(t *testing.T) {
	s, err := parseSend(strings.Fields("5 POST / gap=100ms..200ms"))
	if err != nil {
		t.Fatal(err)
	}
	if s.gap(0) != 100*time.Millisecond || s.gap(2) != 150*time.Millisecond || s.gap(4) != 200*time.Millisecond {
		t.Errorf("%v %v %v", s.gap(0), s.gap(2), s.gap(4))
	}
}

// TestDrive tells apart the ways in which a request ends.
func TestDrive(t *testing.T) {
	b := startBackend(t, Options{})
	for target, want := range map[string]string{
		"/":                        "200",
		"/?cmd=status&v=504":       "504",
		"/?cmd=fin":                "closed",
		"/?cmd=rst":                "closed",
		"/?cmd=truncate":           "truncated",
		"/?cmd=raw&v=nonsense":     "malformed",
		"/?cmd=slow&v=2s":          "timeout",
		"/?cmd=stall&v=2s":         "timeout",
		"/?cmd=upgrade":            "101",
		"/?cmd=trickle&v=1ms&n=20": "200",
	} {
		s := &Send{Count: 1, Method: "GET", Target: target, Host: "a", Parallel: 1, Timeout: 200 * time.Millisecond}
		if got := s.drive(b.Addr())[0].Status; got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
	s := &Send{Count: 1, Method: "GET", Target: "/", Parallel: 1, Timeout: time.Second}
	b.Close()
	if got := s.drive(b.Addr())[0].Status; got != "closed" {
		t.Errorf("nobody there: %s", got)
	}
}

func TestDriveInParallel(t *testing.T) {
	b := startBackend(t, Options{Script: Script{Cmd: "slow", V: "500ms"}})
	s := &Send{Count: 10, Method: "POST", Target: "/", Host: "a", Body: 5, Parallel: 10, Timeout: 20 * time.Second}
	began := time.Now()
	results := s.drive(b.Addr())
	if took := time.Since(began); len(results) != 10 || results[9].Status != "200" || took > 4500*time.Millisecond {
		t.Errorf("%v after %v", results, took)
	}
}

// TestREADMEKnowsEveryCommand keeps the reference complete.
func TestREADMEKnowsEveryCommand(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, does := range Commands {
		if line := "| `" + name + "` | " + does + " |\n"; !strings.Contains(string(text), line) {
			t.Errorf("README.md lacks the line %s", line)
		}
	}
	for kind, options := range partOptions {
		for option := range strings.FieldsSeq(options) {
			if !strings.Contains(string(text), option) {
				t.Errorf("README.md does not name the option %s of %s", option, kind)
			}
		}
	}
	for need := range needs {
		if !strings.Contains(string(text), "`"+need+"`") {
			t.Errorf("README.md does not name the need %s", need)
		}
	}
}

package lab

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// Case is one testdata/lab/<rule>/<name>.txtar: a bad and a fixed
// configuration, what stands behind them, what is sent to them and what must
// come back. README.md is the reference of the format.
type Case struct {
	Path    string
	Rule    string // the name of the directory
	Name    string // the name of the file
	Runs    []Run
	Outcome string // as gwlint names it: "504", "refuses to start", "closed", "-" where it tells none
	Race    bool   // depends on timing: not with -short, and a bad side that shows nothing gets a second try
	Needs   []string
	Parts   []Part
	Steps   []Step
	Bad     Side
	Fixed   Side
}

// Run is one server that is started, with the file it is given.
type Run struct {
	Product  string // a key of Products
	File     string
	Versions Range // on which the case holds
}

// Part is one thing that stands around the servers and that the configurations
// name by placeholders.
type Part struct {
	Kind    string // backend relay dropper closed port socket dns hosts
	Name    string
	Options map[string]string // a flag has the value ""
}

// Side is one of the two configurations.
type Side struct {
	Files   []txtar.File   // what both the server and gwlint read, before the placeholders are filled in
	Refuses *regexp.Regexp // in what the server says when it refuses to start; nil: it starts
	Logs    []*regexp.Regexp
}

// Step is one thing that happens while the servers run.
type Step struct {
	Line  string // as written
	Send  *Send
	Wait  time.Duration
	Stop  string    // a part
	Start string    // a part that was stopped
	Move  [2]string // a name, and its new address
	Bad   Expect
	Fixed Expect
}

// Cases reads every case below dir, in the order of their paths.
func Cases(dir string) ([]*Case, error) {
	var cases []*Case
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".txtar" {
			return err
		}
		c, err := ReadCase(path)
		if err != nil {
			return err
		}
		cases = append(cases, c)
		return nil
	})
	sort.Slice(cases, func(i, j int) bool { return cases[i].Path < cases[j].Path })
	return cases, err
}

// ReadCase reads one case. Its rule and name are those of the path.
func ReadCase(path string) (*Case, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	c, err := ParseCase(text)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	c.Path = path
	c.Rule = filepath.Base(filepath.Dir(path))
	c.Name = strings.TrimSuffix(filepath.Base(path), ".txtar")
	return c, nil
}

// ParseCase reads the text of a case. An error starts with the line it is about.
func ParseCase(text []byte) (*Case, error) {
	archive := txtar.Parse(text)
	c := &Case{}
	for i, line := range strings.Split(string(archive.Comment), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := c.statement(line); err != nil {
			return nil, fmt.Errorf("%d: %w", i+1, err)
		}
	}
	for _, f := range archive.Files {
		// An archive ends every file with a newline; this takes the last one away.
		f.Data = bytes.TrimSuffix(f.Data, []byte("␄\n"))
		switch {
		case strings.HasPrefix(f.Name, "bad/"):
			f.Name = f.Name[len("bad/"):]
			c.Bad.Files = append(c.Bad.Files, f)
		case strings.HasPrefix(f.Name, "fixed/"):
			f.Name = f.Name[len("fixed/"):]
			c.Fixed.Files = append(c.Fixed.Files, f)
		default:
			c.Bad.Files = append(c.Bad.Files, f)
			c.Fixed.Files = append(c.Fixed.Files, f)
		}
	}
	if err := c.complete(); err != nil {
		return nil, fmt.Errorf("1: %w", err)
	}
	return c, nil
}

// complete tells what a case lacks to be a proof.
func (c *Case) complete() error {
	if len(c.Runs) == 0 {
		return errors.New("nothing is run")
	}
	if c.Outcome == "" {
		return errors.New("no outcome")
	}
	for _, run := range c.Runs {
		for side, files := range map[string][]txtar.File{"bad": c.Bad.Files, "fixed": c.Fixed.Files} {
			if !hasFile(files, run.File) {
				return fmt.Errorf("%s has no %s", side, run.File)
			}
		}
	}
	if c.Fixed.Refuses != nil {
		return errors.New("the fixed side must start")
	}
	if c.Bad.Refuses != nil {
		return nil
	}
	bad, fixed := false, false
	for _, s := range c.Steps {
		if s.Send != nil && s.Send.Signal != "" && !slices.ContainsFunc(c.Runs, func(r Run) bool { return r.Product == s.Send.Signals }) {
			return fmt.Errorf("%s is not run, and gets no signal", s.Send.Signals)
		}
		bad = bad || s.Bad.any()
		fixed = fixed || s.Fixed.any()
	}
	if !bad || !fixed {
		return errors.New("a side without an expectation cannot fail")
	}
	return nil
}

func (e *Expect) any() bool { return e.Statuses != nil || e.Counters != nil || e.Bodies != nil }

func hasFile(files []txtar.File, name string) bool {
	for _, f := range files {
		if f.Name == name {
			return true
		}
	}
	return false
}

func (c *Case) statement(line string) error {
	words := strings.Fields(line)
	key, words := words[0], words[1:]
	switch key {
	case "run":
		return c.run(words)
	case "outcome":
		c.Outcome = strings.Join(words, " ")
	case "race":
		c.Race = true
	case "needs":
		for _, n := range words {
			if _, ok := needs[n]; !ok {
				return fmt.Errorf("nothing is known of the need %q", n)
			}
		}
		c.Needs = append(c.Needs, words...)
	case "backend", "relay", "dropper", "closed", "port", "socket", "dns":
		if len(words) == 0 {
			return fmt.Errorf("a %s needs a name", key)
		}
		return c.part(key, words[0], words[1:])
	case "hosts":
		c.Needs = append(c.Needs, "mounts")
		return c.part(key, "hosts", words)
	case "send":
		send, err := parseSend(words)
		if err != nil {
			return err
		}
		c.Steps = append(c.Steps, Step{Line: line, Send: send})
	case "header":
		if len(c.Steps) == 0 || c.Steps[len(c.Steps)-1].Send == nil {
			return errors.New("a header belongs to the send before it")
		}
		send := c.Steps[len(c.Steps)-1].Send
		send.Headers = append(send.Headers, strings.Join(words, " "))
	case "wait":
		d, err := time.ParseDuration(strings.Join(words, " "))
		if err != nil {
			return err
		}
		c.Steps = append(c.Steps, Step{Line: line, Wait: d})
	case "stop", "start":
		if len(words) != 1 {
			return fmt.Errorf("%s one part", key)
		}
		step := Step{Line: line}
		if key == "stop" {
			step.Stop = words[0]
		} else {
			step.Start = words[0]
		}
		c.Steps = append(c.Steps, step)
	case "move":
		if len(words) != 2 {
			return errors.New("move NAME ADDRESS")
		}
		c.Steps = append(c.Steps, Step{Line: line, Move: [2]string{words[0], words[1]}})
	case "bad":
		return c.expect(line, &c.Bad, func(s *Step) *Expect { return &s.Bad })
	case "fixed":
		return c.expect(line, &c.Fixed, func(s *Step) *Expect { return &s.Fixed })
	default:
		return fmt.Errorf("no statement %q", key)
	}
	return nil
}

func (c *Case) run(words []string) error {
	if len(words) < 2 {
		return errors.New("run PRODUCT FILE [from VERSION] [before VERSION]")
	}
	if _, ok := Products[words[0]]; !ok {
		return fmt.Errorf("no product %q", words[0])
	}
	versions, err := parseRange(words[2:])
	if err != nil {
		return err
	}
	c.Runs = append(c.Runs, Run{Product: words[0], File: words[1], Versions: versions})
	return nil
}

var partOptions = map[string]string{
	"backend": " speaks cmd v n idle at port unix mode tls sni expired intermediates mtls min max ",
	"relay":   " to delay forget ",
	"dropper": " ",
	"closed":  " ",
	"port":    " ",
	"socket":  " ",
}

func (c *Case) part(kind, name string, words []string) error {
	for _, p := range c.Parts {
		if p.Name == name {
			return fmt.Errorf("%q is declared twice", name)
		}
	}
	p := Part{Kind: kind, Name: name, Options: map[string]string{}}
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		if known, ok := partOptions[kind]; ok && !strings.Contains(known, " "+key+" ") {
			return fmt.Errorf("a %s has no option %q", kind, key)
		}
		p.Options[key] = value
	}
	c.Parts = append(c.Parts, p)
	return nil
}

// expect reads "bad refuses RE", "bad log RE", "bad body RE" or "bad COUNTS".
func (c *Case) expect(line string, side *Side, of func(*Step) *Expect) error {
	_, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	what, pattern, _ := strings.Cut(rest, " ")
	pattern = strings.TrimSpace(pattern)
	if what == "refuses" || what == "log" || what == "body" {
		re, err := regexp.Compile("(?m)" + pattern)
		if err != nil {
			return err
		}
		if pattern == "" {
			return fmt.Errorf("%s needs a regular expression", what)
		}
		switch what {
		case "refuses":
			side.Refuses = re
			return nil
		case "log":
			side.Logs = append(side.Logs, re)
			return nil
		}
		if len(c.Steps) == 0 {
			return errors.New("a body belongs to the send before it")
		}
		e := of(&c.Steps[len(c.Steps)-1])
		e.Bodies = append(e.Bodies, re)
		return nil
	}
	if len(c.Steps) == 0 {
		return errors.New("statuses belong to the send before them")
	}
	return of(&c.Steps[len(c.Steps)-1]).parseCounts(strings.Fields(rest))
}

// Send is a row of requests.
type Send struct {
	Count    int
	Method   string
	Target   string
	To       string // a part or port; "front" unless told
	Host     string // "app.test" unless told; "-" sends none
	Headers  []string
	Body     int           // bytes
	Gap      time.Duration // from an answer to the next request, at first
	LastGap  time.Duration // at last: the gaps between go up evenly
	Parallel int           // at once; 1 unless told
	Timeout  time.Duration // how long an answer is waited for; 10s unless told
	Signals  string        // the product that gets Signal
	Signal   string        // a key of signals; "" for none
	After    time.Duration // from the first request to the signal
}

func parseSend(words []string) (*Send, error) {
	s := &Send{Count: 1, To: "front", Host: "app.test", Parallel: 1, Timeout: 10 * time.Second}
	if len(words) > 0 {
		if n, err := strconv.Atoi(words[0]); err == nil {
			s.Count, words = n, words[1:]
		}
	}
	if len(words) < 2 || s.Count < 1 {
		return nil, errors.New("want: send [COUNT] METHOD TARGET [option=value]*")
	}
	s.Method, s.Target = words[0], words[1]
	for _, w := range words[2:] {
		key, value, _ := strings.Cut(w, "=")
		var err error
		switch key {
		case "to":
			s.To = value
		case "host":
			s.Host = value
		case "cookie":
			var n int
			if n, err = strconv.Atoi(value); err == nil && n > 0 && n < 1<<20 {
				s.Headers = append(s.Headers, "Cookie: c="+strings.Repeat("c", n))
			}
		case "body":
			s.Body, err = strconv.Atoi(value)
		case "parallel":
			if s.Parallel, err = strconv.Atoi(value); s.Parallel < 1 {
				err = fmt.Errorf("parallel=%s", value)
			}
		case "signal":
			s.Signals, s.Signal, _ = strings.Cut(value, ":")
			if signals[s.Signal] == nil || Products[s.Signals] == nil {
				err = fmt.Errorf("signal=%s, not PRODUCT:NAME", value)
			}
		case "after":
			s.After, err = time.ParseDuration(value)
		case "timeout":
			s.Timeout, err = time.ParseDuration(value)
		case "gap":
			from, to, swept := strings.Cut(value, "..")
			if s.Gap, err = time.ParseDuration(from); err == nil {
				if s.LastGap = s.Gap; swept {
					s.LastGap, err = time.ParseDuration(to)
				}
			}
		default:
			err = fmt.Errorf("send has no option %q", key)
		}
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

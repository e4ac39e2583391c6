package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Trial is what one side of a case did on real servers.
type Trial struct {
	Wrong    []string // what is not as the case claims; empty: it holds
	Requests []string // every request with its status
	Log      string   // of the servers
}

// Try runs the side once: set up, start or refuse, every step, and the
// comparison with what the case claims. An error is one of the machine, such as
// a server that does not come up.
func (c *Case) Try(side string, servers []*Server, ports *Ports) (*Trial, error) {
	b, err := c.Set(side, ports)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	return b.Try(servers)
}

// Try is Case.Try on a side that is set up.
func (b *Bench) Try(servers []*Server) (*Trial, error) {
	t := &Trial{}
	if b.side.Refuses != nil || len(b.c.Steps) == 0 {
		return t, b.check(t, servers)
	}
	var running []*Process
	b.running = map[string]*Process{}
	defer func() {
		for i := len(running) - 1; i >= 0; i-- {
			running[i].Stop()
		}
	}()
	log := func() string {
		var all strings.Builder
		for _, p := range running {
			all.WriteString(p.Log())
		}
		logs, _ := filepath.Glob(filepath.Join(b.Conf(), "*.log"))
		for _, name := range logs {
			text, _ := os.ReadFile(name)
			all.Write(text)
		}
		return all.String()
	}
	for i, run := range b.c.Runs {
		p, err := b.start(run, servers[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.name, err)
		}
		running = append(running, p)
		b.running[run.Product] = p
	}
	for i, step := range b.c.Steps {
		o, err := b.step(step)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", b.name, step.Line, err)
		}
		for _, r := range o.Results {
			t.Requests = append(t.Requests, r.String())
		}
		e := step.Bad
		if b.name == "fixed" {
			e = step.Fixed
		}
		if wrong := e.judge(o); wrong != "" {
			t.Wrong = append(t.Wrong, fmt.Sprintf("step %d (%s): %s", i+1, step.Line, wrong))
		}
	}
	t.Log = log()
	for _, re := range b.side.Logs {
		if !appears(re, log) {
			t.Wrong = append(t.Wrong, fmt.Sprintf("the log has no line /%s/", re))
		}
	}
	t.Log = log()
	return t, nil
}

// appears waits a moment for a line, as a server may answer before it logs.
func appears(re *regexp.Regexp, log func() string) bool {
	for until := time.Now().Add(500 * time.Millisecond); ; time.Sleep(20 * time.Millisecond) {
		if re.MatchString(log()) {
			return true
		}
		if time.Now().After(until) {
			return false
		}
	}
}

// scratch is a directory for what a server writes.
func (b *Bench) scratch(run Run) (string, error) {
	dir := filepath.Join(b.dir, run.Product)
	return dir, os.MkdirAll(dir, 0o755)
}

// check is the trial of a side without traffic: does the server take the file?
func (b *Bench) check(t *Trial, servers []*Server) error {
	for i, run := range b.c.Runs {
		scratch, err := b.scratch(run)
		if err != nil {
			return err
		}
		said, starts, err := servers[i].Check(b.Conf(), run.File, scratch)
		if err != nil {
			return err
		}
		t.Log += said
		switch {
		case b.side.Refuses == nil && !starts:
			t.Wrong = append(t.Wrong, fmt.Sprintf("%s refuses %s", servers[i], run.File))
		case b.side.Refuses != nil && starts:
			t.Wrong = append(t.Wrong, fmt.Sprintf("%s takes %s", servers[i], run.File))
		case b.side.Refuses != nil && !b.side.Refuses.MatchString(said):
			t.Wrong = append(t.Wrong, fmt.Sprintf("%s does not say /%s/", servers[i], b.side.Refuses))
		}
	}
	return nil
}

func (b *Bench) start(run Run, s *Server) (*Process, error) {
	scratch, err := b.scratch(run)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(b.Conf(), run.File))
	if err != nil {
		return nil, err
	}
	var listens []string
	for _, address := range b.ports {
		if strings.Contains(string(text), address) {
			listens = append(listens, address)
		}
	}
	return s.Start(b.Conf(), run.File, scratch, b.hostsFile(), listens)
}

func (b *Bench) step(s Step) (*Outcome, error) {
	o := &Outcome{Counters: map[string]int{}}
	switch {
	case s.Send != nil:
		to, ok := b.values[s.Send.To]
		if !ok {
			return nil, fmt.Errorf("nothing is called %q", s.Send.To)
		}
		before := b.counters()
		if s.Send.Signal != "" {
			defer time.AfterFunc(s.Send.After, func() { b.running[s.Send.Signals].Signal(s.Send.Signal) }).Stop()
		}
		o.Results = s.Send.drive(to)
		for name, n := range b.counters() {
			o.Counters[name] = n - before[name]
		}
	case s.Wait > 0:
		time.Sleep(s.Wait)
	case s.Stop != "":
		backend, ok := b.backends[s.Stop]
		if !ok {
			return nil, fmt.Errorf("no backend is called %q", s.Stop)
		}
		backend.Close()
	case s.Start != "":
		stopped, ok := b.backends[s.Start]
		if !ok {
			return nil, fmt.Errorf("no backend is called %q", s.Start)
		}
		opt := stopped.opt
		opt.Address = stopped.Addr()
		again, err := Start(opt)
		if err != nil {
			return nil, err
		}
		b.backends[s.Start] = again
	case s.Move[0] != "":
		return o, b.move(s.Move[0], s.Move[1])
	}
	return o, nil
}

// counters are what the backends have seen so far, by the names that
// expectations use.
func (b *Bench) counters() map[string]int {
	n := map[string]int{}
	for name, backend := range b.backends {
		n[name+".connections"] = backend.Connections()
		n[name+".requests"] = len(backend.Seen())
	}
	return n
}

// move gives a name new addresses, in every name server and in the hosts file
// that know it.
func (b *Bench) move(name, addresses string) error {
	r, err := records(addresses)
	if err != nil {
		return err
	}
	for _, d := range b.named {
		d.Set(name, r)
	}
	if _, ok := b.hosts[name]; ok {
		moved := map[string]string{}
		for n, a := range b.hosts {
			moved[n] = a
		}
		moved[name] = addresses
		b.hosts = moved
	}
	return b.writeHosts()
}

// Report tells what went wrong, with the requests and the log that show it;
// "" when the side did as claimed.
func (t *Trial) Report() string {
	if len(t.Wrong) == 0 {
		return ""
	}
	var w strings.Builder
	for _, line := range t.Wrong {
		w.WriteString(line + "\n")
	}
	section := func(title string, lines []string) {
		fmt.Fprintf(&w, "%s:\n", title)
		if len(lines) == 0 {
			w.WriteString("    none\n")
		}
		const most = 40
		if len(lines) > most {
			fmt.Fprintf(&w, "    ... %d before these\n", len(lines)-most)
			lines = lines[len(lines)-most:]
		}
		for _, line := range lines {
			w.WriteString("    " + line + "\n")
		}
	}
	section("requests", t.Requests)
	section("log", important(t.Log))
	return w.String()
}

// important leaves out what nginx writes about itself while it starts and stops.
func important(log string) (lines []string) {
	for line := range strings.Lines(log) {
		if strings.Contains(line, "[notice]") {
			continue
		}
		lines = append(lines, strings.TrimRight(line, "\n"))
	}
	return lines
}

package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// claim is a case on which the tests below break something on purpose.
func claim(t *testing.T, rule, name string) (*Case, []*Server) {
	t.Helper()
	c, err := ReadCase(filepath.Join("..", "testdata", "lab", rule, name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	servers, why, err := c.Servers()
	if err != nil {
		t.Fatal(err)
	}
	if why != "" {
		t.Skip(why)
	}
	return c, servers
}

func report(t *testing.T, c *Case, side string, servers []*Server) string {
	t.Helper()
	trial, err := c.Try(side, servers, NewPorts())
	if err != nil {
		t.Fatal(err)
	}
	return trial.Report()
}

func wants(t *testing.T, report string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(report, p) {
			t.Errorf("the report does not say %q:\n%s", p, report)
		}
	}
}

// TestSwappedSidesFail: a claim that is the wrong way round is found out, and
// the message shows what happened.
func TestSwappedSidesFail(t *testing.T) {
	c, servers := claim(t, "zero-timeout", "read")
	c.Bad.Files, c.Fixed.Files = c.Fixed.Files, c.Bad.Files
	wants(t, report(t, c, "bad", servers), "want 504=5, got 200=5", "the log has no line", "GET /", "200  0.0", "log:\n")
	wants(t, report(t, c, "fixed", servers), "want 200=5, got 504=5", "requests:\n", "504  0.0", "upstream timed out (110")
}

// TestAnotherStatusFails: 504 is not 502.
func TestAnotherStatusFails(t *testing.T) {
	c, servers := claim(t, "zero-timeout", "read")
	c.Steps[0].Bad.Statuses[0].Name = "502"
	wants(t, report(t, c, "bad", servers), "want 502=5, got 504=5")
	if r := report(t, c, "fixed", servers); r != "" {
		t.Errorf("the other side is as it was:\n%s", r)
	}
}

// TestAnotherRefusalFails: to refuse is not enough, the server must say why.
func TestAnotherRefusalFails(t *testing.T) {
	c, servers := claim(t, "buffer-sizes", "size-alone")
	if r := report(t, c, "bad", servers); r != "" {
		t.Fatal(r)
	}
	c.Bad.Files, c.Fixed.Files = c.Fixed.Files, c.Bad.Files
	wants(t, report(t, c, "bad", servers), "takes nginx.conf")
	wants(t, report(t, c, "fixed", servers), "refuses nginx.conf", "proxy_busy_buffers_size")
}

// TestAServerThatDoesNotStartIsAnError: not a side that fails as claimed.
func TestAServerThatDoesNotStartIsAnError(t *testing.T) {
	c, servers := claim(t, "zero-timeout", "read")
	for i, f := range c.Bad.Files {
		c.Bad.Files[i].Data = append(f.Data, "nonsense on;\n"...)
	}
	_, err := c.Try("bad", servers, NewPorts())
	if err == nil || !strings.Contains(err.Error(), `unknown directive "nonsense"`) {
		t.Errorf("got %v", err)
	}
}

// TestTheLinterReadsWhatTheServerReads: there is one text.
func TestTheLinterReadsWhatTheServerReads(t *testing.T) {
	c, err := ParseCase([]byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Set("bad", NewPorts())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	text, err := os.ReadFile(filepath.Join(b.Conf(), "nginx.conf"))
	if want := "worse " + b.backends["app"].Addr() + "\n"; err != nil || string(text) != want {
		t.Errorf("got %q, %v, want %q", text, err, want)
	}
	f, err := b.FS().Open("nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}

func TestMissingServerIsAReasonToSkip(t *testing.T) {
	t.Setenv("GWLINT_NGINX", "")
	t.Setenv("PATH", t.TempDir())
	p := *Products["nginx"]
	p.Names = []string{"no-such-server"}
	if _, err := p.Find(); err == nil || !strings.Contains(err.Error(), "nginx is not installed") {
		t.Errorf("got %v", err)
	}
	t.Setenv("GWLINT_NGINX", "/bin/false")
	if _, err := p.Find(); err == nil {
		t.Error("a binary that fails is no server")
	}
}

func TestVersionOutOfRangeIsAReasonToSkip(t *testing.T) {
	c, _ := claim(t, "zero-timeout", "read")
	c.Runs[0].Versions = Range{From: "99.0"}
	if _, why, err := c.Servers(); err != nil || !strings.Contains(why, "the case is for nginx from 99.0") {
		t.Errorf("got %q, %v", why, err)
	}
}

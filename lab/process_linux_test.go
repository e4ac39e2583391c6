package lab

import (
	"os"
	"syscall"
	"testing"
)

// TestNothingIsLeftBehind: no process, no file.
func TestNothingIsLeftBehind(t *testing.T) {
	c, servers := claim(t, "zero-timeout", "read")
	b, err := c.Set("fixed", NewPorts())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	p, err := b.start(c.Runs[0], servers[0])
	if err != nil {
		t.Fatal(err)
	}
	group := p.cmd.Process.Pid
	p.Stop()
	p.Stop() // twice does no harm
	if err := syscall.Kill(-group, 0); err != syscall.ESRCH {
		t.Errorf("the group of the server is still there: %v", err)
	}
	b.Close()
	if _, err := os.Stat(b.dir); !os.IsNotExist(err) {
		t.Errorf("%s: %v", b.dir, err)
	}
}

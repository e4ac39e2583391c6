package lab

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
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

// TestWatchSeesAStandstill stops this very process for a while.
func TestWatchSeesAStandstill(t *testing.T) {
	longest := Watch()
	pid := strconv.Itoa(os.Getpid())
	if out, err := exec.Command("/bin/sh", "-c", "kill -STOP "+pid+"; sleep 0.3; kill -CONT "+pid).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := longest(); got < 200*time.Millisecond {
		t.Errorf("a standstill of 300ms was measured as %v", got)
	}
}

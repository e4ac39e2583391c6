package lab

import (
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// start runs the command in a process group of its own. The kernel ends it when
// the thread that started it ends, which is when this process does: the thread
// is held until then.
func (p *Process) start() error {
	if p.cmd.SysProcAttr == nil {
		p.cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	p.cmd.SysProcAttr.Setpgid = true
	p.cmd.SysProcAttr.Pdeathsig = syscall.SIGTERM
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.cmd.Wait()
		}
		close(p.done)
	}()
	return <-started
}

// Stop ends the server: with a request first, then with its whole group.
func (p *Process) Stop() { p.stopped.Do(p.stop) }

func (p *Process) stop() {
	select {
	case <-p.done:
	default:
		syscall.Kill(p.cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-p.done:
		case <-time.After(2 * time.Second):
		}
	}
	// Workers may outlive their master; the group is gone when this fails.
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
}

// withHosts runs the program in a mount namespace of its own where the file
// hosts is /etc/hosts: a name is then resolved as the case wants, and nothing
// changes for the rest of the machine.
func withHosts(hosts, binary string, args []string) (*exec.Cmd, error) {
	const script = `mount --bind "$1" /etc/hosts && shift && exec "$@"`
	cmd := exec.Command("/bin/sh", append([]string{"-c", script, "sh", hosts, binary}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	return cmd, nil
}

// mounts tells why withHosts would not work here, or "".
func mounts() string {
	cmd, _ := withHosts("/etc/hostname", "/bin/true", nil)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "a hosts file of its own needs the right to mount (" + err.Error() + ": " + string(out) + ")"
	}
	return ""
}

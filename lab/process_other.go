//go:build !linux

package lab

import (
	"errors"
	"os"
	"os/exec"
	"time"
)

func (p *Process) start() error {
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go func() {
		p.cmd.Wait()
		close(p.done)
	}()
	return nil
}

// Stop ends the server.
func (p *Process) Stop() { p.stopped.Do(p.stop) }

func (p *Process) stop() {
	p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.done:
	case <-time.After(2 * time.Second):
		p.cmd.Process.Kill()
		<-p.done
	}
}

func withHosts(hosts, binary string, args []string) (*exec.Cmd, error) {
	return nil, errors.New(mounts())
}

func mounts() string { return "a hosts file of its own needs Linux" }

package lab

import (
	"fmt"
	"net"
	"syscall"
	"time"
)

// Dropper is a port that answers no SYN, as a host that is down or a firewall
// that drops: who connects waits for its own timeout.
type Dropper struct {
	fd    int
	port  int
	stuck []net.Conn
}

// StartDropper listens on a free port of 127.0.0.1 with the shortest queue
// there is and fills it. Linux drops the SYN of every further connection.
func StartDropper() (*Dropper, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	d := &Dropper{fd: fd}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		d.Close()
		return nil, err
	}
	if err := syscall.Listen(fd, 0); err != nil {
		d.Close()
		return nil, err
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		d.Close()
		return nil, err
	}
	d.port = name.(*syscall.SockaddrInet4).Port
	for range 8 {
		c, err := net.DialTimeout("tcp", d.Addr(), 150*time.Millisecond)
		if err != nil {
			if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
				return d, nil
			}
			d.Close()
			return nil, err
		}
		d.stuck = append(d.stuck, c)
	}
	d.Close()
	return nil, fmt.Errorf("the queue of %s does not fill", d.Addr())
}

// Addr is the port: host:port.
func (d *Dropper) Addr() string { return fmt.Sprintf("127.0.0.1:%d", d.port) }

// Close frees the port.
func (d *Dropper) Close() {
	for _, c := range d.stuck {
		c.Close()
	}
	syscall.Close(d.fd)
}

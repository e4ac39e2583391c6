package lab

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"syscall"
)

// Ports hands out ports for servers that must be told theirs. They lie below
// the ranges from which systems take the ports of outgoing connections, so that
// none of those takes one before its server listens; and none of them is known
// for a program, of which rules would speak: 26257, 27017.
type Ports struct {
	mu    sync.Mutex
	first int
	given int
}

const lowestPort, countPorts = 20000, 5000

// NewPorts starts at a random place, so that two runs on one machine seldom meet.
func NewPorts() *Ports { return &Ports{first: rand.IntN(countPorts)} }

// Free returns a port of host on which nothing listens, for TCP. It is given once.
func (p *Ports) Free(host string) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.given < countPorts {
		port := lowestPort + (p.first+p.given)%countPorts
		p.given++
		err := whileNobodyForks(func() error {
			ln, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
			if err == nil {
				err = ln.Close()
			}
			return err
		})
		if err == nil {
			return port, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return 0, err
		}
	}
	return 0, fmt.Errorf("no free port from %d to %d", lowestPort, lowestPort+countPorts-1)
}

// whileNobodyForks runs f while no process is being started: between fork and
// exec a child holds every open socket, so that what f closes would stay open.
func whileNobodyForks(f func() error) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return f()
}

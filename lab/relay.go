package lab

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Relay passes TCP connections on to another address, as a network that is
// slower or more forgetful than loopback would.
type Relay struct {
	ln     net.Listener
	to     string
	delay  time.Duration
	forget time.Duration
	ended  chan struct{}
	work   sync.WaitGroup

	mu   sync.Mutex
	open map[net.Conn]bool
}

// StartRelay listens on a free port of 127.0.0.1 and passes every connection
// on to the address to. Bytes and the end of the stream arrive delay later,
// each way. A flow that was idle for forget (0: never) is forgotten, as by a
// NAT or a load balancer: what comes after is dropped and nobody is told.
func StartRelay(to string, delay, forget time.Duration) (*Relay, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{ln: ln, to: to, delay: delay, forget: forget, ended: make(chan struct{}), open: map[net.Conn]bool{}}
	r.work.Go(r.accept)
	return r, nil
}

// Addr is where the relay listens: host:port.
func (r *Relay) Addr() string { return r.ln.Addr().String() }

// Close stops the relay and cuts its connections. Every goroutine of the relay
// has ended when it returns.
func (r *Relay) Close() {
	r.mu.Lock()
	select {
	case <-r.ended:
	default:
		close(r.ended)
	}
	r.ln.Close()
	for c := range r.open {
		c.Close()
	}
	r.mu.Unlock()
	r.work.Wait()
}

func (r *Relay) accept() {
	for {
		near, err := r.ln.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", r.to)
		if err != nil {
			reset(near)
			continue
		}
		r.mu.Lock()
		select {
		case <-r.ended:
			r.mu.Unlock()
			near.Close()
			far.Close()
			return
		default:
		}
		r.open[near], r.open[far] = true, true
		r.mu.Unlock()

		f := &flow{relay: r}
		f.touch()
		r.work.Go(func() {
			var both sync.WaitGroup
			both.Go(func() { f.pass(near, far) })
			both.Go(func() { f.pass(far, near) })
			both.Wait()
			r.mu.Lock()
			delete(r.open, near)
			delete(r.open, far)
			r.mu.Unlock()
			near.Close()
			far.Close()
		})
	}
}

// flow is one relayed connection.
type flow struct {
	relay     *Relay
	last      atomic.Int64 // when something passed, either way, in Unix nanoseconds
	forgotten atomic.Bool
}

func (f *flow) touch() { f.last.Store(time.Now().UnixNano()) }

// lost tells whether the flow was forgotten; it never comes back.
func (f *flow) lost() bool {
	if f.relay.forget > 0 && time.Since(time.Unix(0, f.last.Load())) >= f.relay.forget {
		f.forgotten.Store(true)
	}
	return f.forgotten.Load()
}

// parcel is what was read at one moment; the last of a stream has no bytes.
type parcel struct {
	due   time.Time
	bytes []byte
	reset bool
}

// pass carries one direction. A reader stamps what comes, so that the delay is
// a latency and not a limit of the rate.
func (f *flow) pass(from, to net.Conn) {
	way := make(chan parcel, 1024)
	go func() {
		defer close(way)
		for {
			buf := make([]byte, 32<<10)
			n, err := from.Read(buf)
			due := time.Now().Add(f.relay.delay)
			if f.lost() {
				n = 0
				if err != nil {
					return
				}
				continue
			}
			f.touch()
			if n > 0 {
				way <- parcel{due: due, bytes: buf[:n]}
			}
			if err != nil {
				way <- parcel{due: due, reset: isReset(err)}
				return
			}
		}
	}()
	for p := range way {
		if d := time.Until(p.due); d > 0 {
			select {
			case <-time.After(d):
			case <-f.relay.ended:
			}
		}
		switch {
		case p.bytes != nil:
			to.Write(p.bytes) // an error shows as the end of the other direction
		case p.reset:
			reset(to)
		default:
			to.(*net.TCPConn).CloseWrite()
		}
	}
}

func isReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }

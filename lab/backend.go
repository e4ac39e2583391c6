// Package lab proves what gwlint says. It starts real servers (nginx, HAProxy,
// PHP-FPM) in front of scripted backends on loopback, sends requests and looks
// at the statuses and at the error log.
//
// The cases are data, in testdata/lab/<rule>/<name>.txtar; README.md says how
// they are written. The test in this package runs them all.
package lab

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

// Options say how a Backend listens and what it does by default.
type Options struct {
	Network string        // "tcp" (also when empty) or "unix"
	Address string        // "127.0.0.1:0" when empty; a path for unix
	Mode    os.FileMode   // of a unix socket; 0 leaves it to the umask
	Idle    time.Duration // closes a kept-alive connection that was silent for so long; 0 never
	TLS     *tls.Config   // nil: plain
	Speaks  string        // "http" (also when empty), "h2c" or "fastcgi"
	Script  Script        // for requests that name none
}

// Backend is a server that does with each request what the request, or its own
// default script, asks for.
type Backend struct {
	opt   Options
	ln    net.Listener
	ended chan struct{}
	work  sync.WaitGroup

	mu       sync.Mutex
	accepted int
	open     map[net.Conn]bool
	seen     []Request
}

// Request is one request as a backend saw it.
type Request struct {
	Conn   int    // which connection it came on, from 1
	Head   string // the request line and the headers, as they came; for FastCGI one NAME=value a line
	Method string
	Target string
	Hosts  []string // every Host header
}

// Start makes a backend listen and serve until Close.
func Start(opt Options) (*Backend, error) {
	if opt.Network == "" {
		opt.Network = "tcp"
	}
	if opt.Address == "" {
		opt.Address = "127.0.0.1:0"
	}
	if err := opt.Script.check(); err != nil {
		return nil, err
	}
	var serve func(*Backend, net.Conn, int)
	switch opt.Speaks {
	case "", "http":
		serve = (*Backend).serveHTTP1
	case "fastcgi":
		serve = (*Backend).serveFastCGI
	case "h2c":
		serve = (*Backend).serveH2C
	default:
		return nil, fmt.Errorf("a backend cannot speak %q", opt.Speaks)
	}
	ln, err := net.Listen(opt.Network, opt.Address)
	if err != nil {
		return nil, err
	}
	if opt.Network == "unix" && opt.Mode != 0 {
		if err := os.Chmod(opt.Address, opt.Mode); err != nil {
			ln.Close()
			return nil, err
		}
	}
	b := &Backend{opt: opt, ln: ln, ended: make(chan struct{}), open: map[net.Conn]bool{}}
	b.work.Go(func() { b.accept(serve) })
	return b, nil
}

// Addr is where the backend listens: host:port, or the path of its socket.
func (b *Backend) Addr() string { return b.ln.Addr().String() }

// Close stops listening and cuts every connection. Every goroutine of the
// backend has ended when it returns.
func (b *Backend) Close() {
	b.mu.Lock()
	select {
	case <-b.ended:
	default:
		close(b.ended)
	}
	whileNobodyForks(b.ln.Close)
	for c := range b.open {
		c.Close()
	}
	b.mu.Unlock()
	b.work.Wait()
}

// Seen returns the requests so far, in the order in which their heads were complete.
func (b *Backend) Seen() []Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Request(nil), b.seen...)
}

// Connections is how many connections were accepted so far.
func (b *Backend) Connections() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.accepted
}

func (b *Backend) accept(serve func(*Backend, net.Conn, int)) {
	for {
		c, err := b.ln.Accept()
		if err != nil {
			return
		}
		b.mu.Lock()
		select {
		case <-b.ended:
			b.mu.Unlock()
			c.Close()
			return
		default:
		}
		b.accepted++
		n := b.accepted
		b.open[c] = true
		b.mu.Unlock()
		b.work.Go(func() {
			defer b.hangUp(c)
			if b.opt.TLS != nil {
				t := tls.Server(c, b.opt.TLS)
				t.SetDeadline(time.Now().Add(10 * time.Second))
				if t.Handshake() != nil {
					return
				}
				t.SetDeadline(time.Time{})
				serve(b, t, n)
				t.Close()
				return
			}
			serve(b, c, n)
		})
	}
}

func (b *Backend) hangUp(c net.Conn) {
	c.Close()
	b.mu.Lock()
	delete(b.open, c)
	b.mu.Unlock()
}

func (b *Backend) saw(r Request) {
	b.mu.Lock()
	b.seen = append(b.seen, r)
	b.mu.Unlock()
}

// sleep waits for d, or less if the backend is closed; it tells which.
func (b *Backend) sleep(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-b.ended:
		return false
	}
}

// errHangUp ends a connection after the request at hand.
var errHangUp = errors.New("hang up")

// answer is how one protocol brings an answer to the client. A body of unknown
// length is ended by finish.
type answer interface {
	start(status int, length int, header ...string) error // header: alternating names and values; length -1: not told
	write([]byte) error
	finish() error
	head(n int) error   // a 200 whose header block has exactly n bytes, with an empty body
	raw(p []byte) error // bytes that need be no answer at all
	reset()             // so that the client sees a reset connection
	body() error        // reads what the client sends to its end
	upgrade() error     // 101, then an echo until the client closes
}

// act does with r what s asks for. A nil error leaves the connection open for
// the next request.
func (b *Backend) act(s Script, r Request, a answer) error {
	if s.Cmd != "early" && s.Cmd != "unread" {
		if err := a.body(); err != nil {
			return err
		}
	}
	text := func(status int, body string, header ...string) error {
		if err := a.start(status, len(body), header...); err != nil {
			return err
		}
		if err := a.write([]byte(body)); err != nil {
			return err
		}
		return a.finish()
	}
	switch s.Cmd {
	case "", "ok":
		return text(200, "ok\n")
	case "status":
		return text(s.number(200), "status "+s.V+"\n")
	case "slow":
		if !b.sleep(s.duration(0)) {
			return errHangUp
		}
		return text(200, "slow\n")
	case "trickle":
		n := s.N
		if n == 0 {
			n = 5
		}
		if err := a.start(200, n); err != nil {
			return err
		}
		for range n {
			if !b.sleep(s.duration(0)) {
				return errHangUp
			}
			if err := a.write([]byte(".")); err != nil {
				return err
			}
		}
		return a.finish()
	case "stall", "truncate":
		if err := a.start(200, 100); err != nil {
			return err
		}
		if err := a.write([]byte(strings.Repeat("x", 50))); err != nil {
			return err
		}
		if s.Cmd == "stall" {
			b.sleep(s.duration(0))
		}
		return errHangUp
	case "fin":
		b.sleep(s.duration(0))
		return errHangUp
	case "rst":
		b.sleep(s.duration(0))
		a.reset()
		return errHangUp
	case "early":
		if err := text(s.number(413), "too large\n", "Connection", "close"); err != nil {
			return err
		}
		return errHangUp
	case "unread":
		b.sleep(s.duration(10 * time.Second))
		return errHangUp
	case "head":
		return a.head(s.number(0))
	case "raw":
		if err := a.raw([]byte(s.V)); err != nil {
			return err
		}
		return errHangUp
	case "upgrade":
		if _, f, _ := parseHead(r.Head); s.V != "" && !f.wants("upgrade", s.V) {
			return text(400, "no such protocol\n")
		}
		if line, _, _ := strings.Cut(r.Head, "\r\n"); strings.HasSuffix(line, " HTTP/1.0") { // RFC 6455, 4.2.1
			return text(400, "HTTP/1.1 or higher, please\n")
		}
		if err := a.upgrade(); err != nil {
			return err
		}
		return errHangUp
	case "redirect":
		to := s.V
		if to == "" {
			to = "http://" + strings.Join(r.Hosts, ",") + "/moved"
		}
		return text(302, "", "Location", to)
	case "echo":
		return text(200, fmt.Sprintf("connection %d\n%s", r.Conn, r.Head), "X-Connection", fmt.Sprint(r.Conn))
	case "host":
		if len(r.Hosts) == 1 && r.Hosts[0] == s.V {
			return text(200, "host "+s.V+"\n")
		}
		switch s.N {
		case 0:
			return text(404, "no such host\n")
		case 1:
			return errHangUp
		}
		return text(s.N, "no such host\n")
	case "strict":
		if len(r.Hosts) != 1 {
			return text(400, fmt.Sprintf("%d Host headers\n", len(r.Hosts)))
		}
		return text(200, "ok\n")
	}
	return text(500, "no command "+s.Cmd+"\n")
}

// script is the script for a request to target.
func (b *Backend) script(target string) (Script, error) {
	_, query, _ := strings.Cut(target, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return Script{}, err
	}
	return b.opt.Script.over(values)
}

// reset closes c with a RST instead of a FIN.
func reset(c net.Conn) {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if t, ok := c.(*net.TCPConn); ok {
		t.SetLinger(0)
	}
	c.Close()
}

func drain(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

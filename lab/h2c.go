package lab

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
)

// serveH2C speaks HTTP/2 with prior knowledge and nothing else, over TLS where
// the backend has it. An HTTP/1 client is closed on without an answer.
func (b *Backend) serveH2C(c net.Conn, number int) {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{
		Protocols:   protocols,
		IdleTimeout: b.opt.Idle,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			r := Request{Conn: number, Method: q.Method, Target: q.RequestURI, Hosts: []string{q.Host}}
			var head bytes.Buffer
			fmt.Fprintf(&head, "%s %s %s\r\nHost: %s\r\n", q.Method, q.RequestURI, q.Proto, q.Host)
			q.Header.Write(&head)
			r.Head = head.String()
			b.saw(r)
			s, err := b.script(r.Target)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			if b.act(s, r, &answer2{w: w, q: q, c: c}) != nil {
				panic(http.ErrAbortHandler)
			}
		}),
	}
	one := &oneConn{conn: c, done: make(chan struct{})}
	server.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed || state == http.StateHijacked {
			one.Close()
		}
	}
	server.Serve(one)
	server.Close()
}

// oneConn is a listener of a single connection, so that each accepted one can
// have a server of its own.
type oneConn struct {
	conn  net.Conn
	given bool
	once  sync.Once
	done  chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	if !l.given {
		l.given = true
		return l.conn, nil
	}
	<-l.done
	return nil, io.EOF
}

func (l *oneConn) Close() error { l.once.Do(func() { close(l.done) }); return nil }

func (l *oneConn) Addr() net.Addr { return l.conn.LocalAddr() }

// answer2 answers over HTTP/2.
type answer2 struct {
	w http.ResponseWriter
	q *http.Request
	c net.Conn
}

func (a *answer2) start(status, length int, header ...string) error {
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] != "Connection" {
			a.w.Header().Add(header[i], header[i+1])
		}
	}
	if length >= 0 {
		a.w.Header().Set("Content-Length", fmt.Sprint(length))
	}
	a.w.WriteHeader(status)
	return nil
}

func (a *answer2) write(p []byte) error {
	if _, err := a.w.Write(p); err != nil {
		return err
	}
	return http.NewResponseController(a.w).Flush()
}

func (a *answer2) finish() error { return nil }

// head fills a header field of n bytes: HTTP/2 compresses its header block, so
// there is no exact size on the wire.
func (a *answer2) head(n int) error {
	a.w.Header().Set("X-Fill", strings.Repeat("x", n))
	return a.start(200, 0)
}

func (a *answer2) raw(p []byte) error { _, err := a.c.Write(p); return err }

func (a *answer2) reset() { reset(a.c) }

func (a *answer2) body() error { return drain(a.q.Body) }

func (a *answer2) upgrade() error { return fmt.Errorf("HTTP/2 has no 101") }

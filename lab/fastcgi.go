package lab

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"sort"
	"strings"
	"time"
)

// The FastCGI 1.0 record types that a responder meets.
const (
	fcgiBegin  = 1
	fcgiAbort  = 2
	fcgiEnd    = 3
	fcgiParams = 4
	fcgiStdin  = 5
	fcgiStdout = 6
)

// serveFastCGI is a responder of the FastCGI 1.0 specification: one request at
// a time on a connection, kept open if the client asks for it. The script
// comes from QUERY_STRING or, where a proxy passes none, from REQUEST_URI.
func (b *Backend) serveFastCGI(c net.Conn, number int) {
	in := bufio.NewReader(c)
	for {
		if b.opt.Idle > 0 {
			c.SetReadDeadline(time.Now().Add(b.opt.Idle))
		}
		if _, err := in.Peek(1); err != nil {
			return
		}
		c.SetReadDeadline(time.Time{})
		a := &answerFCGI{c: c, in: in}
		params, err := a.begin()
		if err != nil {
			return
		}
		r := Request{Conn: number, Method: params["REQUEST_METHOD"], Target: params["REQUEST_URI"]}
		names := make([]string, 0, len(params))
		for name := range params {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			r.Head += name + "=" + params[name] + "\n"
		}
		if h, ok := params["HTTP_HOST"]; ok {
			r.Hosts = []string{h}
		}
		b.saw(r)
		target := r.Target
		if q := params["QUERY_STRING"]; q != "" {
			target = "?" + q
		}
		s, err := b.script(target)
		if err != nil {
			a.start(500, -1)
			a.write([]byte(err.Error()))
			a.finish()
			return
		}
		if b.act(s, r, a) != nil || !a.keep {
			return
		}
	}
}

// answerFCGI answers over FastCGI.
type answerFCGI struct {
	c     net.Conn
	in    *bufio.Reader
	id    uint16
	keep  bool
	ended bool // stdin was read to its end
}

func (a *answerFCGI) record() (kind byte, content []byte, err error) {
	var h [8]byte
	if _, err := io.ReadFull(a.in, h[:]); err != nil {
		return 0, nil, err
	}
	if h[0] != 1 {
		return 0, nil, fmt.Errorf("FastCGI version %d", h[0])
	}
	a.id = binary.BigEndian.Uint16(h[2:])
	content = make([]byte, binary.BigEndian.Uint16(h[4:]))
	if _, err := io.ReadFull(a.in, content); err != nil {
		return 0, nil, err
	}
	_, err = io.CopyN(io.Discard, a.in, int64(h[6]))
	return h[1], content, err
}

// begin reads up to the end of the parameters.
func (a *answerFCGI) begin() (map[string]string, error) {
	var stream []byte
	for {
		kind, content, err := a.record()
		if err != nil {
			return nil, err
		}
		switch kind {
		case fcgiBegin:
			if len(content) < 3 {
				return nil, fmt.Errorf("a begin record of %d bytes", len(content))
			}
			a.keep = content[2]&1 != 0
		case fcgiParams:
			if len(content) == 0 {
				return parseParams(stream)
			}
			if stream = append(stream, content...); len(stream) > maxHead {
				return nil, fmt.Errorf("parameters of more than %d bytes", maxHead)
			}
		case fcgiAbort:
			return nil, errHangUp
		}
	}
}

func parseParams(p []byte) (map[string]string, error) {
	params := map[string]string{}
	length := func() (int, error) {
		if len(p) == 0 {
			return 0, io.ErrUnexpectedEOF
		}
		if p[0] < 128 {
			n := int(p[0])
			p = p[1:]
			return n, nil
		}
		if len(p) < 4 {
			return 0, io.ErrUnexpectedEOF
		}
		n := int(binary.BigEndian.Uint32(p) & 0x7fffffff)
		p = p[4:]
		return n, nil
	}
	for len(p) > 0 {
		name, err := length()
		if err != nil {
			return nil, err
		}
		value, err := length()
		if err != nil {
			return nil, err
		}
		if name+value > len(p) {
			return nil, io.ErrUnexpectedEOF
		}
		params[string(p[:name])] = string(p[name : name+value])
		p = p[name+value:]
	}
	return params, nil
}

func (a *answerFCGI) send(kind byte, content []byte) error {
	for first := true; first || len(content) > 0; first = false {
		part := content[:min(len(content), 0xffff)]
		content = content[len(part):]
		h := []byte{1, kind, byte(a.id >> 8), byte(a.id), byte(len(part) >> 8), byte(len(part)), 0, 0}
		if _, err := a.c.Write(append(h, part...)); err != nil {
			return err
		}
	}
	return nil
}

func (a *answerFCGI) start(status, length int, header ...string) error {
	var w strings.Builder
	fmt.Fprintf(&w, "Status: %d %s\r\nContent-Type: text/plain\r\n", status, http.StatusText(status))
	if length >= 0 {
		fmt.Fprintf(&w, "Content-Length: %d\r\n", length)
	}
	for i := 0; i+1 < len(header); i += 2 {
		fmt.Fprintf(&w, "%s: %s\r\n", header[i], header[i+1])
	}
	w.WriteString("\r\n")
	return a.send(fcgiStdout, []byte(w.String()))
}

func (a *answerFCGI) write(p []byte) error {
	if len(p) == 0 {
		return nil // an empty record would end the stream
	}
	return a.send(fcgiStdout, p)
}

func (a *answerFCGI) finish() error {
	if err := a.send(fcgiStdout, nil); err != nil {
		return err
	}
	return a.send(fcgiEnd, make([]byte, 8))
}

func (a *answerFCGI) head(n int) error {
	const before, after = "Status: 200 OK\r\nX-Fill: ", "\r\n\r\n"
	fill := n - len(before) - len(after)
	if fill < 1 {
		return fmt.Errorf("a head cannot have %d bytes", n)
	}
	if err := a.send(fcgiStdout, []byte(before+strings.Repeat("x", fill)+after)); err != nil {
		return err
	}
	return a.finish()
}

func (a *answerFCGI) raw(p []byte) error {
	if err := a.write(p); err != nil {
		return err
	}
	return a.finish()
}

func (a *answerFCGI) reset() { reset(a.c) }

func (a *answerFCGI) body() error {
	for !a.ended {
		kind, content, err := a.record()
		if err != nil {
			return err
		}
		if kind == fcgiAbort {
			return errHangUp
		}
		a.ended = kind == fcgiStdin && len(content) == 0
	}
	return nil
}

func (a *answerFCGI) upgrade() error { return fmt.Errorf("FastCGI has no upgrade") }

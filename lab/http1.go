package lab

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"time"
)

// maxHead bounds a request's head, so that a runaway client ends.
const maxHead = 1 << 20

// serveHTTP1 reads heads byte for byte instead of through net/http, which
// would refuse or tidy up the very things the cases are about: two Hosts, a
// raw blank in the target, a body that never comes.
func (b *Backend) serveHTTP1(c net.Conn, number int) {
	in := bufio.NewReader(c)
	for {
		if b.opt.Idle > 0 {
			c.SetReadDeadline(time.Now().Add(b.opt.Idle))
		}
		if _, err := in.Peek(1); err != nil {
			return
		}
		c.SetReadDeadline(time.Time{})
		head, err := readHead(in)
		if err != nil {
			return
		}
		r, fields, err := parseHead(head)
		r.Conn = number
		b.saw(r)
		a := &answer1{c: c, in: in, head1: r, fields: fields}
		if err != nil {
			a.close = true
			a.start(400, len(err.Error()))
			a.write([]byte(err.Error()))
			return
		}
		a.close = fields.wants("connection", "close") ||
			a.old() && !fields.wants("connection", "keep-alive")
		s, err := b.script(r.Target)
		if err != nil {
			a.start(500, len(err.Error()))
			a.write([]byte(err.Error()))
			return
		}
		if b.act(s, r, a) != nil || a.close {
			return
		}
	}
}

func readHead(in *bufio.Reader) (string, error) {
	var head strings.Builder
	for head.Len() < maxHead {
		line, err := in.ReadString('\n')
		if err != nil {
			return "", err
		}
		head.WriteString(line)
		if strings.TrimRight(line, "\r\n") == "" && head.Len() > len(line) {
			return head.String(), nil
		}
	}
	return "", fmt.Errorf("a head of more than %d bytes", maxHead)
}

// fields are the headers of a request in their order, repeated ones included.
type fields [][2]string

func (f fields) all(name string) (values []string) {
	for _, h := range f {
		if strings.EqualFold(h[0], name) {
			values = append(values, h[1])
		}
	}
	return values
}

func (f fields) wants(name, token string) bool {
	for _, v := range f.all(name) {
		for t := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(t), token) {
				return true
			}
		}
	}
	return false
}

func parseHead(head string) (Request, fields, error) {
	lines := strings.Split(strings.TrimRight(head, "\r\n"), "\n")
	r := Request{Head: head}
	var f fields
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(strings.TrimRight(line, "\r"), ":")
		f = append(f, [2]string{name, strings.TrimSpace(value)})
	}
	r.Hosts = f.all("host")
	words := strings.Split(strings.TrimRight(lines[0], "\r"), " ")
	r.Method = words[0]
	if len(words) > 1 {
		r.Target = words[1]
	}
	if len(words) != 3 || !strings.HasPrefix(words[2], "HTTP/") {
		return r, f, fmt.Errorf("malformed request line %q", lines[0])
	}
	return r, f, nil
}

// answer1 answers over HTTP/1.
type answer1 struct {
	c      net.Conn
	in     *bufio.Reader
	head1  Request
	fields fields
	close  bool // after this answer
}

// old tells whether the client speaks HTTP/1.0, nginx's way to its upstreams
// before 1.29.7.
func (a *answer1) old() bool {
	line, _, _ := strings.Cut(a.head1.Head, "\n")
	return strings.HasSuffix(strings.TrimRight(line, "\r"), "HTTP/1.0")
}

func (a *answer1) start(status, length int, header ...string) error {
	var w strings.Builder
	fmt.Fprintf(&w, "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\n", status, http.StatusText(status))
	if length >= 0 {
		fmt.Fprintf(&w, "Content-Length: %d\r\n", length)
	} else {
		a.close = true
	}
	for i := 0; i+1 < len(header); i += 2 {
		fmt.Fprintf(&w, "%s: %s\r\n", header[i], header[i+1])
	}
	if a.close {
		w.WriteString("Connection: close\r\n")
	} else if a.old() {
		w.WriteString("Connection: keep-alive\r\n")
	}
	w.WriteString("\r\n")
	_, err := io.WriteString(a.c, w.String())
	return err
}

func (a *answer1) write(p []byte) error {
	if a.head1.Method == http.MethodHead {
		return nil
	}
	_, err := a.c.Write(p)
	return err
}

func (a *answer1) finish() error { return nil }

func (a *answer1) head(n int) error {
	const before = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\nX-Fill: "
	const after = "\r\n\r\n"
	fill := n - len(before) - len(after)
	if fill < 1 {
		return fmt.Errorf("a head cannot have %d bytes", n)
	}
	a.close = true
	_, err := io.WriteString(a.c, before+strings.Repeat("x", fill)+after)
	return err
}

func (a *answer1) raw(p []byte) error { _, err := a.c.Write(p); return err }

func (a *answer1) reset() { reset(a.c) }

func (a *answer1) body() error {
	if a.fields.wants("transfer-encoding", "chunked") {
		if err := drain(httputil.NewChunkedReader(a.in)); err != nil {
			return err
		}
		_, err := a.in.ReadString('\n') // the empty trailer
		return err
	}
	if lengths := a.fields.all("content-length"); len(lengths) > 0 {
		n, err := strconv.ParseInt(lengths[0], 10, 64)
		if err != nil {
			return err
		}
		_, err = io.CopyN(io.Discard, a.in, n)
		return err
	}
	return nil
}

func (a *answer1) upgrade() error {
	const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
	if _, err := io.WriteString(a.c, head); err != nil {
		return err
	}
	_, err := io.Copy(a.c, a.in)
	return err
}

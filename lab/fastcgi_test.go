package lab

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// fcgiClient is the client's half of FastCGI, as little as a test needs.
type fcgiClient struct {
	net.Conn
	in *bufio.Reader
}

func dialFCGI(t *testing.T, b *Backend) *fcgiClient {
	t.Helper()
	c, err := net.Dial("tcp", b.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(5 * time.Second))
	return &fcgiClient{c, bufio.NewReader(c)}
}

func (c *fcgiClient) record(kind byte, content string) {
	h := []byte{1, kind, 0, 7, byte(len(content) >> 8), byte(len(content)), 3, 0}
	c.Write(append(append(h, content...), 0, 0, 0)) // padded, as clients may
}

func (c *fcgiClient) ask(keep byte, stdin string, params ...string) {
	c.record(fcgiBegin, "\x00\x01"+string([]byte{keep})+"\x00\x00\x00\x00\x00")
	var p strings.Builder
	for i := 0; i < len(params); i += 2 {
		for _, s := range params[i : i+2] {
			if len(s) < 128 {
				p.WriteByte(byte(len(s)))
			} else {
				p.Write(binary.BigEndian.AppendUint32(nil, uint32(len(s))|1<<31))
			}
		}
		p.WriteString(params[i] + params[i+1])
	}
	c.record(fcgiParams, p.String())
	c.record(fcgiParams, "")
	if stdin != "" {
		c.record(fcgiStdin, stdin)
	}
	c.record(fcgiStdin, "")
}

// answer reads up to the end record.
func (c *fcgiClient) answer() (string, error) {
	var out strings.Builder
	for {
		var h [8]byte
		if _, err := io.ReadFull(c.in, h[:]); err != nil {
			return out.String(), err
		}
		content := make([]byte, int(binary.BigEndian.Uint16(h[4:]))+int(h[6]))
		if _, err := io.ReadFull(c.in, content); err != nil {
			return out.String(), err
		}
		switch h[1] {
		case fcgiStdout:
			out.Write(content[:binary.BigEndian.Uint16(h[4:])])
		case fcgiEnd:
			return out.String(), nil
		}
	}
}

func TestFastCGI(t *testing.T) {
	b := startBackend(t, Options{Speaks: "fastcgi"})
	for _, c := range []struct{ query, want string }{
		{"", "Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n"},
		{"cmd=status&v=503", "Status: 503 Service Unavailable\r\n"},
		{"cmd=trickle&v=1ms&n=3", "Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n..."},
		{"cmd=raw&v=hello", "hello"},
	} {
		client := dialFCGI(t, b)
		client.ask(0, "body", "REQUEST_METHOD", "POST", "QUERY_STRING", c.query, "LONG", strings.Repeat("x", 300))
		got, err := client.answer()
		if err != nil || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got %q, %v", c.query, got, err)
		}
		if _, err := client.in.ReadByte(); err != io.EOF {
			t.Errorf("%s: not closed after the answer: %v", c.query, err)
		}
	}
	if !strings.Contains(b.Seen()[0].Head, "LONG="+strings.Repeat("x", 300)+"\n") {
		t.Errorf("seen %q", b.Seen()[0].Head)
	}
}

func TestFastCGIHeadIsExact(t *testing.T) {
	b := startBackend(t, Options{Speaks: "fastcgi"})
	client := dialFCGI(t, b)
	client.ask(0, "", "QUERY_STRING", "cmd=head&v=4097")
	if got, err := client.answer(); err != nil || len(got) != 4097 || !strings.HasSuffix(got, "\r\n\r\n") {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestFastCGIKeepsTheConnectionAsAsked(t *testing.T) {
	b := startBackend(t, Options{Speaks: "fastcgi", Idle: 80 * time.Millisecond})
	client := dialFCGI(t, b)
	for range 2 {
		client.ask(1, "", "QUERY_STRING", "")
		if _, err := client.answer(); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
	if _, err := client.in.ReadByte(); err != io.EOF {
		t.Errorf("idle: %v", err)
	}
}

func TestFastCGIAnswersNothing(t *testing.T) {
	b := startBackend(t, Options{Speaks: "fastcgi", Script: Script{Cmd: "fin"}})
	client := dialFCGI(t, b)
	client.ask(0, "")
	if got, err := client.answer(); got != "" || err != io.EOF {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestFastCGIWaitsOnHTTP: an HTTP client is not understood; as with PHP-FPM
// nothing but the end of the connection comes back.
func TestFastCGIWaitsOnHTTP(t *testing.T) {
	b := startBackend(t, Options{Speaks: "fastcgi"})
	if got, err := exchange(t, b.Addr(), get("/")); got != "" || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %q, %v", got, err)
	}
}

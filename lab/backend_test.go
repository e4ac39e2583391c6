package lab

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func startBackend(t *testing.T, opt Options) *Backend {
	t.Helper()
	b, err := Start(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// exchange writes to a new connection and returns all that comes until its end.
func exchange(t *testing.T, address, request string) (string, error) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		return "", err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		return "", err
	}
	all, err := io.ReadAll(c)
	return string(all), err
}

func get(target string) string {
	return "GET " + target + " HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n"
}

func TestCommands(t *testing.T) {
	b := startBackend(t, Options{})
	for _, c := range []struct {
		query string
		want  string // the answer starts so
		holds string // and holds this
	}{
		{"", "HTTP/1.1 200 OK\r\n", "\r\n\r\nok\n"},
		{"?cmd=status&v=503", "HTTP/1.1 503 Service Unavailable\r\n", ""},
		{"?cmd=trickle&v=1ms&n=7", "HTTP/1.1 200 OK\r\n", "\r\n\r\n......."},
		{"?cmd=truncate", "HTTP/1.1 200 OK\r\n", "Content-Length: 100\r\n"},
		{"?cmd=stall&v=1ms", "HTTP/1.1 200 OK\r\n", "Content-Length: 100\r\n"},
		{"?cmd=raw&v=" + url.QueryEscape("\x00SSH-2.0\r\n"), "\x00SSH-2.0\r\n", ""},
		{"?cmd=redirect", "HTTP/1.1 302 Found\r\n", "Location: http://app.test/moved\r\n"},
		{"?cmd=redirect&v=/x", "HTTP/1.1 302 Found\r\n", "Location: /x\r\n"},
		{"?cmd=host&v=app.test", "HTTP/1.1 200 OK\r\n", ""},
		{"?cmd=host&v=other.test", "HTTP/1.1 404 Not Found\r\n", ""},
		{"?cmd=host&v=other.test&n=421", "HTTP/1.1 421 Misdirected Request\r\n", ""},
		{"?cmd=upgrade&v=websocket", "HTTP/1.1 400 Bad Request\r\n", ""},
		{"?cmd=strict", "HTTP/1.1 200 OK\r\n", ""},
		{"?cmd=echo", "HTTP/1.1 200 OK\r\n", "GET /?cmd=echo HTTP/1.1\r\nHost: app.test\r\n"},
		{"?cmd=nonsense", "HTTP/1.1 500 ", "no command"},
		{"?cmd=slow&v=soon", "HTTP/1.1 500 ", "not a duration"},
	} {
		got, err := exchange(t, b.Addr(), get("/"+c.query))
		if err != nil || !strings.HasPrefix(got, c.want) || !strings.Contains(got, c.holds) {
			t.Errorf("%s: got %q, %v", c.query, got, err)
		}
	}
}

func TestCommandsThatAnswerNothing(t *testing.T) {
	b := startBackend(t, Options{})
	for _, query := range []string{"?cmd=fin", "?cmd=fin&v=5ms", "?cmd=unread&v=5ms", "?cmd=host&v=x&n=1"} {
		if got, err := exchange(t, b.Addr(), get("/"+query)); got != "" || err != nil {
			t.Errorf("%s: got %q, %v, want the end of the stream", query, got, err)
		}
	}
	if got, err := exchange(t, b.Addr(), get("/?cmd=rst")); got != "" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("rst: got %q, %v", got, err)
	}
}

func TestSlowTakesItsTime(t *testing.T) {
	b := startBackend(t, Options{Script: Script{Cmd: "slow", V: "80ms"}})
	began := time.Now()
	got, err := exchange(t, b.Addr(), get("/"))
	if took := time.Since(began); err != nil || took < 80*time.Millisecond || !strings.HasPrefix(got, "HTTP/1.1 200") {
		t.Errorf("got %q, %v after %v", got, err, took)
	}
}

// TestHeadIsExact matters most: predictions about buffers are exact to the byte.
func TestHeadIsExact(t *testing.T) {
	b := startBackend(t, Options{})
	for _, n := range []string{"1", "100", "4096", "4097"} {
		got, _ := exchange(t, b.Addr(), get("/?cmd=head&v="+n))
		if n == "1" {
			if got != "" {
				t.Errorf("a head of one byte: %q", got)
			}
			continue
		}
		if head, body, ok := strings.Cut(got, "\r\n\r\n"); !ok || body != "" || len(head)+4 != (Script{V: n}).number(0) {
			t.Errorf("head %s: %d bytes", n, len(got))
		}
	}
}

// TestEarlyDoesNotRead: the answer comes while the body does not.
func TestEarlyDoesNotRead(t *testing.T) {
	b := startBackend(t, Options{})
	c, err := net.Dial("tcp", b.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	io.WriteString(c, "POST /?cmd=early HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "HTTP/1.1 413") {
		t.Errorf("got %q, %v", line, err)
	}
}

// TestBodyIsWaitedFor: other commands answer only when the whole body is there.
func TestBodyIsWaitedFor(t *testing.T) {
	b := startBackend(t, Options{})
	c, err := net.Dial("tcp", b.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabc")
	c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	in := bufio.NewReader(c)
	if _, err := in.Peek(1); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("answered without the last byte: %v", err)
	}
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	io.WriteString(c, "d")
	if line, err := in.ReadString('\n'); err != nil || line != "HTTP/1.1 200 OK\r\n" {
		t.Errorf("got %q, %v", line, err)
	}
}

func TestChunkedBodyAndNextRequest(t *testing.T) {
	b := startBackend(t, Options{})
	got, err := exchange(t, b.Addr(),
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"+get("/second"))
	if err != nil || strings.Count(got, "HTTP/1.1 200 OK") != 2 {
		t.Errorf("got %q, %v", got, err)
	}
	seen := b.Seen()
	if len(seen) != 2 || seen[1].Target != "/second" || seen[1].Conn != 1 || b.Connections() != 1 {
		t.Errorf("seen %+v on %d connections", seen, b.Connections())
	}
}

func TestRequestsAreSeenAsTheyCame(t *testing.T) {
	b := startBackend(t, Options{Script: Script{Cmd: "strict"}})
	got, _ := exchange(t, b.Addr(), "GET /a HTTP/1.1\r\nHost: one\r\nHost: two\r\nConnection: close\r\n\r\n")
	if !strings.HasPrefix(got, "HTTP/1.1 400") || !slices.Equal(b.Seen()[0].Hosts, []string{"one", "two"}) {
		t.Errorf("got %q, seen %+v", got, b.Seen())
	}
	if got, _ := exchange(t, b.Addr(), "GET /a b HTTP/1.1\r\nHost: one\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 400") {
		t.Errorf("a blank in the target: %q", got)
	}
}

func TestHTTP10ClosesUnlessAsked(t *testing.T) {
	b := startBackend(t, Options{})
	got, err := exchange(t, b.Addr(), "GET / HTTP/1.0\r\nHost: a\r\n\r\n")
	if err != nil || !strings.Contains(got, "Connection: close\r\n") {
		t.Errorf("got %q, %v", got, err)
	}
	got, err = exchange(t, b.Addr(), "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"+"GET / HTTP/1.0\r\nHost: a\r\n\r\n")
	if err != nil || strings.Count(got, "200 OK") != 2 {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	b := startBackend(t, Options{Idle: 100 * time.Millisecond})
	c, err := net.Dial("tcp", b.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	in := bufio.NewReader(c)
	for range 2 {
		time.Sleep(40 * time.Millisecond) // less than Idle, twice
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		drain(r.Body)
	}
	began := time.Now()
	_, err = in.ReadByte()
	if took := time.Since(began); err != io.EOF || took < 80*time.Millisecond {
		t.Errorf("%v after %v, want the end of the stream after about 100ms", err, took)
	}
}

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	b := startBackend(t, Options{Network: "unix", Address: path, Mode: 0o600})
	if b.Addr() != path {
		t.Errorf("address %q", b.Addr())
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, get("/"))
	if all, err := io.ReadAll(c); err != nil || !strings.HasPrefix(string(all), "HTTP/1.1 200") {
		t.Errorf("got %q, %v", all, err)
	}
}

func TestUpgradeEchoes(t *testing.T) {
	b := startBackend(t, Options{Script: Script{Cmd: "upgrade"}})
	c, err := net.Dial("tcp", b.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
	in := bufio.NewReader(c)
	r, err := http.ReadResponse(in, nil)
	if err != nil || r.StatusCode != 101 {
		t.Fatalf("%v, %v", r, err)
	}
	io.WriteString(c, "ping")
	got := make([]byte, 4)
	if _, err := io.ReadFull(in, got); err != nil || string(got) != "ping" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	b, err := Start(Options{Script: Script{Cmd: "slow", V: "1m"}})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for len(b.Seen()) == 0 {
			time.Sleep(time.Millisecond)
		}
		b.Close()
	}()
	if got, err := exchange(t, b.Addr(), get("/")); got != "" {
		t.Errorf("got %q, %v", got, err)
	}
	b.Close() // twice does no harm
	if c, err := net.Dial("tcp", b.Addr()); err == nil {
		c.Close()
		t.Error("still listens")
	}
}

func TestStartRefusesWhatItCannotDo(t *testing.T) {
	for _, opt := range []Options{
		{Speaks: "gopher"},
		{Script: Script{Cmd: "fly"}},
		{Script: Script{Cmd: "slow"}},
		{Script: Script{Cmd: "head", V: "4k"}},
		{Address: "nowhere"},
	} {
		if b, err := Start(opt); err == nil {
			b.Close()
			t.Errorf("%+v starts", opt)
		}
	}
}

func TestH2C(t *testing.T) {
	b := startBackend(t, Options{Speaks: "h2c"})
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	client := &http.Client{Transport: &http.Transport{Protocols: protocols}, Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	for _, target := range []string{"/?cmd=status&v=503", "/?cmd=echo"} {
		r, err := client.Get("http://" + b.Addr() + target)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(r.Body)
		if r.ProtoMajor != 2 || strings.Contains(target, "503") != (r.StatusCode == 503) {
			t.Errorf("%s: %s %s %q", target, r.Proto, r.Status, body)
		}
	}
	if r, err := client.Get("http://" + b.Addr() + "/?cmd=fin"); err == nil {
		t.Errorf("fin answers %s", r.Status)
	}
	if n := b.Connections(); n != 1 {
		t.Errorf("%d connections for three requests", n)
	}
	if got, _ := exchange(t, b.Addr(), get("/")); strings.HasPrefix(got, "HTTP/1.1 200") {
		t.Errorf("answers HTTP/1: %q", got)
	}
}

func TestTLS(t *testing.T) {
	dial := func(t *testing.T, id Identity, change func(*tls.Config, *Keys)) error {
		t.Helper()
		keys, err := id.Keys()
		if err != nil {
			t.Fatal(err)
		}
		b := startBackend(t, Options{TLS: keys.Server})
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(keys.Root) {
			t.Fatal("no root")
		}
		config := &tls.Config{RootCAs: roots, ServerName: "app.test"}
		change(config, keys)
		c, err := tls.Dial("tcp", b.Addr(), config)
		if err != nil {
			return err
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(5 * time.Second))
		io.WriteString(c, get("/"))
		all, err := io.ReadAll(c)
		if err == nil && !strings.HasPrefix(string(all), "HTTP/1.1 200") {
			t.Errorf("got %q", all)
		}
		return err
	}
	as := func(*tls.Config, *Keys) {}
	app := Identity{Name: "app.test"}
	for _, c := range []struct {
		name   string
		id     Identity
		change func(*tls.Config, *Keys)
		wrong  string // "" connects
	}{
		{"valid", app, as, ""},
		{"another name", Identity{Name: "other.test"}, as, "not app.test"},
		{"expired", Identity{Name: "app.test", Expired: true}, as, "expired"},
		{"two intermediates", Identity{Name: "app.test", Intermediates: 2}, as, ""},
		{"SNI given", Identity{Name: "app.test", RequireSNI: true}, as, ""},
		{"SNI missing", Identity{Name: "app.test", RequireSNI: true}, func(c *tls.Config, _ *Keys) { c.ServerName, c.InsecureSkipVerify = "", true }, "internal error"},
		{"mTLS without", Identity{Name: "app.test", RequireClient: true}, as, "certificate required"},
		{"mTLS with", Identity{Name: "app.test", RequireClient: true}, func(c *tls.Config, k *Keys) {
			pair, err := tls.X509KeyPair(k.ClientCert, k.ClientKey)
			if err != nil {
				t.Fatal(err)
			}
			c.Certificates = []tls.Certificate{pair}
		}, ""},
		{"only 1.3", Identity{Name: "app.test", Min: tls.VersionTLS13}, func(c *tls.Config, _ *Keys) { c.MaxVersion = tls.VersionTLS12 }, "protocol version"},
		{"only 1.2", Identity{Name: "app.test", Max: tls.VersionTLS12}, func(c *tls.Config, _ *Keys) { c.MinVersion = tls.VersionTLS13 }, "protocol version"},
	} {
		err := dial(t, c.id, c.change)
		if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.wrong)
		}
	}
}

func TestIntermediatesAreSent(t *testing.T) {
	keys, err := Identity{Intermediates: 2}.Keys()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(keys.Server.Certificates[0].Certificate); n != 3 {
		t.Errorf("a chain of %d", n)
	}
}

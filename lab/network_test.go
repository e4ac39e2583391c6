package lab

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func startRelay(t *testing.T, to string, delay, forget time.Duration) *Relay {
	t.Helper()
	r, err := StartRelay(to, delay, forget)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func TestRelayDelaysEachWay(t *testing.T) {
	b := startBackend(t, Options{})
	r := startRelay(t, b.Addr(), 30*time.Millisecond, 0)
	began := time.Now()
	got, err := exchange(t, r.Addr(), get("/"))
	if took := time.Since(began); err != nil || !strings.HasSuffix(got, "ok\n") || took < 60*time.Millisecond {
		t.Errorf("got %q, %v after %v", got, err, took)
	}
}

// TestRelayIsALatencyAndNoRate: many pieces do not add up.
func TestRelayIsALatencyAndNoRate(t *testing.T) {
	b := startBackend(t, Options{})
	r := startRelay(t, b.Addr(), 20*time.Millisecond, 0)
	began := time.Now()
	got, err := exchange(t, r.Addr(), get("/?cmd=trickle&v=1ms&n=50"))
	if took := time.Since(began); err != nil || !strings.HasSuffix(got, strings.Repeat(".", 50)) || took > 1900*time.Millisecond {
		t.Errorf("%d bytes, %v after %v", len(got), err, took)
	}
}

func TestRelayPassesTheEndOn(t *testing.T) {
	b := startBackend(t, Options{})
	r := startRelay(t, b.Addr(), 5*time.Millisecond, 0)
	if got, err := exchange(t, r.Addr(), get("/?cmd=fin")); got != "" || err != nil {
		t.Errorf("fin: %q, %v", got, err)
	}
	if got, err := exchange(t, r.Addr(), get("/?cmd=rst")); got != "" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("rst: %q, %v", got, err)
	}
	b.Close()
	if _, err := exchange(t, r.Addr(), get("/")); err == nil {
		t.Error("nobody behind the relay, and no error")
	}
}

func TestRelayForgets(t *testing.T) {
	b := startBackend(t, Options{})
	r := startRelay(t, b.Addr(), 0, 100*time.Millisecond)
	c, err := net.Dial("tcp", r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	in := bufio.NewReader(c)
	ask := func() error {
		c.SetDeadline(time.Now().Add(250 * time.Millisecond))
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
			return err
		}
		for {
			line, err := in.ReadString('\n')
			if err != nil || line == "ok\n" {
				return err
			}
		}
	}
	for range 3 {
		if err := ask(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond)
	for range 2 { // and it does not come back
		if err := ask(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after the flow was forgotten: %v, want silence", err)
		}
	}
	if n := len(b.Seen()); n != 3 {
		t.Errorf("the backend saw %d requests", n)
	}
}

func TestDropperAnswersNoSYN(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs Linux")
	}
	d, err := StartDropper()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for range 3 {
		c, err := net.DialTimeout("tcp", d.Addr(), 100*time.Millisecond)
		if err == nil {
			c.Close()
			t.Fatal("it accepts")
		}
		if timeout, ok := err.(net.Error); !ok || !timeout.Timeout() {
			t.Errorf("%v, want silence", err)
		}
	}
}

func TestDNS(t *testing.T) {
	d, err := StartDNS(map[string]Records{
		"both.test":   {Addrs: []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.3"), netip.MustParseAddr("::1")}},
		"failed.test": {Failed: true},
		"silent.test": {Silent: true},
		"gone.test":   {Missing: true},
		"empty.test":  {},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", d.Addr())
	}}
	look := func(network, name string) (found []string, err error) {
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer cancel()
		addrs, err := resolver.LookupNetIP(ctx, network, name+".")
		for _, a := range addrs {
			found = append(found, a.String())
		}
		slices.Sort(found)
		return found, err
	}
	for _, c := range []struct {
		network, name string
		want          []string
		wrong         string
	}{
		{"ip4", "both.test", []string{"127.0.0.2", "127.0.0.3"}, ""},
		{"ip6", "both.test", []string{"::1"}, ""},
		{"ip", "BOTH.test", []string{"127.0.0.2", "127.0.0.3", "::1"}, ""},
		{"ip4", "unknown.test", nil, "no such host"},
		{"ip4", "gone.test", nil, "no such host"},
		{"ip4", "empty.test", nil, "no such host"},
		{"ip4", "failed.test", nil, "server misbehaving"},
		{"ip4", "silent.test", nil, "timeout"},
	} {
		got, err := look(c.network, c.name)
		if !slices.Equal(got, c.want) || (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s %s: %v, %v", c.network, c.name, got, err)
		}
	}
	d.Set("both.test", Records{Addrs: []netip.Addr{netip.MustParseAddr("127.0.0.9")}})
	if got, err := look("ip4", "both.test"); err != nil || !slices.Equal(got, []string{"127.0.0.9"}) {
		t.Errorf("after the change: %v, %v", got, err)
	}
	if n := d.Asked("both.test"); n < 4 {
		t.Errorf("asked %d times", n)
	}
}

func TestDNSSurvivesRubbish(t *testing.T) {
	d, err := StartDNS(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, query := range []string{"", "x", strings.Repeat("\xff", 40), "\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", "\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x3fabc", "\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01"} {
		if reply := d.reply([]byte(query)); reply != nil {
			t.Errorf("%q is answered", query)
		}
	}
}

func TestPortsAreGivenOnce(t *testing.T) {
	ports := NewPorts()
	given := map[int]bool{}
	for range 50 {
		p, err := ports.Free("127.0.0.1")
		if err != nil || given[p] || p < lowestPort || p >= lowestPort+countPorts {
			t.Fatalf("%d, %v", p, err)
		}
		given[p] = true
	}
	if _, err := ports.Free("192.0.2.1"); err == nil {
		t.Error("a port of somebody else's address")
	}
}

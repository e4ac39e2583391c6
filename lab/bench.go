package lab

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// needs are what a case may ask of a machine besides its servers. Each tells
// why the machine has it not, or "".
var needs = map[string]func() string{
	"mounts": mounts,
	"root": func() string {
		if os.Geteuid() != 0 {
			return "needs root"
		}
		return ""
	},
	"ipv6": func() string {
		ln, err := net.Listen("tcp", "[::1]:0")
		if err != nil {
			return "needs ::1: " + err.Error()
		}
		ln.Close()
		return ""
	},
	"linux": func() string {
		if runtime.GOOS != "linux" {
			return "needs Linux"
		}
		return ""
	},
}

// Servers finds what the case runs. When the case cannot be run here, why says
// so: a server or a right is missing, or the version is out of the case's range.
func (c *Case) Servers() (servers []*Server, why string, err error) {
	for _, run := range c.Runs {
		s, err := Products[run.Product].Find()
		if err != nil {
			return nil, err.Error(), nil
		}
		if !run.Versions.Has(s.Version) {
			return nil, fmt.Sprintf("%s: the case is for %s %s", s, run.Product, run.Versions), nil
		}
		servers = append(servers, s)
	}
	for _, n := range c.Needs {
		if why := needs[n](); why != "" {
			return nil, why, nil
		}
	}
	return servers, "", nil
}

// Bench is one side of a case, set up: its backends listen, and its files are
// written with their placeholders filled in. The servers do not run yet.
type Bench struct {
	c        *Case
	name     string // of the side
	side     *Side
	dir      string
	backends map[string]*Backend
	named    map[string]*DNS
	ports    map[string]string // the addresses of the parts of kind port and socket
	values   map[string]string // of the placeholders
	hosts    map[string]string // what the private hosts file says; nil: there is none
	closers  []func()
	running  map[string]*Process // by product
}

// Set sets up the side "bad" or "fixed" of the case.
func (c *Case) Set(side string, ports *Ports) (*Bench, error) {
	b := &Bench{
		c: c, name: side, side: &c.Bad,
		backends: map[string]*Backend{}, named: map[string]*DNS{}, ports: map[string]string{}, values: map[string]string{},
	}
	if side == "fixed" {
		b.side = &c.Fixed
	}
	if err := b.set(ports); err != nil {
		b.Close()
		return nil, fmt.Errorf("%s: %w", side, err)
	}
	return b, nil
}

// Close stops everything that the bench started and removes its files.
func (b *Bench) Close() {
	for i := len(b.closers) - 1; i >= 0; i-- {
		b.closers[i]()
	}
	b.closers = nil
}

// Conf is the directory with the files as the server and gwlint read them.
func (b *Bench) Conf() string { return filepath.Join(b.dir, "conf") }

// sockets is where servers make theirs, whoever they run as.
func (b *Bench) sockets() string { return filepath.Join(b.dir, "run") }

// FS is the same as a file system.
func (b *Bench) FS() fs.FS { return os.DirFS(b.Conf()) }

func (b *Bench) set(ports *Ports) error {
	// Short, as the path of a unix socket has room for 107 bytes.
	dir, err := os.MkdirTemp("", "lab")
	if err != nil {
		return err
	}
	b.dir = dir
	b.closers = append(b.closers, func() { os.RemoveAll(dir) })
	for _, dir := range []string{b.Conf(), b.sockets()} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	b.values["dir"] = b.Conf()
	if err := b.place(Part{Kind: "port", Name: "front"}, ports); err != nil {
		return err
	}
	for _, p := range b.c.Parts {
		if err := b.place(p, ports); err != nil {
			return fmt.Errorf("%s %s: %w", p.Kind, p.Name, err)
		}
	}
	for _, f := range b.side.Files {
		if !fs.ValidPath(f.Name) {
			return fmt.Errorf("%q is no path", f.Name)
		}
		text, err := b.fill(string(f.Data))
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		name := filepath.Join(b.Conf(), filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	if err := b.writeHosts(); err != nil {
		return err
	}
	return b.open()
}

// open lets everybody read what was written, whatever the umask: workers run as
// users of their own.
func (b *Bench) open() error {
	return filepath.WalkDir(b.dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == b.sockets():
			return os.Chmod(name, 0o777)
		case d.IsDir():
			return os.Chmod(name, 0o755)
		case d.Type().IsRegular():
			return os.Chmod(name, 0o644)
		}
		return nil // a socket has the mode that the case gives it
	})
}

var placeholder = regexp.MustCompile(`\{\{([a-z0-9_.-]+)\}\}`)

// fill replaces {{name}} by the address of a part, and {{name.host}} and
// {{name.port}} by its halves.
func (b *Bench) fill(text string) (string, error) {
	var unknown error
	text = placeholder.ReplaceAllStringFunc(text, func(p string) string {
		name := p[2 : len(p)-2]
		v, ok := b.values[name]
		if !ok {
			unknown = fmt.Errorf("nothing is called %s", p)
		}
		return v
	})
	return text, unknown
}

func (b *Bench) address(name, address string) {
	b.values[name] = address
	if host, port, err := net.SplitHostPort(address); err == nil {
		b.values[name+".host"], b.values[name+".port"] = host, port
	}
}

// place sets one part up.
func (b *Bench) place(p Part, ports *Ports) error {
	switch p.Kind {
	case "port":
		port, err := ports.Free("127.0.0.1")
		if err != nil {
			return err
		}
		b.ports[p.Name] = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		b.address(p.Name, b.ports[p.Name])
	case "socket":
		b.ports[p.Name] = filepath.Join(b.sockets(), p.Name+".sock")
		b.address(p.Name, b.ports[p.Name])
	case "closed":
		port, err := ports.Free("127.0.0.1")
		if err != nil {
			return err
		}
		b.address(p.Name, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	case "backend":
		return b.placeBackend(p, ports)
	case "relay":
		delay, err := optional(p.Options["delay"])
		if err != nil {
			return err
		}
		forget, err := optional(p.Options["forget"])
		if err != nil {
			return err
		}
		to, ok := b.values[p.Options["to"]]
		if !ok {
			return fmt.Errorf("nothing before it is called %q", p.Options["to"])
		}
		r, err := StartRelay(to, delay, forget)
		if err != nil {
			return err
		}
		b.closers = append(b.closers, r.Close)
		b.address(p.Name, r.Addr())
	case "dropper":
		d, err := StartDropper()
		if err != nil {
			return err
		}
		b.closers = append(b.closers, d.Close)
		b.address(p.Name, d.Addr())
	case "dns":
		names := map[string]Records{}
		for name, addresses := range p.Options {
			r, err := records(addresses)
			if err != nil {
				return err
			}
			names[name] = r
		}
		d, err := StartDNS(names)
		if err != nil {
			return err
		}
		b.closers = append(b.closers, d.Close)
		b.named[p.Name] = d
		b.address(p.Name, d.Addr())
	case "hosts":
		b.hosts = p.Options
	}
	return nil
}

func optional(d string) (time.Duration, error) {
	if d == "" {
		return 0, nil
	}
	return time.ParseDuration(d)
}

// records reads "127.0.0.2,::1", or one of missing, failed and silent.
func records(text string) (Records, error) {
	switch text {
	case "missing":
		return Records{Missing: true}, nil
	case "failed":
		return Records{Failed: true}, nil
	case "silent":
		return Records{Silent: true}, nil
	}
	var r Records
	for a := range strings.SplitSeq(text, ",") {
		addr, err := netip.ParseAddr(a)
		if err != nil {
			return r, err
		}
		r.Addrs = append(r.Addrs, addr)
	}
	return r, nil
}

var tlsVersions = map[string]uint16{"": 0, "1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

func (b *Bench) placeBackend(p Part, ports *Ports) error {
	has := func(name string) bool { _, ok := p.Options[name]; return ok }
	idle, err := optional(p.Options["idle"])
	if err != nil {
		return err
	}
	opt := Options{Idle: idle, Speaks: p.Options["speaks"], Script: Script{Cmd: p.Options["cmd"], V: p.Options["v"]}}
	if n := p.Options["n"]; n != "" {
		if opt.Script.N, err = strconv.Atoi(n); err != nil {
			return err
		}
	}
	if has("unix") {
		opt.Network, opt.Address = "unix", filepath.Join(b.dir, p.Name+".sock")
		if m := p.Options["mode"]; m != "" {
			mode, err := strconv.ParseUint(m, 8, 9)
			if err != nil {
				return err
			}
			opt.Mode = os.FileMode(mode)
		}
	} else {
		host := p.Options["at"]
		if host == "" {
			host = "127.0.0.1"
		}
		port := 0
		if other := p.Options["port"]; other != "" {
			port, err = strconv.Atoi(b.values[other+".port"])
			if err != nil {
				return fmt.Errorf("no port of %q", other)
			}
		} else if port, err = ports.Free(host); err != nil {
			return err
		}
		opt.Address = net.JoinHostPort(host, strconv.Itoa(port))
	}
	if has("tls") || has("sni") || has("expired") || has("intermediates") || has("mtls") {
		id := Identity{Name: p.Options["sni"], RequireSNI: has("sni"), Expired: has("expired"), RequireClient: has("mtls")}
		if id.Name == "" {
			id.Name = p.Options["tls"]
		}
		var ok [2]bool
		id.Min, ok[0] = tlsVersions[p.Options["min"]]
		id.Max, ok[1] = tlsVersions[p.Options["max"]]
		if !ok[0] || !ok[1] {
			return errors.New("min and max are TLS versions such as 1.2")
		}
		if n := p.Options["intermediates"]; n != "" {
			if id.Intermediates, err = strconv.Atoi(n); err != nil {
				return err
			}
		}
		keys, err := id.Keys()
		if err != nil {
			return err
		}
		opt.TLS = keys.Server
		for name, pem := range map[string][]byte{".root.pem": keys.Root, ".client.pem": keys.ClientCert, ".client.key": keys.ClientKey} {
			if err := os.WriteFile(filepath.Join(b.Conf(), p.Name+name), pem, 0o644); err != nil {
				return err
			}
		}
	}
	backend, err := Start(opt)
	if err != nil {
		return err
	}
	b.backends[p.Name] = backend
	b.closers = append(b.closers, func() { b.backends[p.Name].Close() })
	b.address(p.Name, backend.Addr())
	return nil
}

func (b *Bench) hostsFile() string {
	if b.hosts == nil {
		return ""
	}
	return filepath.Join(b.dir, "hosts")
}

// writeHosts writes the private hosts file in place, as the servers have the
// file itself mounted.
func (b *Bench) writeHosts() error {
	if b.hosts == nil {
		return nil
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(b.hosts)) {
		for a := range strings.SplitSeq(b.hosts[name], ",") {
			fmt.Fprintf(&text, "%s %s\n", a, name)
		}
	}
	return os.WriteFile(b.hostsFile(), []byte(text.String()), 0o644)
}

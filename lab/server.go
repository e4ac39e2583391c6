package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Product is how a server is found, checked, started and asked for its version.
type Product struct {
	Name    string
	Env     string   // names another binary than the installed one
	Names   []string // of the binary, in PATH and in the sbin directories
	asked   string   // the option that makes it tell its version; "" is -v
	version *regexp.Regexp
	// serve and check make the arguments that run the file or only check it.
	// The working directory is conf; what the server writes goes to scratch. A
	// nil check is one that the server cannot do.
	serve, check func(file, scratch, text string) ([]string, error)
}

// Products are the servers that a case may run, by their names.
var Products = map[string]*Product{
	"nginx": {
		Name:    "nginx",
		Env:     "GWLINT_NGINX",
		Names:   []string{"nginx"},
		version: regexp.MustCompile(`nginx version: nginx/([0-9.]+)`),
		serve:   nginxArgs,
		check: func(file, scratch, text string) ([]string, error) {
			args, err := nginxArgs(file, scratch, text)
			return append(args, "-t"), err
		},
	},
	"haproxy": {
		Name:    "haproxy",
		Env:     "GWLINT_HAPROXY",
		Names:   []string{"haproxy"},
		version: regexp.MustCompile(`HAProxy version ([0-9.]+)`),
		serve:   haproxyArgs("-db"),
		check:   haproxyArgs("-c"),
	},
	"php-fpm": {
		Name:    "php-fpm",
		Env:     "GWLINT_PHP_FPM",
		Names:   []string{"php-fpm", "php-fpm8.4", "php-fpm8.3", "php-fpm8.2", "php-fpm8.1"},
		version: regexp.MustCompile(`PHP ([0-9.]+)`),
		serve:   fpmArgs("-F"),
		check:   fpmArgs("-t"),
	},
	"gunicorn": {
		Name:    "gunicorn",
		Env:     "GWLINT_GUNICORN",
		Names:   []string{"gunicorn"},
		version: regexp.MustCompile(`version ([0-9.]+)`),
		serve:   gunicornArgs,
		check: func(file, scratch, text string) ([]string, error) {
			args, err := gunicornArgs(file, scratch, text)
			return append(args, "--check-config"), err
		},
	},
	"uwsgi": {
		Name:    "uwsgi",
		Env:     "GWLINT_UWSGI",
		Names:   []string{"uwsgi"},
		asked:   "--version",
		version: regexp.MustCompile(`^([0-9.]+)`),
		serve:   uwsgiArgs,
	},
}

// logName is the file in a server's scratch directory that holds its error log
// and whatever it printed.
const logName = "error.log"

// nginxArgs adds what the configuration of a case leaves out, as it would mean
// nothing to a reader: where the log and the pid go. Relative paths of the case
// itself lead from its own directory.
func nginxArgs(file, scratch, text string) ([]string, error) {
	globals := "daemon off;"
	for name, value := range map[string]string{
		"pid":       filepath.Join(scratch, "nginx.pid"),
		"error_log": filepath.Join(scratch, logName) + " info",
	} {
		if !regexp.MustCompile(`(?m)^\s*` + name + `\s`).MatchString(text) {
			globals += " " + name + " " + value + ";"
		}
	}
	return []string{"-p", scratch, "-c", file, "-e", filepath.Join(scratch, logName), "-g", globals}, nil
}

// haproxyArgs puts a section before the case's own that sends the log to stderr.
func haproxyArgs(mode string) func(file, scratch, text string) ([]string, error) {
	return func(file, scratch, _ string) ([]string, error) {
		first := filepath.Join(scratch, "log.cfg")
		err := os.WriteFile(first, []byte("global\n    log stderr format raw daemon\n"), 0o644)
		return []string{mode, "-f", first, "-f", file}, err
	}
}

// fpmArgs puts the global section, which a pool file has not, around the pool.
func fpmArgs(mode string) func(file, scratch, text string) ([]string, error) {
	return func(file, scratch, _ string) ([]string, error) {
		main := filepath.Join(scratch, "php-fpm.conf")
		text := fmt.Sprintf("[global]\nerror_log = %s\npid = %s\ninclude = %s\n",
			filepath.Join(scratch, logName), filepath.Join(scratch, "php-fpm.pid"), file)
		return []string{mode, "-y", main}, os.WriteFile(main, []byte(text), 0o644)
	}
}

// gunicornArgs serves app of app.py, which the case brings.
func gunicornArgs(file, _, _ string) ([]string, error) {
	return []string{"--config", file, "app:app"}, nil
}

// uwsgiArgs names the plugin that distributions pack apart.
func uwsgiArgs(file, _, _ string) ([]string, error) {
	return []string{"--plugin", "python3", "--ini", file}, nil
}

// Server is an installed product.
type Server struct {
	*Product
	Binary  string
	Version string
}

// Find looks a product up: the binary that its environment variable names, else
// the first of its names in PATH, /usr/sbin or /usr/local/sbin. The error says
// why there is none.
func (p *Product) Find() (*Server, error) {
	binary := os.Getenv(p.Env)
	if binary == "" {
		for _, name := range p.Names {
			for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/local/sbin") {
				if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil && binary == "" {
					binary = path
				}
			}
		}
	}
	if binary == "" {
		return nil, fmt.Errorf("%s is not installed (%s may name one)", p.Name, p.Env)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	asked := cmp.Or(p.asked, "-v")
	said, err := exec.CommandContext(ctx, binary, asked).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", binary, asked, err)
	}
	m := p.version.FindSubmatch(said)
	if m == nil {
		return nil, fmt.Errorf("%s %s tells no version: %s", binary, asked, said)
	}
	return &Server{Product: p, Binary: binary, Version: strings.TrimRight(string(m[1]), ".")}, nil
}

func (s *Server) String() string { return s.Name + " " + s.Version }

// Check lets the server read the file without serving it, and returns what it
// said and whether it would start.
func (s *Server) Check(conf, file, scratch string) (said string, starts bool, err error) {
	text, err := os.ReadFile(filepath.Join(conf, file))
	if err != nil {
		return "", false, err
	}
	if s.check == nil {
		return "", false, fmt.Errorf("%s cannot check its configuration", s.Name)
	}
	args, err := s.check(filepath.Join(conf, file), scratch, string(text))
	if err != nil {
		return "", false, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.Binary, args...)
	cmd.Dir = conf
	out, err := cmd.CombinedOutput()
	if _, refused := err.(*exec.ExitError); refused && ctx.Err() == nil {
		return string(out), false, nil
	}
	return string(out), err == nil, err
}

// Process is a server that runs.
type Process struct {
	server  *Server
	cmd     *exec.Cmd
	log     string
	done    chan struct{} // closed when the process has ended
	stopped sync.Once
}

// Start runs the server and returns when every address accepts connections.
// hosts, if not "", is a file that the server sees as /etc/hosts.
func (s *Server) Start(conf, file, scratch, hosts string, addresses []string) (*Process, error) {
	text, err := os.ReadFile(filepath.Join(conf, file))
	if err != nil {
		return nil, err
	}
	args, err := s.serve(filepath.Join(conf, file), scratch, string(text))
	if err != nil {
		return nil, err
	}
	p := &Process{server: s, log: filepath.Join(scratch, logName), done: make(chan struct{})}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p.cmd = exec.Command(s.Binary, args...)
	if hosts != "" {
		if p.cmd, err = withHosts(hosts, s.Binary, args); err != nil {
			return nil, err
		}
	}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = conf, out, out
	if err := p.start(); err != nil {
		return nil, err
	}
	for _, a := range addresses {
		if err := p.ready(a); err != nil {
			p.Stop()
			return nil, fmt.Errorf("%s: %w\n%s", s, err, p.Log())
		}
	}
	return p, nil
}

// ready waits until the address accepts a connection.
func (p *Process) ready(address string) error {
	until := time.Now().Add(10 * time.Second)
	network := "tcp"
	if filepath.IsAbs(address) {
		network = "unix"
	}
	for {
		c, err := net.DialTimeout(network, address, time.Second)
		if err == nil {
			return c.Close()
		}
		select {
		case <-p.done:
			return errors.New("ended before it listened")
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(until) {
			return err
		}
	}
}

// signals are those that a case may send.
var signals = map[string]os.Signal{"TERM": syscall.SIGTERM, "QUIT": syscall.SIGQUIT, "INT": syscall.SIGINT, "HUP": syscall.SIGHUP}

// Signal sends one of signals to the server's first process.
func (p *Process) Signal(name string) error { return p.cmd.Process.Signal(signals[name]) }

// Log is what the server wrote so far to its error log, and printed.
func (p *Process) Log() string {
	text, _ := os.ReadFile(p.log)
	return string(text)
}

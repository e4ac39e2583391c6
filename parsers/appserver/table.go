package appserver

import "time"

// A kind is a server that its command line configures alone: the options it
// takes, and what it does without them.
type kind struct {
	sub          []string // its own command, one of which must stand among the arguments
	hosts, ports []string // options; the environment's names behind them in upper case
	binds        []string // options that take host:port
	sockets      []string // options that take a path
	config       []string // files of settings beside it that give host and port
	section      string   // of those files; "" is anywhere
	positional   bool     // the first argument that is no option is an address

	host string // where it listens without any; "" is every address
	port int

	idle     []string
	idleUnit time.Duration // of idle; zero is a second
	keeps    time.Duration // idle without an option; unknown: not told
	grace    []string
	lives    time.Duration // grace without an option; unknown
	slots    []string
	serves   int // slots without an option; 0 is not told
	head     int64
	mode     int // of its sockets; 0 is not told
	certs    []string
}

// unknown is what no measurement and no manual tells.
const unknown = time.Duration(-1)

// kinds are by the name of the program. Defaults are those of the manuals; idle
// times, socket modes and what a signal does were measured on loopback with
// uvicorn 0.17, hypercorn 0.13, waitress 2.1.
var kinds = map[string]kind{
	"uvicorn": {hosts: []string{"--host", "UVICORN_HOST"}, ports: []string{"--port", "UVICORN_PORT"}, sockets: []string{"--uds"}, host: "127.0.0.1", port: 8000,
		idle: []string{"--timeout-keep-alive", "UVICORN_TIMEOUT_KEEP_ALIVE"}, keeps: 5 * time.Second, grace: []string{"--timeout-graceful-shutdown"}, lives: forever,
		slots: []string{"--limit-concurrency"}, head: 64 << 10, mode: 0o666, certs: []string{"--ssl-certfile"}},
	"fastapi run": {hosts: []string{"--host"}, ports: []string{"--port"}, host: "0.0.0.0", port: 8000, keeps: 5 * time.Second, lives: forever, head: 64 << 10},
	"fastapi dev": {hosts: []string{"--host"}, ports: []string{"--port"}, host: "127.0.0.1", port: 8000, keeps: 5 * time.Second, lives: forever, head: 64 << 10},
	"granian": {hosts: []string{"--host", "GRANIAN_HOST"}, ports: []string{"--port", "GRANIAN_PORT"}, host: "127.0.0.1", port: 8000, keeps: unknown,
		grace: []string{"--workers-kill-timeout", "--workers-graceful-timeout", "GRANIAN_WORKERS_KILL_TIMEOUT", "GRANIAN_WORKERS_GRACEFUL_TIMEOUT"}, lives: forever},
	"hypercorn": {binds: []string{"-b", "--bind"}, host: "127.0.0.1", port: 8000, idle: []string{"--keep-alive"}, keeps: unknown,
		grace: []string{"--graceful-timeout"}, lives: 3 * time.Second, certs: []string{"--certfile"}},
	"daphne": {hosts: []string{"-b", "--bind"}, ports: []string{"-p", "--port"}, sockets: []string{"-u", "--unix-socket"}, host: "127.0.0.1", port: 8000, keeps: unknown, lives: unknown},
	"waitress-serve": {binds: []string{"--listen"}, hosts: []string{"--host"}, ports: []string{"--port"}, sockets: []string{"--unix-socket"}, host: "0.0.0.0", port: 8080,
		idle: []string{"--channel-timeout"}, keeps: 120 * time.Second, lives: 0, slots: []string{"--threads"}, serves: 4, head: 256 << 10, mode: 0o600},
	"flask": {sub: []string{"run"}, hosts: []string{"-h", "--host", "FLASK_RUN_HOST"}, ports: []string{"-p", "--port", "FLASK_RUN_PORT"}, host: "127.0.0.1", port: 5000,
		keeps: unknown, lives: unknown, certs: []string{"--cert"}},
	"runserver":            {positional: true, host: "127.0.0.1", port: 8000, keeps: unknown, lives: unknown},
	"next start":           {hosts: []string{"-H", "--hostname", "HOSTNAME"}, ports: []string{"-p", "--port", "PORT"}, port: 3000, idle: []string{"--keepAliveTimeout"}, idleUnit: time.Millisecond, keeps: unknown, lives: unknown},
	"next dev":             {hosts: []string{"-H", "--hostname"}, ports: []string{"-p", "--port", "PORT"}, port: 3000, keeps: unknown, lives: unknown},
	"react-scripts":        {sub: []string{"start"}, hosts: []string{"HOST"}, ports: []string{"PORT"}, port: 3000, keeps: unknown, lives: unknown},
	"vite":                 {config: viteConfig, section: "server", hosts: []string{"--host"}, ports: []string{"--port"}, host: "localhost", port: 5173, keeps: unknown, lives: unknown},
	"vite preview":         {config: viteConfig, section: "preview", hosts: []string{"--host"}, ports: []string{"--port"}, host: "localhost", port: 4173, keeps: unknown, lives: unknown},
	"ng":                   {config: []string{"angular.json"}, sub: []string{"serve"}, hosts: []string{"--host"}, ports: []string{"--port"}, host: "localhost", port: 4200, keeps: unknown, lives: unknown},
	"http-server":          {hosts: []string{"-a"}, ports: []string{"-p", "--port", "PORT"}, port: 8080, keeps: unknown, lives: unknown, certs: []string{"-C", "--cert"}},
	"serve":                {binds: []string{"-l", "--listen", "-p"}, port: 3000, keeps: unknown, lives: unknown, certs: []string{"--ssl-cert"}},
	"artisan serve":        {hosts: []string{"--host", "SERVER_HOST"}, ports: []string{"--port", "SERVER_PORT"}, host: "127.0.0.1", port: 8000, keeps: unknown, lives: unknown},
	"artisan octane:start": {hosts: []string{"--host"}, ports: []string{"--port"}, host: "127.0.0.1", port: 8000, keeps: unknown, lives: unknown},
	"artisan reverb:start": {hosts: []string{"--host", "REVERB_SERVER_HOST"}, ports: []string{"--port", "REVERB_SERVER_PORT"}, host: "0.0.0.0", port: 8080, keeps: unknown, lives: unknown},
	"php -S":               {binds: []string{"-S"}, keeps: 0, lives: 0},
}

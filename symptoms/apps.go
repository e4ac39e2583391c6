package symptoms

import (
	"regexp"
	"strings"
)

// apps are the servers behind the gateways: their lines say why a gateway got
// no answer.
var apps = []Symptom{
	{
		Product: "php-fpm", Says: "Connection disallowed: IP address '{address}' has been dropped",
		Means:  "whoever connects is not in the list of the pool",
		Client: "502 from nginx", Phase: "taking a connection", Setting: "listen.allowed_clients", Rules: []string{"client-not-allowed"},
		Look: []string{"the address of the gateway as PHP-FPM sees it: in containers not 127.0.0.1"}, Source: "seen on nginx 1.22.1 with PHP-FPM 8.2",
	},
	{
		Product: "php-fpm", Says: "server reached pm.max_children setting ({children})",
		Means:  "all workers of the pool are busy: further requests wait in the queue of the socket",
		Client: "504 from nginx when they wait for longer than fastcgi_read_timeout; 502 at once where the queue of a unix socket is full (listen.backlog)",
		Phase:  "waiting for a worker", Setting: "pm.max_children, listen.backlog, fastcgi_read_timeout",
		Rules:  []string{"read-timeout-below-app", "timeout-inversion", "slow-route-starves", "keepalive-takes-children", "small-backlog"},
		Look:   []string{"how long requests take: the slow log of the pool (request_slowlog_timeout)", "fastcgi_keep_conn with keepalive in nginx holds a worker for each idle connection"},
		Source: "seen on nginx 1.22.1 with PHP-FPM 8.2",
	},
	{
		Product: "php-fpm", Says: "seems busy (you may need to increase pm.start_servers",
		Means:  "the pool starts workers one after the other because requests wait; a warning of what comes",
		Client: "the answer, later", Phase: "waiting for a worker", Setting: "pm.start_servers, pm.min_spare_servers",
		Look: []string{"\"server reached pm.max_children\" after it"}, Source: "the source of PHP-FPM",
	},
	{
		Product: "php-fpm", Says: "execution timed out ({seconds} sec), terminating",
		Means:  "the request took longer than request_terminate_timeout: the worker is killed, whatever fastcgi_read_timeout says",
		Client: "502 in nginx, not 504; 503 in Apache", Phase: "working on the answer", Setting: "request_terminate_timeout",
		Rules: []string{"dead-timeout"},
		Look:  []string{"which of the two limits is meant to act: fastcgi_read_timeout below it gives a 504"}, Source: "seen on nginx 1.22.1 with PHP-FPM 8.2",
	},
	{
		Product: "php-fpm", Says: "exited on signal 9",
		Means:  "a worker was killed from outside: mostly the kernel that ran out of memory",
		Client: "502 in nginx for the request that it worked on", Phase: "working on the answer", Setting: "memory_limit × pm.max_children, the memory of the container",
		Look: []string{"dmesg: out of memory"}, Source: "seen on nginx 1.22.1 with PHP-FPM 8.2",
	},
	{
		Product: "php-fpm", Says: "exited on signal 15",
		Means:  "a worker was told to end with a request under way: a stop, a reload, or request_terminate_timeout",
		Client: "502 in nginx for the request that it worked on", Phase: "working on the answer", Setting: "process_control_timeout, request_terminate_timeout",
		Rules: []string{"dead-timeout", "drain-too-short", "fast-stop"},
		Look:  []string{"whether it falls together with a deploy"}, Source: "seen on nginx 1.22.1 with PHP-FPM 8.2",
	},
	{
		Product: "php-fpm", Says: "exited on signal 11",
		Means:  "a worker crashed",
		Client: "502 in nginx for the request that it worked on", Phase: "working on the answer",
		Look: []string{"the extensions of PHP; opcache and JIT first"}, Source: "the source of PHP-FPM",
	},
	{
		Product: "gunicorn", Says: "WORKER TIMEOUT (pid:{pid})",
		Means:  "a worker was silent for longer than --timeout (30 s) and is killed; in a sync worker that is one request that took too long, in others a loop that is blocked",
		Client: "502 in nginx, not 504: \"upstream prematurely closed connection\"", Phase: "working on the answer", Setting: "--timeout",
		Rules: []string{"dead-timeout", "read-timeout-below-app"},
		Look:  []string{"which request it was: proxy_read_timeout below --timeout gives a 504, and the worker lives"}, Source: "seen on nginx 1.22.1 with gunicorn 20.1",
	},
	{
		Product: "gunicorn", Says: "WORKER TIMEOUT",
		Means:  "a worker was silent for longer than --timeout (30 s) and is killed; in a sync worker that is one request that took too long, in others a loop that is blocked",
		Client: "502 in nginx, not 504: \"upstream prematurely closed connection\"", Phase: "working on the answer", Setting: "--timeout",
		Rules: []string{"dead-timeout", "read-timeout-below-app"},
		Look:  []string{"which request it was: proxy_read_timeout below --timeout gives a 504, and the worker lives"}, Source: "seen on nginx 1.22.1 with gunicorn 20.1",
	},
	{
		Product: "gunicorn", Says: "was sent SIGKILL! Perhaps out of memory?",
		Means:  "a worker was killed: after a timeout it did not end by itself, or the kernel ran out of memory",
		Client: "502 in nginx for the request that it worked on", Phase: "working on the answer", Setting: "--timeout, the memory of the container",
		Rules: []string{"dead-timeout"},
		Look:  []string{"\"WORKER TIMEOUT\" just before it: then it is no memory"}, Source: "the source of gunicorn",
	},
	{
		Product: "gunicorn", Says: "Worker with pid {pid} was terminated due to signal 9",
		Means:  "a worker was killed: after a timeout it did not end by itself, or the kernel ran out of memory",
		Client: "502 in nginx for the request that it worked on", Phase: "working on the answer", Setting: "--timeout, the memory of the container",
		Rules: []string{"dead-timeout"},
		Look:  []string{"\"WORKER TIMEOUT\" just before it: then it is no memory"}, Source: "seen on gunicorn 20.1, with signal 15",
	},
	{
		Product: "gunicorn", Says: "Worker failed to boot",
		Means:  "the application cannot be loaded: an import that fails",
		Client: "502 or 503: nobody listens", Phase: "starting", Look: []string{"the traceback above it"}, Source: "the source of gunicorn",
	},
	{
		Product: "uwsgi", Says: "invalid request block size: {size} (max {max})",
		Means:  "the headers of the request do not fit into buffer-size (4096): cookies, mostly; or HTTP is spoken to the socket of the uwsgi protocol",
		Client: "502 in nginx and HAProxy: uWSGI closes without an answer", Phase: "reading the request", Setting: "buffer-size",
		Look:   []string{"a size of 21573 is the letters ET of GET: proxy_pass to a socket that wants uwsgi_pass", "buffer-size = 32768"},
		Rules:  []string{"protocol-mismatch", "request-head-cut"},
		Source: "seen on nginx 1.22.1 with uWSGI 2.0.21",
	},
	{
		Product: "uwsgi", Says: "invalid HTTP request size (max {max})",
		Means:  "the headers of the request do not fit into buffer-size (4096): cookies, mostly",
		Client: "502 in nginx and HAProxy: uWSGI closes without an answer", Phase: "reading the request", Setting: "buffer-size",
		Look: []string{"buffer-size = 32768"}, Rules: []string{"request-head-cut"}, Source: "seen on uWSGI 2.0.21",
	},
	{
		Product: "uwsgi", Says: "HARAKIRI ON WORKER",
		Means:  "a request took longer than harakiri, and its worker is killed",
		Client: "502 in nginx, not 504", Phase: "working on the answer", Setting: "harakiri",
		Rules: []string{"dead-timeout"},
		Look:  []string{"uwsgi_read_timeout below harakiri gives a 504, and the worker lives"}, Source: "seen on nginx 1.22.1 with uWSGI 2.0.21",
	},
	{
		Product: "uwsgi", Says: "uWSGI listen queue of socket",
		Means:  "the queue of the socket is full: all workers are busy",
		Client: "502 at once on a unix socket, 504 on a port", Phase: "waiting for a worker", Setting: "listen, net.core.somaxconn, processes",
		Rules: []string{"small-backlog"},
		Look:  []string{"how many workers there are, and how long each request takes"}, Source: "the source of uWSGI",
	},
	{
		Product: "uwsgi", Says: "SIGPIPE: writing to a closed pipe/socket/fd (probably the client disconnected)",
		Means:  "who asked had left when the answer was ready: the gateway's timeout was over",
		Client: "504 from the gateway, or nobody was there", Phase: "sending the answer", Setting: "uwsgi_read_timeout, timeout server",
		Rules: []string{"read-timeout-below-app", "timeout-inversion"},
		Look:  []string{"the gateway's log at that second"}, Source: "the source of uWSGI",
	},
	{
		Product: "unicorn", Says: "timeout ({after} > {limit}), killing",
		Means:  "a request took longer than timeout (60 s), and its worker is killed",
		Client: "502 in nginx, not 504", Phase: "working on the answer", Setting: "timeout",
		Rules: []string{"dead-timeout"},
		Look:  []string{"proxy_read_timeout below it gives a 504"}, Source: "seen on nginx 1.22.1 with Unicorn 6.0",
	},
}

// appPrefix is what each of them puts before a message.
var appPrefix = regexp.MustCompile(`(?:WARNING|NOTICE|ERROR): (?:\[pool [^\]]*\] )?(?:child \d+(?:, script '[^']*' \(request: "[^"]*"\))? )?` +
	`|\[\d+\] \[(?:CRITICAL|ERROR|WARNING|INFO)\] (?:Worker \(pid:\d+\) )?` +
	`|^(?:\[\d+\] )?\[(?:CRITICAL|ERROR)\] (?:Worker \(pid:\d+\) )?` +
	`|^Worker \(pid:\d+\) |^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} - (?:\*\*\* )?|^\*\*\* |worker=\d+ PID:\d+ `)

// readApp reads a line of an app server's log.
func readApp(line string) (Reading, bool) {
	if !strings.ContainsAny(line, "[=*:(") { // all of them have one
		return Reading{}, false
	}
	at := appPrefix.FindStringIndex(line)
	if at == nil {
		return Reading{}, false
	}
	r, ok := find(apps, "", line[at[1]:])
	switch prefix := line[at[0]:at[1]]; {
	case ok:
	case strings.HasPrefix(prefix, "NOTICE: "):
		return Reading{Writer: "php-fpm", Fine: true}, true
	case strings.HasSuffix(prefix, "[INFO] "):
		return Reading{Writer: "gunicorn", Fine: true}, true
	}
	return r, ok
}

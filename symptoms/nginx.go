package symptoms

import (
	"regexp"
	"slices"
	"strings"
)

const (
	seenNginx   = "seen on nginx 1.22.1, 1.28.3 and 1.31.5"
	seenBuilt   = "seen on nginx 1.28.3 and 1.31.5"
	nginxSource = "the source of nginx"
	notStarting = "nothing: nginx does not start; at a reload the old configuration goes on serving"
	oneTry      = ", unless another server of the pool answers: each failed try writes a line of its own"
	connecting  = "connecting to the server"
	handshake   = "TLS handshake with the server"
	waiting     = "waiting for the head of the answer"
	inBody      = "passing the body of the answer on"
	atStart     = "reading the configuration"
)

// nginx is its error log, and what it says when it does not start. What is
// special comes before what is general.
var nginx = []Symptom{
	// connecting
	{
		Product: "nginx", Says: "connect() …failed (111: Connection refused) while connecting to upstream",
		Means:  "nobody listens at the address: the program is down, restarting, or listens elsewhere",
		Client: "502" + oneTry, Phase: connecting, Setting: "the address in *_pass or upstream",
		Rules: []string{"wrong-socket", "not-restarted", "wrong-port", "loopback-in-container", "app-on-loopback", "any-address-target", "dns-once", "lookup-late", "localhost-two-addresses",
			"single-server", "retry-off", "single-try", "plain-port-behind-https", "error-page-through-proxy", "gateway-errors-final", "outage-answered-200"},
		Look: []string{"what listens at {upstream}, seen from where nginx runs: ss -ltnp there; in a container, localhost is the container itself",
			"whether the line comes only during deploys: then a second server, or a restart that keeps the port, ends it"},
		Source: seenNginx,
	},
	{
		Product: "nginx", Says: "connect() …failed (2: No such file or directory) while connecting to upstream",
		Means:  "the socket does not exist: the program is not running, puts it elsewhere, or its folder is not shared with nginx",
		Client: "502" + oneTry, Phase: connecting, Setting: "the path in *_pass, listen of the program",
		Rules: []string{"wrong-socket", "socket-not-shared", "private-tmp", "wrong-port", "single-server"},
		Look: []string{"whether {upstream} is there, and is the path that the program says (PHP-FPM: listen; the name often holds a version)",
			"with systemd: PrivateTmp gives a /tmp of its own; in containers: the folder is a volume of both"},
		Source: seenNginx,
	},
	{
		Product: "nginx", Says: "connect() …failed (13: Permission denied) while connecting to upstream",
		Means:  "nginx may not write to the socket, or not enter a folder on the way to it; at a TCP address it is SELinux that forbids it",
		Client: "502" + oneTry, Phase: connecting, Setting: "user (nginx.conf); mode and owner of the socket: listen.owner, listen.mode, chmod-socket",
		Rules: []string{"socket-permission"},
		Look: []string{"namei -l on the path of {upstream}: the user of nginx needs w on the socket and x on each folder",
			"at a TCP address: getsebool httpd_can_network_connect"},
		Source: seenNginx + "; SELinux is not",
	},
	{
		Product: "nginx", Says: "connect() …failed (11: Resource temporarily unavailable) while connecting to upstream",
		Means:  "the queue of the socket is full: all workers of the program are busy, and the backlog is small",
		Client: "502" + oneTry, Phase: connecting, Setting: "listen.backlog and pm.max_children (PHP-FPM), net.core.somaxconn",
		Rules:  []string{"small-backlog", "slow-route-starves"},
		Look:   []string{"how many workers the program has, and how long each request takes: the same shortage on a TCP port is a 504"},
		Source: seenNginx + " with PHP-FPM 8.2",
	},
	{
		Product: "nginx", Says: "connect() …failed (113: No route to host) while connecting to upstream",
		Means:  "the host is gone, or a firewall rejects: nothing answers at the address",
		Client: "502" + oneTry, Phase: connecting, Setting: "the address in *_pass or upstream",
		Rules:  []string{"dns-once", "lookup-late", "single-server", "retry-off", "single-try"},
		Look:   []string{"whether {upstream} is still the address of the server, or one that it had when nginx was started"},
		Source: nginxSource + " (any error of connect() is one failed try)",
	},
	{
		Product: "nginx", Says: "connect() …failed (101: Network is unreachable) while connecting to upstream",
		Means:  "there is no route to the address: often an IPv6 address on a host or a container without IPv6",
		Client: "502" + oneTry, Phase: connecting, Setting: "resolver ... ipv6=off, the address in *_pass or upstream",
		Rules:  []string{"localhost-two-addresses", "dns-once", "retry-off", "single-try"},
		Look:   []string{"whether {upstream} is IPv6; by default the next address is tried, and the client notices nothing"},
		Source: seenNginx,
	},
	{
		Product: "nginx", Says: "connect() …failed (99: Cannot assign requested address) while connecting to upstream",
		Means:  "no local port is free for one more connection to this address: each request opens one, and closed ones wait a minute",
		Client: "502" + oneTry, Phase: connecting, Setting: "keepalive, net.ipv4.ip_local_port_range",
		Rules:  []string{"keepalive-unused"},
		Look:   []string{"ss -tan state time-wait dst {upstream}: keepalive that really reuses connections ends it"},
		Source: seenNginx,
	},
	{
		Product: "nginx", Says: "bind({address}) failed (99: Cannot assign requested address) while connecting to upstream",
		Means:  "proxy_bind names an address that this host does not have",
		Client: "500", Phase: connecting, Setting: "proxy_bind",
		Look: []string{"ip addr: the address of proxy_bind must be there"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "connect() …failed (104: Connection reset by peer) while connecting to upstream",
		Means:  "the connection was reset while it was opened, or during the TLS handshake: a firewall, or a server that wants a certificate",
		Client: "502" + oneTry, Phase: connecting,
		Rules: []string{"tls-version-mismatch", "sni-missing", "single-server", "retry-off"},
		Look:  []string{"the log of the server at {upstream}"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "connect() …failed (110: …) while connecting to upstream",
		Means:  "the kernel gave up connecting before nginx did: packets vanish on the way",
		Client: "504" + oneTry, Phase: connecting, Setting: "*_connect_timeout",
		Rules: []string{"slow-failover", "dns-once", "retry-window", "single-try"},
		Look:  []string{"whether a firewall drops packets to {upstream}, and whether the host still exists"}, Source: nginxSource,
	},
	{
		Product: "nginx", Says: "connect() …failed (111: Connection refused)$",
		Means:  "nobody listens at the address: the program is down, restarting, or listens elsewhere",
		Client: "502, where it is a server that requests are passed to", Phase: connecting, Setting: "the address in *_pass or upstream",
		Rules: []string{"not-restarted", "wrong-port", "loopback-in-container", "app-on-loopback", "any-address-target", "dns-once", "lookup-late", "localhost-two-addresses",
			"single-server", "retry-off", "single-try", "plain-port-behind-https", "error-page-through-proxy", "gateway-errors-final", "outage-answered-200"},
		Look: []string{"the whole line: it names the server"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream timed out (110: …) while connecting to upstream",
		Means:  "no answer to SYN: the host is gone, a firewall drops packets, or the program's queue of connections is full",
		Client: "504" + oneTry, Phase: connecting, Setting: "*_connect_timeout (60s)",
		Rules: []string{"retry-window", "slow-failover", "single-try", "dns-once", "lookup-late", "zero-timeout", "outer-gives-up", "retry-off", "single-server", "small-backlog"},
		Look: []string{"whether {upstream} is still the address of the server, and whether a firewall lets nginx reach it",
			"how many servers the pool has: with two or more, each dead one costs the whole timeout once in fail_timeout"},
		Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream timed out (110: …) while SSL handshaking to upstream",
		Means:  "connected, but the TLS handshake got no answer: the port speaks no TLS and waits, or the server is overloaded; the connect timeout bounds it",
		Client: "504" + oneTry, Phase: handshake, Setting: "*_connect_timeout (60s)",
		Rules: []string{"plain-port-behind-https", "protocol-mismatch", "zero-timeout"},
		Look:  []string{"whether the port of {upstream} speaks TLS: openssl s_client -connect"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream timed out (110: …) while reading response header from upstream",
		Means:  "the server took the request and was silent for longer than nginx waits; it may still be working on it",
		Client: "504; never 502. GET and the like are tried on the next server first, which takes as long again", Phase: waiting, Setting: "*_read_timeout (60s)",
		Rules: []string{"slow-route-starves", "keepalive-takes-children", "read-timeout-below-app", "slow-answers-cut", "timeout-inversion", "retry-budget", "zero-timeout", "wrong-module-setting", "body-length-kept", "protocol-mismatch", "foreign-port",
			"pool-outage", "outer-gives-up", "keepalive-race", "error-page-through-proxy", "proxy-loop"},
		Look: []string{"how long the program needs for this request, and what it is allowed: gunicorn --timeout, request_terminate_timeout, statement timeouts",
			"whether all its workers were busy: then requests wait in its queue, and the timeout is not the fault",
			"whether the setting that is raised belongs to the module of the location: proxy_, fastcgi_, uwsgi_, grpc_"},
		Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream timed out (110: …) while reading upstream",
		Means:  "the answer had begun, and then the server was silent for longer than nginx waits",
		Client: "200 with half the body: the head had been sent, so there is no 504", Phase: inBody, Setting: "*_read_timeout (60s), between two reads",
		Look: []string{"what the program does between two pieces of its answer: streams and long polls want a byte now and then"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream timed out (110: …) while sending request to upstream",
		Means:  "the server stopped reading the request: it does not take the body",
		Client: "504", Phase: "sending the request", Setting: "*_send_timeout (60s), between two writes",
		Look: []string{"whether the program reads bodies of this size at all; one that answers early and does not read resets the connection: 502"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream timed out (110: …) while proxying upgraded connection",
		Means:  "a WebSocket was silent for longer than nginx waits",
		Client: "a closed connection: 101 was sent long ago, and the access log keeps it", Phase: "upgraded connection", Setting: "*_read_timeout (60s)",
		Rules: []string{"tunnel-cut"},
		Look:  []string{"how often the program sends a ping"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream timed out (110: …)$",
		Means:  "the server did not do its part in time; what nginx waited for is in the rest of the line",
		Client: "504 while connecting, sending or waiting for the head; a body cut short later",
		Look:   []string{"the whole line: \"while ...\" says which timeout it was"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "no live upstreams while connecting to upstream",
		Means: "every server of the pool is out: each one failed max_fails times within fail_timeout (one failure and 10 seconds by default), " +
			"is marked down, or is at max_conns. No server is asked",
		Client: "502 at once, until fail_timeout is over", Phase: "choosing a server", Setting: "max_fails, fail_timeout, *_next_upstream, max_conns",
		Rules: []string{"pool-outage", "error-status-outage", "localhost-two-addresses", "duplicate-server", "all-servers-down", "connection-cap", "keepalive-race"},
		Look: []string{"the lines just before it: one slow request, one crash or one answer with a large head, tried on every server, takes all of them out",
			"whether the pool is localhost: that is two servers where the hosts file has both addresses"},
		Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream server temporarily disabled while",
		Means:  "a server had max_fails failures and is not asked for fail_timeout; when the last one goes, requests get \"no live upstreams\"",
		Client: "nothing by itself", Phase: "after a failed try", Setting: "max_fails, fail_timeout",
		Rules: []string{"pool-outage", "error-status-outage", "localhost-two-addresses", "duplicate-server"},
		Look:  []string{"the error of {upstream} just before this line"}, Source: nginxSource + " (ngx_http_upstream_round_robin.c)",
	},
	// closed by the server
	{
		Product: "nginx", Says: "upstream prematurely closed connection while reading response header from upstream",
		Means: "the server took the request and closed without an answer: it crashed or was killed over a limit of its own, it closed an idle connection just " +
			"as it was reused, or it expects something else (TLS, the PROXY header, another Host)",
		Client: "502; GET and the like are tried on the next server first, a POST is not", Phase: waiting, Setting: "the program's own limits; keepalive_timeout in the upstream block",
		Rules: []string{"recycled-child-cuts", "keepalive-race", "dead-timeout", "tls-port-behind-http", "proxy-protocol-mismatch", "proxy-protocol-uneven", "missing-host", "drain-too-short", "protocol-mismatch",
			"retries-same-server", "repeated-posts", "retry-off", "keepalive-by-default", "header-inheritance", "stop-cuts", "single-server", "grpc-without-h2",
			"fast-stop", "kill-before-grace", "signal-not-passed", "request-head-cut", "client-not-allowed"},
		Look: []string{"the program's log at that second: a worker killed (gunicorn WORKER TIMEOUT, out of memory), a restart, a deploy",
			"whether only POSTs are hit, now and then: then it is a reused connection that the program had just closed"},
		Source: seenNginx,
	},
	{
		Product: "nginx", Says: "recv() failed (104: Connection reset by peer) while reading response header from upstream",
		Means: "the server reset the connection instead of answering: its worker was killed over a limit (PHP-FPM request_terminate_timeout), it crashed, it closed an idle " +
			"connection just as it was reused, or it speaks TLS or another protocol",
		Client: "502; GET and the like are tried on the next server first, a POST is not", Phase: waiting, Setting: "the program's own limits; keepalive_timeout in the upstream block",
		Rules: []string{"recycled-child-cuts", "dead-timeout", "keepalive-race", "tls-port-behind-http", "protocol-mismatch", "missing-host", "drain-too-short", "retry-off", "keepalive-by-default", "repeated-posts", "stop-cuts",
			"fast-stop", "kill-before-grace", "signal-not-passed", "request-head-cut", "client-not-allowed"},
		Look: []string{"the program's log at that second: a worker killed or out of memory, a restart",
			"whether only POSTs are hit, now and then: then it is a reused connection that the program had just closed"},
		Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream prematurely closed connection while reading upstream",
		Means:  "the server closed in the middle of the body: it crashed, was killed, or its own write timeout was over",
		Client: "200 with half the body: the head had been sent", Phase: inBody,
		Look: []string{"the program's log at that second; a slow client with buffering off can use up the program's write timeout"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "recv() failed (104: Connection reset by peer) while reading upstream",
		Means:  "the server reset the connection in the middle of the body",
		Client: "200 with half the body: the head had been sent", Phase: inBody,
		Look: []string{"the program's log at that second"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "recv() failed (104: Connection reset by peer) while proxying upgraded connection",
		Means:  "the server reset a WebSocket, as it does when it is restarted",
		Client: "a closed connection: 101 was sent long ago", Phase: "upgraded connection",
		Look: []string{"whether it falls together with a deploy"}, Source: nginxSource,
	},
	{
		Product: "nginx", Says: "upstream prematurely closed connection$",
		Means:  "the server closed without having answered in full; how far it was is in the rest of the line",
		Client: "502 while the head was awaited; a body cut short later",
		Rules:  []string{"fast-stop", "request-head-cut", "keepalive-race", "dead-timeout", "tls-port-behind-http", "proxy-protocol-mismatch", "missing-host"},
		Look:   []string{"the whole line: \"while ...\" says how far it was"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "recv() failed (104: Connection reset by peer)$",
		Means:  "the other side reset the connection; which one it was is in the rest of the line",
		Client: "502, where it was a server whose answer was awaited",
		Rules:  []string{"fast-stop", "request-head-cut", "dead-timeout", "keepalive-race", "tls-port-behind-http", "protocol-mismatch"},
		Look:   []string{"the whole line: \"while ...\" says who and when"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "writev() failed (104: Connection reset by peer) while sending request to upstream",
		Means:  "the server reset the connection while it was being sent the body: it refused the request early, mostly for its size",
		Client: "502, although the program may have answered 413", Phase: "sending the request", Setting: "client_max_body_size, the program's own limit",
		Look: []string{"the program's limit for bodies: one in nginx that is not larger gives a clean 413"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "writev() failed (32: Broken pipe) while sending request to upstream",
		Means:  "the server had closed when the body was sent: it refused the request early, or closed a reused connection",
		Client: "502", Phase: "sending the request", Setting: "client_max_body_size, the program's own limit; keepalive_timeout in the upstream block",
		Rules: []string{"keepalive-race"},
		Look:  []string{"whether the failing requests are large ones, or any POST now and then"}, Source: nginxSource,
	},
	{
		Product: "nginx", Says: "send() failed (104: Connection reset by peer) while sending request to upstream",
		Means:  "the server reset the connection while the request was sent: it closed a reused connection, or refused the request early",
		Client: "502", Phase: "sending the request", Setting: "keepalive_timeout in the upstream block",
		Rules: []string{"keepalive-race"},
		Look:  []string{"whether the failing requests are large ones, or any POST now and then"}, Source: nginxSource,
	},
	{
		Product: "nginx", Says: "upstream sent goaway with error 0 while reading response header from upstream",
		Means:  "the gRPC server closed a kept connection just as it was reused",
		Client: "502", Phase: waiting, Setting: "keepalive_timeout in the upstream block",
		Rules: []string{"keepalive-race", "keepalive-by-default"},
		Look:  []string{"how long the gRPC server keeps idle connections (MaxConnectionIdle, MaxConnectionAge)"}, Source: "seen on nginx 1.31.5",
	},
	// what the server sent
	{
		Product: "nginx", Says: "upstream sent too big header",
		Means:  "the head of the answer, all lines of it, is larger than the one buffer for it: 4k or 8k by default; mostly cookies or tokens",
		Client: "502 for exactly these answers", Phase: waiting, Setting: "*_buffer_size",
		Rules: []string{"header-buffer-small", "header-buffer-unraised", "header-buffer-shrunk", "wrong-module-setting", "pool-outage", "localhost-two-addresses"},
		Look: []string{"curl -sD- -o/dev/null at {upstream} | wc -c: the head in bytes",
			"*_buffers, *_buffering off and large_client_header_buffers do not help; *_buffer_size 16k alone keeps nginx from starting, with *_buffers 8 16k it starts"},
		Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream sent no valid HTTP/1.0 header",
		Means:  "what came back is no HTTP: another protocol listens at the port (TLS, a database, SSH, h2c). nginx passes it on as HTTP/0.9",
		Client: "no 5xx: raw bytes, which the client cannot read; the access log shows 009", Phase: waiting, Setting: "the port in *_pass or upstream",
		Rules: []string{"foreign-port", "protocol-mismatch", "tls-port-behind-http"},
		Look:  []string{"what listens at {upstream}"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream sent invalid header",
		Means:  "a line of the answer's head is not allowed: a blank or a control character in a name",
		Client: "502", Phase: waiting,
		Look: []string{"the head as the program sends it: curl -sD- at {upstream}"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream sent duplicate header line",
		Means:  "the answer has Content-Length or Transfer-Encoding twice; nginx refuses that since 1.23.0",
		Client: "502", Phase: waiting, Setting: "the version of nginx",
		Look: []string{"who adds the header: the program and a layer of its framework, often both"}, Source: seenBuilt + "; 1.22.1 takes it",
	},
	{
		Product: "nginx", Says: "upstream sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time",
		Means:  "the answer tells its length in two ways; nginx refuses that since 1.23.0",
		Client: "502", Phase: waiting, Setting: "the version of nginx",
		Look: []string{"the program that sets Content-Length on an answer that is sent in chunks"}, Source: seenBuilt + "; 1.22.1 takes it",
	},
	{
		Product: "nginx", Says: "upstream sent unknown \"Transfer-Encoding\"",
		Means:  "the answer has a Transfer-Encoding other than chunked; nginx refuses that since 1.23.0",
		Client: "502", Phase: waiting, Setting: "the version of nginx",
		Look: []string{"the head as the program sends it"}, Source: seenBuilt + "; 1.22.1 takes it",
	},
	{
		Product: "nginx", Says: "upstream sent unsupported FastCGI protocol version",
		Means:  "fastcgi_pass leads to a port that does not speak FastCGI; 72 is the H of HTTP",
		Client: "502", Phase: waiting, Setting: "fastcgi_pass",
		Rules: []string{"protocol-mismatch", "foreign-port"},
		Look:  []string{"what listens at {upstream}: an HTTP server wants proxy_pass"}, Source: nginxSource + " (ngx_http_fastcgi_module.c)",
	},
	{
		Product: "nginx", Says: "upstream sent too large http2 frame: 4740180",
		Means:  "grpc_pass leads to a server of HTTP/1.1: the number is the letters HTT read as a length",
		Client: "502", Phase: waiting, Setting: "grpc_pass",
		Rules: []string{"protocol-mismatch"},
		Look:  []string{"whether {upstream} speaks HTTP/2 without TLS (h2c)"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream sent more data than specified in \"Content-Length\" header",
		Means:  "the body is longer than the head said; the rest is dropped",
		Client: "the status of the answer, with the body cut at the length that was told", Phase: inBody,
		Look: []string{"the program that counts characters instead of bytes"}, Source: nginxSource,
	},
	{
		Product: "nginx", Says: "upstream sent invalid chunked response",
		Means:  "the body is not the chunks that it says it is",
		Client: "a body cut short: the head had been sent", Phase: inBody,
		Look: []string{"the program's log at that second"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "FastCGI sent in stderr: \"Primary script unknown\"",
		Means:  "PHP-FPM does not find the file of SCRIPT_FILENAME: it looks with its own eyes, in its own container",
		Client: "404, no gateway error", Phase: waiting, Setting: "fastcgi_param SCRIPT_FILENAME, root",
		Look: []string{"whether the files are at the same path for nginx and for PHP-FPM"}, Source: seenNginx + " with PHP-FPM 8.2",
	},
	// TLS
	{
		Product: "nginx", Says: "SSL_do_handshake() failed (SSL: …wrong version number…) while SSL handshaking to upstream",
		Means:  "nginx speaks TLS to a port of plain HTTP",
		Client: "502" + oneTry, Phase: handshake, Setting: "the scheme in *_pass, the port",
		Rules: []string{"plain-port-behind-https", "protocol-mismatch"},
		Look:  []string{"whether {upstream} is the TLS port: a server in an upstream block without a port is :80, under https:// too"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "SSL_do_handshake() failed (SSL: …unrecognized name…) while SSL handshaking to upstream",
		Means:  "the server has no site of the name that the handshake names, or the handshake names none",
		Client: "502" + oneTry, Phase: handshake, Setting: "*_ssl_server_name, *_ssl_name",
		Rules: []string{"sni-missing", "sni-name-unused", "sni-not-a-hostname"},
		Look:  []string{"*_ssl_server_name is off by default; the name is the host of *_pass, which may be that of an upstream block"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "SSL_do_handshake() failed (SSL: …alert internal error…) while SSL handshaking to upstream",
		Means:  "the server breaks the handshake off; those written in Go and many CDNs do so when no name, or an unknown one, is sent",
		Client: "502" + oneTry, Phase: handshake, Setting: "*_ssl_server_name, *_ssl_name",
		Rules: []string{"sni-missing", "sni-name-unused", "sni-not-a-hostname"},
		Look:  []string{"openssl s_client -connect {upstream} with and without -servername"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "SSL_do_handshake() failed (SSL: …alert protocol version…) while SSL handshaking to upstream",
		Means:  "the two sides have no TLS version in common",
		Client: "502" + oneTry, Phase: handshake, Setting: "*_ssl_protocols",
		Rules: []string{"tls-version-mismatch"},
		Look:  []string{"what {upstream} offers: openssl s_client -tls1_2, -tls1_3; nginx before 1.23.4 offers no TLSv1.3 by default"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "SSL_do_handshake() failed (SSL: …alert handshake failure…) while SSL handshaking to upstream",
		Means:  "the server breaks the handshake off: no cipher in common, no certificate of the client, or no name sent",
		Client: "502" + oneTry, Phase: handshake, Setting: "*_ssl_server_name, *_ssl_ciphers, *_ssl_certificate",
		Rules: []string{"sni-missing", "sni-name-unused", "sni-not-a-hostname", "tls-version-mismatch"},
		Look:  []string{"openssl s_client -connect {upstream} with and without -servername"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "SSL_do_handshake() failed {reason}while SSL handshaking to upstream",
		Means:  "the TLS handshake with the server fails; the reason stands in the brackets",
		Client: "502" + oneTry, Phase: handshake, Setting: "*_ssl_server_name, *_ssl_protocols, the scheme in *_pass",
		Rules: []string{"sni-missing", "sni-name-unused", "sni-not-a-hostname", "plain-port-behind-https", "tls-version-mismatch"},
		Look:  []string{"openssl s_client -connect {upstream} with and without -servername"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "SSL_do_handshake() failed$",
		Means:  "a TLS handshake fails; with whom, and why, is in the rest of the line",
		Client: "502, where it is one with a server that requests are passed to", Phase: "TLS handshake", Setting: "*_ssl_server_name, *_ssl_protocols, the scheme in *_pass",
		Rules: []string{"sni-missing", "sni-name-unused", "sni-not-a-hostname", "plain-port-behind-https", "tls-version-mismatch"},
		Look:  []string{"the whole line: \"to upstream\" is the server, without it the client"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "SSL_do_handshake() failed {reason}while SSL handshaking",
		Means:  "the handshake with a client fails: a scanner, an old client, or one that does not trust the certificate",
		Client: "no connection, thus no status", Phase: "TLS handshake with the client", Setting: "ssl_protocols, ssl_certificate",
		Look: []string{"whether it is all clients or one"}, Source: nginxSource,
	},
	{
		Product: "nginx", Says: "peer closed connection in SSL handshake {reason}while SSL handshaking to upstream",
		Means:  "the server closed during the TLS handshake: it speaks no TLS, or wants a name that was not sent",
		Client: "502" + oneTry, Phase: handshake, Setting: "the scheme in *_pass, *_ssl_server_name",
		Rules: []string{"plain-port-behind-https", "sni-missing", "sni-name-unused", "sni-not-a-hostname", "tls-version-mismatch"},
		Look:  []string{"openssl s_client -connect {upstream} with and without -servername"}, Source: nginxSource + " (ngx_event_openssl.c)",
	},
	{
		Product: "nginx", Says: "SSL_read() failed {reason}while reading response header from upstream",
		Means:  "the server broke TLS off after the handshake; with alert 116 it wanted a certificate of nginx",
		Client: "502", Phase: waiting, Setting: "*_ssl_certificate",
		Look: []string{"whether {upstream} asks for client certificates: some answer 400 instead"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream SSL certificate verify error: ({code}:{reason}) while SSL handshaking to upstream",
		Means:  "*_ssl_verify is on, and the certificate of the server is not accepted: 10 is expired, 18 signed by itself, 20 and 21 a chain that is not complete or not trusted",
		Client: "502" + oneTry, Phase: handshake, Setting: "*_ssl_verify, *_ssl_trusted_certificate, *_ssl_verify_depth",
		Rules: []string{"untrusted-certificate", "verify-without-ca"},
		Look:  []string{"openssl s_client -connect {upstream} -showcerts; two intermediate certificates need *_ssl_verify_depth 2"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream SSL certificate verify error",
		Means:  "*_ssl_verify is on, and the certificate of the server is not accepted",
		Client: "502" + oneTry, Phase: handshake, Setting: "*_ssl_verify, *_ssl_trusted_certificate, *_ssl_verify_depth",
		Rules: []string{"untrusted-certificate", "verify-without-ca"},
		Look:  []string{"the number in the brackets: 10 is expired, 18 signed by itself, 20 and 21 an incomplete chain"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream SSL certificate does not match \"{name}\"",
		Means:  "*_ssl_verify is on, and the certificate is made out to another name than the one that nginx looks for: the host of *_pass, which may be an upstream block or an address",
		Client: "502" + oneTry, Phase: handshake, Setting: "*_ssl_name, *_ssl_verify",
		Rules: []string{"verify-name-mismatch", "certificate-name-mismatch"},
		Look:  []string{"the names in the certificate: openssl s_client -connect {upstream} | openssl x509 -noout -ext subjectAltName"}, Source: seenNginx,
	},
	// names
	{
		Product: "nginx", Says: "no resolver defined to resolve names at run time in upstream",
		Means:  "a server with resolve, and no resolver to ask",
		Client: notStarting, Phase: atStart, Setting: "resolver", Rules: []string{"resolve-refused"},
		Look: []string{"resolver in http or in the upstream block"}, Source: seenBuilt,
	},
	{
		Product: "nginx", Says: "no resolver defined to resolve {name}",
		Means:  "a variable in *_pass makes nginx look the name up for each request, and there is nobody to ask; /etc/resolv.conf does not count",
		Client: "502 for every request", Phase: "looking the name up", Setting: "resolver",
		Rules: []string{"resolver-missing"},
		Look:  []string{"any variable in *_pass does it, $request_uri too; a name of an upstream block needs no resolver"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "{name} could not be resolved (3: Host not found)",
		Means:  "the resolver says that there is no such name; nginx asks DNS alone: no hosts file, no search domain",
		Client: "502 at once", Phase: "looking the name up", Setting: "resolver",
		Rules: []string{"unresolvable-name", "unknown-host", "resolver-missing", "dns-once"},
		Look:  []string{"dig the full name @ the resolver; a short name that works in a shell may live in the hosts file or in a search domain"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "{name} could not be resolved (110: …)",
		Means:  "the resolver does not answer",
		Client: "502 after resolver_timeout, 30s by default", Phase: "looking the name up", Setting: "resolver, resolver_timeout",
		Rules: []string{"unknown-host"},
		Look:  []string{"whether the address of resolver can be reached from where nginx runs: 127.0.0.11 exists only in Docker's networks"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "{name} could not be resolved ({code}: {reason})",
		Means:  "the resolver has no answer for the name: 2 is a failure of the name server, 5 a refusal",
		Client: "502", Phase: "looking the name up", Setting: "resolver",
		Rules: []string{"unknown-host"},
		Look:  []string{"dig the name @ the resolver"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "could not be resolved$",
		Means: "the resolver has no answer for a name that nginx looks up at run time", Client: "502", Phase: "looking the name up", Setting: "resolver",
		Rules: []string{"unresolvable-name", "unknown-host", "resolver-missing", "dns-once"},
		Look:  []string{"the whole line: it names the host and the answer"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "host not found in upstream \"{name}\"",
		Means:  "a name does not resolve while nginx starts; one such name stops all of it, every site",
		Client: notStarting, Phase: atStart, Setting: "the host in *_pass or upstream",
		Rules: []string{"unfilled-template", "start-order", "unknown-host", "dns-once", "resolve-refused"},
		Look:  []string{"whether the name is a service of the same compose network, and up before nginx is", "/etc/hosts and /etc/resolv.conf count here, the resolver setting does not"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "invalid URL prefix", Level: "emerg",
		Means:  "*_pass has an address without http:// or https://",
		Client: notStarting, Phase: atStart, Setting: "*_pass", Rules: []string{"invalid-upstream-address"},
		Look: []string{"a missing scheme, or one of another module"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "invalid URL prefix in \"{value}\"",
		Means:  "the variable in *_pass is empty or has no scheme: a map without a default, for what it does not list",
		Client: "500: no server is asked", Phase: "choosing a server", Setting: "the map or set of the variable",
		Rules: []string{"empty-target"},
		Look:  []string{"what the variable is for this host and path"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "no host in upstream \"{value}\"", Level: "emerg",
		Means:  "a server has a port and no host",
		Client: notStarting, Phase: atStart, Setting: "server, *_pass", Rules: []string{"invalid-upstream-address", "empty-target"},
		Look: []string{"a variable of a template that was empty when the file was written"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "no host in upstream \"{value}\"",
		Means:  "the variable in *_pass is empty: a map without a default, for what it does not list",
		Client: "500: no server is asked", Phase: "choosing a server", Setting: "the map or set of the variable",
		Rules: []string{"empty-target", "invalid-upstream-address"},
		Look:  []string{"what the variable is for this host and path"}, Source: seenNginx,
	},
	// nginx's own limits
	{
		Product: "nginx", Says: "{count} worker_connections are not enough",
		Means:  "a worker has no connection left; a proxied request takes two. Or nginx is its own server, and one request becomes all of them",
		Client: "no answer: the connection is closed, without a status; in a loop through itself 502", Phase: "accepting or connecting", Setting: "worker_connections",
		Rules: []string{"few-connections", "proxy-loop"},
		Look:  []string{"whether the upstream of these lines is one of nginx's own ports", "ss -s: connections there are, against worker_processes × worker_connections"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "worker_connections are not enough",
		Means:  "a worker has no connection left; a proxied request takes two. Or nginx is its own server, and one request becomes all of them",
		Client: "no answer: the connection is closed, without a status; in a loop through itself 502", Phase: "accepting or connecting", Setting: "worker_connections",
		Rules: []string{"few-connections", "proxy-loop"},
		Look:  []string{"whether the upstream of these lines is one of nginx's own ports"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "{}() …failed (24: Too many open files)",
		Means:  "a worker may not open one more file or connection; it accepts nobody for half a second",
		Client: "500 for requests that need a file or a connection; others wait for seconds", Phase: "accepting, connecting or opening", Setting: "worker_rlimit_nofile, LimitNOFILE of the unit",
		Rules: []string{"file-limit-low"},
		Look:  []string{"grep files /proc/<a worker>/limits, against two to four times worker_connections"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "Too many open files$",
		Means: "a process may not open one more file or connection", Client: "500 in nginx", Setting: "worker_rlimit_nofile, LimitNOFILE of the unit",
		Rules: []string{"file-limit-low"}, Look: []string{"grep files /proc/<pid>/limits"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "rewrite or internal redirection cycle while {step}",
		Means:  "a request was sent round inside nginx ten times: a rewrite, try_files or index that leads back to itself",
		Client: "500", Phase: "routing", Setting: "rewrite, try_files, error_page",
		Look: []string{"whether the last word of try_files exists: a missing index.html falls back to itself"}, Source: nginxSource + " (ngx_http_core_module.c)",
	},
	{
		Product: "nginx", Says: "could not find named location \"{name}\"",
		Means:  "try_files or error_page leads to a named location that does not exist in this server; nginx -t does not notice",
		Client: "500", Phase: "routing", Setting: "try_files, error_page", Rules: []string{"missing-named-location"},
		Look: []string{"the name as it is written in both places"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "auth request unexpected status: {status} while sending to client",
		Means:  "auth_request asked for permission and got neither 2xx nor 401 or 403: the server behind it is down, slow, or answers something else",
		Client: "500, whatever went wrong there", Phase: "auth_request", Setting: "the location that auth_request names",
		Rules: []string{"body-length-kept"},
		Look:  []string{"the error of the subrequest just before this line; with 504: a body that stays behind while its length is sent"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "auth request unexpected status: {status}$",
		Means:  "auth_request asked for permission and got neither 2xx nor 401 or 403",
		Client: "500, whatever went wrong there", Phase: "auth_request", Setting: "the location that auth_request names",
		Rules: []string{"body-length-kept"}, Look: []string{"the error of the subrequest just before this line"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "limiting requests, excess: {excess} by zone \"{zone}\"",
		Means:  "limit_req refuses the request",
		Client: "503, or limit_req_status", Phase: "before any server is asked", Setting: "limit_req, limit_req_zone",
		Rules: []string{"limit-by-proxy"},
		Look:  []string{"whether client: is a person or the load balancer in front: then all clients share one limit"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "limiting connections by zone \"{zone}\"",
		Means:  "limit_conn refuses the request",
		Client: "503, or limit_conn_status", Phase: "before any server is asked", Setting: "limit_conn, limit_conn_zone",
		Rules: []string{"limit-by-proxy"},
		Look:  []string{"whether client: is a person or the load balancer in front: then all clients share one limit"}, Source: seenNginx,
	},
	// the client
	{
		Product: "nginx", Says: "client intended to send too large body",
		Means:  "the body is larger than nginx takes",
		Client: "413, never 502", Phase: "reading the request", Setting: "client_max_body_size (1m)",
		Look: []string{"the limit of this location, and those of the layers before and behind"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "client intended to send too large chunked body",
		Means:  "the body is larger than nginx takes",
		Client: "413, never 502", Phase: "reading the request", Setting: "client_max_body_size (1m)",
		Look: []string{"the limit of this location, and those of the layers before and behind"}, Source: nginxSource,
	},
	{
		Product: "nginx", Says: "client sent too long header line",
		Means:  "a header of the request, mostly Cookie, does not fit",
		Client: "400, never 502", Phase: "reading the request", Setting: "large_client_header_buffers (4 8k)",
		Look: []string{"how large the cookies have grown; the program behind has a limit of its own: 431"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "client sent too large request",
		Means:  "the headers of the request do not fit",
		Client: "400, never 502", Phase: "reading the request", Setting: "large_client_header_buffers (4 8k)",
		Look: []string{"how large the cookies have grown"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "client sent too long URI",
		Means:  "the request line does not fit",
		Client: "414, never 502", Phase: "reading the request", Setting: "large_client_header_buffers (4 8k)",
		Look: []string{"forms that send by GET what belongs into a body"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "client sent plain HTTP request to HTTPS port",
		Means:  "somebody speaks plain HTTP to a TLS port of nginx: mostly a gateway in front, by http:// to 443",
		Client: "400", Phase: "reading the request", Setting: "the scheme in the pass of the gateway in front",
		Rules: []string{"tls-port-behind-http"},
		Look:  []string{"whether client: is a gateway of yours"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "client sent duplicate host header",
		Means:  "the request has two Host headers: a gateway in front sets it twice",
		Client: "400", Phase: "reading the request", Setting: "proxy_set_header Host in the gateway in front",
		Rules: []string{"duplicate-host"},
		Look:  []string{"include proxy_params sets Host already"}, Source: "seen on nginx 1.22.1 and 1.28.3; 1.31.4 and later send one",
	},
	{
		Product: "nginx", Says: "broken header: \"…\" while reading PROXY protocol",
		Means:  "the port wants the PROXY header, and the other side does not send it",
		Client: "no answer: the connection is closed; a gateway in front makes 502 of it", Phase: "reading the PROXY header", Setting: "listen ... proxy_protocol, send-proxy, proxy_protocol on",
		Rules: []string{"proxy-protocol-mismatch", "proxy-protocol-uneven"},
		Look:  []string{"whether it is health checks or people: each way to the port must send the header"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "client prematurely closed connection, so upstream connection is closed too",
		Means:  "the client left before the answer; who is in front gives up earlier than nginx does",
		Client: "nobody is there: 499 in the access log", Phase: "waiting for the answer", Setting: "*_ignore_client_abort, the timeout of the layer in front",
		Rules: []string{"timeout-inversion", "outer-gives-up", "retry-budget"},
		Look:  []string{"whether the times of these requests are all the same: then it is a timeout in front, say 60 s of a load balancer"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "epoll_wait() reported that client prematurely closed connection",
		Means:  "the client left before the answer; who is in front gives up earlier than nginx does",
		Client: "nobody is there: 499 in the access log", Phase: "waiting for the answer", Setting: "*_ignore_client_abort, the timeout of the layer in front",
		Rules: []string{"timeout-inversion", "outer-gives-up", "retry-budget"},
		Look:  []string{"whether the times of these requests are all the same: then it is a timeout in front, say 60 s of a load balancer"}, Source: nginxSource + " (ngx_http_upstream.c)",
	},
	{
		Product: "nginx", Says: "client timed out (110: …) while {step}",
		Means:  "the client did not send its request, or take its answer, in time",
		Client: "a closed connection; 408 stands in the access log only", Phase: "waiting for the client", Setting: "client_header_timeout, client_body_timeout, send_timeout, keepalive_timeout",
		Look: []string{"nothing, as long as it is single clients"}, Source: seenNginx,
	},
	// disk
	{
		Product: "nginx", Says: "{}() \"{file}\" failed (28: No space left on device)",
		Means:  "the disk of the temporary files is full",
		Client: "500 for the body of a request; a body cut short for an answer", Phase: "buffering to a file", Setting: "client_body_temp_path, proxy_temp_path",
		Look: []string{"df on the folder of the file"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "open() \"{file}\" failed (13: Permission denied) while reading upstream",
		Means:  "nginx may not write its temporary file, so an answer that does not fit into memory is lost",
		Client: "200 with half the body", Phase: inBody, Setting: "proxy_temp_path, user",
		Look: []string{"owner of the folder: it must be the user of nginx's workers"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "an upstream response is buffered to a temporary file",
		Means:  "an answer is larger than its buffers: slower, and no failure",
		Client: "the answer", Phase: inBody, Setting: "*_buffers, *_max_temp_file_size",
		Look: []string{"nothing, unless the disk is slow"}, Source: nginxSource,
	},
	{
		Product: "nginx", Says: "a client request body is buffered to a temporary file",
		Means:  "the body of a request is larger than its buffer: slower, and no failure",
		Client: "the answer", Phase: "reading the request", Setting: "client_body_buffer_size",
		Look: []string{"nothing, unless the disk is slow"}, Source: nginxSource,
	},
	// workers
	{
		Product: "nginx", Says: "worker process {pid} exited on signal {signal}",
		Means:  "a worker of nginx died; 9 is mostly the kernel that ran out of memory, 11 a fault in a module",
		Client: "no answer for all requests of the worker", Phase: "any",
		Look: []string{"dmesg: out of memory; third-party modules"}, Source: nginxSource,
	},
	{
		Product: "nginx", Says: "open socket #… left in connection",
		Means:  "a worker that was told to end did so with connections open: worker_shutdown_timeout was over",
		Client: "no answer: requests that were under way are cut", Phase: "reload", Setting: "worker_shutdown_timeout",
		Rules: []string{"stop-cuts"},
		Look:  []string{"how long requests take, WebSockets above all"}, Source: nginxSource,
	},
	// start
	{
		Product: "nginx", Says: "\"{setting}_busy_buffers_size\" must be",
		Means:  "the sizes of the buffers do not fit together; raising buffer_size alone is the most common way there",
		Client: notStarting, Phase: atStart, Setting: "*_buffer_size, *_buffers, *_busy_buffers_size", Rules: []string{"buffer-sizes"},
		Look: []string{"with *_buffer_size 16k: *_buffers 8 16k"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "there must be at least 2 \"",
		Means:  "the sizes of the buffers do not fit together",
		Client: notStarting, Phase: atStart, Setting: "*_buffers", Rules: []string{"buffer-sizes"},
		Look: []string{"*_buffers 2 and more"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "\"{setting}_temp_file_write_size\" must be",
		Means:  "the sizes of the buffers do not fit together",
		Client: notStarting, Phase: atStart, Setting: "*_temp_file_write_size, *_buffer_size, *_buffers", Rules: []string{"buffer-sizes"},
		Look: []string{"at least the larger one of *_buffer_size and one of *_buffers"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "\"{setting}_max_temp_file_size\" must be",
		Means:  "the sizes of the buffers do not fit together",
		Client: notStarting, Phase: atStart, Setting: "*_max_temp_file_size, *_buffer_size, *_buffers", Rules: []string{"buffer-sizes"},
		Look: []string{"0, or at least the larger one of *_buffer_size and one of *_buffers"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "\"{pass}_pass\" cannot have URI part in location given by regular expression",
		Means:  "the pass has a path behind the address where there is no prefix of the location that it could replace",
		Client: notStarting, Phase: atStart, Setting: "*_pass", Rules: []string{"proxy-uri-refused"},
		Look: []string{"a lone / at the end is a path, too"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "upstream \"{name}\" may not have port",
		Means:  "a pass names an upstream block and a port; the ports stand in the block",
		Client: notStarting, Phase: atStart, Setting: "*_pass", Rules: []string{"upstream-port-refused"},
		Look: []string{"a host and a block of the same name"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "no servers are inside upstream",
		Means:  "an upstream block has no server",
		Client: notStarting, Phase: atStart, Setting: "upstream", Rules: []string{"upstream-servers-refused"},
		Look: []string{"a template whose list was empty, an include that brought nothing"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "no servers in upstream \"{name}\"",
		Means:  "an upstream block has only backup servers",
		Client: notStarting, Phase: atStart, Setting: "upstream", Rules: []string{"upstream-servers-refused"},
		Look: []string{"one server without backup"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "balancing method does not support parameter \"backup\"",
		Means:  "backup does not go with hash, ip_hash and random",
		Client: notStarting, Phase: atStart, Setting: "upstream", Rules: []string{"upstream-servers-refused"},
		Look: []string{"least_conn takes backup servers"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "invalid host in upstream \"{value}\"",
		Means:  "an address in an upstream block or a pass is none: a scheme or a path in it",
		Client: notStarting, Phase: atStart, Setting: "server, *_pass", Rules: []string{"invalid-upstream-address"},
		Look: []string{"server takes a host and a port alone"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "invalid port in upstream \"{value}\"",
		Means:  "the port of an address is none; http:// in a server line reads as a port that begins with //",
		Client: notStarting, Phase: atStart, Setting: "server, *_pass", Rules: []string{"invalid-upstream-address"},
		Look: []string{"server takes a host and a port alone"}, Source: seenNginx,
	},
	{
		Product: "nginx", Says: "invalid IPv6 address in upstream \"{value}\"",
		Means:  "what stands in the brackets is no IPv6 address",
		Client: notStarting, Phase: atStart, Setting: "server, *_pass", Rules: []string{"invalid-upstream-address"}, Source: seenNginx,
		Look: []string{"the address"},
	},
	{
		Product: "nginx", Says: "no port in upstream \"{value}\"",
		Means:  "fastcgi_pass and its kin need a port",
		Client: notStarting, Phase: atStart, Setting: "fastcgi_pass, uwsgi_pass, scgi_pass", Rules: []string{"invalid-upstream-address"}, Source: seenNginx,
		Look: []string{"the port that the program listens on, say 9000"},
	},
	{
		Product: "nginx", Says: "no path in the unix domain socket in upstream \"{value}\"",
		Means:  "unix: without a path behind it",
		Client: notStarting, Phase: atStart, Setting: "server, *_pass", Rules: []string{"invalid-upstream-address"}, Source: seenNginx,
		Look: []string{"the path of the program's socket"},
	},
	{
		Product: "nginx", Says: "invalid parameter \"resolve\"",
		Means:  "this nginx does not know resolve: it came with 1.27.3",
		Client: notStarting, Phase: atStart, Setting: "server ... resolve", Rules: []string{"resolve-refused"}, Source: seenNginx,
		Look: []string{"nginx -v"},
	},
	{
		Product: "nginx", Says: "resolving names at run time requires upstream \"{name}\"",
		Means:  "a server with resolve, and no zone in the upstream block",
		Client: notStarting, Phase: atStart, Setting: "zone", Rules: []string{"resolve-refused"}, Source: seenBuilt,
		Look: []string{"zone name 64k; in the block"},
	},
	{
		Product: "nginx", Says: "invalid parameter \"slow_start={value}\"",
		Means:  "slow_start is of NGINX Plus",
		Client: notStarting, Phase: atStart, Setting: "server", Rules: []string{"plus-only"}, Source: seenNginx,
		Look: []string{"nginx -v: which product it is"},
	},
	{
		Product: "nginx", Says: "unknown directive \"{name}\"",
		Means:  "this nginx has no such statement: a slip of the pen, a module that is not loaded, or one of NGINX Plus",
		Client: notStarting, Phase: atStart, Rules: []string{"plus-only", "unknown-directive", "removed-keyword", "syntax"}, Source: seenNginx,
		Look: []string{"nginx -V: the modules; load_module for those that are files of their own"},
	},
	{
		Product: "nginx", Says: "unknown directive$",
		Means:  "this nginx has no such statement: a slip of the pen, a module that is not loaded, or one of NGINX Plus",
		Client: notStarting, Phase: atStart, Rules: []string{"syntax", "plus-only"}, Source: seenNginx,
		Look: []string{"nginx -V: the modules"},
	},
	{
		Product: "nginx", Says: "the closing bracket in \"{name}\" variable is missing",
		Means:  "a place of a template was not filled in: ${NAME:-default} is of shells, and nginx and envsubst do not know it",
		Client: notStarting, Phase: atStart, Rules: []string{"unfilled-template"}, Source: seenNginx,
		Look: []string{"the variable in the environment of the container"},
	},
	{
		Product: "nginx", Says: "invalid port in \"{value}\" of the \"listen\" directive",
		Means:  "the port of listen is none; ${...} in it is a place of a template that was not filled in",
		Client: notStarting, Phase: atStart, Setting: "listen", Rules: []string{"unfilled-template"}, Source: seenNginx,
		Look: []string{"the variable in the environment of the container"},
	},
	{
		Product: "nginx", Says: "host not found in \"{value}\" of the \"listen\" directive",
		Means:  "listen names a host that nobody knows; ${...} is a place of a template that was not filled in",
		Client: notStarting, Phase: atStart, Setting: "listen", Rules: []string{"unfilled-template"}, Source: seenNginx,
		Look: []string{"the variable in the environment of the container"},
	},
	{
		Product: "nginx", Says: "unknown \"{name}\" variable",
		Means:  "a variable is used that no map, set or module defines; $connection_upgrade needs its map",
		Client: notStarting, Phase: atStart, Rules: []string{"undefined-variable", "unfilled-template"}, Source: seenNginx,
		Look: []string{"the map that was in the guide and is not in the file"},
	},
	{
		Product: "nginx", Says: "unexpected \"{text}\"",
		Means:  "a brace or a semicolon stands where none may be; the fault is often far above the line that nginx names",
		Client: notStarting, Phase: atStart, Rules: []string{"syntax"}, Source: seenNginx,
		Look: []string{"the statement before it"},
	},
	{
		Product: "nginx", Says: "unexpected end of file, expecting \"{text}\"",
		Means:  "a block is not closed, or a statement not ended",
		Client: notStarting, Phase: atStart, Rules: []string{"syntax"}, Source: seenNginx,
		Look: []string{"the braces: gwlint points at the one that is open"},
	},
	{
		Product: "nginx", Says: "directive \"{name}\" is not terminated by \";\"",
		Means:  "a semicolon is missing",
		Client: notStarting, Phase: atStart, Rules: []string{"syntax"}, Source: seenNginx,
		Look: []string{"the end of the line"},
	},
	{
		Product: "nginx", Says: "directive \"{name}\" has no opening \"{text}\"",
		Means:  "a statement that needs a block has none",
		Client: notStarting, Phase: atStart, Rules: []string{"syntax"}, Source: nginxSource,
		Look: []string{"the brace behind it"},
	},
	{
		Product: "nginx", Says: "open() \"{file}\" failed (2: No such file or directory)", Level: "emerg",
		Means:  "an included file is not there",
		Client: notStarting, Phase: atStart, Setting: "include", Rules: []string{"missing-include"}, Source: seenNginx,
		Look: []string{"the path as it is in the container; gwlint finds it by --map /etc/nginx=FOLDER"},
	},
	{
		Product: "nginx", Says: "open() \"{file}\" failed (2: No such file or directory)", Level: "error",
		Means:  "a file that was asked for is not there",
		Client: "404, no gateway error", Phase: "serving a file", Setting: "root, alias, try_files", Source: nginxSource,
		Look: []string{"whether the request should have gone to a server instead"},
	},
	{
		Product: "nginx", Says: "open() {file} failed (13: Permission denied)", Level: "emerg",
		Means:  "the master process may not read the file",
		Client: notStarting, Phase: atStart, Setting: "include", Rules: []string{"unreadable"}, Source: seenNginx,
		Look: []string{"owner and mode of the file and its folders"},
	},
	{
		Product: "nginx", Says: "pread() \"{file}\" failed (21: Is a directory)",
		Means:  "an include names a folder",
		Client: notStarting, Phase: atStart, Setting: "include", Rules: []string{"unreadable"}, Source: seenNginx,
		Look: []string{"include sites/*.conf; takes the files in it"},
	},
	{
		Product: "nginx", Says: "pread() failed (21: Is a directory)",
		Means:  "an include names a folder",
		Client: notStarting, Phase: atStart, Setting: "include", Rules: []string{"unreadable"}, Source: seenNginx,
		Look: []string{"include sites/*.conf; takes the files in it"},
	},
	{
		Product: "nginx", Says: "\"{name}\" directive is not allowed here",
		Means:  "the directive stands in a block in which nginx does not take it; often a whole nginx.conf lies in conf.d, or a site in place of nginx.conf",
		Client: notStarting, Phase: atStart, Rules: []string{"misplaced-directive", "unknown-directive"}, Source: seenNginx,
		Look: []string{"the block around the line, and where the file is mounted"},
	},
	{
		Product: "nginx", Says: "no \"events\" section in configuration",
		Means:  "the main file lacks events {}",
		Client: notStarting, Phase: atStart, Setting: "events", Rules: []string{"misplaced-directive"}, Source: seenNginx,
		Look: []string{"events {} before http"},
	},
	{
		Product: "nginx", Says: "\"{name}\" directive is duplicate",
		Means:  "the directive stands twice in a block, the second time often in an included file; daemon also where the command gives it",
		Client: notStarting, Phase: atStart, Rules: []string{"duplicate-directive"}, Source: seenNginx,
		Look: []string{"nginx -T | grep for the directive"},
	},
	{
		Product: "nginx", Says: "duplicate location \"{value}\"",
		Means:  "a server has two locations for the same path",
		Client: notStarting, Phase: atStart, Setting: "location", Rules: []string{"duplicate-directive"}, Source: seenNginx,
		Look: []string{"the includes of the server block"},
	},
	{
		Product: "nginx", Says: "duplicate upstream \"{name}\"",
		Means:  "two upstream blocks have the same name",
		Client: notStarting, Phase: atStart, Setting: "upstream", Rules: []string{"duplicate-directive"}, Source: seenNginx,
		Look: []string{"the other files of the folder"},
	},
	{
		Product: "nginx", Says: "duplicate \"log_format\" name \"{name}\"",
		Means:  "two log formats have the same name; the main file of the packages has one that is called main",
		Client: notStarting, Phase: atStart, Setting: "log_format", Rules: []string{"duplicate-directive"}, Source: seenNginx,
		Look: []string{"nginx.conf"},
	},
	{
		Product: "nginx", Says: "a duplicate default server for {address}",
		Means:  "two servers say default_server for the same address; one is often the site that the package installs",
		Client: notStarting, Phase: atStart, Setting: "listen", Rules: []string{"duplicate-directive"}, Source: seenNginx,
		Look: []string{"sites-enabled/default, conf.d/default.conf"},
	},
	{
		Product: "nginx", Says: "duplicate listen options for {address}",
		Means:  "two servers give options for the same socket: reuseport, backlog, ipv6only",
		Client: notStarting, Phase: atStart, Setting: "listen", Rules: []string{"duplicate-directive"}, Source: seenNginx,
		Look: []string{"the options in one of the servers alone"},
	},
	{
		Product: "nginx", Says: "a duplicate listen {address}",
		Means:  "a server listens twice on the same address",
		Client: notStarting, Phase: atStart, Setting: "listen", Rules: []string{"duplicate-directive"}, Source: seenNginx,
		Look: []string{"the listen lines of the server"},
	},
	{
		Product: "nginx", Says: "zero size shared memory zone \"{name}\"",
		Means:  "limit_req or limit_conn names a zone that nothing defines",
		Client: notStarting, Phase: atStart, Setting: "limit_req_zone, limit_conn_zone", Rules: []string{"undefined-zone"}, Source: seenNginx,
		Look: []string{"the line with limit_req_zone that was in the guide, in http {}"},
	},
	{
		Product: "nginx", Says: "\"{module}_cache\" zone \"{name}\" is unknown",
		Means:  "a cache is used that nothing defines",
		Client: notStarting, Phase: atStart, Setting: "*_cache_path", Rules: []string{"undefined-zone"}, Source: seenNginx,
		Look: []string{"proxy_cache_path ... keys_zone=NAME:10m in http {}"},
	},
	{
		Product: "nginx", Says: "unknown log format \"{name}\"",
		Means:  "access_log names a format that nothing defines above it",
		Client: notStarting, Phase: atStart, Setting: "log_format", Rules: []string{"undefined-zone"}, Source: seenNginx,
		Look: []string{"log_format in http {}, above the include"},
	},
	{
		Product: "nginx", Says: "could not build server_names_hash, you should increase server_names_hash_bucket_size: {size}",
		Means:  "the name of a server is too long for the table of names",
		Client: notStarting, Phase: atStart, Setting: "server_names_hash_bucket_size", Rules: []string{"long-server-name"}, Source: seenNginx,
		Look: []string{"server_names_hash_bucket_size 128; in http {}"},
	},
	{
		Product: "nginx", Says: "no \"ssl_certificate\" is defined for the \"listen ... ssl\" directive",
		Means:  "the default server of an address for TLS has no certificate",
		Client: notStarting, Phase: atStart, Setting: "ssl_certificate", Rules: []string{"bind-without-certificate"}, Source: seenNginx,
		Look: []string{"ssl_certificate and ssl_certificate_key in that server, or in http {}"},
	},
	{
		Product: "nginx", Says: "getpwnam(\"{name}\") failed",
		Means:  "the user that the workers are to run as does not exist",
		Client: notStarting, Phase: atStart, Setting: "user", Rules: []string{"unknown-user"}, Source: seenNginx,
		Look: []string{"www-data on Debian, nginx in the official images"},
	},
	{
		Product: "nginx", Says: "no {module}_ssl_trusted_certificate for {setting}_ssl_verify",
		Means:  "the certificate of the server is to be verified, and there is nothing to verify it by",
		Client: notStarting, Phase: atStart, Setting: "*_ssl_trusted_certificate", Rules: []string{"verify-without-ca"}, Source: seenNginx,
		Look: []string{"the file of the authority that signed the server's certificate"},
	},
	{
		Product: "nginx", Says: "bind() to {address} failed (98: {reason})",
		Means:  "another process listens on the port already, often an nginx that was not stopped",
		Client: notStarting, Phase: "opening its ports", Setting: "listen", Rules: []string{"address-in-use"}, Source: nginxSource,
		Look: []string{"ss -ltnp on the port; listen of http and of stream"},
	},
	{
		Product: "nginx", Says: "bind() to {address} failed (13: Permission denied)",
		Means:  "ports below 1024 are for root, or for who has CAP_NET_BIND_SERVICE; SELinux forbids others",
		Client: notStarting, Phase: "opening its ports", Setting: "listen", Source: nginxSource,
		Look: []string{"who starts nginx"},
	},
	{
		Product: "nginx", Says: "load balancing method redefined",
		Means:  "keepalive stands before the balancing method: no connection is kept (before 1.29.7)",
		Client: "the answer; each request opens a connection of its own", Phase: atStart, Setting: "keepalive", Rules: []string{"keepalive-unused"}, Source: seenNginx,
		Look: []string{"least_conn and its kin before keepalive"},
	},
}

var (
	nginxHeader = regexp.MustCompile(`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[(emerg|alert|crit|error|warn|notice|info|debug)\] \d+#\d+: (?:\*\d+ )?`)
	nginxShort  = regexp.MustCompile(`^(?:nginx: )?\[(emerg|alert|crit|error|warn|notice|info|debug)\] (?:\d+#\d+: )?(?:\*\d+ )?(?:\.\.\. )?`)
	startedAt   = regexp.MustCompile(`^\S+:\d+$`)
	nginxTested = regexp.MustCompile(`^nginx: (?:the )?configuration file \S+ (?:test failed|test is successful|syntax is ok)$`)
	nginxNumber = regexp.MustCompile(`^\*\d+ `)
)

// readNginx reads a line of nginx's error log, or a message of its start.
func readNginx(line string) (r Reading, ok bool) {
	level := ""
	message := line
	var at []int
	if strings.Contains(line, "#") { // pid#tid: most lines of other logs have none
		at = nginxHeader.FindStringSubmatchIndex(line)
	}
	if at == nil {
		at = nginxShort.FindStringSubmatchIndex(line)
	}
	if at != nil {
		level, message = line[at[2]:at[3]], line[at[1]:]
	} else if strings.Contains(line, ", client: ") {
		message = nginxNumber.ReplaceAllString(line, "")
	} else {
		return Reading{Writer: "nginx", Fine: true}, nginxTested.MatchString(line)
	}
	message, context, _ := strings.Cut(message, ", client: ")
	var fields []Field
	if at := strings.LastIndex(message, " in "); at >= 0 && level != "error" {
		if file := message[at+len(" in "):]; startedAt.MatchString(file) {
			message, fields = message[:at], []Field{{"file", plain(file)}}
		}
	}
	r, known := find(nginx, level, message)
	r.Writer = "nginx"
	if !known {
		r.Fine = slices.Contains([]string{"notice", "info", "debug"}, level)
		return r, at != nil
	}
	r.Fields = append(contextFields(context), append(r.Fields, fields...)...)
	if strings.Contains(context, ", bytes from/to client:") && strings.HasPrefix(r.Symptom.Client, "50") {
		r.Client = "a closed connection: this is stream { }, which has no status"
		r.Setting = strings.NewReplacer("*_read_timeout (60s)", "proxy_timeout (10m)", "*", "proxy").Replace(r.Symptom.Setting)
	}
	return r, true
}

// contextFields are the values that nginx puts behind a message.
func contextFields(context string) (fields []Field) {
	quoted := func(name string) string {
		_, rest, ok := strings.Cut(context, ", "+name+": \"")
		if !ok {
			return ""
		}
		value, _, _ := strings.Cut(rest, "\"")
		return value
	}
	if u := server(quoted("upstream")); u != "" {
		fields = append(fields, Field{"upstream", u})
	}
	if _, rest, ok := strings.Cut(context, ", server: "); ok {
		name, _, _ := strings.Cut(rest, ",")
		if name = plain(name); name != "" && name != "_" {
			fields = append(fields, Field{"server", name})
		}
	}
	if q := request(quoted("request")); q != "" {
		fields = append(fields, Field{"request", q})
	}
	if s := url(quoted("subrequest")); s != "" {
		fields = append(fields, Field{"subrequest", s})
	}
	return fields
}

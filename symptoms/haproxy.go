package symptoms

import (
	"regexp"
	"slices"
	"strings"
)

const (
	seenHAProxy    = "seen on HAProxy 2.6.12 and 3.2.0"
	haproxyManual  = "HAProxy's manual, 8.5"
	haproxySource  = "the source of HAProxy"
	haproxyDown    = "nothing: HAProxy does not start; at a reload the old process goes on serving"
	haproxyConnect = "connecting to the server"
	haproxyHead    = "waiting for the head of the answer"
)

// haproxyStates are the termination states of its log: the first two letters,
// with the status and <NOSRV> where they make a difference.
var haproxyStates = []Symptom{
	{
		Product: "haproxy", Says: "<NOSRV> SC",
		Means: "no server could be chosen: all of the backend are down by their checks, disabled or of weight 0, the backend has none, or no rule chose a backend. " +
			"A server whose name was never looked up counts as down",
		Client: "503 at once", Phase: "choosing a server", Setting: "check, option httpchk, default_backend, init-addr",
		Rules: []string{"check-without-host", "check-without-tls", "check-without-sni", "check-timeout-short", "all-servers-down", "empty-pool", "unrouted-requests", "never-resolved",
			"one-failed-check", "upstream-not-logged", "monitor-always-up", "check-asks-root", "dead-condition"},
		Look:   []string{"\"Server ... is DOWN, reason: ...\" in the log: gwlint explain reads that, too", "whether the frontend sends the request to a backend at all: without one, backend and frontend have the same name in the line"},
		Source: seenHAProxy,
	},
	{
		Product: "haproxy", Says: "SC",
		Means: "the server refused the connection, could not be reached, or the TLS handshake with it failed; that is 503 in HAProxy, not 502. " +
			"With <NOSRV> in the line no server could be chosen at all",
		Client: "503, after the retries: one second between them, three by default", Phase: haproxyConnect, Setting: "the address of the server; retries, option redispatch, check; ssl, verify, sni",
		Rules: []string{"unchecked-server", "unused-health-check", "default-server-below", "wrong-port", "loopback-in-container", "app-on-loopback", "dns-once", "retry-off", "defaults-not-inherited",
			"sni-missing", "plain-port-behind-https", "protocol-mismatch", "h2-without-alpn", "tls-version-mismatch", "untrusted-certificate", "verify-name-mismatch", "chroot-socket",
			"wrong-socket", "socket-not-shared", "socket-permission", "single-server", "upstream-not-logged", "monitor-always-up", "errorfile-hides-error", "retries-same-server", "single-try", "http-in-tcp-mode"},
		Look:   []string{"whether the server is up and its port is right; with ssl: whether the port speaks TLS, and wants a name (sni)", "whether the server has check: without it, nobody notices that it is down"},
		Source: seenHAProxy,
	},
	{
		Product: "haproxy", Says: "sC",
		Means:  "the server did not let HAProxy connect in time: packets vanish, its queue of connections is full, or it waits where TLS was begun",
		Client: "503, after (retries + 1) × timeout connect", Phase: haproxyConnect, Setting: "timeout connect, retries",
		Rules: []string{"unitless-timeout", "slow-failover", "dns-once", "unchecked-server", "plain-port-behind-https", "single-server", "missing-timeout"},
		Look:  []string{"whether a firewall drops packets to the server, and whether it still has this address"}, Source: seenHAProxy,
	},
	{
		Product: "haproxy", Says: "SH",
		Means: "the server closed before the head of the answer was whole: it crashed or was killed over a limit of its own, it closed an idle connection as it was reused, " +
			"or it expects something else (TLS, the PROXY header)",
		Client: "502", Phase: haproxyHead, Setting: "retry-on empty-response; the program's own limits; http-reuse",
		Rules: []string{"dead-timeout", "reuse-unretried", "keepalive-race", "retries-same-server", "tls-port-behind-http", "proxy-protocol-mismatch", "proxy-protocol-uneven", "protocol-mismatch",
			"repeated-posts", "missing-host", "drain-too-short", "gateway-errors-final", "grpc-without-h2"},
		Look:   []string{"the program's log at that second: a worker killed, a restart, a deploy", "whether the line comes with POSTs on reused connections only; note that by default HAProxy closes such ones without a line"},
		Source: seenHAProxy,
	},
	{
		Product: "haproxy", Says: "sH",
		Means:  "the server took the request and was silent for longer than timeout server",
		Client: "504", Phase: haproxyHead, Setting: "timeout server",
		Rules: []string{"read-timeout-below-app", "unitless-timeout", "connect-only-check", "timeout-inversion", "server-without-port", "proxy-loop", "missing-timeout", "defaults-not-inherited"},
		Look: []string{"how long the program needs for this request, and whether all its workers were busy", "Tr in the line is -1; a timer just over a round number is the timeout",
			"a number without a unit is milliseconds"},
		Source: seenHAProxy,
	},
	{
		Product: "haproxy", Says: "500 PH",
		Means:  "the headers that rules add to the answer do not fit into what is kept free for them",
		Client: "500", Phase: haproxyHead, Setting: "tune.maxrewrite, tune.bufsize, http-response set-header", Rules: []string{"rewrite-room"},
		Look: []string{"how long the added headers are: Content-Security-Policy above all"}, Source: seenHAProxy,
	},
	{
		Product: "haproxy", Says: "400 PH",
		Means:  "the body of the request is not the chunks that it says it is",
		Client: "400", Phase: haproxyHead, Look: []string{"who sends it"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "PH",
		Means:  "HAProxy refused the answer: its head is larger than the buffer (15360 bytes by default) or has more than 101 lines, it is no valid HTTP, or the server speaks HTTP/2 where 1.1 is expected",
		Client: "502 (500 where added headers do not fit)", Phase: haproxyHead, Setting: "tune.bufsize, tune.maxrewrite, tune.http.maxhdr, proto h2",
		Rules: []string{"header-buffer-small", "protocol-mismatch", "grpc-without-h2", "rewrite-room", "foreign-port"},
		Look:  []string{"echo \"show errors\" on the stats socket shows the answer that was refused", "the head in bytes: curl -sD- -o/dev/null at the server | wc -c"}, Source: seenHAProxy,
	},
	{
		Product: "haproxy", Says: "SD",
		Means:  "the connection to the server died in the middle of the body",
		Client: "the status of the answer, with half the body", Phase: "passing the body on",
		Look: []string{"the program's log at that second: a crash, a restart"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "101 sD",
		Means:  "a WebSocket was silent for longer than HAProxy waits",
		Client: "a closed connection: 101 was sent long ago", Phase: "upgraded connection", Setting: "timeout tunnel, else timeout server", Rules: []string{"tunnel-cut", "idle-connection-cut"},
		Look: []string{"how often the program sends a ping"}, Source: seenHAProxy,
	},
	{
		Product: "haproxy", Says: "101 cD",
		Means:  "a WebSocket was silent for longer than HAProxy waits for the client",
		Client: "a closed connection: 101 was sent long ago", Phase: "upgraded connection", Setting: "timeout tunnel, else timeout client", Rules: []string{"tunnel-cut", "idle-connection-cut"},
		Look: []string{"how often the program sends a ping"}, Source: seenHAProxy,
	},
	{
		Product: "haproxy", Says: "sD",
		Means:  "the server was silent in the middle of the body for longer than timeout server; or a tunnel or WebSocket was idle",
		Client: "the status of the answer, with half the body; a closed connection for a tunnel", Phase: "passing the body on", Setting: "timeout server, timeout tunnel",
		Rules: []string{"tunnel-cut", "idle-connection-cut"},
		Look:  []string{"what the program does between two pieces of its answer"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "CD",
		Means:  "the client left while the answer was being sent: a browser that was closed, or a gateway in front",
		Client: "what it had got by then", Phase: "passing the body on",
		Look: []string{"nothing, as long as it is single clients"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "cD",
		Means:  "the client took or sent nothing for longer than timeout client; or a tunnel or WebSocket was idle",
		Client: "what it had got by then", Phase: "passing the body on", Setting: "timeout client, timeout tunnel",
		Rules: []string{"tunnel-cut", "idle-connection-cut"},
		Look:  []string{"whether it is WebSockets: timeout tunnel"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "sQ",
		Means:  "no slot of the server became free in time: each was busy with maxconn requests",
		Client: "503", Phase: "waiting in the queue", Setting: "timeout queue, else timeout connect; maxconn of the server, minconn, fullconn",
		Rules: []string{"queue-timeout-short", "minconn-without-fullconn"},
		Look:  []string{"how long requests take at the server, against its maxconn; Tw in the line is the time in the queue"}, Source: seenHAProxy,
	},
	{
		Product: "haproxy", Says: "CC",
		Means:  "the client left while HAProxy was connecting to the server: mostly one that is dead, and not checked",
		Client: "nobody is there; the log says 503 up to 2.4, -1 later", Phase: haproxyConnect, Setting: "timeout connect, check", Rules: []string{"unchecked-server", "slow-failover"},
		Look: []string{"whether the server is up"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "CH",
		Means:  "the client left while the server was working on the answer: a person, or the gateway in front whose timeout is shorter",
		Client: "nobody is there; a gateway in front gives its own 502 or 504", Phase: haproxyHead, Setting: "the timeout of the layer in front", Rules: []string{"timeout-inversion", "outer-gives-up"},
		Look: []string{"whether the times of these lines are all the same: then it is a timeout in front"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "cH",
		Means:  "the client did not send the body of its request in time",
		Client: "400 in 3.2; 2.6 gives 504 and says sH", Phase: "reading the request", Setting: "timeout client",
		Look: []string{"clients on slow lines that send files"}, Source: "seen on HAProxy 3.2.0",
	},
	{
		Product: "haproxy", Says: "CQ",
		Means:  "the client left while it waited for a free slot of a server",
		Client: "nobody is there", Phase: "waiting in the queue", Setting: "maxconn of the server, timeout queue", Rules: []string{"queue-timeout-short", "minconn-without-fullconn"},
		Look: []string{"how long requests take at the server, against its maxconn"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "CR",
		Means:  "the client left before its request was whole: probes, pre-connected browsers, port scanners",
		Client: "400, and nobody is there", Phase: "reading the request", Setting: "option http-ignore-probes",
		Look: []string{"nothing, as long as it is single clients"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "cR",
		Means:  "the client did not send a whole request in time; pre-connected browsers do that",
		Client: "408", Phase: "reading the request", Setting: "timeout http-request, else timeout client",
		Look: []string{"nothing, as long as it is single clients"}, Source: seenHAProxy,
	},
	{
		Product: "haproxy", Says: "CT",
		Means:  "the client left while it was tarpitted",
		Client: "nobody is there", Phase: "tarpit", Setting: "timeout tarpit, http-request tarpit",
		Look: []string{"whether the rule hits whom it is meant for"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "PC",
		Means:  "HAProxy has no socket left to connect with: a limit of the process",
		Client: "503", Phase: haproxyConnect, Setting: "global maxconn, ulimit-n",
		Look: []string{"show info on the stats socket: CurrConns, Maxconn, Ulimit-n"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "PD",
		Means:  "the chunks of a body are not valid",
		Client: "the status of the answer, with half the body", Phase: "passing the body on",
		Look: []string{"the program that sends it"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "PR",
		Means:  "HAProxy refused the request: no valid HTTP or too large (400; 414 in 3.2), or a rule denied it (403, or what deny_status says)",
		Client: "400, 414, 403 or the status of the rule; no server was asked", Phase: "reading the request", Setting: "tune.bufsize, http-request deny",
		Rules: []string{"tls-listener-in-plain", "decoded-uri", "upgrade-missing", "protocol-mismatch", "proxy-protocol-mismatch"},
		Look:  []string{"<BADREQ> in the line is no HTTP; echo \"show errors\" on the stats socket shows it"}, Source: seenHAProxy,
	},
	{
		Product: "haproxy", Says: "PT",
		Means:  "a rule held the request in the tarpit and refused it then",
		Client: "500", Phase: "tarpit", Setting: "http-request tarpit",
		Look: []string{"whether the rule hits whom it is meant for"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "RC",
		Means:  "the machine has no memory, socket or source port left",
		Client: "503", Phase: haproxyConnect, Setting: "net.ipv4.ip_local_port_range, ulimit-n",
		Look: []string{"the log of HAProxy tells which one"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "LR",
		Means:  "HAProxy answered the request itself: a redirect, a return, its statistics",
		Client: "what the rule says; no server was asked", Phase: "routing", Setting: "redirect, http-request return", Rules: []string{"redirect-loop"},
		Look: []string{"many redirects of one client are a loop: TLS ends in front, and ssl_fc is never true"}, Source: seenHAProxy,
	},
	{
		Product: "haproxy", Says: "LC", Means: "HAProxy answered with the redirect of a server line (redir)", Client: "302; no server was asked", Phase: "routing", Setting: "redir",
		Look: []string{"nothing"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "LH", Means: "a rule replaced the answer of the server: http-response return, a redirect", Client: "what the rule says", Phase: haproxyHead, Setting: "http-response return",
		Look: []string{"nothing"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "KH",
		Means:  "the old process was killed at a reload while it waited for this answer: hard-stop-after was over",
		Client: "502 in 2.6; a closed connection in 3.2", Phase: haproxyHead, Setting: "hard-stop-after", Rules: []string{"stop-cuts"},
		Look: []string{"how long requests may take, against hard-stop-after"}, Source: "seen on HAProxy 2.6.12 with hard-stop-after",
	},
	{
		Product: "haproxy", Says: "KC",
		Means:  "the old process was killed at a reload with the request under way: hard-stop-after was over",
		Client: "a closed connection; the log says 500", Phase: "reload", Setting: "hard-stop-after", Rules: []string{"stop-cuts"},
		Look: []string{"how long requests may take, against hard-stop-after"}, Source: "seen on HAProxy 3.2.0 with hard-stop-after",
	},
	{
		Product: "haproxy", Says: "KD",
		Means:  "an admin, or the end of the old process at a reload, cut the transfer",
		Client: "the status of the answer, with half the body", Phase: "passing the body on", Setting: "hard-stop-after", Rules: []string{"stop-cuts"},
		Look: []string{"how long requests may take, against hard-stop-after"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "DD",
		Means:  "the server was found down, and its sessions were cut",
		Client: "the status of the answer, with half the body", Phase: "passing the body on", Setting: "on-marked-down shutdown-sessions",
		Look: []string{"the check that failed"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "UD",
		Means:  "a server came back, and the sessions of its backup were cut",
		Client: "the status of the answer, with half the body", Phase: "passing the body on", Setting: "on-marked-up shutdown-backup-sessions",
		Look: []string{"nothing"}, Source: haproxyManual,
	},
	{
		Product: "haproxy", Says: "5xx --",
		Means:  "a normal end: the server itself answered 5xx, and HAProxy passed it on; with <NOSRV> HAProxy answered, by a rule or an applet",
		Client: "the status of the line", Phase: "behind HAProxy", Setting: "retry-on",
		Rules: []string{"gateway-errors-final"},
		Look:  []string{"the log of the server: gwlint explain reads that, too"}, Source: haproxyManual,
	},
}

// haproxy is what it says when it starts, and what it says of its servers.
var haproxy = []Symptom{
	{
		Product: "haproxy", Says: "Missing LF on last line",
		Means: "the last line of the file is not ended; since 2.3 that is fatal", Client: haproxyDown, Phase: atStart, Rules: []string{"missing-final-newline"}, Source: seenHAProxy,
		Look: []string{"a template or an editor that writes no newline at the end"},
	},
	{
		Product: "haproxy", Says: "unable to find required default_backend: '{backend}'",
		Means: "a backend that is named does not exist", Client: haproxyDown, Phase: atStart, Setting: "default_backend", Rules: []string{"undefined-backend"}, Source: seenHAProxy,
		Look: []string{"the name as it is written in both places; a file that was not given to -f"},
	},
	{
		Product: "haproxy", Says: "unable to find required use_backend: '{backend}'",
		Means: "a backend that is named does not exist", Client: haproxyDown, Phase: atStart, Setting: "use_backend", Rules: []string{"undefined-backend"}, Source: seenHAProxy,
		Look: []string{"the name as it is written in both places; a file that was not given to -f"},
	},
	{
		Product: "haproxy", Says: "server '{name}' has neither service port nor check port",
		Means: "a server without a port is checked, and the check has none either", Client: haproxyDown, Phase: atStart, Setting: "server ... check port", Rules: []string{"server-without-port"}, Source: seenHAProxy,
		Look: []string{"the address of the server that the message names: host:port"},
	},
	{
		Product: "haproxy", Says: "no such ACL : '{name}'",
		Means: "a condition asks for an ACL that the section does not have above the line", Client: haproxyDown, Phase: atStart, Setting: "acl", Rules: []string{"undefined-acl"}, Source: seenHAProxy,
		Look: []string{"the name as it is written in both places; ACLs belong to the section they are written in"},
	},
	{
		Product: "haproxy", Says: "not allowed in anonymous 'defaults' section",
		Means: "rules stand in a defaults section that has no name; only one with a name hands rules down", Client: haproxyDown, Phase: atStart, Setting: "http-request, tcp-request, acl", Rules: []string{"misplaced-directive"}, Source: seenHAProxy,
		Look: []string{"the rule in the frontend; or a name for the section, and from in the proxies that take it"},
	},
	{
		Product: "haproxy", Says: "not allowed because frontend '{name}' has no backend capability",
		Means: "server lines in a frontend", Client: haproxyDown, Phase: atStart, Setting: "server", Rules: []string{"misplaced-directive"}, Source: seenHAProxy,
		Look: []string{"listen in the place of frontend, or a backend and default_backend"},
	},
	{
		Product: "haproxy", Says: "please use the 'bind' keyword for listening addresses",
		Means: "an address stands behind the name of a proxy, as versions before 1.6 took it", Client: haproxyDown, Phase: atStart, Setting: "bind", Rules: []string{"removed-keyword"}, Source: seenHAProxy,
		Look: []string{"a bind line of its own"},
	},
	{
		Product: "haproxy", Says: "unable to find table '{name}' referenced by {action}",
		Means: "a rule counts in a stick table that no proxy of that name has", Client: haproxyDown, Phase: atStart, Setting: "stick-table, table", Rules: []string{"undefined-table"}, Source: seenHAProxy,
		Look: []string{"the name of the proxy that holds the stick-table"},
	},
	{
		Product: "haproxy", Says: "unable to find stick-table '{name}'",
		Means: "a stick rule uses a table that no proxy of that name has", Client: haproxyDown, Phase: atStart, Setting: "stick-table, stick", Rules: []string{"undefined-table"}, Source: seenHAProxy,
		Look: []string{"stick-table in the same backend"},
	},
	{
		Product: "haproxy", Says: "unable to find server '{name}' referenced in a 'use-server' rule",
		Means: "use-server names a server that the backend does not have", Client: haproxyDown, Phase: atStart, Setting: "use-server", Rules: []string{"undefined-server"}, Source: seenHAProxy,
		Look: []string{"a server that was renamed or taken out"},
	},
	{
		Product: "haproxy", Says: "unable to find required {what} '{name}' for tracking",
		Means: "track names a server or a backend that does not exist", Client: haproxyDown, Phase: atStart, Setting: "track", Rules: []string{"undefined-server"}, Source: seenHAProxy,
		Look: []string{"track BACKEND/SERVER, each as it is written there"},
	},
	{
		Product: "haproxy", Says: "for tracking as it does not have any check nor agent enabled",
		Means: "a server takes over the state of one that is not checked", Client: haproxyDown, Phase: atStart, Setting: "track, check", Rules: []string{"track-unchecked"}, Source: seenHAProxy,
		Look: []string{"check on the server that is tracked"},
	},
	{
		Product: "haproxy", Says: "unable to add http-check send rule",
		Means: "the request of a check stands below what it expects, or a second one without a connection of its own", Client: haproxyDown, Phase: atStart, Setting: "http-check send, http-check expect", Rules: []string{"check-rules-refused"}, Source: seenHAProxy,
		Look: []string{"http-check send above http-check expect"},
	},
	{
		Product: "haproxy", Says: "hiding headers or body at the end of the version string is unsupported",
		Means: "option httpchk has headers behind its version; 2.6 warns, 3.2 refuses", Client: haproxyDown, Phase: atStart, Setting: "option httpchk, http-check send", Rules: []string{"check-rules-refused"}, Source: seenHAProxy,
		Look: []string{"http-check send hdr Host NAME"},
	},
	{
		Product: "haproxy", Says: "no method found to resolve address",
		Means: "a server is named by a service (_http._tcp...), which only resolvers look up", Client: haproxyDown, Phase: atStart, Setting: "resolvers", Rules: []string{"never-resolved"}, Source: seenHAProxy,
		Look: []string{"resolvers on the line of the server"},
	},
	{
		Product: "haproxy", Says: "cannot bind UNIX socket (No such file or directory)",
		Means: "the folder of the socket is not there: /run/haproxy is made by the packages of distributions, not by the image", Client: haproxyDown, Phase: atStart, Setting: "stats socket, bind", Rules: []string{"missing-in-image"}, Source: seenHAProxy,
		Look: []string{"a folder that is there and writable: /var/lib/haproxy; or a volume"},
	},
	{
		Product: "haproxy", Says: "cannot bind UNIX socket (Permission denied)",
		Means: "the user may not make the socket there: the official image runs as haproxy from 2.4 on, and /run is root's", Client: haproxyDown, Phase: atStart, Setting: "stats socket, bind", Rules: []string{"missing-in-image"}, Source: seenHAProxy,
		Look: []string{"a folder of that user: /var/lib/haproxy"},
	},
	{
		Product: "haproxy", Says: "Cannot chroot({folder})",
		Means: "chroot takes the rights of root; the official image runs as haproxy from 2.4 on", Client: haproxyDown, Phase: atStart, Setting: "chroot", Rules: []string{"missing-in-image"}, Source: "seen on HAProxy 2.6.12",
		Look: []string{"chroot is of no use in a container"},
	},
	{
		Product: "haproxy", Says: "error opening file '{file}'",
		Means: "a page for failures is not there", Client: haproxyDown, Phase: atStart, Setting: "errorfile", Rules: []string{"missing-in-image"}, Source: seenHAProxy,
		Look: []string{"in the official image they are in /usr/local/etc/haproxy/errors"},
	},
	{
		Product: "haproxy", Says: "unable to stat SSL certificate from file '{file}'",
		Means: "a certificate is not there, or the user may not see it", Client: haproxyDown, Phase: atStart, Setting: "crt", Rules: []string{"missing-in-image"}, Source: seenHAProxy,
		Look: []string{"what the container mounts; who may read it: the official image runs as haproxy from 2.4 on"},
	},
	{
		Product: "haproxy", Says: "no SSL certificate specified for bind '{address}'",
		Means: "a listener for TLS has no certificate", Client: haproxyDown, Phase: atStart, Setting: "bind ... ssl crt", Rules: []string{"bind-without-certificate"}, Source: seenHAProxy,
		Look: []string{"crt on the line that the message names; behind a load balancer that ends TLS, no ssl at all"},
	},
	{
		Product: "haproxy", Says: "unable to find required resolvers '{name}'",
		Means: "a resolvers section that is named does not exist", Client: haproxyDown, Phase: atStart, Setting: "resolvers", Rules: []string{"undefined-section"}, Source: seenHAProxy,
		Look: []string{"the name as it is written in both places"},
	},
	{
		Product: "haproxy", Says: "defaults section '{name}' not found",
		Means: "a defaults section that is named does not exist", Client: haproxyDown, Phase: atStart, Setting: "from", Rules: []string{"undefined-section"}, Source: seenHAProxy,
		Look: []string{"it must stand above"},
	},
	{
		Product: "haproxy", Says: "verify is enabled by default but no CA file specified",
		Means: "a server with ssl, and nothing to verify its certificate by", Client: haproxyDown, Phase: atStart, Setting: "ca-file, verify", Rules: []string{"verify-without-ca"}, Source: seenHAProxy,
		Look: []string{"ca-file @system-ca (2.6 and later) or the file of the authority"},
	},
	{
		Product: "haproxy", Says: "could not resolve address '{name}'",
		Means: "the name of a server does not resolve while HAProxy starts", Client: haproxyDown, Phase: atStart, Setting: "init-addr, resolvers", Rules: []string{"start-order", "never-resolved", "unknown-host", "dns-once"}, Source: seenHAProxy,
		Look: []string{"init-addr last,libc,none together with resolvers lets it start"},
	},
	{
		Product: "haproxy", Says: "could not resolve address",
		Means: "the name of a server does not resolve while HAProxy starts", Client: haproxyDown, Phase: atStart, Setting: "init-addr, resolvers", Rules: []string{"start-order", "never-resolved", "unknown-host", "dns-once"}, Source: seenHAProxy,
		Look: []string{"init-addr last,libc,none together with resolvers lets it start"},
	},
	{
		Product: "haproxy", Says: "has the same name as {kind} '{name}' declared at",
		Means: "two proxies have one name; 3.2 only warns of a frontend and a backend", Client: haproxyDown, Phase: atStart, Rules: []string{"duplicate-proxy-name"}, Source: seenHAProxy,
		Look: []string{"two files that are both given to -f"},
	},
	{
		Product: "haproxy", Says: "another server named '{name}' was already defined",
		Means: "two servers of a backend have one name", Client: haproxyDown, Phase: atStart, Rules: []string{"duplicate-server-name"}, Source: seenHAProxy,
		Look: []string{"a line that was copied"},
	},
	{
		Product: "haproxy", Says: "tries to use incompatible tcp backend",
		Means: "a frontend in mode http uses a backend in mode tcp; mode is tcp where nothing says otherwise", Client: haproxyDown, Phase: atStart, Setting: "mode", Rules: []string{"mode-mismatch"}, Source: seenHAProxy,
		Look: []string{"mode http in the defaults of both"},
	},
	{
		Product: "haproxy", Says: "is not supported anymore",
		Means: "the keyword is gone in this version", Client: haproxyDown, Phase: atStart, Rules: []string{"removed-keyword"}, Source: seenHAProxy,
		Look: []string{"gwlint --target haproxy=VERSION tells before an upgrade"},
	},
	{
		Product: "haproxy", Says: "unknown keyword '{keyword}'",
		Means: "this version has no such keyword, or not in this section", Client: haproxyDown, Phase: atStart, Rules: []string{"removed-keyword", "syntax"}, Source: seenHAProxy,
		Look: []string{"haproxy -v; gwlint --target haproxy=VERSION"},
	},
	{
		Product: "haproxy", Says: "missing timeouts for {proxy}",
		Means: "a proxy without timeouts: nothing ends a wait", Client: "nothing by itself; a request whose server is silent hangs for ever, without a line in the log", Phase: atStart,
		Setting: "timeout client, timeout connect, timeout server", Rules: []string{"missing-timeout"}, Source: seenHAProxy,
		Look: []string{"the defaults section that the proxy takes: the last one above it"},
	},
	{
		Product: "haproxy", Says: "has no nameservers configured",
		Means: "a resolvers section asks nobody: names are looked up at the start, and never again", Client: "503 after the address changes", Phase: atStart, Setting: "nameserver, parse-resolv-conf",
		Rules: []string{"resolvers-without-nameserver"}, Source: seenHAProxy, Look: []string{"parse-resolv-conf takes those of the system"},
	},
	{
		Product: "haproxy", Says: "Server {server} is DOWN, reason: Layer7 wrong status, code: {code}",
		Means:  "the check got an answer, and not the one that it wants: mostly a check without a Host, one that speaks plain HTTP to a TLS port (400), or a path that wants a login",
		Client: "503 when it was the last server (<NOSRV> SC)", Phase: "health check", Setting: "option httpchk, http-check send, http-check expect, check-ssl",
		Rules: []string{"check-without-host", "check-without-tls", "check-asks-root"}, Source: seenHAProxy,
		Look: []string{"curl the same path without a Host header: the check sends none"},
	},
	{
		Product: "haproxy", Says: "Server {server} is DOWN, reason: Layer6 invalid response",
		Means:  "the TLS handshake of the check fails: it names no server, or the port speaks no TLS",
		Client: "503 when it was the last server (<NOSRV> SC)", Phase: "health check", Setting: "check-ssl, check-sni",
		Rules: []string{"check-without-sni", "plain-port-behind-https"}, Source: seenHAProxy,
		Look: []string{"sni of the server line does not count for the check before 3.3"},
	},
	{
		Product: "haproxy", Says: "Server {server} is DOWN, reason: Layer7 invalid response",
		Means:  "what the check got is no HTTP: it speaks plain to a TLS port, or to another protocol",
		Client: "503 when it was the last server (<NOSRV> SC)", Phase: "health check", Setting: "check-ssl, check port",
		Rules: []string{"check-without-tls"}, Source: seenHAProxy, Look: []string{"what listens at the port of the check"},
	},
	{
		Product: "haproxy", Says: "Layer7 invalid response$",
		Means:  "what the check got is no HTTP: it speaks plain to a TLS port, or to another protocol",
		Client: "503 when it was the last server (<NOSRV> SC)", Phase: "health check", Setting: "check-ssl, check port",
		Rules: []string{"check-without-tls"}, Source: seenHAProxy, Look: []string{"what listens at the port of the check"},
	},
	{
		Product: "haproxy", Says: "Server {server} is DOWN, reason: Layer7 timeout",
		Means:  "the server did not answer the check in time: inter, where there is no timeout check",
		Client: "503 when it was the last server (<NOSRV> SC)", Phase: "health check", Setting: "timeout check, inter",
		Rules: []string{"check-timeout-short", "one-failed-check"}, Source: seenHAProxy, Look: []string{"how long the health page takes under load"},
	},
	{
		Product: "haproxy", Says: "Server {server} is DOWN, reason: Layer4 connection problem",
		Means:  "nobody listens where the check connects",
		Client: "503 when it was the last server (<NOSRV> SC)", Phase: "health check", Setting: "check port, the address of the server",
		Rules: []string{"wrong-port", "one-failed-check", "single-server"}, Source: seenHAProxy, Look: []string{"whether the program is up; whether check port is a port of its own"},
	},
	{
		Product: "haproxy", Says: "Server {server} is DOWN, reason: Layer4 timeout",
		Means:  "the check could not connect in time",
		Client: "503 when it was the last server (<NOSRV> SC)", Phase: "health check", Setting: "timeout check, inter, timeout connect",
		Rules: []string{"check-timeout-short", "one-failed-check"}, Source: haproxyManual, Look: []string{"whether a firewall drops packets to the server"},
	},
	{
		Product: "haproxy", Says: "Server {server} is DOWN",
		Means:  "a server failed its checks, or its name has no address any more; the reason is in the rest of the line",
		Client: "503 when it was the last server (<NOSRV> SC)", Phase: "health check", Setting: "check, option httpchk",
		Rules: []string{"check-without-host", "check-without-tls", "check-without-sni", "check-timeout-short", "one-failed-check", "check-asks-root"}, Source: seenHAProxy,
		Look: []string{"the reason in the line"},
	},
	{
		Product: "haproxy", Says: "backend '{backend}' has no server available!",
		Means:  "a backend has no server that can be used, at the start",
		Client: "503 for every request (<NOSRV> SC)", Phase: atStart, Setting: "server, disabled, weight",
		Rules: []string{"all-servers-down", "empty-pool", "never-resolved"}, Source: haproxySource,
		Look: []string{"servers that are disabled, of weight 0, or never looked up"},
	},
	{
		Product: "haproxy", Says: "backend {backend} has no server available!",
		Means:  "the last server of a backend is down",
		Client: "503 for every request (<NOSRV> SC)", Phase: "health check", Setting: "check",
		Rules: []string{"check-without-host", "check-without-tls", "check-without-sni", "check-timeout-short", "single-server", "one-failed-check", "monitor-always-up"}, Source: seenHAProxy,
		Look: []string{"\"Server ... is DOWN, reason: ...\" just before it"},
	},
	{
		Product: "haproxy", Says: "Connect from … to {address} ({frontend}/HTTP)",
		Means:  "the log is that of a proxy without option httplog: neither status nor termination state",
		Client: "not told", Phase: "logging", Setting: "option httplog", Rules: []string{"upstream-not-logged"}, Source: seenHAProxy,
		Look: []string{"option httplog in the defaults"},
	},
	{
		Product: "haproxy", Says: "Received something which does not look like a PROXY protocol header",
		Means:  "the bind wants the PROXY header, and the other side sends something else",
		Client: "no answer: the connection is closed; a gateway in front makes 502 of it", Phase: "reading the PROXY header", Setting: "accept-proxy, send-proxy, proxy_protocol on",
		Rules: []string{"proxy-protocol-mismatch", "proxy-protocol-uneven"}, Source: seenHAProxy,
		Look: []string{"whether it is health checks or people: each way to the port must send the header"},
	},
	{
		Product: "haproxy", Says: "Connection closed while waiting for PROXY protocol header",
		Means:  "the bind wants the PROXY header, and the other side sends none",
		Client: "no answer: the connection is closed", Phase: "reading the PROXY header", Setting: "accept-proxy, send-proxy, proxy_protocol on",
		Rules: []string{"proxy-protocol-mismatch", "proxy-protocol-uneven"}, Source: seenHAProxy,
		Look: []string{"whether it is health checks that only connect"},
	},
	{
		Product: "haproxy", Says: "SSL handshake failure",
		Means:  "the TLS handshake with a client failed: plain HTTP to a TLS port, an old client, or one that does not trust the certificate",
		Client: "no connection, thus no status", Phase: "TLS handshake with the client", Setting: "ssl, crt, ssl-min-ver", Source: haproxySource,
		Look: []string{"whether it is all clients or one; whether a gateway in front speaks plain HTTP to this port"},
	},
	{
		Product: "haproxy", Says: "rules ignored for {proxy} as they require HTTP mode",
		Means:  "a proxy of mode tcp has rules for HTTP, which do nothing",
		Client: "nothing by itself", Phase: atStart, Setting: "mode http", Rules: []string{"http-in-tcp-mode"}, Source: seenHAProxy,
		Look: []string{"mode in the defaults section that the proxy takes"},
	},
	{
		Product: "haproxy", Says: "reached process FD limit",
		Means:  "HAProxy may not open one more connection: a limit of the process",
		Client: "clients wait or are refused", Phase: "accepting", Setting: "global maxconn, ulimit-n", Source: haproxySource,
		Look: []string{"show info on the stats socket: Maxconn, Ulimit-n"},
	},
	{
		Product: "haproxy", Says: "cannot bind socket (Address already in use)",
		Means:  "another process listens on the port already",
		Client: haproxyDown, Phase: "opening its ports", Setting: "bind", Source: haproxySource,
		Look: []string{"ss -ltnp on the port"},
	},
}

var (
	// clfLine is option httplog clf.
	clfLine = regexp.MustCompile(`\] "((?:[^"\\]|\\.)*)" (-?\d+) \+?\d+ "" "" \d+ \d+ "([^"]*)" "([^"]*)" "([^"]*)" (-?\d+) (-?\d+) (-?\d+) (-?\d+) \+?-?\d+ ([-A-Za-z]{4}) \d+ \d+ \d+ \d+ (\+?\d+) `)
	// haproxyPrefix is what syslog, systemd and HAProxy put before a message.
	haproxyPrefix = regexp.MustCompile(`haproxy\[\d+\]: |\[(?:ALERT|WARNING|NOTICE)\]|\[\d\d/\w{3}/\d{4}:[\d:.]+\] [^ /]+/\S+: `)
)

// readHAProxy reads a line of HAProxy's log, an alert, or a termination state
// alone with what may stand beside it: "SC--", "sH", "503 <NOSRV> SC--".
func readHAProxy(line string) (Reading, bool) {
	if r, ok := readHAProxyRequest(line); ok {
		return r, true
	}
	if r, ok := readState(line); ok {
		return r, true
	}
	message := line
	var at []int
	if strings.Contains(line, "[") {
		at = haproxyPrefix.FindStringIndex(line)
	}
	if at != nil {
		message = line[at[1]:]
	}
	for i := range haproxy {
		if says := haproxy[i].Says; at == nil && (message == "" || says[0] != message[0]) {
			continue
		}
		s := parse(haproxy[i].Says)
		begin := strings.Index(message, s.words[0])
		if begin < 0 || begin > 0 && at == nil {
			continue
		}
		if fields, ok := s.match(message[begin:]); ok {
			return Reading{Symptom: &haproxy[i], Fields: fields}, true
		}
	}
	fine := at != nil && (line[at[0]:at[1]] == "[NOTICE]" || strings.HasSuffix(message, " found in configuration."))
	return Reading{Writer: "haproxy", Fine: fine}, at != nil
}

// readHAProxyRequest reads a line of option httplog or option tcplog, by its
// timers: "backend/server Tq/Tw/Tc/Tr/Tt status bytes cookie cookie state
// connections queues", in mode tcp without what HTTP has.
func readHAProxyRequest(line string) (Reading, bool) {
	w := strings.Fields(line)
	for i := 1; i+3 < len(w); i++ {
		t := numbers(w[i])
		backend, server, named := strings.Cut(w[i-1], "/")
		if !named || backend == "" || server == "" {
			continue
		}
		fields := []Field{{"backend", backend}, {"server", server}}
		if i > 1 {
			fields = append([]Field{{"frontend", w[i-2]}}, fields...)
		}
		switch {
		case len(t) == 5 && i+5 < len(w) && len(numbers(w[i+1])) == 1 && len(numbers(w[i+2])) == 1 && len(w[i+5]) == 4 && isState(w[i+5]):
			fields = append(fields, Field{"status", w[i+1]}, timer("time in queue", t[1]), timer("time to connect", t[2]), timer("time to answer", t[3]))
			if i+6 < len(w) {
				fields = append(fields, retries(w[i+6])...)
			}
			_, asked, _ := strings.Cut(line, " "+w[i]+" ")
			_, asked, _ = strings.Cut(asked, "\"")
			asked, _, _ = strings.Cut(asked, "\"")
			return haproxyRequest(w[i+5], w[i+1], fields, asked), true
		case len(t) == 3 && len(numbers(w[i+1])) == 1 && len(w[i+2]) == 2 && isState(w[i+2]) && len(numbers(w[i+3])) == 5:
			fields = append(append(fields, timer("time in queue", t[0]), timer("time to connect", t[1])), retries(w[i+3])...)
			r := haproxyRequest(w[i+2], "", fields, "")
			if r.Symptom != nil {
				r.Client = "a closed connection: mode tcp has no status"
			}
			return r, true
		}
	}
	return Reading{}, false
}

// numbers are those of a word such as 10/0/-1/-1/+3003; nil where it is none.
func numbers(word string) []string {
	if strings.Trim(word, "0123456789/+-") != "" || !strings.ContainsAny(word, "0123456789") {
		return nil
	}
	return strings.Split(word, "/")
}

// retries are the last of the counts of connections.
func retries(connections string) []Field {
	if n := numbers(connections); len(n) == 5 {
		return []Field{{"retries", n[4]}}
	}
	return nil
}

// readHAProxyCLF reads a line of option httplog clf, which begins like one of
// any access log.
func readHAProxyCLF(line string) (Reading, bool) {
	m := clfLine.FindStringSubmatch(line)
	if m == nil {
		return Reading{}, false
	}
	return haproxyRequest(m[10], m[2], []Field{{"frontend", m[3]}, {"backend", m[4]}, {"server", m[5]}, {"status", m[2]},
		timer("time in queue", m[7]), timer("time to connect", m[8]), timer("time to answer", m[9]), {"retries", m[11]}}, m[1]), true
}

func timer(name, ms string) Field {
	if ms == "-1" {
		return Field{name, "never came so far"}
	}
	return Field{name, ms + " ms"}
}

// haproxyRequest is what the state and the status of a request say; asked is
// its first line, or "".
func haproxyRequest(state, status string, fields []Field, asked string) Reading {
	r := Reading{Writer: "haproxy"}
	server := ""
	for i, f := range fields {
		fields[i].Value = plain(f.Value)
		if f.Name == "server" {
			server = f.Value
		}
	}
	if strings.HasPrefix(state, "--") && !strings.HasPrefix(status, "5") {
		r.Fine = true
		return r
	}
	r.Symptom = stateSymptom(state[:2], status, server == "<NOSRV>")
	if r.Symptom == nil {
		return r
	}
	r.Fields = append(fields, Field{"state", state})
	if len(state) == 4 && state[2] == 'D' {
		r.Fields = append(r.Fields, Field{"cookie", "that of the client names a server that is down"})
	}
	if q := request(asked); q != "" {
		r.Fields = append(r.Fields, Field{"request", q})
	}
	return r
}

// stateSymptom is that of two letters of a termination state.
func stateSymptom(letters, status string, noServer bool) *Symptom {
	if letters == "--" {
		letters, status = "5xx --", ""
	}
	says := []string{status + " " + letters, letters}
	if noServer {
		says = append([]string{"<NOSRV> " + letters}, says...)
	}
	for _, says := range says {
		if i := slices.IndexFunc(haproxyStates, func(s Symptom) bool { return s.Says == says }); i >= 0 {
			return &haproxyStates[i]
		}
	}
	return nil
}

// readState reads a state alone, or with a status, <NOSRV> and backend/server
// before it.
func readState(line string) (Reading, bool) {
	words := strings.Fields(line)
	if len(words) == 0 || len(words) > 6 {
		return Reading{}, false
	}
	state, status := "", ""
	var fields []Field
	noServer := false
	for _, w := range words {
		switch backend, server, named := strings.Cut(w, "/"); {
		case len(w) == 3 && strings.Trim(w, "0123456789") == "" && status == "":
			status = w
		case w == "<NOSRV>":
			noServer = true
		case w == "..." || w == "…":
		case named && !strings.Contains(server, "/") && len(fields) == 0:
			fields = []Field{{"backend", backend}, {"server", server}}
			noServer = noServer || server == "<NOSRV>"
		case isState(w) && state == "":
			state = w
		default:
			return Reading{}, false
		}
	}
	if state == "" {
		return Reading{}, false
	}
	if noServer && fields == nil {
		fields = []Field{{"server", "<NOSRV>"}}
	}
	if status != "" {
		fields = append(fields, Field{"status", status})
	}
	if state[:2] == "--" && status == "" {
		return Reading{Writer: "haproxy", Fine: true}, true
	}
	return haproxyRequest(state, status, fields, ""), true
}

// isState reports whether a word is a termination state: two letters, or four.
func isState(w string) bool {
	if len(w) != 2 && len(w) != 4 || !strings.Contains("CSPLRIDUKcs-", w[:1]) || !strings.Contains("RQCHDLT-", w[1:2]) {
		return false
	}
	return len(w) == 2 || strings.Contains("NIDVEOU-", w[2:3]) && strings.Contains("NIUPRD-", w[3:])
}

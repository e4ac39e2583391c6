package model

import (
	"iter"
	"net/netip"
	"strconv"
	"time"
)

// A Product is the program a gateway is, in the versions it may have.
type Product struct {
	Name     string // "nginx", "haproxy", "gunicorn"
	Versions Versions
	Outcomes map[Event]Outcome // what its client gets; a missing event is not told
}

// Before and From compare the version; both are false when the range
// straddles v, or when any version is possible.
func (p Product) Before(v string) bool { return p.Versions.Before(v) }
func (p Product) From(v string) bool   { return p.Versions.From(v) }

// Where, String and Trust make a Product a Fact: that it has this version.
func (p Product) Where() Span { return p.Versions.At }
func (p Product) String() string {
	s := p.Name
	if v := p.Versions.String(); v != "" {
		s += " " + v
	}
	if p.Versions.Why != "" {
		s += " (" + p.Versions.Why + ")"
	}
	return s
}
func (p Product) Trust() Confidence {
	switch p.Versions.Origin {
	case Unknown:
		return Low
	case Assumed:
		return Medium
	}
	return High
}

// A Place is where gateways run: a compose service, a task's container, a
// unit, a host, an environment of the settings; or many alike. "localhost",
// names, socket paths and users mean something only from one.
type Place struct {
	Name     string
	Node     *Node         // where it is declared; nil when it is only supposed
	Names    []string      // by which others reach it
	Hosts    []string      // names that it knows itself, whoever they lead to
	Nets     []string      // places that share none do not meet; none given is "not told"
	Within   *Place        // whose network it shares, loopback included; nil: it has its own
	After    []*Place      // they are started before it
	Waits    []Wait        // it is started only when these are well
	On       *Place        // whose files it shares: a program of a supervisor, a unit of a host; nil: it has its own
	Ports    []Port        // published to its host
	Sockets  []Value[Addr] // handed to what it starts, which listens there and nowhere else
	Exposed  []Value[int]  // ports that its image or declaration says something listens on
	Mounts   []Mount       // absolute includes, sockets and ownership are resolved through these
	Image    Value[string]
	Command  Value[[]string] // what it starts, the program first
	Words    []Word          // the same, each where it is written
	Shell    bool            // a shell is given the command to run
	Dir      string          // relative paths of its command mean something from here; "" is not told
	Env      map[string]Value[string]
	User     Value[string]        // whom its command runs as: "user", or "user:group"
	Hidden   string               // why Env may hold more: a file that is not there
	Versions map[string]Versions  // product to range
	Signal   Value[string]        // what stops it: SIGTERM, SIGQUIT
	Kill     Value[time.Duration] // from the signal until it is killed
	Restarts Value[bool]          // what it starts is started again when it ends
	Checked  Value[bool]          // whoever runs it looks whether it is well
	Whole    Value[bool]          // nothing runs in it but what we see: only then is absence evidence
}

// A Wait of a place for the health of another.
type Wait struct {
	For *Place
	At  Span // where it is written
}

// A Port of a place, published to its host as Outer; 0 is any.
type Port struct {
	Outer, Inner int
	At           Span // where it is written
}

// A Mount makes the workspace's path From visible in the place as To. From may
// also be "volume:name", or "host:/path" of what is not in the workspace; or a
// pattern, whose matches are below To. The first of two mounts to one path counts.
type Mount struct {
	From, To string
	Copy     bool // the place has a copy of its own: what is written there is not shared
}

// A Gateway is anything that listens: a proxy, a load balancer, an app server,
// which is one whose routes go nowhere.
type Gateway struct {
	Name      string
	Node      *Node // the whole tree of its configuration, or the statement that declares it
	Product   Product
	Place     *Place // never nil
	User      Value[string]
	Grace     Value[time.Duration] // how long requests in flight live on when its place stops or reloads it; 0 cuts them
	Signalled Value[bool]          // the signal that stops its place reaches it: no shell in front keeps it
	Listeners []*Listener
	Pools     []*Pool
}

// A Listener is what a client meets: one server block, frontend or listener;
// the default for its address comes first among its gateway's.
type Listener struct {
	Gateway *Gateway
	Node    *Node
	Binds   []*Bind
	Hosts   []string             // in the words of the dialect; none takes any
	Idle    Value[time.Duration] // closes a silent kept-alive client; 0: after each answer
	Limit   Value[time.Duration] // cuts a request this old by closing
	Slots   Value[int]           // requests it works on at once
	MaxHead Value[int64]         // bytes of a request's head
	MaxBody Value[int64]         // bytes of a request's body
	Head    Value[int64]         // bytes of the largest head that its answers may have
	Abrupt  Value[bool]          // what is too large is closed, not answered
	Routes  []*Route
}

// A Bind is one address of a listener, and what is spoken there.
type Bind struct {
	*Listener
	Node     *Node
	Addr     Value[Addr]
	Protocol Value[string] // as in Conn
	TLS      TLS
	Proxy    Value[bool]   // wants the PROXY header
	Default  bool          // takes what names choose no other listener of this address for
	Backlog  Value[int]    // connections waiting to be accepted
	Mode     Value[int]    // of a unix socket's file
	Owner    Value[string] // of the same: "user:group", or the user alone where the group is not told
}

// SamePort is the port of an address that keeps whichever the client used.
const SamePort = -1

// An Addr is where something listens, or is sought. An empty part is not told.
type Addr struct {
	Net  string // "" is TCP; "udp"; "unix"
	Host string // name, IPv4, or IPv6 without brackets; "" or a wildcard when every address
	Port int    // 0 is not told; SamePort
	Path string // of a unix socket
}

func (a Addr) String() string {
	switch {
	case a.Path != "":
		return "unix:" + a.Path
	case a.Port == 0 || a.Port == SamePort:
		return a.Host
	}
	host := a.Host
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() {
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(a.Port)
}

// IP is the address in numbers; not ok for a name, a socket or nothing.
func (a Addr) IP() (ip netip.Addr, ok bool) {
	ip, err := netip.ParseAddr(a.Host)
	return ip, err == nil && a.Path == ""
}

// Named reports whether Host is a name to look up, other than localhost.
func (a Addr) Named() bool {
	_, numeric := a.IP()
	return !numeric && a.Host != "" && a.Host != "*" && a.Host != "localhost" && a.Path == ""
}

// Loopback reports whether the address is its own place.
func (a Addr) Loopback() bool {
	ip, ok := a.IP()
	return a.Host == "localhost" && a.Path == "" || ok && ip.IsLoopback()
}

// Any reports whether every address of the place is meant.
func (a Addr) Any() bool {
	ip, ok := a.IP()
	return a.Path == "" && (a.Host == "" || a.Host == "*" || ok && ip.IsUnspecified())
}

// A Route takes the requests of a listener that match.
type Route struct {
	Listener *Listener
	Node     *Node
	Match    string       // in the dialect's words; "" takes whatever the routes before it left
	Hops     []*Hop       // one of them serves a request: weighted targets, the values of a map. None: answered here
	Reply    Value[Reply] // what is answered here
}

// A Reply is an answer the gateway gives itself; Status 0 closes.
type Reply struct {
	Status   int
	Location string
}

// A Hop is ONE forwarding of a request to a pool, with every setting in
// effect. Rules iterate hops, or the links they make.
type Hop struct {
	Route   *Route
	Pool    *Pool // never nil
	Node    *Node
	Conn    Conn // how it speaks to every endpoint that has no Conn of its own
	Retry   Retry
	Queue   Value[time.Duration] // waits this long for a free slot
	MaxBody Value[int64]
	Host    Value[string]   // "client", "endpoint" (the name of the target as written), or a name
	Path    Value[string]   // what it asks for instead of the path it was asked for, as written; "" the same
	Headers Value[[]Header] // the whole effective set, or Unknown
	Logged  Value[bool]     // the log tells which endpoint answered what

	// Outcomes are what the client gets where that is not the product's: a
	// failed subrequest is an event of the request that asked for it.
	Outcomes map[Event]Outcome
}

// A Header that a hop sets. An empty Value drops it.
type Header struct{ Name, Value string }

// Retry is when and how often a hop tries again.
type Retry struct {
	Tries Value[int]           // in all; MaxInt is each endpoint once
	On    Value[Event]         // failures that lead to another try
	Posts Value[bool]          // also what is not idempotent and was already sent
	Same  Value[bool]          // stays on the endpoint
	Total Value[time.Duration] // no further try begins after this
}

// A Conn is one way of speaking to an endpoint: a hop's (nginx), a server's
// (HAProxy, Apache), a health check's.
type Conn struct {
	Connect  Value[time.Duration] // until it is established
	Read     Value[time.Duration] // longest silence of the endpoint
	Total    Value[time.Duration] // one whole exchange
	Tunnel   Value[time.Duration] // silence of an upgraded connection
	Idle     Value[time.Duration] // an idle connection is kept this long for reuse; 0 is no reuse
	Head     Value[int64]         // bytes of the largest response head that passes
	Protocol Value[string]        // http h2 grpc fastcgi uwsgi scgi tcp udp
	TLS      TLS
	Proxy    Value[bool]          // sends the PROXY header
	Lookup   Value[time.Duration] // names are looked up again after this; Forever is once
	Allowed  Value[bool]          // the network lets it through
}

// TLS is one side's part of a handshake.
type TLS struct {
	Enabled, Verify Value[bool]
	Name            Value[string]   // sent or demanded server name; "" none
	Min, Max        Value[string]   // protocol versions: TLSv1 TLSv1.1 TLSv1.2 TLSv1.3
	Cert            Value[string]   // shown to the other side; "" none
	Names           Value[[]string] // that the shown certificate is made out to
	ALPN            Value[string]   // protocols offered in the handshake, "h2,http/1.1"; "" none
	Roots           Value[string]   // whose signatures are accepted; "" those that all the world accepts
	Signer          Value[string]   // who signed Cert: "itself", or a name; "" one that all the world accepts
}

// A Pool is the servers a hop may choose from. No endpoints: there is
// certainly none. What cannot be told is an endpoint with Unknown Addr.
type Pool struct {
	Gateway   *Gateway
	Name      string
	Node      *Node
	Sticky    Value[bool]          // same client, same endpoint
	Drain     Value[time.Duration] // a removed endpoint keeps its requests this long
	Endpoints []*Endpoint

	live *Value[int] // once nothing changes any more
}

// An Endpoint is a server of a pool, or several alike.
type Endpoint struct {
	Pool   *Pool
	Node   *Node
	Addr   Value[Addr]
	Place  *Place     // as a reference tells it; nil: the linker looks for Addr
	Count  Value[int] // servers it stands for: slots of a template, 2 for a dual-stack localhost
	Backup Value[bool]
	Down   Value[bool]
	Kept   Value[int]           // percent of Count that always serves while all are replaced one after the other
	Limit  Value[int]           // requests at once; MaxInt is no limit
	Fails  Value[int]           // failures that take it out; 0 never
	Out    Value[time.Duration] // for this long
	Health Health
	Conn   *Conn // nil: the hop's
}

// Health is an endpoint's active check: a connection of its own.
type Health struct {
	Active     Value[bool]
	Conn       Conn
	Port       Value[int]    // 0: that of the traffic
	Path, Host Value[string] // Path "": it only connects
	Expect     Value[string]
	Every      Value[time.Duration]
	Rise, Fall Value[int]
	Delay      Value[time.Duration] // a new server is not judged before
	Replaces   Value[bool]          // who fails is stopped, and another one is started
}

// A Link is ONE connection a hop may make. There is one for each endpoint.
type Link struct {
	Hop      *Hop
	Endpoint *Endpoint
	Conn     *Conn
	To       *Bind  // never nil: all Unknown when nothing we know answers there
	Place    *Place // where the endpoint is, though nothing may listen there; nil: not told
	Sure     Confidence
	Why      string // it is known to end there, or to lead to Place
	WhyNot   string // nothing is known to answer; "" where something does
}

// nobody answers where nothing is known to listen.
var nobody = &Bind{Listener: &Listener{Gateway: &Gateway{Name: "?", Place: &Place{}}}}

// Linked reports whether something we know answers there.
func (l *Link) Linked() bool { return l.To != nobody }

// Where, String and Trust make a *Link a Fact.
func (l *Link) Where() Span {
	if l.Linked() && l.To.Node != nil {
		return l.To.Node.Head()
	}
	return l.Endpoint.Addr.Where()
}
func (l *Link) String() string    { return l.Why }
func (l *Link) Trust() Confidence { return l.Sure }

// Gateway is the one that forwards.
func (h *Hop) Gateway() *Gateway { return h.Route.Listener.Gateway }

// To is how the hop speaks to e.
func (h *Hop) To(e *Endpoint) *Conn {
	if e.Conn != nil {
		return e.Conn
	}
	return &h.Conn
}

// Outcome is what the client of this hop gets for an event: its own, else its
// product's; NoAnswer where nobody speaks HTTP.
func (h *Hop) Outcome(e Event) Outcome {
	if Is(h.Conn.Protocol, "tcp") || Is(h.Conn.Protocol, "udp") {
		return NoAnswer
	}
	if o, ok := h.Outcomes[e]; ok {
		return o
	}
	if o, ok := h.Gateway().Product.Outcomes[e]; ok || e != BadCert {
		return o
	}
	return h.Outcome(BadTLS)
}

// Tries are those a request makes at most.
func (h *Hop) Tries() Value[int] {
	if Is(h.Retry.Same, true) {
		return h.Retry.Tries
	}
	return Min(h.Retry.Tries, h.Pool.Live())
}

// Size is how many servers the pool has, down ones included.
func (p *Pool) Size() Value[int] {
	sum, parts := 0, make([]Setting, len(p.Endpoints))
	for i, e := range p.Endpoints {
		sum, parts[i] = sum+e.Count.V, e.Count
	}
	return derive(sum, func() string { return "servers of " + p.Name + ":" }, parts...)
}

// Live is how many of them are not down.
func (p *Pool) Live() Value[int] {
	if p.live != nil {
		return *p.live
	}
	return p.count()
}

// settle keeps what many rules ask for.
func (p *Pool) settle() {
	if p.live == nil {
		n := p.count()
		p.live = &n
	}
}

func (p *Pool) count() Value[int] {
	sum, parts := 0, []Setting{}
	for _, e := range p.Endpoints {
		switch {
		case !e.Down.Known():
			return Value[int]{}
		case e.Down.V:
			parts = append(parts, e.Down)
		default:
			sum, parts = sum+e.Count.V, append(parts, e.Count)
		}
	}
	return derive(sum, func() string { return "live servers of " + p.Name + ":" }, parts...)
}

// Patience is the longest a silent endpoint is waited for: an upper bound.
func (c *Conn) Patience() Value[time.Duration] { return Shortest(c.Read, c.Total) }

// Answer is the longest a listener is known to be silent before it answers or
// closes: a lower bound.
func (l *Listener) Answer() Value[time.Duration] {
	all := []Value[time.Duration]{l.Limit}
	for h := range l.Hops() {
		for _, e := range h.Pool.Endpoints {
			all = append(all, h.To(e).Read)
		}
	}
	return Longest(all...)
}

// Hops of a listener are those a request to it may take.
func (l *Listener) Hops() iter.Seq[*Hop] {
	return func(yield func(*Hop) bool) {
		for _, r := range l.Routes {
			for _, h := range r.Hops {
				if !yield(h) {
					return
				}
			}
		}
	}
}

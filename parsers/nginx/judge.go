package nginx

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/image"
)

// judge finds what nginx refuses in the text itself: it does not start, or
// keeps what it has on a reload.
func (l *loader) judge() {
	start := places(0)
	if l.complete() {
		start = inMain
	}
	before := len(l.findings)
	l.judgeBlock(l.root, start)
	strays := slices.ContainsFunc(l.findings[before:], func(f model.Finding) bool { return f.Rule == "misplaced-directive" })
	if l.complete() && !strays { // a block in the wrong place holds what seems to be missing
		l.judgeEvents()
		l.judgeNames()
		l.judgeNameLengths()
		l.judgeCertificates()
		l.judgeShared()
		l.judgeUser()
		l.judgeDaemon()
		l.judgeTemplates()
	}
	l.judgeDefaults()
}

// complete reports whether the tree begins with the main file.
func (l *loader) complete() bool { return l.context == "main" && l.root.Fragment == "" }

func (l *loader) refused(rule, message, says string, because ...model.Fact) {
	l.findings = append(l.findings, model.Finding{Rule: rule, Message: message, Because: because, Outcome: model.RefusesToStart("[emerg] " + says)})
}

// judgeBlock judges the statements of a block that is in the context; 0 where
// that is not known, as around a fragment.
func (l *loader) judgeBlock(block *model.Node, in places) {
	first := map[onlyOne]*model.Node{}
	var stray *model.Node // nginx stops at the first
	for _, n := range block.Kids {
		if n.Maybe != "" || n.Name.Text == "" {
			continue // it may not be there at all
		}
		all := forms(n.Name.Text)
		misplaced := misplaced(n, in, all)
		if misplaced {
			if stray != nil && stray.Span.Source == n.Span.Source {
				continue
			}
			stray = n
		}
		inside := l.judgePlace(n, in, all, misplaced)
		if in != 0 {
			l.judgeTwice(n, in, all, first)
		}
		if !n.Body.IsZero() {
			l.judgeBlock(n, inside)
		}
	}
}

// judgePlace finds a directive where nginx does not take it, or of another
// version, and is what the inside of its block is: 0 where that cannot be told.
func (l *loader) judgePlace(n *model.Node, in places, all []form, misplaced bool) (inside places) {
	name, block := n.Name.Text, !n.Body.IsZero()
	if len(all) == 0 {
		if in != 0 {
			l.judgeUnknown(n)
		}
		return 0
	}
	switch {
	case misplaced:
		where := blockName(in)
		if n.Via != nil && n.Via.Span.Source == stockMain().source {
			where += " of the image's main file, which includes " + path.Base(n.Span.Source.Path)
		}
		l.refused("misplaced-directive", fmt.Sprintf("%s stands in %s, where nginx does not take it: it belongs in %s", name, where, belongs(all, block)),
			fmt.Sprintf("%q directive is not allowed here", name), n)
		return 0
	case in != 0:
		l.judgeVersion(n, in, all)
	}
	if !block {
		return 0
	}
	switch name {
	case "http", "events", "stream", "mail", "location", "limit_except":
		return placesOf(name)
	case "server", "upstream", "if":
		return insideOf[name][in]
	}
	return 0 // data
}

// misplaced reports whether nginx has the directive, and not in the context.
func misplaced(n *model.Node, in places, all []form) bool {
	return in != 0 && len(all) > 0 && !n.Span.Source.Stock && !slices.ContainsFunc(all, func(f form) bool { return f.in&in != 0 })
}

// insideOf is what blocks of one name are, by what they stand in.
var insideOf = map[string]map[places]places{
	"server":   {inHTTP: inServer, inStream: inStreamServer, inMail: inMailServer},
	"upstream": {inHTTP: inUpstream, inStream: inStreamUpstream},
	"if":       {inServer: inIfServer, inLocation: inIfLocation},
}

func blockName(in places) string {
	if in == inMain {
		return "the main file, outside of all blocks"
	}
	name := in.names()[0]
	name = strings.ReplaceAll(strings.ReplaceAll(name, "stream-", ""), "mail-", "")
	name, _, _ = strings.Cut(name, "-in-")
	return name + " {}"
}

func belongs(all []form, block bool) string {
	var in places
	for _, f := range all {
		if f.block == block {
			in |= f.in
		}
	}
	var names []string
	for _, p := range in.names() {
		if p == "main" {
			p = "the main file"
		}
		if p, _, _ = strings.Cut(p, "-in-"); strings.HasPrefix(p, "stream-") {
			p = strings.TrimPrefix(p, "stream-") + " of stream"
		} else if strings.HasPrefix(p, "mail-") {
			p = strings.TrimPrefix(p, "mail-") + " of mail"
		}
		if !slices.Contains(names, p) {
			names = append(names, p)
		}
	}
	return strings.Join(names, ", ")
}

// judgeVersion finds directives that this version does not have yet, or any
// more. Without a version that is written, the text speaks for another.
func (l *loader) judgeVersion(n *model.Node, in places, all []form) {
	if commercial[n.Name.Text] {
		return
	}
	p := l.product
	early, late := "", ""
	for _, f := range all {
		switch {
		case f.in&in == 0:
		case f.since != "" && p.Before(f.since):
			early = f.since
		case f.gone != "" && p.From(f.gone):
			late = f.gone
		default:
			return
		}
	}
	if n.Span.Source.Stock || early == "" && late == "" {
		return
	}
	f := model.Finding{Rule: "removed-keyword", Message: fmt.Sprintf("%s is not known any more since nginx %s", n.Name.Text, late)}
	if early != "" {
		f.Rule, f.Message = "unknown-directive", fmt.Sprintf("%s is known since nginx %s", n.Name.Text, early)
	}
	f.Because = []model.Fact{n, p}
	f.Outcome = model.RefusesToStart(fmt.Sprintf("[emerg] unknown directive %q", n.Name.Text))
	if early != "" && slices.ContainsFunc(all, func(o form) bool { return o.since == "" }) {
		f.Outcome = model.RefusesToStart(fmt.Sprintf("[emerg] %q directive is not allowed here", n.Name.Text))
	}
	if p.Versions.Origin <= model.Assumed {
		f.AtMost = model.Note
	}
	l.findings = append(l.findings, f)
}

// commercial are directives of NGINX Plus, which a rule of their own speaks of.
var commercial = map[string]bool{
	"queue": true, "ntlm": true, "state": true, "sticky": true, "sticky_cookie_insert": true, "least_time": true, "health_check": true,
	"health_check_timeout": true, "match": true, "status_zone": true, "hls": true, "f4f": true, "session_log": true, "zone_sync": true,
	"api": true, "auth_jwt": true, "auth_jwt_key_file": true, "keyval": true, "keyval_zone": true, "status": true, "status_format": true,
}

// judgeUnknown finds directives of modules that the official image does not
// bring.
func (l *loader) judgeUnknown(n *model.Node) {
	p := l.gateway.Place
	if commercial[n.Name.Text] || n.Span.Source.Stock || !model.Is(p.Whole, true) || !p.Image.Known() || l.root.Find("load_module") != nil || l.root.Partial != "" {
		return
	}
	if r := image.Parse(p.Image.V); r.Name != "nginx" && r.Name != "nginxinc/nginx-unprivileged" || strings.Contains(n.Name.Text, "$") {
		return
	}
	l.refused("unknown-directive", fmt.Sprintf("%s is a directive of no module that the image has, and none is loaded", n.Name.Text),
		fmt.Sprintf("unknown directive %q", n.Name.Text), n, p.Image)
}

// An onlyOne is what a block may hold once: a directive, or one of a name.
type onlyOne struct{ directive, name string }

// judgeTwice finds what a block takes once: most directives, a location, the
// name of an upstream block, of a log format, of a zone.
func (l *loader) judgeTwice(n *model.Node, in places, all []form, first map[onlyOne]*model.Node) {
	k := onlyOne{directive: n.Name.Text}
	switch k.directive {
	case "location":
		if k.name, _ = locationKey(n); k.name == "" || n.Body.IsZero() {
			return
		}
	case "upstream", "log_format":
		if k.name = n.Arg(0); k.name == "" {
			return
		}
	case "root", "alias":
		k.directive = "root"
	default:
		if !slices.ContainsFunc(all, func(f form) bool { return f.in&in != 0 && f.once }) {
			return
		}
	}
	if k.directive == "upstream" {
		k.name = strings.ToLower(k.name)
	}
	before := first[k]
	switch {
	case strings.Contains(k.name, "$"): // a template fills it in
	case before == nil:
		first[k] = n
	case n.Span == before.Span || n.Span.Source.Stock: // one line that is included twice: the includes are the reason
	default:
		l.repeated(fmt.Sprintf("%s stands here a second time, and nginx takes it once%s", n, besides(before)), duplicate(n), n, before)
	}
}

// duplicate is what nginx says of a second one.
func duplicate(n *model.Node) string {
	switch n.Name.Text {
	case "location":
		_, prefix := locationKey(n)
		return fmt.Sprintf("duplicate location %q", prefix)
	case "upstream":
		return fmt.Sprintf("duplicate upstream %q", n.Arg(0))
	case "log_format":
		return fmt.Sprintf("duplicate \"log_format\" name %q", n.Arg(0))
	}
	return fmt.Sprintf("%q directive is duplicate", n.Name.Text)
}

// repeated reports a second statement. Which files of a folder are included
// together is known from the main file, and what a package installs, to it.
func (l *loader) repeated(message, says string, at model.Fact, before *model.Node) {
	l.refused("duplicate-directive", message, says, at, before)
	src := before.Span.Source
	if !l.complete() && src != at.Where().Source || src.Stock && src != stockMain().source {
		l.findings[len(l.findings)-1].AtMost = model.Warning
	}
}

func besides(first *model.Node) string {
	switch src := first.Span.Source; {
	case src == stockMain().source:
		return ": the main file of the image has it"
	case src.Stock:
		return ": " + strings.TrimPrefix(src.Path, "nginx:") + " has it"
	}
	return ""
}

// locationKey tells locations apart as nginx does; "" of one that may stand
// twice.
func locationKey(n *model.Node) (key, prefix string) {
	modifier, prefix := "", n.Arg(0)
	if len(n.Args) > 1 {
		modifier, prefix = n.Arg(0), n.Arg(1)
	} else {
		for _, m := range []string{"=", "^~", "~*", "~", "@"} {
			if rest, ok := strings.CutPrefix(prefix, m); ok {
				modifier, prefix = m, rest
				break
			}
		}
	}
	switch modifier {
	case "=":
		return "= " + prefix, prefix
	case "", "^~":
		return prefix, prefix
	}
	return "", ""
}

// judgeEvents: a main file has an events block. Without a place that starts
// nginx with the file, it may be a part of one.
func (l *loader) judgeEvents() {
	http := l.root.Find("http")
	if http == nil || http.Span.Source.Stock || l.root.Partial != "" || l.root.Find("events") != nil || !l.main {
		return
	}
	l.refused("misplaced-directive", "the main file has http {} and no events {}, without which nginx does not start", `no "events" section in configuration`, http)
}

// judgeNames finds zones, caches and log formats that nothing defines.
func (l *loader) judgeNames() {
	for _, level := range l.root.Kids {
		if level.Name.Text != "http" && level.Name.Text != "stream" || level.Partial != "" || l.root.Partial != "" {
			continue
		}
		defined := map[string]bool{"format combined": level.Name.Text == "http"}
		for _, n := range level.Kids {
			switch name := n.Name.Text; {
			case name == "log_format":
				defined["format "+n.Arg(0)] = true
			case name == "limit_req_zone" || name == "limit_conn_zone":
				defined["zone "+zoneOf(n, "zone=")] = true
			case strings.HasSuffix(name, "_cache_path"):
				defined["cache "+zoneOf(n, "keys_zone=")] = true
			}
		}
		for n := range level.Walk() {
			if n.Doubt() == "" && !n.Span.Source.Stock {
				l.judgeName(n, defined)
			}
		}
	}
}

// zoneOf is the name of a zone in "zone=name:size", and in "zone=name".
func zoneOf(n *model.Node, parameter string) string {
	for _, a := range n.Args {
		if v, ok := strings.CutPrefix(a.Text, parameter); ok {
			name, _, _ := strings.Cut(v, ":")
			return name
		}
	}
	return ""
}

func (l *loader) judgeName(n *model.Node, defined map[string]bool) {
	what, name, says := "", "", ""
	switch n.Name.Text {
	case "limit_req":
		what, name = "zone", zoneOf(n, "zone=")
		says = fmt.Sprintf("zero size shared memory zone %q", name)
	case "limit_conn":
		what, name = "zone", n.Arg(0)
		says = fmt.Sprintf("zero size shared memory zone %q", name)
	case "proxy_cache", "fastcgi_cache", "uwsgi_cache", "scgi_cache":
		if what, name = "cache", n.Arg(0); name == "off" {
			return
		}
		says = fmt.Sprintf("%q zone %q is unknown", n.Name.Text, name)
	case "access_log":
		if what, name = "format", n.Arg(1); n.Arg(0) == "off" || strings.Contains(name, "=") {
			return
		}
		says = fmt.Sprintf("unknown log format %q", name)
	}
	if name == "" || strings.Contains(name, "$") || defined[what+" "+name] {
		return
	}
	by := map[string]string{"zone": n.Name.Text + "_zone", "cache": n.Name.Text + "_path", "format": "log_format"}[what]
	l.refused("undefined-zone", fmt.Sprintf("%s: there is no %s of the name %s", n, by, name), says, n)
}

// cacheLine is what sizes of buckets are rounded to, and the default of that
// for names: 64 on nearly all machines.
const cacheLine = 64

// judgeNameLengths finds names of servers that do not fit into a bucket of
// their table, which holds a pointer, the name with its length, and a mark for
// the end (NGX_HASH_ELT_SIZE). Where an address has one server there is none.
func (l *loader) judgeNameLengths() {
	for _, http := range l.root.All("http") {
		bucket, because := cacheLine, []model.Fact{}
		if http.Partial != "" || l.root.Partial != "" {
			continue
		}
		if n := http.Find("server_names_hash_bucket_size"); n != nil {
			size, ok := parseSize(n.Arg(0))
			if !ok {
				continue
			}
			bucket, because = int((size+cacheLine-1)/cacheLine)*cacheLine, append(because, n)
		}
		shared := map[model.Addr]int{}
		for _, s := range l.gateway.Listeners {
			for _, b := range s.Binds {
				if b.Addr.Known() && s.Node.Parent == http {
					shared[b.Addr.V]++
				}
			}
		}
		for _, s := range l.gateway.Listeners {
			if s.Node.Parent != http || s.Node.Doubt() != "" || !slices.ContainsFunc(s.Binds, func(b *model.Bind) bool { return b.Addr.Known() && shared[b.Addr.V] > 1 }) {
				continue
			}
			for _, n := range s.Node.All("server_name") {
				for _, a := range n.Args {
					if need := (len(a.Text)+2+7)/8*8 + 16; need > bucket && !strings.ContainsAny(a.Text, "*~$/\"") && !strings.HasPrefix(a.Text, ".") {
						l.refused("long-server-name", fmt.Sprintf("server_name %s, of %d bytes, does not fit into a bucket of %d bytes", a.Text, len(a.Text), bucket),
							fmt.Sprintf("could not build server_names_hash, you should increase server_names_hash_bucket_size: %d", bucket),
							append([]model.Fact{model.Mark{Span: a.Span, Text: a.Text}}, because...)...)
					}
				}
			}
		}
	}
}

// judgeCertificates finds listeners for TLS whose default server has no
// certificate (ngx_http_ssl_init).
func (l *loader) judgeCertificates() {
	for _, s := range l.gateway.Listeners {
		n := s.Node
		if n.Parent == nil || n.Parent.Name.Text != "http" || n.Doubt() != "" {
			continue
		}
		for _, b := range s.Binds {
			if !b.Default || !model.Is(b.TLS.Enabled, true) || b.Node.Span.Source.Stock || !slices.ContainsFunc(b.Node.Args, func(a model.Word) bool { return a.Text == "ssl" }) {
				continue
			}
			certificate, sure := n.Up("ssl_certificate")
			reject, _ := n.Up("ssl_reject_handshake")
			if certificate == nil && sure && reject == nil && l.root.Partial == "" {
				l.refused("bind-without-certificate", b.Node.String()+" speaks TLS, and its server has no ssl_certificate",
					`no "ssl_certificate" is defined for the "listen ... ssl" directive`, b.Node)
				break
			}
		}
	}
}

// judgeDefaults finds a second server that wants to be the default of an
// address, a second one with options for its socket, and a second listen on it
// in one server.
func (l *loader) judgeDefaults() {
	defaults, options := map[model.Addr]*model.Node{}, map[model.Addr]*model.Node{}
	for _, s := range l.gateway.Listeners {
		if s.Node.Doubt() != "" || strings.Contains(l.contextOf(s.Node), "-") {
			continue
		}
		own := map[model.Addr]*model.Node{}
		for _, b := range s.Binds {
			n := b.Node
			if n == s.Node || !b.Addr.Known() || n.Doubt() != "" || n.Span.Source.Stock {
				continue
			}
			a := b.Addr.V
			if a.Host == "0.0.0.0" || a.Host == "" {
				a.Host = "*"
			}
			if before := own[a]; before != nil && before.Span != n.Span {
				l.repeated(fmt.Sprintf("%s is a second listen on the address of %s", n, before), "a duplicate listen "+spoken(a), n, before)
				continue
			}
			own[a] = n
			for _, w := range n.Args[1:] {
				seen, says, what := options, "duplicate listen options for "+spoken(a), "gives options for a socket"
				switch {
				case w.Text == "default_server" || w.Text == "default":
					seen, says, what = defaults, "a duplicate default server for "+spoken(a), "wants to be the default server"
				case !forSocket(w.Text):
					continue
				}
				if before := seen[a]; before != nil && before.Span != n.Span && before.Parent != n.Parent {
					l.repeated(fmt.Sprintf("%s %s, as another server does on the same address", n, what), says, model.Mark{Span: w.Span, Text: w.Text}, before)
					break
				}
				seen[a] = n
			}
		}
	}
}

// spoken is an address as nginx writes it.
func spoken(a model.Addr) string {
	switch {
	case a.Path != "":
		return "unix:" + a.Path
	case a.Host == "*" || a.Host == "":
		return "0.0.0.0:" + strconv.Itoa(a.Port)
	case strings.Contains(a.Host, ":"):
		return "[" + a.Host + "]:" + strconv.Itoa(a.Port)
	}
	return a.Host + ":" + strconv.Itoa(a.Port)
}

// forSocket reports whether a parameter of listen is an option of the socket,
// which one of those who share it may give.
func forSocket(parameter string) bool {
	name, _, _ := strings.Cut(parameter, "=")
	switch name {
	case "setfib", "fastopen", "bind", "backlog", "rcvbuf", "sndbuf", "accept_filter", "deferred", "ipv6only", "reuseport", "so_keepalive":
		return true
	}
	return false
}

// judgeShared finds an address that http{} and stream{} both listen on: each
// opens a socket of its own, and one for every address takes the others'.
func (l *loader) judgeShared() {
	byPort := map[int][]*model.Bind{} // of stream
	for _, stream := range []bool{true, false} {
		for _, s := range l.gateway.Listeners {
			if s.Node.Doubt() != "" || (l.contextOf(s.Node) == "stream-server") != stream {
				continue
			}
			for _, b := range s.Binds {
				a := b.Addr.V
				switch {
				case !b.Addr.Known() || a.Net == "udp" || a.Path != "" || b.Node == s.Node || strings.Contains(a.Host, ":"):
				case stream:
					byPort[a.Port] = append(byPort[a.Port], b)
				default:
					i := slices.IndexFunc(byPort[a.Port], func(o *model.Bind) bool { return o.Addr.V.Any() || a.Any() || o.Addr.V.Host == a.Host })
					if i >= 0 {
						other := byPort[a.Port][i]
						l.refused("address-in-use", fmt.Sprintf("%s of http is an address that %s of stream has taken", b.Node, other.Node),
							"bind() to "+spoken(a)+" failed (98: Address already in use)", b.Node, other.Node)
						delete(byPort, a.Port)
					}
				}
			}
		}
	}
}

// users are those that the images have: Debian's, and the few of Alpine.
var users = map[bool][]string{
	false: {"root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy", "www-data", "backup", "list", "irc", "nobody", "_apt", "nginx"},
	true:  {"root", "bin", "daemon", "lp", "sync", "shutdown", "halt", "mail", "news", "uucp", "cron", "ftp", "sshd", "games", "ntp", "guest", "nobody", "nginx", "adm", "operator", "man", "postmaster", "squid", "xfs", "cyrus", "vpopmail", "smmsp", "at"},
}

var addsUsers = regexp.MustCompile(`adduser|useradd|usermod|/etc/passwd|shadow`)

// judgeUser finds a user that the official image does not have. The directive
// is read in any case, though it does nothing where the master is not root.
func (l *loader) judgeUser() {
	n, p := l.root.Find("user"), l.gateway.Place
	if n == nil || n.Doubt() != "" || n.Span.Source.Stock || !model.Is(p.Whole, true) || !p.Image.Known() || strings.Contains(n.Arg(0), "$") || n.Arg(0) == "" {
		return
	}
	r := image.Parse(p.Image.V)
	if r.Name != "nginx" || p.User.Known() && p.User.V != "root" {
		return
	}
	if src := p.Image.At().Source; src != nil && addsUsers.Match(src.Text) {
		return // the image is built on, and gets one
	}
	if !slices.Contains(users[strings.Contains(r.Tag, "alpine")], n.Arg(0)) {
		l.refused("unknown-user", fmt.Sprintf("user %s is none that the image has", n.Arg(0)), fmt.Sprintf("getpwnam(%q) failed", n.Arg(0)), n, p.Image)
	}
}

// judgeDaemon finds a "daemon" that the command gives as well: that of the
// official images does.
func (l *loader) judgeDaemon() {
	n, p := l.root.Find("daemon"), l.gateway.Place
	if n == nil || n.Doubt() != "" || !l.main {
		return
	}
	says := `"daemon" directive is duplicate`
	switch r := image.Parse(p.Image.V); {
	case p.Command.Known():
		words := p.Command.V
		k := slices.Index(words, "-g")
		if k < 0 || k+1 >= len(words) || !slices.ContainsFunc(strings.FieldsFunc(words[k+1], func(r rune) bool { return r == ' ' || r == ';' }), func(w string) bool { return w == "daemon" }) {
			return
		}
		l.refused("duplicate-directive", fmt.Sprintf("%s stands here, and the command gives %s with -g", n, strings.TrimSpace(words[k+1])), says, n, p.Command)
	case p.Image.Known() && (r.Name == "nginx" || r.Name == "nginxinc/nginx-unprivileged"):
		l.refused("duplicate-directive", fmt.Sprintf("%s stands here, and the command of the image gives daemon off; with -g", n), says, n, p.Image)
	}
}

// unfilled are the places of templates as envsubst has them, and as a shell
// has them, which envsubst does not know.
var unfilled = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)(:?[-+=?][^}]*)?\}`)

// builtIn are the beginnings of names that nginx has variables of.
var builtIn = regexp.MustCompile(`(?i)^(arg_|http_|sent_|cookie_|server_|remote_|request|upstream_|proxy_|ssl_|document_|content_|fastcgi_|scheme|host|uri|args|status|binary_|body_|bytes_|connection|geoip|invalid_|is_args|jwt_|limit_rate|memcached_|msec|nginx_version|pid|pipe|query_|realip|realpath|secure_link|session_|slice|tcpinfo|time_|uid_|date_|gzip_|hostname|https|spdy|http2|http3|quic|protocol|trailer_|modern_|ancient_|msie|mirror|secure|auth_|otel_|path$|home$|pwd$|njs_|nginx_local_resolvers$|pkg_release$|dynpkg_)`)

// judgeTemplates finds places that stay as they are: the official image fills
// in what the environment of the container has, and nothing else.
func (l *loader) judgeTemplates() {
	p := l.gateway.Place
	if !model.Is(p.Whole, true) || !p.Image.Known() || image.Parse(p.Image.V).Name != "nginx" || p.Node == nil || !p.Node.In("compose") || p.Hidden != "" {
		return
	}
	for n := range l.root.Walk() {
		if n.Span.IsZero() || n.Span.Source.Stock || n.Doubt() != "" || untemplated(n.Span.Source.Path) == n.Span.Source.Path {
			continue
		}
		for _, a := range n.Args {
			m := unfilled.FindStringSubmatch(a.Text)
			if m == nil {
				continue
			}
			says, lower := stays(n, a.Text, m), strings.ToLower(m[1])
			_, set := p.Env[m[1]]
			because := []model.Fact{model.Mark{Span: a.Span, Text: m[0]}, p.Image}
			switch {
			case says == "":
				continue
			case m[2] != "":
				l.refused("unfilled-template", m[0]+" stays as it is: what fills in the template knows no defaults", says, because...)
			case !set && m[1] != lower && m[1] == strings.ToUpper(m[1]) && !builtIn.MatchString(m[1]) && l.sets["$"+lower] == nil && l.maps["$"+lower] == nil:
				l.refused("unfilled-template", fmt.Sprintf("%s stays as it is: %s has no such variable in its environment", m[0], p.Name), says,
					append(because, model.Mark{Span: p.Node.Head(), Text: "without it"})...)
			default:
				continue
			}
			break
		}
	}
}

// stays is what nginx says of a place that was not filled in; "" where it
// takes it for a text.
func stays(n *model.Node, word string, m []string) string {
	inPort := strings.Contains(word[:strings.Index(word, m[0])], ":") || m[2] != ""
	switch name := n.Name.Text; {
	case name == "listen" && inPort:
		return fmt.Sprintf("invalid port in %q of the \"listen\" directive", word)
	case name == "listen":
		return fmt.Sprintf("host not found in %q of the \"listen\" directive", word)
	case name == "server" && inPort:
		return fmt.Sprintf("invalid port in upstream %q", word)
	case name == "server":
		return fmt.Sprintf("host not found in upstream %q", word)
	case strings.HasSuffix(name, "_timeout") || strings.HasSuffix(name, "_size"):
		return fmt.Sprintf("%q directive invalid value", name)
	case !strings.HasSuffix(name, "_pass") && name != "proxy_set_header" && name != "add_header" && name != "return" && name != "root":
		return ""
	case m[2] != "":
		return fmt.Sprintf("the closing bracket in %q variable is missing", m[1])
	}
	return fmt.Sprintf("unknown %q variable", strings.ToLower(m[1]))
}

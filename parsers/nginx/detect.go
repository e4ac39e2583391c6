package nginx

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// detect reports whether a file is nginx configuration: its name must allow
// it, and its beginning must look like it. Many programs use .conf.
func detect(name string, head func() []byte) bool {
	if name != "-" && !mayBe(name) {
		return false
	}
	text := head()
	if isDump(text) {
		return true
	}
	if path.Base(name) == "nginx.conf" && path.Base(path.Dir(name)) != "logrotate.d" { // whatever is wrong with it
		return !isINI(text)
	}
	ours, foreign := evidence(name, text)
	if ours+foreign == 0 { // nothing but comments
		return path.Ext(name) == ".conf" && ofNginx(name)
	}
	return ours > foreign
}

// isINI reports whether a file begins with a section in brackets, as those of
// supervisord and systemd do.
func isINI(text []byte) bool {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' && line[0] != ';' {
			return line[0] == '['
		}
	}
	return false
}

// Names of copies that no include pattern in use matches.
var backups = []string{"~", ".bak", ".backup", ".orig", ".old", ".save", ".swp", ".disabled", ".rpmnew", ".rpmsave", ".dpkg-dist", ".dpkg-new", ".dpkg-old"}

// Endings that templates and samples have behind the one that counts.
var wrappings = []string{".template", ".tmpl", ".tpl", ".ctmpl", ".j2", ".jinja2", ".jinja", ".erb", ".ejs", ".mustache", ".in", ".sample", ".example", ".dist"}

// Endings of what stands beside nginx configuration and is something else.
var others = []string{".md", ".rst", ".txt", ".html", ".htm", ".css", ".js", ".mjs", ".ts", ".json", ".xml", ".yml", ".yaml", ".toml", ".ini",
	".sh", ".bash", ".py", ".rb", ".pl", ".pm", ".php", ".lua", ".go", ".rs", ".c", ".h", ".java", ".sql", ".tf", ".hcl", ".cfg", ".service", ".socket",
	".timer", ".pem", ".crt", ".key", ".csr", ".log", ".png", ".svg", ".jpg", ".gif", ".ico", ".gz", ".zip", ".tar", ".patch", ".diff", ".spec", ".env",
	".t", ".snap", ".lock", ".mod", ".sum", ".dockerfile"}

// mayBe reports whether nginx configuration may have such a name.
func mayBe(name string) bool {
	base := path.Base(name)
	for _, b := range backups {
		if strings.HasSuffix(base, b) {
			return false
		}
	}
	if strings.HasSuffix(base, ".conf.default") {
		return false
	}
	for again := true; again; {
		again = false
		for _, w := range wrappings {
			if cut, ok := strings.CutSuffix(base, w); ok && cut != "" {
				base, again = cut, true
			}
		}
	}
	switch ext := path.Ext(base); {
	case ext == ".conf", ext == ".vhost", ext == ".nginx", ext == ".nginxconf", base == "mime.types", strings.HasSuffix(base, "_params"):
		return true
	case slices.Contains(others, strings.ToLower(ext)), strings.HasPrefix(base, "Dockerfile"), strings.HasPrefix(base, "."):
		return false
	}
	return ofNginx(name)
}

// ofNginx reports whether a path speaks of nginx, or of the directories that
// its packages make.
func ofNginx(name string) bool {
	lower := strings.ToLower(name)
	if strings.Contains(lower, "nginx") {
		return true
	}
	switch path.Base(path.Dir(lower)) {
	case "sites-available", "sites-enabled", "streams-available", "streams-enabled", "vhosts", "vhosts.d", "vhost.d", "http.d", "snippets":
		return true
	}
	return false
}

// evidence counts what nginx would know, and what it would not.
func evidence(name string, head []byte) (ours, foreign int) {
	s := scan(model.NewSource(name, head, Parser{}))
	if len(head) >= headSize && len(s.statements) > 0 { // the last one is cut off
		s.statements = s.statements[:len(s.statements)-1]
	}
	for _, k := range s.statements {
		switch {
		case isData(k.outer):
		case k.arg(0) == "=" && k.name() != "location", strings.ContainsAny(k.name(), "=[]<>"), strings.HasSuffix(k.name(), ":"):
			foreign += 2
		case fits(k):
			ours++
		case len(forms(k.name())) == 0 && (k.outer != nil && isKnown(k.outer.name()) || strings.HasPrefix(k.name(), "$")):
			// of some other module: may be
		case ofModule(k.name()):
			ours++
		default:
			foreign++
		}
	}
	for _, f := range s.faults {
		if f.atMost == 0 && !strings.HasPrefix(f.says, "unexpected end of file") {
			foreign++
		}
	}
	return ours, foreign
}

// headSize is what detection is given of a file at most.
const headSize = 4 << 10

// ofModule reports whether a widespread module that is not nginx's own has the
// directive.
func ofModule(name string) bool {
	for _, prefix := range []string{"more_", "echo", "lua_", "brotli", "zstd", "modsecurity", "vhost_traffic_status", "pagespeed", "passenger_", "push_stream", "rtmp", "geoip2", "set_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return strings.Contains(name, "_by_lua") || len(forms(name)) == 0 && isKnown(name)
}

// fits reports whether nginx has such a directive, with so many arguments,
// where it stands.
func fits(k *statement) bool {
	for _, f := range forms(k.name()) {
		if f.block == k.block() && (f.takes(len(k.words)-1) || k.end == 0) {
			return k.outer == nil || k.name() == "include" || isBlock(k.outer.name())
		}
	}
	return false
}

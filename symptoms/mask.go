package symptoms

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a line tells comes from whoever sent the request: no query, no
// credential and no character that would move a terminal's cursor is repeated.

// widest is how much of a value is told, in runes.
const widest = 120

// plain is s without what a terminal would not show, and not too long.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return '�'
		}
		return r
	}, strings.TrimSpace(s))
	n := 0
	for i := range s {
		if n++; n > widest {
			return s[:i] + "…"
		}
	}
	return s
}

// url is an address or a path without its query, its parameters, its user and
// what looks like a key.
func url(s string) string {
	if at := strings.IndexAny(s, "?;"); at >= 0 {
		s = s[:at+1] + "…"
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		scheme, rest = "", s
	}
	host, path, deeper := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = "…" + host[at:]
	}
	if deeper {
		parts := strings.Split(path, "/")
		for i, p := range parts {
			if key(p) {
				parts[i] = "…"
			}
		}
		host += "/" + strings.Join(parts, "/")
	}
	if ok {
		host = scheme + "://" + host
	}
	return plain(host)
}

// key reports whether a part of a path may be a token: long, with letters and
// digits.
func key(s string) bool {
	letter, digit := false, false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digit = true
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letter = true
		}
	}
	return len(s) >= 20 && letter && digit
}

// request is a request line without its query.
func request(s string) string {
	method, rest, ok := strings.Cut(s, " ")
	if !ok || strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_") != "" || len(method) > 20 {
		return "" // none, or bytes of another protocol
	}
	target, version, _ := strings.Cut(rest, " ")
	if !strings.HasPrefix(version, "HTTP/") {
		version = ""
	}
	return strings.TrimSpace(plain(method) + " " + url(target) + " " + plain(version))
}

// server is the scheme and the address of an upstream, without what was asked
// of it: the request tells that.
func server(upstream string) string {
	upstream = url(upstream)
	if s := scheme(upstream); s != "" {
		return s + "://" + address(upstream)
	}
	return address(upstream)
}

// address is the host and the port of an upstream.
func address(upstream string) string {
	_, rest, ok := strings.Cut(upstream, "://")
	if !ok {
		rest = upstream
	}
	if path, unix := strings.CutPrefix(rest, "unix:"); unix {
		path, _, _ = strings.Cut(path, ":")
		return "unix:" + path
	}
	host, _, _ := strings.Cut(rest, "/")
	return host
}

func scheme(upstream string) string {
	s, _, ok := strings.Cut(upstream, "://")
	if !ok {
		return ""
	}
	return s
}

package haproxy

import (
	"strings"

	"github.com/gwlint/gwlint/model"
)

// readAddress reads an address as str2sa_range does (manual 2.9; before 3.0:
// 11): families before an @, the port behind the last colon. A missing port is
// SamePort. why says what cannot be told of it.
func readAddress(s string) (a model.Addr, why string) {
	for {
		family, rest, ok := strings.Cut(s, "@")
		if !ok {
			break
		}
		switch strings.TrimRight(family, "46") {
		case "ipv", "ip", "tcp", "stream+ipv", "stream+ip", "mptcp", "mptcp+ipv":
			s = rest
			continue
		case "udp", "dgram+ipv", "dgram+ip", "quic", "quic+ipv":
			a.Net, s = "udp", rest
			continue
		case "unix", "uxst", "uxdg", "stream+unix", "dgram+unix":
			return model.Addr{Net: "unix", Path: rest}, ""
		case "abns", "abnsz", "stream+abns":
			return model.Addr{Net: "unix", Path: "@" + rest}, ""
		}
		return model.Addr{}, "an address of the family " + family
	}
	if strings.HasPrefix(s, "/") {
		return model.Addr{Net: "unix", Path: s}, ""
	}
	host, port := s, ""
	colon := strings.LastIndexByte(s, ':')
	if colon >= 0 {
		host, port = s[:colon], s[colon+1:]
	}
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	a.Host, a.Port = host, model.SamePort
	if host == "*" {
		a.Host = ""
	}
	switch {
	case port == "":
	case port[0] == '+' || port[0] == '-' || strings.Contains(port, "-"):
		a.Port = 0 // relative to the client's, or one of a range
	default:
		n, rest, ok := digits(port)
		switch {
		case !ok || rest != "" || n > 65535:
			return model.Addr{}, "its port is no number"
		case n > 0:
			a.Port = int(n)
		}
	}
	return a, ""
}

// portRange is the ports of an address whose port is a range.
func portRange(s string) (low, high int, ok bool) {
	colon := strings.LastIndexByte(s, ':')
	from, to, ok := strings.Cut(s[colon+1:], "-")
	if !ok {
		return 0, 0, false
	}
	a, restA, okA := digits(from)
	b, restB, okB := digits(to)
	ok = okA && okB && restA == "" && restB == "" && a > 0 && a <= b && b <= 65535
	return int(a), int(b), ok
}

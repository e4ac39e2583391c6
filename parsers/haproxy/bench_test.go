package haproxy

import (
	"fmt"
	"strings"
	"testing"
)

// generated is a configuration of at least size bytes, like those that
// controllers write: a frontend with many conditions, a backend for each.
func generated(size int) string {
	var front, back strings.Builder
	front.WriteString("global\n    maxconn 20000\n    log stdout format raw local0\n\ndefaults\n    mode http\n    log global\n    option httplog\n" +
		"    option redispatch\n    timeout connect 5s\n    timeout client 30s\n    timeout server 30s\n    default-server check inter 3s\n\nresolvers dns\n    nameserver a 10.0.0.2:53\n\n" +
		"frontend web\n    bind :80\n    bind :443 ssl crt /etc/haproxy/certs/ alpn h2,http/1.1\n")
	for i := 0; front.Len()+back.Len() < size; i++ {
		fmt.Fprintf(&front, "    acl host_%d hdr(host) -i app%d.example.com\n    use_backend app_%d if host_%d\n", i, i, i, i)
		fmt.Fprintf(&back, "\n# application %d\nbackend app_%d\n    balance leastconn\n    option httpchk GET /health\n    http-check send hdr Host app%d.example.com\n"+
			"    http-request set-header X-App \"app %d\"\n    timeout server %ds\n", i, i, i, i, 30+i%60)
		for s := range 3 {
			fmt.Fprintf(&back, "    server s%d app%d-%d.internal:8080 check resolvers dns maxconn 100 cookie s%d\n", s, i, s, s)
		}
	}
	return front.String() + back.String()
}

func BenchmarkLoad(b *testing.B) {
	text := generated(1 << 20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if l := load(b, "haproxy.cfg", text, "3.2"); len(l.Findings) > 0 {
			b.Fatal(l.Findings[0].Message)
		}
	}
}

// Work grows with the input and no faster: ten times as much of what could
// make it worse takes no more than some thirty times as long.
func BenchmarkHostile(b *testing.B) {
	shapes := map[string]func(n int) string{
		"defaults chain": func(n int) string {
			var s strings.Builder
			s.WriteString("defaults d0\n default-server check\n")
			for i := 1; i < n; i++ {
				fmt.Fprintf(&s, "defaults d%d from d%d\n", i, i-1)
			}
			fmt.Fprintf(&s, "listen l from d%d\n bind :1\n server a 10.0.0.1:1\n", n-1)
			return s.String()
		},
		"default-server": func(n int) string {
			return "backend b\n" + strings.Repeat(" default-server check inter 1s\n server-template s 2 a:1\n", n)
		},
		"dynamic": func(n int) string {
			var s strings.Builder
			for i := range n {
				fmt.Fprintf(&s, "frontend f%d\n bind :%d\n use_backend %%[hdr(host)]\nbackend b%d\n server s 10.0.0.1:1\n", i, i%60000+1, i)
			}
			return s.String()
		},
		"conditions": func(n int) string { return strings.Repeat(".if !(!(!(1\n", n) },
		"quotes":     func(n int) string { return strings.Repeat("\"", n*20) },
		"words":      func(n int) string { return "global\n " + strings.Repeat("a ", n*10) },
		"headers": func(n int) string {
			return "defaults\n mode http\nfrontend f\n bind :1\n" + strings.Repeat(" use_backend b if x\n", n) + "backend b\n" +
				strings.Repeat(" http-request set-header A b\n", n) + " server s 10.0.0.1:1\n"
		},
	}
	for _, name := range []string{"defaults chain", "default-server", "dynamic", "conditions", "quotes", "words", "headers"} {
		for _, n := range []int{1000, 10000} {
			text := shapes[name](n)
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					load(b, "haproxy.cfg", text, "3.2")
				}
			})
		}
	}
}

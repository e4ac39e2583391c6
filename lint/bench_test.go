package lint_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
	"testing/fstest"

	"github.com/gwlint/gwlint/lint"
)

const small = `events {}
http {
    upstream api { server 10.0.0.1:8080; server 10.0.0.2:8080; keepalive 16; }
    server {
        listen 80;
        server_name example.com;
        location / { proxy_pass http://api; proxy_read_timeout 5s; proxy_set_header Host $host; }
        location ~ \.php$ { fastcgi_pass unix:/run/php/fpm.sock; include fastcgi_params; }
    }
}
`

func BenchmarkSmallFile(b *testing.B) {
	run(b, fstest.MapFS{"nginx.conf": {Data: []byte(small)}})
}

// BenchmarkMegabyte is one file of 1 MB: pairs of an upstream and a server.
func BenchmarkMegabyte(b *testing.B) {
	var text bytes.Buffer
	text.WriteString("events {}\nhttp {\n")
	for i := 0; text.Len() < 1<<20; i++ {
		fmt.Fprintf(&text, `    upstream app%d {
        server 10.%d.%d.1:8080;
        server 10.%d.%d.2:8080;
    }
    server {
        listen 80;
        server_name app%d.example.com;
        location / {
            proxy_pass http://app%d;
            proxy_set_header Host $host;
            proxy_read_timeout 30s;
        }
    }
`, i, i/250, i%250, i/250, i%250, i, i)
	}
	text.WriteString("}\n")
	run(b, fstest.MapFS{"nginx.conf": {Data: text.Bytes()}})
}

// asCommand sets the collector as gwlint does: a run is short.
func asCommand(b *testing.B) {
	before := debug.SetGCPercent(400)
	b.Cleanup(func() { debug.SetGCPercent(before) })
	b.ReportAllocs()
}

func run(b *testing.B, fsys fs.FS) {
	asCommand(b)
	for b.Loop() {
		if _, err := lint.Run(context.Background(), fsys, lint.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRealFiles lints 500 real nginx files, repository by repository.
func BenchmarkRealFiles(b *testing.B) {
	shared := os.Getenv("GWLINT_SHARED")
	if shared == "" {
		b.Skip("GWLINT_SHARED does not say where real configuration is")
	}
	repositories, err := filepath.Glob(filepath.Join(shared, "corpus", "nginx", "*+*"))
	if err != nil {
		b.Fatal(err)
	}
	asCommand(b)
	for b.Loop() {
		files := 0
		for _, dir := range repositories {
			r, err := lint.Run(context.Background(), os.DirFS(dir), lint.Options{})
			if err != nil {
				b.Fatal(err)
			}
			if files += r.Summary.Files; files >= 500 {
				break
			}
		}
		b.ReportMetric(float64(files), "files")
	}
}

package lint_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
)

// load loads the files of a txtar archive.
func load(t testing.TB, archive string) *model.Workspace {
	t.Helper()
	l, err := lint.Load(context.Background(), filesOf(archive), lint.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l.Workspace
}

func filesOf(archive string) fs.FS {
	fsys := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return fsys
}

// TestOwners says where each nginx runs, in which version, by which file, and
// whether what encloses a fragment is known.
func TestOwners(t *testing.T) {
	const server = "server { listen 80; }\n"
	const main = "events {}\nhttp { server { listen 80; } include /etc/nginx/extra/*.conf; }\n"
	for name, c := range map[string]struct {
		files string
		want  []string
	}{
		"a mount, the version from the tag": {"-- compose.yml --\nservices:\n  web:\n    image: nginx:1.27-alpine\n    volumes: [./a.conf:/etc/nginx/nginx.conf]\n-- a.conf --\n" + main + "-- b.conf --\n" + main,
			[]string{"a.conf in web, nginx 1.27 (image tag 1.27-alpine)", "b.conf in , nginx 1.30 (assumed: the current stable line)"}},
		"a copy in the final stage": {"-- Dockerfile --\nFROM node AS b\nCOPY x.conf /etc/nginx/nginx.conf\nFROM nginx:1.25\nCOPY a.conf /etc/nginx/nginx.conf\n-- a.conf --\n" + main + "-- x.conf --\n" + main,
			[]string{"a.conf in Dockerfile, nginx 1.25 (image tag 1.25)", "x.conf in , nginx 1.30 (assumed: the current stable line)"}},
		"a copy in another image is no configuration": {"-- Dockerfile --\nFROM node:20\nCOPY . /app\n-- a.conf --\n" + main,
			[]string{"a.conf in , nginx 1.30 (assumed: the current stable line)"}},
		"a mount lies over a copy": {"-- compose.yml --\nservices:\n  web:\n    build: .\n    volumes: [./dev.conf:/etc/nginx/conf.d/default.conf]\n" +
			"-- Dockerfile --\nFROM nginx:1.25\nCOPY prod.conf /etc/nginx/conf.d/default.conf\n-- dev.conf --\n" + server + "-- prod.conf --\n" + server,
			[]string{"dev.conf in web, nginx 1.25 (image tag 1.25)", "prod.conf in , nginx 1.30 (assumed: the current stable line), a fragment"}},
		"two places": {"-- compose.yml --\nservices:\n  one:\n    image: nginx:1.26\n    volumes: [./a.conf:/etc/nginx/conf.d/a.conf]\n  two:\n    image: nginx:1.28\n    volumes: [./a.conf:/etc/nginx/conf.d/a.conf]\n-- a.conf --\n" + server,
			[]string{"a.conf in one, nginx 1.26 (image tag 1.26)", "a.conf in two, nginx 1.28 (image tag 1.28)"}},
		"a command": {"-- compose.yml --\nservices:\n  web:\n    image: nginx:1.26\n    command: [nginx, -c, /srv/a.conf]\n    volumes: ['.:/srv']\n-- a.conf --\n" + main + "-- b.conf --\n" + main,
			[]string{"a.conf in web, nginx 1.26 (image tag 1.26)", "b.conf in , nginx 1.30 (assumed: the current stable line)"}},
		"the only one of its folder": {"-- compose.yml --\nservices:\n  web:\n    image: nginx:1.26\n-- sub/a.conf --\n" + main,
			[]string{"sub/a.conf in web, nginx 1.26 (image tag 1.26)"}},
		"fragments of one folder are read together, and templates": {"-- compose.yml --\nservices:\n  web:\n    image: nginx:1.26\n    volumes: [./d:/etc/nginx/conf.d, ./t/c.conf.template:/etc/nginx/templates/c.conf.template]\n" +
			"-- d/a.conf --\nupstream a { server x; }\n-- d/b.conf --\nserver { listen 81; }\n-- t/c.conf.template --\nserver { listen 82; }\n",
			[]string{"d/a.conf d/b.conf t/c.conf.template in web, nginx 1.26 (image tag 1.26)"}},
		"includes through mounts, file by file": {"-- compose.yml --\nservices:\n  web:\n    image: nginx:1.26\n    volumes: [./a.conf:/etc/nginx/nginx.conf, ./z/one:/etc/nginx/extra/1.conf]\n-- a.conf --\n" + main + "-- z/one --\nserver { listen 80; server_name one; }\n",
			[]string{"a.conf z/one in web, nginx 1.26 (image tag 1.26)"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, g := range load(t, c.files).Gateways {
				if g.Product.Name == "nginx" && !g.Node.Span.IsZero() && g.Node.Span.Source.Dialect.Name() == "nginx" {
					line := fmt.Sprintf("%s in %s, %s", strings.Join(read(g.Node), " "), g.Place.Name, g.Product)
					if g.Node.Fragment != "" {
						line += ", a fragment"
					}
					got = append(got, line)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// read are the files that a tree stands in, but for those that images have.
func read(root *model.Node) (names []string) {
	for n := range root.Walk() {
		if s := n.Span.Source; s != nil && !s.Stock && !slices.Contains(names, s.Path) {
			names = append(names, s.Path)
		}
	}
	return names
}

// TestLinks says what answers each pass, and how sure that is, wherever the
// tree stands.
func TestLinks(t *testing.T) {
	const proxy = "  web:\n    image: nginx:1.27\n    volumes: [./a.conf:/etc/nginx/conf.d/a.conf, sock:/run/app]\n"
	flask := func(code string) string {
		return "-- compose.yml --\nservices:\n  web:\n    image: nginx:1.27\n    volumes: [./a.conf:/etc/nginx/conf.d/a.conf]\n  api:\n    build: api\n" +
			"-- a.conf --\nserver { listen 80; location / { proxy_pass http://api:8000; } }\n" +
			"-- api/Dockerfile --\nFROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"main.py\"]\n-- api/main.py --\nfrom flask import Flask\n" + strings.ReplaceAll(code, `\n`, "\n") + "\n"
	}
	pass := func(to string) string { return "-- a.conf --\nserver { listen 80; location / { " + to + "; } }\n" }
	compose := func(rest string) string { return "-- compose.yml --\nvolumes: {sock: {}}\nservices:\n" + proxy + rest }
	for name, c := range map[string]struct{ files, want string }{
		"a name":                      {compose("  api:\n    image: x/y\n    command: uvicorn a --host 0.0.0.0\n") + pass("proxy_pass http://api:8000"), "uvicorn, high"},
		"a name in capitals":          {compose("  api:\n    image: x/y\n    command: uvicorn a --host 0.0.0.0\n") + pass("proxy_pass http://API:8000"), "uvicorn, high"},
		"an alias":                    {compose("  api:\n    image: x/y\n    command: uvicorn a --host 0.0.0.0\n    networks: {default: {aliases: [b]}}\n") + pass("proxy_pass http://b:8000"), "uvicorn, high"},
		"exposed only":                {compose("  api:\n    image: x/y\n    expose: [8000]\n") + pass("proxy_pass http://api:8000"), "api, medium"},
		"published only":              {compose("  api:\n    image: x/y\n    ports: ['9000:8000']\n") + pass("proxy_pass http://api:8000"), "api, medium"},
		"the published port":          {compose("  api:\n    image: x/y\n    ports: ['9000:8000']\n") + pass("proxy_pass http://api:9000"), "in api"},
		"an explicit port wins":       {compose("  api:\n    image: x/y\n    expose: [9000]\n    command: uvicorn a --host 0.0.0.0\n") + pass("proxy_pass http://api:9000"), "in api"},
		"the port of the image":       {compose("  api:\n    image: httpd:2.4\n") + pass("proxy_pass http://api"), "api, high"},
		"bound to loopback":           {compose("  api:\n    image: x/y\n    command: uvicorn a\n") + pass("proxy_pass http://api:8000"), "in api"},
		"loopback is the own place":   {compose("  api:\n    image: x/y\n    command: uvicorn a\n") + pass("proxy_pass http://localhost:8000"), "in web"},
		"nobody of that name":         {compose("") + pass("proxy_pass http://api:8000"), ""},
		"no net in common":            {compose("  api:\n    image: httpd:2.4\n    networks: [n]\nnetworks: {n: {}}\n") + pass("proxy_pass http://api"), ""},
		"two of one name":             {compose("  a1:\n    image: httpd:2.4\n    hostname: api\n  a2:\n    image: httpd:2.4\n    hostname: api\n") + pass("proxy_pass http://api"), ""},
		"a socket in a volume":        {compose("  api:\n    image: x/y\n    command: gunicorn -b unix:/s/a.sock a\n    volumes: ['sock:/s']\n") + pass("proxy_pass http://unix:/run/app/a.sock"), "gunicorn, high"},
		"a socket of another place":   {compose("  api:\n    image: x/y\n    command: gunicorn -b unix:/tmp/a.sock a\n") + pass("proxy_pass http://unix:/tmp/a.sock"), ""},
		"a variable's default":        {compose("  api:\n    image: x/y\n    command: uvicorn a --host 0.0.0.0 --port ${P:-7000}\n") + pass("proxy_pass http://api:7000"), "uvicorn, medium"},
		"a file nobody mounts":        {compose("  api:\n    image: httpd:2.4\n") + "-- x/nginx.conf --\nevents {}\nhttp { server { location / { proxy_pass http://api; } } }\n", "api, medium"},
		"a conf file of a service":    {compose("  api:\n    build: api\n") + pass("proxy_pass http://api:9000") + "-- api/Dockerfile --\nFROM python:3.12\nWORKDIR /a\nCOPY . .\nCMD gunicorn a\n-- api/gunicorn.conf.py --\nbind = ':9000'\n", "gunicorn, high"},
		"a Dockerfile that is likely": {compose("  api:\n    image: registry.example.com/${X}\n") + pass("proxy_pass http://api:9000") + "-- api/Dockerfile --\nFROM x\nCMD uvicorn a --host 0.0.0.0 --port 9000\n", "uvicorn, medium"},
		"a program of a supervisor": {compose("  api:\n    build: api\n") + pass("proxy_pass http://api:9000") + "-- api/Dockerfile --\nFROM x\nCOPY s.conf /etc/supervisor/conf.d/s.conf\nCMD supervisord\n" +
			"-- api/s.conf --\n[supervisord]\n[program:x]\ncommand=uvicorn a --host 0.0.0.0 --port 9000\n", "uvicorn, high"},
		"two unplaced ends of a socket": {"-- a/nginx.conf --\nevents {}\nhttp { server { location / { fastcgi_pass unix:/var/run/php.sock; } } }\n-- b/www.conf --\n[www]\nlisten = /run/php.sock\npm.max_children = 3\n", "php-fpm, medium"},
		"two unplaced ends of a port":   {"-- a/nginx.conf --\nevents {}\nhttp { server { location / { fastcgi_pass 127.0.0.1:9000; } } }\n-- b/www.conf --\n[www]\nlisten = 9000\npm.max_children = 3\n", "php-fpm, low"},
		"a port in the file of a unit's environment": {"-- a/nginx.conf --\nevents {}\nhttp { server { location / { proxy_pass http://127.0.0.1:7000; } } }\n" +
			"-- a/app.service --\n[Service]\nEnvironmentFile=/etc/app.env\nExecStart=/usr/bin/gunicorn a\n-- a/etc/app.env --\nPORT=7000\n", "gunicorn, low"},
		"code that listens on loopback": {compose("  api:\n    build: api\n") + pass("proxy_pass http://api:3000") + "-- api/Dockerfile --\nFROM node:20\nWORKDIR /a\nCOPY . .\nCMD node server.js\n" +
			"-- api/server.js --\napp.listen(process.env.PORT || 3000, '127.0.0.1', () => console.log('up'))\n", "in api"},
		"code that listens everywhere": {compose("  api:\n    build: api\n") + pass("proxy_pass http://api:3000") + "-- api/Dockerfile --\nFROM node:20\nWORKDIR /a\nCOPY . .\nCMD node server.js\n" +
			"-- api/server.js --\nawait app.listen({ port: 3000, host: '0.0.0.0' }); app.listen(3000)\n", "node, medium"},
		"a file of PM2": {compose("  api:\n    build: api\n") + pass("proxy_pass http://api:4000") + "-- api/Dockerfile --\nFROM node:20\nWORKDIR /a\nCOPY . .\nCMD [\"pm2-runtime\", \"ecosystem.config.js\"]\n" +
			"-- api/ecosystem.config.js --\nmodule.exports = { apps: [{ name: 'api', script: './server.js', instances: 2, env: { PORT: 4000 } }] }\n-- api/server.js --\napp.listen(process.env.PORT || 3000)\n", "node, medium"},
		"a file of PM2 with two programs": {compose("  api:\n    build: api\n") + pass("proxy_pass http://api:4000") + "-- api/Dockerfile --\nFROM node:20\nWORKDIR /a\nCOPY . .\nCMD pm2-runtime start ecosystem.config.js\n" +
			"-- api/ecosystem.config.js --\nmodule.exports = { apps: [{ script: 'a.js' }, { script: 'b.js' }] }\n", "in api"},
		"a script that starts Flask":         {flask(`app = Flask(__name__)\napp.run(host='0.0.0.0', port=8000)`), "flask, medium"},
		"a script on loopback":               {flask(`app = Flask(__name__)\nif __name__ == '__main__':\n    app.run(port=8000)`), "in api"},
		"a script whose port is computed":    {flask(`app = Flask(__name__)\napp.run(host='0.0.0.0', port=PORT)`), "in api"},
		"a script with a default port":       {flask(`app = Flask(__name__)\napp.run('0.0.0.0', int(os.getenv('PORT', 8000)))`), "flask, medium"},
		"a script that starts two":           {flask(`app = Flask(__name__)\napp.run('0.0.0.0', 8000)\napp.run('0.0.0.0', 9000)`), "in api"},
		"a call in a comment":                {flask(`app = Flask(__name__)\n# app.run('0.0.0.0', 9000)\napp.run('0.0.0.0', 8000)`), "flask, medium"},
		"a script that starts uvicorn":       {flask(`import uvicorn\nuvicorn.run('main:app', host='0.0.0.0',\n  port=8000, timeout_keep_alive=75)`), "uvicorn, medium"},
		"a script with arguments of its own": {flask(`app = Flask(__name__)\napp.run(**config)`), "in api"},
		"the image's own pool":               {compose("  api:\n    image: php:8.3-fpm\n") + pass("fastcgi_pass api:9000"), "php-fpm, high"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, prefix := range []string{"", "/srv/app/", "../app/"} {
				l, err := lint.Load(context.Background(), filesOf(c.files), lint.Options{Prefix: prefix})
				if err != nil {
					t.Fatal(err)
				}
				w := l.Workspace
				if len(w.Links) != 1 {
					t.Fatalf("there are %d links", len(w.Links))
				}
				got, k := "", w.Links[0]
				switch {
				case k.Linked():
					got = k.To.Gateway.Name + ", " + k.Sure.String()
				case k.Place != nil:
					got = "in " + k.Place.Name
				}
				if got != c.want {
					t.Errorf("at %q: %q, not %q (%s)", prefix, got, c.want, k.Why)
				}
			}
		})
	}
}

// BenchmarkStack is a repository of services: compose, two proxies,
// Dockerfiles, an application with a file of its own. It stays below 50 ms.
func BenchmarkStack(b *testing.B) {
	files := filesOf(`
-- docker-compose.yml --
services:
  edge:
    image: nginx:1.27
    volumes: [./edge/nginx.conf:/etc/nginx/nginx.conf]
  inner:
    build: inner
  api:
    build: api
  php:
    image: php:8.3-fpm
-- edge/nginx.conf --
events {}
http { upstream i { server inner:8080; } server { listen 80; location / { proxy_pass http://i; } } }
-- inner/Dockerfile --
FROM nginx:1.25
COPY site.conf /etc/nginx/conf.d/default.conf
-- inner/site.conf --
server { listen 8080; location / { proxy_pass http://api:8000; } location ~ \.php$ { fastcgi_pass php:9000; } }
-- api/Dockerfile --
FROM python:3.12
WORKDIR /a
COPY . .
CMD ["gunicorn", "a"]
-- api/gunicorn.conf.py --
bind = "0.0.0.0:8000"
timeout = 20
`)
	run(b, files)
}

// TestKeepAlive says when an image is taken to keep connections as it comes.
func TestKeepAlive(t *testing.T) {
	for files, want := range map[string]string{
		"-- compose.yml --\nservices:\n  blog:\n    image: wordpress:6.5-apache\n    volumes: [./html:/var/www/html]\n":                          "5s",
		"-- compose.yml --\nservices:\n  blog:\n    image: httpd:2.4\n    volumes: [./httpd.conf:/usr/local/apache2/conf/httpd.conf]\n":          "unknown",
		"-- compose.yml --\nservices:\n  blog:\n    image: wordpress:6.5-apache\n    volumes: [./a.conf:/etc/apache2/conf-enabled/a.conf]\n":     "unknown",
		"-- compose.yml --\nservices:\n  blog:\n    build: .\n    image: x/blog\n-- Dockerfile --\nFROM httpd:2.4\nCOPY a /usr/local/apache2/\n": "unknown",
		"-- compose.yml --\nservices:\n  shop:\n    image: tomcat:10\n":                                                                          "20s",
		"-- compose.yml --\nservices:\n  cache:\n    image: varnish:7\n":                                                                         "unknown",
	} {
		for _, g := range load(t, files).Gateways {
			if got := g.Listeners[0].Idle.Plain(); got != want {
				t.Errorf("%s: %s, not %s", files, got, want)
			}
		}
	}
}

package parsers_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers"
	"github.com/gwlint/gwlint/parsers/appserver"
	"github.com/gwlint/gwlint/parsers/compose"
	"github.com/gwlint/gwlint/parsers/dockerfile"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/gunicorn"
	"github.com/gwlint/gwlint/parsers/node"
	"github.com/gwlint/gwlint/parsers/phpfpm"
	"github.com/gwlint/gwlint/parsers/procfile"
	"github.com/gwlint/gwlint/parsers/ruby"
	"github.com/gwlint/gwlint/parsers/spring"
	"github.com/gwlint/gwlint/parsers/supervisord"
	"github.com/gwlint/gwlint/parsers/systemd"
	"github.com/gwlint/gwlint/parsers/text"
	"github.com/gwlint/gwlint/parsers/uwsgi"
)

// fuzzLoad gives any text as the files that a parser reads, once to a place
// that starts each of the commands, once alone. The first file is what its
// dialect claims.
func fuzzLoad(f *testing.F, p parsers.Parser, names, commands []string) {
	f.Fuzz(func(t *testing.T, data string) {
		fsys := fstest.MapFS{}
		for _, name := range names {
			fsys[name] = &fstest.MapFile{Data: []byte(data)}
		}
		tree, err := files.New(context.Background(), fsys, []string{"."}, files.Options{})
		if err != nil {
			t.Fatal(err)
		}
		inFile := func(at model.Span) {
			if !at.IsZero() && (at.Start > at.End || at.End > len(at.Source.Text)) {
				t.Fatalf("%v is outside of its file", at)
			}
		}
		all := [][]*model.Place{nil}
		for _, command := range commands {
			src := model.NewSource("command", []byte(command), nil)
			words, _ := text.Words(src.Span(0, len(src.Text)))
			all = append(all, []*model.Place{{Name: "app", Words: words, Dir: "/app", Mounts: []model.Mount{{From: ".", To: "/app"}}}})
		}
		for _, places := range all {
			for _, root := range p.Roots(tree, names[:1], places) {
				if root.Place == nil {
					root.Place = &model.Place{}
				}
				out := p.Load(tree, root)
				for _, q := range out.Places {
					for _, port := range q.Ports {
						inFile(port.At)
					}
					inFile(q.Image.At())
					inFile(q.Kill.At())
					_, _ = q.Image.String(), q.Signal.String()
				}
				for _, g := range out.Gateways {
					for _, l := range g.Listeners {
						for _, b := range l.Binds {
							inFile(b.Addr.At())
							_, _, _ = b.Addr.String(), l.Idle.String(), l.Limit.String()
						}
					}
				}
			}
		}
	})
}

func FuzzGunicorn(f *testing.F) {
	f.Add("bind = [\"0.0.0.0:8000\", 'unix:/run/a.sock']\nworkers = int(os.environ.get(\"W\", \"4\")) # x\n")
	f.Add("port = 80\nbind = f\"0.0.0.0:{port}\"\nif x:\n    timeout = 3\n")
	f.Add("a = (((\nb = \"x\" + \"y\" + getenv(\"Z\")\n")
	fuzzLoad(f, gunicorn.Parser{}, []string{"gunicorn.conf.py"}, []string{"gunicorn app"})
}

func FuzzPuma(f *testing.F) {
	f.Add("threads Integer(ENV.fetch(\"A\") { 5 }), 5\nbind \"tcp://0.0.0.0:#{ENV.fetch(\"P\") { 1 }}\"\nport ENV[\"PORT\"] || 3000\n")
	f.Add("on_boot do |x|\nworkers 2 if a\nend\nx = x\nport x\nlisten \"/a\", umask: 0007\n")
	fuzzLoad(f, ruby.Parser{}, []string{"config/puma.rb"}, []string{"puma"})
}

func FuzzUWSGI(f *testing.F) {
	f.Add("[uwsgi]\nbase = /run\nsocket = %(base)/a.sock\nharakiri = 20\nchmod-socket\n")
	f.Add("[uwsgi]\na = %(b)\nb = %(a)\nsocket = %(a)$(X)\nhttps = :443,a,b\n")
	fuzzLoad(f, uwsgi.Parser{}, []string{"uwsgi.ini"}, []string{"uwsgi --ini uwsgi.ini"})
}

func FuzzPHPFPM(f *testing.F) {
	f.Add("[global]\nprocess_control_timeout = 10s\n[www]\nlisten = /run/$pool.sock ; x\nlisten.mode = 0660\npm.max_children = 5\n")
	f.Add("[a]\nlisten=9000\n[a]\nlisten = [::]:9000\npm = \"static\n")
	fuzzLoad(f, phpfpm.Parser{}, []string{"www.conf"}, []string{"php-fpm"})
}

func FuzzAppServer(f *testing.F) {
	f.Add("bind = [\"0.0.0.0:80\", \"unix:/a\"]\ngraceful_timeout = 3\n")
	f.Add("bind = \nkeep_alive_timeout = -1\n")
	f.Add("from flask import Flask\napp = Flask(__name__)\nif x:\n  app.run('0.0.0.0', port=int(os.getenv('PORT', 80)))\n")
	f.Add("import uvicorn\nuvicorn.run(app, host=[1, '\\''], **x # )\n)")
	fuzzLoad(f, appserver.Parser{}, []string{"hypercorn.toml", "main.py"}, []string{"hypercorn -c hypercorn.toml a", "python main.py"})
}

func FuzzNode(f *testing.F) {
	f.Add("server.keepAliveTimeout = 65 * 1000\napp.listen(process.env.PORT || 3000)")
	f.Add("keepAliveTimeout: 999999999 * 999999999 * 9999999\nconst port = 99999")
	f.Add("module.exports = { apps: [{ script: 'server.js', env: { PORT: 3000 }, kill_timeout: 99999999999 }] }")
	fuzzLoad(f, node.Parser{}, []string{"server.js", "ecosystem.config.js"}, []string{"node server.js", "pm2-runtime start ecosystem.config.js"})
}

func FuzzSpring(f *testing.F) {
	f.Add("server:\n  port: ${P:8080}\n  shutdown: graceful\n---\nserver:\n  port: 1\n")
	f.Add("server.port=80\n")
	fuzzLoad(f, spring.Parser{}, []string{"src/main/resources/application.yml"}, []string{"java -jar a.jar --server.port=1"})
}

func FuzzProcfile(f *testing.F) {
	f.Add("web: gunicorn app -b :$PORT\nworker: a && b\n#x: y\n")
	f.Add(": a\nweb:\n")
	fuzzLoad(f, procfile.Parser{}, []string{"Procfile"}, []string{""})
}

func FuzzSupervisord(f *testing.F) {
	f.Add("[program:a]\ncommand=b -c \"d\"\n  e\nenvironment=A=\"1,2\",B=3\nstopwaitsecs=5\n")
	f.Add("[program:]\ncommand=%%\nenvironment=,=\n")
	fuzzLoad(f, supervisord.Parser{}, []string{"supervisord.conf"}, []string{"supervisord -c /app/supervisord.conf"})
}

func FuzzSystemd(f *testing.F) {
	f.Add("[Service]\nExecStart=-/bin/a \\\n -b\nEnvironment=\"A=1\" B=2\nTimeoutStopSec=1min 5s\nEnvironmentFile=-/etc/a\n")
	f.Add("[Service]\nExecStart=\nKillSignal=\nTimeoutSec=infinity\n")
	fuzzLoad(f, systemd.Parser{}, []string{"a.service"}, []string{""})
}

func FuzzCompose(f *testing.F) {
	f.Add("services:\n  web:\n    image: nginx:${TAG:-1.28}\n    ports: ['80:80', {target: 8080, published: 81}]\n    depends_on: {app: {condition: service_healthy}}\n  app: {build: ., command: a && b}\n")
	f.Add("services: &a\n  x: *a\n  y:\n    extends: {service: y}\n    healthcheck: {test: [NONE]}\n    volumes: ['a', ':', './b:/c:ro']\n")
	fuzzLoad(f, compose.Parser{}, []string{"compose.yml"}, nil)
}

func FuzzDockerfile(f *testing.F) {
	f.Add("FROM nginx:1.28 AS a\nARG X=1\nFROM a\nENV A=$X B\nHEALTHCHECK NONE\nEXPOSE 80/tcp 1-2\nSTOPSIGNAL SIGQUIT\nCMD a && \\\n b\n")
	f.Add("FROM x\nCOPY --from=x <<E /a\nb\nE\nHEALTHCHECK\nCMD [\"a\", \nUSER :\n")
	fuzzLoad(f, dockerfile.Parser{}, []string{"Dockerfile"}, nil)
}

package nginx

import "testing"

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"nginx.conf", "", true},
		{"deploy/nginx/conf.d/empty.conf", "# nothing yet\n", true},
		{"empty.conf", "", false},
		{"app.conf", "server { listen 80; }", true},
		{"default.conf.template", "server { listen ${PORT}; location / { proxy_pass http://${APP}; } }", true},
		{"nginx.conf.j2", "http { {% for s in sites %} server { server_name {{ s }}; } {% endfor %} }", true},
		{"etc/nginx/sites-available/example.com", "server { listen 80; }", true},
		{"sites-enabled/default", "server { root /srv; }", true},
		{"example.com", "server { root /srv; }", false},
		{"fastcgi_params", "fastcgi_param QUERY_STRING $query_string;", true},
		{"nginx/nginx.conf.bak", "events { }", false},
		{"nginx.conf~", "events { }", false},
		{"conf.d/.site.conf", "server { }", true}, // no glob takes it, an include may
		{"nginx/Dockerfile", "FROM nginx\n", false},
		{"nginx/README.md", "server { listen 80; }", false},
		{"nginx/entry.sh", "set -e;", false},
		{"-", "server { listen 80; }", true},
		{"-", "# configuration file /etc/nginx/nginx.conf:\nevents { }\n", true},
		{"-", "frontend web\n    bind :80\n", false},
		{"saved.conf", "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n# configuration file /etc/nginx/nginx.conf:\n", true},

		{"www.conf", "[www]\nuser = www-data\nlisten = 127.0.0.1:9000\npm = dynamic\n", false},
		{"php-fpm.conf", "; comment\ninclude=/etc/php/*.conf\n[global]\nerror_log = /dev/stderr\n", false},
		{"haproxy.conf", "global\n    daemon\ndefaults\n    mode http\n    timeout client 5s\n", false},
		{"apache.conf", "ServerName x\n<VirtualHost *:80>\n  ProxyPass / http://a/\n</VirtualHost>\n", false},
		{"postgresql.conf", "listen_addresses = '*'\nport = 5432\nmax_connections = 100 # (change requires restart)\n", false},
		{"redis.conf", "bind 127.0.0.1\nport 6379\ntimeout 0\n", false},
		{"nginx/supervisord.conf", "[supervisord]\nnodaemon=true\n[program:nginx]\ncommand=nginx -g \"daemon off;\"\n", false},
		{"system/nginx.conf", "[Service]\nExecStart=/usr/sbin/nginx\nUser=www\n", false},
		{"my.conf", "[mysqld]\nbind-address = 0.0.0.0\n", false},
		{"logrotate.d/nginx.conf", "/var/log/nginx/*.log {\n  daily\n  rotate 7\n  postrotate\n    kill -USR1 1\n  endscript\n}\n", false},
		{"logrotate.d/nginx", "/var/log/nginx/*.log {\n  daily\n  rotate 7\n}\n", false},
		{"named.conf", "options { directory \"/var\"; recursion no; };\nzone \".\" { type hint; file \"root\"; };\n", false},
		{"dhcpd.conf", "subnet 10.0.0.0 netmask 255.0.0.0 {\n  option routers 10.0.0.1;\n  range 10.0.0.5 10.0.0.9;\n}\n", false},
		{"keepalived.conf", "vrrp_instance VI_1 {\n  state MASTER\n  interface eth0\n  virtual_router_id 51\n}\n", false},
		{"nftables.conf", "table inet filter {\n  chain input { type filter hook input priority 0; policy drop; }\n}\n", false},
		{"syslog-ng.conf", "@version: 3.5\nsource s { system(); internal(); };\nlog { source(s); destination(d); };\n", false},
		{"rsyslog.conf", "module(load=\"imuxsock\")\n*.* /var/log/all\n", false},
		{"mosquitto.conf", "listener 1883\nallow_anonymous true\n", false},
		{"fail2ban/nginx-http-auth.conf", "[Definition]\nfailregex = ^ user \"x\": password mismatch$\nignoreregex =\n", false},
		{"fluent.conf", "<source>\n  @type forward\n  port 24224\n</source>\n", false},
		{"krb5.conf", "[realms]\n  X = {\n    kdc = a\n  }\n", false},
		{"tmux.conf", "set -g mouse on\nbind r source-file ~/.tmux.conf\n", false},
		{"app.conf", "akka { loglevel = \"INFO\"\n actor { provider = \"x\" } }\n", false},
	} {
		if got := detect(c.name, func() []byte { return []byte(c.text) }); got != c.want {
			t.Errorf("%s: %t\n%s", c.name, got, c.text)
		}
	}
}

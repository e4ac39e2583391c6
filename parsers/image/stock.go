package image

import (
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// A Service is what the program of an image does when nobody configures it:
// the port it listens on and what it speaks there.
type Service struct {
	Port     int
	Protocol string // as in model.Conn
	Product  string
}

// services are those of official images, and of others that half of the world
// uses, by their own documentation.
var services = map[string]Service{
	"nginx": {80, "http", "nginx"}, "nginxinc/nginx-unprivileged": {8080, "http", "nginx"}, "openresty/openresty": {80, "http", "nginx"},
	"bitnami/nginx": {8080, "http", "nginx"}, "httpd": {80, "http", "apache"}, "caddy": {80, "http", "caddy"}, "traefik": {80, "http", "traefik"},
	"tomcat": {8080, "http", "tomcat"}, "jetty": {8080, "http", "jetty"}, "jenkins/jenkins": {8080, "http", "jenkins"},
	"wordpress": {80, "http", "apache"}, "nextcloud": {80, "http", "apache"}, "drupal": {80, "http", "apache"}, "joomla": {80, "http", "apache"},
	"phpmyadmin": {80, "http", "apache"}, "phpmyadmin/phpmyadmin": {80, "http", "apache"}, "adminer": {8080, "http", "adminer"}, "dpage/pgadmin4": {80, "http", "pgadmin"},
	"postgres": {5432, "tcp", "postgres"}, "bitnami/postgresql": {5432, "tcp", "postgres"}, "bitnami/postgresql-repmgr": {5432, "tcp", "postgres"},
	"postgis/postgis": {5432, "tcp", "postgres"}, "timescale/timescaledb": {5432, "tcp", "postgres"}, "mysql": {3306, "tcp", "mysql"}, "mariadb": {3306, "tcp", "mariadb"}, "mongo": {27017, "tcp", "mongo"},
	"redis": {6379, "tcp", "redis"}, "valkey/valkey": {6379, "tcp", "valkey"}, "memcached": {11211, "tcp", "memcached"}, "rabbitmq": {5672, "tcp", "rabbitmq"},
	"elasticsearch": {9200, "http", "elasticsearch"}, "couchdb": {5984, "http", "couchdb"}, "influxdb": {8086, "http", "influxdb"}, "neo4j": {7474, "http", "neo4j"},
	"grafana/grafana": {3000, "http", "grafana"}, "grafana/grafana-oss": {3000, "http", "grafana"}, "prom/prometheus": {9090, "http", "prometheus"}, "prom/alertmanager": {9093, "http", "alertmanager"},
	"prom/node-exporter": {9100, "http", "node-exporter"}, "gcr.io/cadvisor/cadvisor": {8080, "http", "cadvisor"},
	"portainer/portainer-ce": {9000, "http", "portainer"}, "minio/minio": {9000, "http", "minio"}, "ghost": {2368, "http", "node"},
	"mailhog/mailhog": {8025, "http", "mailhog"}, "axllent/mailpit": {8025, "http", "mailpit"}, "schickling/mailcatcher": {1080, "http", "mailcatcher"},
	"varnish": {80, "http", "varnish"}, "sonarqube": {9000, "http", "sonarqube"}, "registry": {5000, "http", "registry"}, "gitea/gitea": {3000, "http", "gitea"},
	"nats": {4222, "tcp", "nats"}, "swaggerapi/swagger-ui": {8080, "http", "nginx"}, "containous/whoami": {80, "http", "whoami"}, "traefik/whoami": {80, "http", "whoami"},
	"kennethreitz/httpbin": {80, "http", "gunicorn"}, "rediscommander/redis-commander": {8081, "http", "node"}, "mongo-express": {8081, "http", "node"},
	"metabase/metabase": {3000, "http", "metabase"}, "n8nio/n8n": {5678, "http", "node"}, "vaultwarden/server": {80, "http", "vaultwarden"},
}

// Service is what the image does by itself. Not ok when the table does not
// tell.
func (r Reference) Service() (Service, bool) {
	if r.FPM() {
		return Service{9000, "fastcgi", "php-fpm"}, true
	}
	if r.Name == "mcr.microsoft.com/dotnet/aspnet" { // ASPNETCORE_HTTP_PORTS of the image; 80 before 8.0
		if v, parts := model.ParseVersion(r.Tag); parts > 0 && v[0] < 8 {
			return Service{80, "http", "kestrel"}, true
		}
		return Service{8080, "http", "kestrel"}, true
	}
	s, ok := services[r.Name]
	return s, ok
}

// KeepAlive is how long the official image of a product keeps a silent
// connection, and the setting that says so (measured: httpd 2.4 5.00 s, Tomcat
// 10.1 with the server.xml of its image 20.04 s, Jetty 9.4 29.99 s).
func KeepAlive(product string) (setting string, idle time.Duration, told bool) {
	switch product {
	case "apache":
		return "KeepAliveTimeout", 5 * time.Second, true
	case "tomcat":
		return "connectionTimeout", 20 * time.Second, true
	case "jetty":
		return "jetty.http.idleTimeout", 30 * time.Second, true
	}
	return "", 0, false
}

// FPM reports whether the image runs PHP-FPM and no server before it:
// php:8.2-fpm, wordpress:fpm, bitnami/php-fpm.
func (r Reference) FPM() bool {
	all := strings.ToLower(r.Name + ":" + r.Tag)
	return strings.Contains(all, "fpm") && !strings.Contains(all, "nginx") && !strings.Contains(all, "apache") && !strings.Contains(all, "exporter")
}

// Official reports whether the image is one of Docker's own.
func (r Reference) Official() bool { return r.Name != "" && !strings.Contains(r.Name, "/") }

// Signal is the STOPSIGNAL that the makers of an image wrote, "" where the
// table does not tell: nginx has SIGQUIT since 1.19.5, bitnami/nginx since
// 1.27.5.
func (r Reference) Signal() string {
	v, parts := model.ParseVersion(r.Tag)
	before := func(s string) bool { old, _ := model.ParseVersion(s); return parts > 1 && v.Compare(old) < 0 }
	switch {
	case r.Name == "nginx" && before("1.19.5"):
		return "SIGTERM"
	case r.Name == "nginx", r.Name == "openresty/openresty", r.Name == "nginxinc/nginx-unprivileged":
		return "SIGQUIT"
	case r.Name == "bitnami/nginx" && before("1.27"):
		return "SIGTERM"
	case r.Name == "php" && r.FPM():
		return "SIGQUIT"
	case r.Name == "haproxy":
		return "SIGUSR1"
	case r.Name == "httpd":
		return "SIGWINCH"
	}
	return ""
}

// Bare reports whether an image is a distribution or a language on top of one:
// it runs as root, and sets no STOPSIGNAL.
func (r Reference) Bare() bool {
	switch r.Name {
	case "alpine", "debian", "ubuntu", "fedora", "centos", "rockylinux", "almalinux", "amazonlinux", "busybox", "golang", "python", "node", "ruby", "eclipse-temurin", "openjdk", "amazoncorretto", "rust":
		return true
	case "php":
		return !r.FPM() && !strings.Contains(r.Tag, "apache")
	}
	return false
}

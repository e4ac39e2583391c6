package targets

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// The port is known for another protocol.
var foreignPort = &model.Check{
	ID:       "foreign-port",
	Title:    "The port is known for another protocol than is spoken to it",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			target, says := l.Endpoint.Addr, l.Conn.Protocol
			if l.Linked() || !target.Known() || !says.Known() || target.V.Path != "" {
				continue // where somebody known answers, protocol-mismatch knows better
			}
			f := model.Finding{Because: []model.Fact{target, says}, When: "every request"}
			switch who := foreign[target.V.Port]; {
			case (says.V == "http" || says.V == "grpc") && who != "":
				f.Message = fmt.Sprintf("%s is asked in HTTP, and %d is the port of %s", target, target.V.Port, who)
			case (says.V == "fastcgi" || says.V == "uwsgi" || says.V == "scgi") && web[target.V.Port]:
				f.Message = fmt.Sprintf("%s is asked in %s, and %d is mostly a port of HTTP: such a server waits for the rest of the request", target, says.V, target.V.Port)
				f.Outcome = l.Hop.Outcome(model.Silent)
			default:
				continue
			}
			report(f)
		}
	},
}

// foreign are ports of servers that speak no HTTP.
var foreign = map[int]string{
	22: "SSH", 25: "SMTP", 110: "POP3", 143: "IMAP", 465: "SMTP", 587: "SMTP", 993: "IMAP", 995: "POP3", 389: "LDAP",
	1433: "SQL Server", 1521: "Oracle", 3306: "MySQL", 5432: "PostgreSQL", 5672: "AMQP", 6379: "Redis", 6432: "PgBouncer",
	9042: "Cassandra", 11211: "memcached", 27017: "MongoDB", 33060: "MySQL",
}

// web are ports on which hardly anything but HTTP is spoken.
var web = map[int]bool{80: true, 443: true, 8080: true, 8443: true}

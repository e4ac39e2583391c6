package timeouts

import (
	"fmt"
	"time"

	"github.com/gwlint/gwlint/model"
)

// Clients of databases and brokers keep connections for when they need them.
var idleConnectionCut = &model.Check{
	ID:       "idle-connection-cut",
	Title:    "Connections that are silent for a few seconds are cut",
	Severity: model.Warning,
	Outcomes: []model.Outcome{model.NoAnswer},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			h, tunnel := l.Hop, l.Conn.Tunnel
			if !h.Node.In("terraform") || !model.Is(l.Conn.Protocol, "tcp") ||
				!model.Over(tunnel, 0) || !model.Under(tunnel, time.Minute) {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s ends every connection to %s that is silent for so long", tunnel, h.Pool.Name),
				Because: []model.Fact{tunnel, l.Conn.Protocol},
				Outcome: h.Outcome(model.Closed),
				When:    "a connection that is silent for " + tunnel.Plain(),
				AtMost:  model.Note,
			}
			if port := l.Endpoint.Addr; port.Known() && kept[port.V.Port] != "" {
				f.Message = fmt.Sprintf("%s ends every connection to port %d that is silent for so long, and clients of %s keep theirs open between requests", tunnel, port.V.Port, kept[port.V.Port])
				f.Because = append(f.Because, port)
				f.AtMost = 0
			}
			if edit := tunnel.To(time.Hour); edit != nil {
				f.Fix = &model.Fix{Message: "let connections be silent for an hour", Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

// kept are the registered ports of services whose clients pool connections or
// subscribe.
var kept = map[int]string{
	1433: "SQL Server", 1521: "Oracle", 1883: "MQTT", 3306: "MySQL", 5432: "PostgreSQL", 5671: "AMQP", 5672: "AMQP", 6379: "Redis",
	8883: "MQTT", 9042: "Cassandra", 9092: "Kafka", 26257: "CockroachDB", 27017: "MongoDB",
}

// Package checks is the registry of rules. Each topic is a folder, each rule
// in it a Go file and a page of the same name: documentation, explanation and
// test at once.
package checks

import (
	"embed"
	"path"
	"slices"

	"github.com/gwlint/gwlint/checks/buffers"
	"github.com/gwlint/gwlint/checks/capacity"
	"github.com/gwlint/gwlint/checks/drain"
	"github.com/gwlint/gwlint/checks/failover"
	"github.com/gwlint/gwlint/checks/headers"
	"github.com/gwlint/gwlint/checks/health"
	"github.com/gwlint/gwlint/checks/keepalive"
	"github.com/gwlint/gwlint/checks/logging"
	"github.com/gwlint/gwlint/checks/protocol"
	"github.com/gwlint/gwlint/checks/routing"
	"github.com/gwlint/gwlint/checks/startup"
	"github.com/gwlint/gwlint/checks/targets"
	"github.com/gwlint/gwlint/checks/timeouts"
	"github.com/gwlint/gwlint/checks/tls"
	"github.com/gwlint/gwlint/model"
)

// A Topic is a family of rules.
type Topic struct {
	Name   string // its folder
	Title  string
	Checks []*model.Check
}

// Topics are all of them, in the order of the documentation.
func Topics() []Topic {
	return []Topic{
		{"timeouts", "Timeouts", timeouts.Checks()},
		{"keepalive", "Keep-alive", keepalive.Checks()},
		{"buffers", "Buffers", buffers.Checks()},
		{"headers", "Headers", headers.Checks()},
		{"targets", "Targets", targets.Checks()},
		{"tls", "TLS", tls.Checks()},
		{"protocol", "Protocol", protocol.Checks()},
		{"routing", "Routing", routing.Checks()},
		{"failover", "Failover", failover.Checks()},
		{"health", "Health checks", health.Checks()},
		{"drain", "Draining", drain.Checks()},
		{"capacity", "Capacity", capacity.Checks()},
		{"logging", "Logging", logging.Checks()},
		{"startup", "Start and reading", startup.Checks()},
	}
}

// All are the rules of every topic.
func All() []*model.Check {
	var all []*model.Check
	for _, t := range Topics() {
		all = append(all, t.Checks...)
	}
	return all
}

//go:embed */*.md
var pages embed.FS

// Page is the page of a rule; "" for a rule that does not exist.
func Page(id string) string {
	for _, t := range Topics() {
		if slices.ContainsFunc(t.Checks, func(c *model.Check) bool { return c.ID == id }) {
			text, err := pages.ReadFile(path.Join(t.Name, id+".md"))
			if err == nil {
				return string(text)
			}
		}
	}
	return ""
}

// URL is where the page of a rule is on the web; "" for a rule that does not
// exist.
func URL(id string) string {
	for _, t := range Topics() {
		if slices.ContainsFunc(t.Checks, func(c *model.Check) bool { return c.ID == id }) {
			return "https://github.com/gwlint/gwlint/blob/main/checks/" + t.Name + "/" + id + ".md"
		}
	}
	return ""
}

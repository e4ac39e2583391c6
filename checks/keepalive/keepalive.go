// Package keepalive holds the rules about connections that are used again.
package keepalive

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		keepaliveRace,
		keepaliveUnused,
		keepaliveByDefault,
		recycledChildCuts,
	}
}

// Package logging holds the rules about what the logs tell of a failure.
package logging

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		upstreamNotLogged,
	}
}

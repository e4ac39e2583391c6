// Package capacity holds the rules about how much a gateway takes on at once.
package capacity

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		fileLimitLow,
		fewConnections,
		connectionCap,
		limitByProxy,
		smallBacklog,
		slowRouteStarves,
		keepaliveTakesChildren,
		frontendCap,
	}
}

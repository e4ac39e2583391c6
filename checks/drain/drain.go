// Package drain holds the rules about servers that leave a pool: at a deploy,
// when there are fewer of them, when one fails.
package drain

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		drainTooShort,
		deployStopsAll,
		fastStop,
		killBeforeGrace,
		signalNotPassed,
	}
}

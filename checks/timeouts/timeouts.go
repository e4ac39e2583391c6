// Package timeouts holds the rules about who waits how long for whom.
package timeouts

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		zeroTimeout,
		readTimeoutBelowApp,
		deadTimeout,
		retryWindow,
		singleTry,
		retryBudget,
		unitlessTimeout,
		missingTimeout,
		tunnelCut,
		checkTimeoutShort,
		stopCuts,
		stopEndless,
		timeoutInversion,
		timeoutTooShort,
		idleConnectionCut,
		outerGivesUp,
		slowFailover,
		slowAnswersCut,
	}
}

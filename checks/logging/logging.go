// Package logging holds the rules about what the logs tell of a failure.
package logging

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		upstreamNotLogged,
		successNotLogged,
		errorfileHidesError,
	}
}

// The parser of HAProxy finds it: it reads the file.
var errorfileHidesError = &model.Check{
	ID:       "errorfile-hides-error",
	Title:    "The page for a failure has the status of a success",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 200}},
}

package routing

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		fixedProxyURI,
		decodedURI,
		proxyURIRefused,
		missingNamedLocation,
		errorPageThroughProxy,
		outageAnswered200,
		pathGlued,
		unroutedRequests,
		sharedBind,
		deadCondition,
		duplicatePriority,
		tunnelWithoutRest,
	}
}

// What dialects find themselves in the text has no Run.
var deadCondition = &model.Check{ID: "dead-condition", Title: "The condition that chooses a backend is never true", Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 503}, model.NoAnswer}}

var duplicatePriority = &model.Check{ID: "duplicate-priority", Title: "Two rules of a listener have one priority", Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")}}

var tunnelWithoutRest = &model.Check{ID: "tunnel-without-rest", Title: "The last rule of a tunnel does not take what is left", Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")}}

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
	}
}

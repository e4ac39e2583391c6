// Package failover holds the rules about what happens when a server fails.
package failover

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		poolOutage,
		errorStatusOutage,
		allServersDown,
		duplicateServer,
		upstreamServersRefused,
		plusOnly,
		retriesSameServer,
		reuseUnretried,
		repeatedPosts,
		queueTimeoutShort,
		minconnWithoutFullconn,
		defaultsNotInherited,
		retryOff,
		singleServer,
		backupsAlone,
		notRestarted,
		gatewayErrorsFinal,
	}
}

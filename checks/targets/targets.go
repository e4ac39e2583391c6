package targets

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		resolverMissing,
		unresolvableName,
		dnsOnce,
		localhostTwoAddresses,
		proxyLoop,
		plainPortBehindHTTPS,
		upstreamPortRefused,
		invalidUpstreamAddress,
		anyAddressTarget,
		emptyTarget,
		chrootSocket,
		resolveRefused,
		tlsPortBehindHTTP,
		blockedByFirewall,
		containerPortUndefined,
		targetGroupRefused,
		containerUndefined,
		unreachableOrigin,
		functionNotCalled,
		serverlessSettingRefused,
		serverWithoutPort,
		emptyPool,
		namedPortMissing,
		wrongPort,
		publishedPortUnserved,
		loopbackInContainer,
		appOnLoopback,
		clientNotAllowed,
		unknownHost,
		foreignPort,
		lookupLate,
		wrongSocket,
		socketNotShared,
		privateTmp,
		socketPermission,
		startOrder,
	}
}

// What dialects find themselves in the text has no Run.
var targetGroupRefused = &model.Check{ID: "target-group-refused", Title: "A target group that its listener or its service does not take", Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")}}

var containerUndefined = &model.Check{ID: "container-undefined", Title: "container_name is none of the task's containers", Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")}}

var unreachableOrigin = &model.Check{ID: "unreachable-origin", Title: "A CDN is sent to a load balancer that is internal", Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 504}}}

var functionNotCalled = &model.Check{ID: "function-not-called", Title: "API Gateway cannot call the function behind it", Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 500}}}

var serverlessSettingRefused = &model.Check{ID: "serverless-setting-refused", Title: "A check or a timeout for backends that are serverless", Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")}}

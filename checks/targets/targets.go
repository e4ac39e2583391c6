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
		serverWithoutPort,
		emptyPool,
		namedPortMissing,
		wrongPort,
		loopbackInContainer,
		appOnLoopback,
		unknownHost,
		foreignPort,
		lookupLate,
		wrongSocket,
		socketNotShared,
		socketPermission,
		startOrder,
	}
}

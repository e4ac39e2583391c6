// Package health holds the rules about how a gateway finds out that a server
// is down, and that it is up again.
package health

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		uncheckedServer,
		unusedHealthCheck,
		connectOnlyCheck,
		checkWithoutHost,
		checkWithoutTLS,
		checkWithoutSNI,
		checkAcceptsAll,
		oneFailedCheck,
		monitorAlwaysUp,
		checkAcceptsErrors,
		noGracePeriod,
		unreplacedServer,
		checkLoopbackHost,
		checkAsksRoot,
		poolUnchecked,
		checkBlocked,
		checkOutlastsInterval,
		checkDefaultPort,
		fixedCheckPort,
		uncheckedDependency,
	}
}

// serving are the servers of a pool that get requests; none when it cannot be
// told of each whether it does.
func serving(p *model.Pool) (live []*model.Endpoint) {
	for _, e := range p.Endpoints {
		switch {
		case !e.Down.Known() || !e.Count.Known():
			return nil
		case !e.Down.V && e.Count.V > 0:
			live = append(live, e)
		}
	}
	return live
}

// asks is what says how the servers are to be checked: option httpchk and its
// like; nil when nothing does.
func asks(h *model.Health) model.Setting {
	for _, s := range []model.Setting{h.Conn.Protocol, h.Expect} {
		if s.Written() {
			return s
		}
	}
	return nil
}

// Package protocol holds the rules about two ends that do not speak the same.
package protocol

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		protocolMismatch,
		h2WithoutALPN,
		grpcWithoutH2,
		proxyProtocolMismatch,
		proxyProtocolUneven,
		modeMismatch,
		httpInTCPMode,
		redirectLoop,
	}
}

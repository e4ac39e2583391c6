package tls

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		sniMissing,
		sniNameUnused,
		sniNotAHostname,
		tlsListenerInPlain,
		verifyNameMismatch,
		tlsVersionMismatch,
		certificateNameMismatch,
		untrustedCertificate,
	}
}

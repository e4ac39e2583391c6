package terraform

import (
	"strings"

	"github.com/gwlint/gwlint/model"
)

// signer tells that the certificate which a setting leads to is signed by
// itself: the provider for TLS has a resource for such ones. What others are
// cannot be told.
func (sec *section) signer(name string) model.Value[string] {
	certs, whole := sec.references(name, "aws_iam_server_certificate", "aws_acm_certificate")
	if len(certs) != 1 || !whole {
		return model.NotTold[string](sec.node, name, whyUnknown(sec.get(name)))
	}
	c := certs[0].section()
	for _, m := range marksOf(c.get("certificate_body")) {
		if m.kind == isReference && strings.Contains("."+m.text, ".tls_self_signed_cert.") {
			at, via := sec.whence(name)
			return model.Set(sec.node, name, at, "itself", model.Explicit, "", append(via, c.node.Head())...)
		}
	}
	return model.NotTold[string](sec.node, name, "who signed "+certs[0].addr+" is not told")
}

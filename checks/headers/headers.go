// Package headers holds the rules about what a request says of itself when it
// is forwarded.
package headers

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		missingHost,
		headerInheritance,
		duplicateHost,
		bodyLengthKept,
		upgradeHeaderWrong,
		undefinedVariable,
		upgradeMissing,
		upgradeInHTTP10,
		forwardedProtoMissing,
		foreignHost,
	}
}

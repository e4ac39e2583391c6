// Package buffers holds the rules about how much of an answer fits where.
package buffers

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		headerBufferSmall,
		headerBufferUnraised,
		bufferSizes,
		wrongModuleSetting,
		rewriteRoom,
		headerBufferShrunk,
		requestHeadCut,
	}
}

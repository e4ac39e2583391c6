//go:build !linux

package lab

import "errors"

// Dropper is a port that answers no SYN. Only Linux drops one when the queue
// of a listener is full.
type Dropper struct{}

// StartDropper tells that there is none here.
func StartDropper() (*Dropper, error) {
	return nil, errors.New("a port that drops SYNs needs Linux")
}

// Addr is the port.
func (*Dropper) Addr() string { return "" }

// Close frees the port.
func (*Dropper) Close() {}

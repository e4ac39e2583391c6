package lab_test

import (
	"testing"

	"github.com/gwlint/gwlint/lab"
)

func claims(t *testing.T, c *lab.Case, servers []*lab.Server, ports *lab.Ports) {
	t.Skip("not wired")
}

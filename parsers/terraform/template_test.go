package terraform

import "testing"

// TestTemplates sees that what other programs fill in is no syntax error, and
// that Terraform's own templates are none of those.
func TestTemplates(t *testing.T) {
	for text, want := range map[string]int{
		"resource \"aws_lb\" \"a\" {\n  name = aws_lb.%[1]s.name\n}\n":               0,
		"resource \"aws_lb\" \"a\" {\n  name = {{ name }}\n}\n":                      0,
		"resource \"aws_lb\" \"a\" {\n  name = \n}\n":                                1,
		"resource \"aws_lb\" \"a\" {\n  name = \"%{ if true }a%{ endif }${ }\"\n}\n": 1,
	} {
		if got := len(read(t, map[string]string{"main.tf": text}).Findings); got != want {
			t.Errorf("%q: %d findings, not %d", text, got, want)
		}
	}
}

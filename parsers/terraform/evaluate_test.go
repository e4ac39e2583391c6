package terraform

import (
	"strings"
	"testing"
)

// TestLinks follows the target group of a listener through what Terraform
// code does with it.
func TestLinks(t *testing.T) {
	for expr, want := range map[string]string{
		`aws_lb_target_group.a.arn`:                                           "a",
		`var.known ? aws_lb_target_group.a.arn : aws_lb_target_group.b.arn`:   "a",
		`!var.known ? aws_lb_target_group.a.arn : aws_lb_target_group.b.arn`:  "b",
		`var.unknown ? aws_lb_target_group.a.arn : aws_lb_target_group.b.arn`: "a b",
		`local.chosen[0]`: "a",
		`element(concat(aws_lb_target_group.a.*.arn, [""]), 0)`:           "a",
		`join("", aws_lb_target_group.a[*].arn)`:                          "a",
		`coalesce(null, aws_lb_target_group.b.arn)`:                       "b",
		`try(aws_lb_target_group.nothing.arn, aws_lb_target_group.b.arn)`: "",
		`lookup({ x = aws_lb_target_group.b.arn }, "x", "")`:              "b",
		`local.by_name["b"]`:                "b",
		`local.by_name[var.which]`:          "a",
		`values(local.by_name)[1]`:          "b",
		`one([aws_lb_target_group.a.id])`:   "a",
		`aws_lb_target_group.many["p"].arn`: `many["p"]`,
		`data.aws_lb_target_group.d.arn`:    "",
		`"arn:aws:literal"`:                 "",
	} {
		out := read(t, map[string]string{"main.tf": `
variable "known" { default = true }
variable "unknown" {}
variable "which" { default = "a" }
locals {
  chosen  = [var.known ? aws_lb_target_group.a.arn : aws_lb_target_group.b.arn]
  by_name = { for k, v in { a = aws_lb_target_group.a, b = aws_lb_target_group.b } : k => v.arn }
}
data "aws_lb_target_group" "d" {}
resource "aws_lb" "x" {}
resource "aws_lb_target_group" "a" {}
resource "aws_lb_target_group" "b" {}
resource "aws_lb_target_group" "many" {
  for_each = toset(["p", "q"])
}
resource "aws_lb_listener" "x" {
  load_balancer_arn = aws_lb.x.arn
  default_action {
    type             = "forward"
    target_group_arn = ` + expr + `
  }
}
`})
		var got []string
		for _, g := range out.Gateways {
			if g.Name != "aws_lb.x" {
				continue
			}
			for _, l := range g.Listeners {
				for h := range l.Hops() {
					if name := h.Pool.Name; name != "" {
						got = append(got, strings.TrimPrefix(name, "aws_lb_target_group."))
					}
				}
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s leads to %q, not %q", expr, s, want)
		}
	}
}

resource "aws_lb_target_group" "json" {
  port = 9090
}

variable "idle" {
  default = 40
}

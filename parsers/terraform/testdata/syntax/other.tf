resource "aws_elb" "ignored" {
  idle_timeout = 1
}

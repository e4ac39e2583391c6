terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.40"
    }
  }
}

locals {
  services = {
    api = { port = 8080, path = "/health" }
    web = { port = 3000, path = "/" }
  }
  listen = [443]
}

variable "idle" {
  type    = number
  default = 75
}

variable "drain" {
  type = string
}

variable "certificate" {}

resource "aws_lb" "front" {
  name            = "front"
  idle_timeout    = var.idle
  security_groups = [aws_security_group.front.id]

  access_logs {
    bucket = "logs"
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.front.arn
  port              = local.listen[0]
  protocol          = "HTTPS"
  certificate_arn   = var.certificate

  default_action {
    type             = "forward"
    target_group_arn = module.service["web"].target_group
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.front.arn
  port              = 80

  default_action {
    type = "redirect"
    redirect {
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener_rule" "api" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 10

  condition {
    path_pattern {
      values = ["/api/*"]
    }
  }

  action {
    type = "forward"
    forward {
      target_group {
        arn    = module.service["api"].target_group
        weight = 9
      }
      target_group {
        arn    = aws_lb_target_group.old.arn
        weight = 1
      }
    }
  }
}

# gwlint: ignore[some-rule] the old one goes soon
resource "aws_lb_target_group" "old" {
  port        = 80
  protocol    = "HTTP"
  target_type = "ip"
}

resource "aws_lb_target_group_attachment" "old" {
  target_group_arn = aws_lb_target_group.old.arn
  target_id        = "10.0.0.7"
  port             = 8081
}

module "service" {
  source   = "./modules/service"
  for_each = local.services

  name  = each.key
  port  = each.value.port
  path  = each.value.path
  drain = var.drain
  front = aws_security_group.front.id
}

resource "aws_security_group" "front" {
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

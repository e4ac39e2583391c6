resource "aws_lb" "shop" {
  name    = "shop"
  subnets = var.subnets

  access_logs {
    bucket  = "shop-logs"
    enabled = true
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.shop.arn
  port              = 80

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.shop.arn
  }
}

resource "aws_lb_target_group" "shop" {
  port        = 8000
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = var.vpc

  health_check {
    path = "/healthz"
  }
}

resource "aws_ecs_service" "shop" {
  task_definition                   = aws_ecs_task_definition.shop.arn
  desired_count                     = 3
  health_check_grace_period_seconds = 60

  load_balancer {
    target_group_arn = aws_lb_target_group.shop.arn
    container_name   = "shop"
    container_port   = 8000
  }
}

resource "aws_ecs_task_definition" "shop" {
  family = "shop"
  container_definitions = jsonencode([{
    name         = "shop"
    image        = "${aws_ecr_repository.shop.repository_url}:${var.release}"
    portMappings = [{ containerPort = 8000 }]
  }])
}

resource "aws_ecr_repository" "shop" {
  name = "shop"
}

variable "subnets" {}
variable "vpc" {}
variable "release" {}

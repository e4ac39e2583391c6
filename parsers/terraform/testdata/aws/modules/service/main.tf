variable "name" {}
variable "port" {}
variable "path" {}
variable "drain" { type = number }
variable "front" {}
variable "image" {
  default = "nginx"
}

resource "aws_lb_target_group" "this" {
  name                 = var.name
  port                 = var.port
  protocol             = "HTTP"
  target_type          = "ip"
  deregistration_delay = var.drain

  dynamic "health_check" {
    for_each = [{ path = var.path, matcher = "200-399" }]
    content {
      path    = health_check.value.path
      matcher = health_check.value.matcher
    }
  }
}

resource "aws_ecs_service" "this" {
  name            = var.name
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = 2

  network_configuration {
    security_groups = [aws_security_group.this.id]
    subnets         = []
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this.arn
    container_name   = var.name
    container_port   = var.port
  }
}

resource "aws_ecs_task_definition" "this" {
  family = var.name
  container_definitions = jsonencode([{
    name         = var.name
    image        = "${aws_ecr_repository.this.repository_url}:1"
    command      = ["serve", "--keep-alive", "5"]
    stopTimeout  = 10
    portMappings = [{ containerPort = var.port }]
    environment = [
      { name = "KEEP_ALIVE", value = "5" },
      { name = "DB_PASSWORD", value = "hunter2" },
    ]
  }])
}

resource "aws_ecr_repository" "this" {}

resource "aws_security_group" "this" {
  ingress {
    from_port       = 8080
    to_port         = 8080
    protocol        = "tcp"
    security_groups = [var.front]
  }
}

output "target_group" {
  value = aws_lb_target_group.this.arn
}

# Stands for terraform-aws-modules/ecs/aws//modules/service: load balancers, deployment and containers of a service.

variable "create" { default = true }
variable "create_service" { default = true }
variable "desired_count" { default = 1 }
variable "enable_autoscaling" { default = true }
variable "launch_type" { default = "FARGATE" }
variable "health_check_grace_period_seconds" { default = null }
variable "deployment_minimum_healthy_percent" { default = 66 }
variable "deployment_maximum_percent" { default = 200 }
variable "load_balancer" { default = {} }
variable "container_definitions" { default = {} }
variable "security_group_ids" { default = [] }
variable "create_security_group" { default = true }
variable "subnet_ids" { default = [] }
variable "network_mode" { default = "awsvpc" }
variable "task_definition_arn" { default = null }

resource "aws_ecs_service" "this" {
  count = var.create && var.create_service ? 1 : 0

  desired_count                      = var.desired_count
  launch_type                        = var.launch_type
  health_check_grace_period_seconds  = var.health_check_grace_period_seconds
  deployment_minimum_healthy_percent = var.deployment_minimum_healthy_percent
  deployment_maximum_percent         = var.deployment_maximum_percent
  task_definition                    = coalesce(var.task_definition_arn, aws_ecs_task_definition.this.arn)

  network_configuration {
    security_groups = var.create_security_group ? concat(var.security_group_ids, [uuid()]) : var.security_group_ids
  }

  dynamic "load_balancer" {
    for_each = var.load_balancer
    content {
      target_group_arn = try(load_balancer.value.target_group_arn, null)
      elb_name         = try(load_balancer.value.elb_name, null)
      container_name   = load_balancer.value.container_name
      container_port   = load_balancer.value.container_port
    }
  }
}

resource "aws_ecs_task_definition" "this" {
  network_mode = var.network_mode
  container_definitions = jsonencode([for k, v in var.container_definitions : {
    name         = try(v.name, k)
    image        = try(v.image, null)
    command      = try(v.command, null)
    entryPoint   = try(v.entrypoint, v.entryPoint, null)
    environment  = try(v.environment, [])
    stopTimeout  = try(v.stop_timeout, v.stopTimeout, 120)
    portMappings = try([for p in try(v.port_mappings, v.portMappings, []) : { containerPort = try(p.containerPort, p.container_port), hostPort = try(p.hostPort, p.host_port, null) }], uuid())
  }])
}

output "id" { value = aws_ecs_service.this[0].id }
output "name" { value = aws_ecs_service.this[0].name }
output "task_definition_arn" { value = aws_ecs_task_definition.this.arn }

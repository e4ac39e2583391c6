# Stands for terraform-aws-modules/autoscaling/aws: how instances are counted, checked and registered.

variable "create" { default = true }
variable "min_size" { default = null }
variable "max_size" { default = null }
variable "desired_capacity" { default = null }
variable "health_check_type" { default = null }
variable "health_check_grace_period" { default = null }
variable "target_group_arns" { default = [] }
variable "load_balancers" { default = [] }
variable "traffic_source_attachments" { default = {} }
variable "security_groups" { default = [] }

resource "aws_autoscaling_group" "this" {
  count = var.create ? 1 : 0

  min_size                  = var.min_size
  max_size                  = var.max_size
  desired_capacity          = var.desired_capacity
  health_check_type         = var.health_check_type
  health_check_grace_period = var.health_check_grace_period
  target_group_arns         = var.target_group_arns
  load_balancers            = var.load_balancers

  launch_template {
    id = aws_launch_template.this.id
  }
}

resource "aws_launch_template" "this" {
  vpc_security_group_ids = var.security_groups
}

resource "aws_autoscaling_traffic_source_attachment" "this" {
  for_each = var.traffic_source_attachments

  autoscaling_group_name = aws_autoscaling_group.this[0].id
  traffic_source {
    identifier = each.value.traffic_source_identifier
    type       = try(each.value.traffic_source_type, "elbv2")
  }
}

output "autoscaling_group_name" { value = aws_autoscaling_group.this[0].name }
output "autoscaling_group_id" { value = aws_autoscaling_group.this[0].id }

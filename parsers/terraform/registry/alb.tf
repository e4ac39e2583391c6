# Stands for terraform-aws-modules/alb/aws: the part of its inputs and outputs that decides about requests, in the
# shapes of version 9 and later (maps) and of 5 to 8 (lists).

variable "create" { default = true }
variable "create_lb" { default = true }
variable "load_balancer_type" { default = "application" }
variable "idle_timeout" { default = null }
variable "client_keep_alive" { default = null }
variable "enable_http2" { default = null }
variable "preserve_host_header" { default = null }
variable "drop_invalid_header_fields" { default = null }
variable "enable_cross_zone_load_balancing" { default = null }
variable "subnets" { default = null }
variable "security_groups" { default = [] }
variable "create_security_group" { default = null }
variable "access_logs" { default = null }
variable "default_port" { default = 80 }
variable "default_protocol" { default = "HTTP" }
variable "listeners" { default = {} }
variable "target_groups" { default = {} }
variable "additional_target_group_attachments" { default = {} }
variable "http_tcp_listeners" { default = [] }
variable "https_listeners" { default = [] }

resource "aws_lb" "this" {
  count = var.create && var.create_lb ? 1 : 0

  load_balancer_type               = var.load_balancer_type
  idle_timeout                     = var.idle_timeout
  client_keep_alive                = var.client_keep_alive
  enable_http2                     = var.enable_http2
  preserve_host_header             = var.preserve_host_header
  drop_invalid_header_fields       = var.drop_invalid_header_fields
  enable_cross_zone_load_balancing = var.enable_cross_zone_load_balancing
  subnets                          = var.subnets
  security_groups                  = var.create_security_group == false ? var.security_groups : concat(var.security_groups, [uuid()])

  dynamic "access_logs" {
    for_each = try(length(var.access_logs), 0) > 0 ? [var.access_logs] : []
    content {
      bucket  = access_logs.value.bucket
      enabled = try(access_logs.value.enabled, true)
    }
  }
}

resource "aws_lb_target_group" "this" {
  for_each = can(keys(var.target_groups)) ? var.target_groups : {}

  port                 = try(each.value.port, each.value.backend_port, var.default_port)
  protocol             = try(each.value.protocol, each.value.backend_protocol, var.default_protocol)
  protocol_version     = try(each.value.protocol_version, null)
  target_type          = try(each.value.target_type, null)
  deregistration_delay = try(each.value.deregistration_delay, null)
  slow_start           = try(each.value.slow_start, null)
  proxy_protocol_v2    = try(each.value.proxy_protocol_v2, null)

  dynamic "health_check" {
    for_each = try([each.value.health_check], [])
    content {
      enabled             = try(health_check.value.enabled, null)
      healthy_threshold   = try(health_check.value.healthy_threshold, null)
      interval            = try(health_check.value.interval, null)
      matcher             = try(health_check.value.matcher, null)
      path                = try(health_check.value.path, null)
      port                = try(health_check.value.port, null)
      protocol            = try(health_check.value.protocol, null)
      timeout             = try(health_check.value.timeout, null)
      unhealthy_threshold = try(health_check.value.unhealthy_threshold, null)
    }
  }

  dynamic "stickiness" {
    for_each = try([each.value.stickiness], [])
    content {
      enabled = try(stickiness.value.enabled, true)
      type    = try(stickiness.value.type, null)
    }
  }
}

resource "aws_lb_target_group" "main" {
  count = can(keys(var.target_groups)) ? 0 : length(var.target_groups)

  port                 = try(var.target_groups[count.index].backend_port, null)
  protocol             = try(upper(var.target_groups[count.index].backend_protocol), null)
  protocol_version     = try(upper(var.target_groups[count.index].protocol_version), null)
  target_type          = try(var.target_groups[count.index].target_type, null)
  deregistration_delay = try(var.target_groups[count.index].deregistration_delay, null)
  slow_start           = try(var.target_groups[count.index].slow_start, null)

  dynamic "health_check" {
    for_each = try([var.target_groups[count.index].health_check], [])
    content {
      enabled             = try(health_check.value.enabled, null)
      healthy_threshold   = try(health_check.value.healthy_threshold, null)
      interval            = try(health_check.value.interval, null)
      matcher             = try(health_check.value.matcher, null)
      path                = try(health_check.value.path, null)
      port                = try(health_check.value.port, null)
      protocol            = try(health_check.value.protocol, null)
      timeout             = try(health_check.value.timeout, null)
      unhealthy_threshold = try(health_check.value.unhealthy_threshold, null)
    }
  }
}

resource "aws_lb_target_group_attachment" "this" {
  for_each = { for k, v in try(tomap(var.target_groups), var.target_groups) : k => v if can(v.target_id) && try(v.create_attachment, true) }

  target_group_arn = aws_lb_target_group.this[each.key].arn
  target_id        = each.value.target_id
  port             = try(each.value.port, null)
}

resource "aws_lb_listener" "this" {
  for_each = var.listeners

  load_balancer_arn = aws_lb.this[0].arn
  port              = try(each.value.port, var.default_port)
  protocol          = try(each.value.protocol, var.default_protocol)
  certificate_arn   = try(each.value.certificate_arn, null)

  dynamic "default_action" {
    for_each = try([each.value.forward], [])
    content {
      type             = "forward"
      target_group_arn = try(aws_lb_target_group.this[default_action.value.target_group_key].arn, default_action.value.arn, default_action.value.target_group_arn, uuid())
    }
  }

  dynamic "default_action" {
    for_each = try([each.value.weighted_forward], [])
    content {
      type = "forward"
      forward {
        dynamic "target_group" {
          for_each = default_action.value.target_groups
          content {
            arn    = try(aws_lb_target_group.this[target_group.value.target_group_key].arn, target_group.value.arn, uuid())
            weight = try(target_group.value.weight, null)
          }
        }
      }
    }
  }

  dynamic "default_action" {
    for_each = try([each.value.redirect], [])
    content {
      type = "redirect"
      redirect {
        port        = try(default_action.value.port, null)
        protocol    = try(default_action.value.protocol, null)
        status_code = default_action.value.status_code
      }
    }
  }

  dynamic "default_action" {
    for_each = try([each.value.fixed_response], [])
    content {
      type = "fixed-response"
      fixed_response {
        content_type = try(default_action.value.content_type, null)
        status_code  = try(default_action.value.status_code, null)
      }
    }
  }
}

resource "aws_lb_listener" "frontend_http_tcp" {
  count = length(var.http_tcp_listeners)

  load_balancer_arn = aws_lb.this[0].arn
  port              = var.http_tcp_listeners[count.index].port
  protocol          = try(var.http_tcp_listeners[count.index].protocol, "HTTP")

  default_action {
    type             = try(var.http_tcp_listeners[count.index].action_type, "forward")
    target_group_arn = try(var.http_tcp_listeners[count.index].action_type, "forward") == "forward" ? aws_lb_target_group.main[try(var.http_tcp_listeners[count.index].target_group_index, count.index)].arn : null

    dynamic "redirect" {
      for_each = try([var.http_tcp_listeners[count.index].redirect], [])
      content {
        status_code = redirect.value.status_code
      }
    }

    dynamic "fixed_response" {
      for_each = try([var.http_tcp_listeners[count.index].fixed_response], [])
      content {
        status_code = try(fixed_response.value.status_code, null)
      }
    }
  }
}

resource "aws_lb_listener" "frontend_https" {
  count = length(var.https_listeners)

  load_balancer_arn = aws_lb.this[0].arn
  port              = var.https_listeners[count.index].port
  protocol          = try(var.https_listeners[count.index].protocol, "HTTPS")
  certificate_arn   = var.https_listeners[count.index].certificate_arn

  default_action {
    type             = try(var.https_listeners[count.index].action_type, "forward")
    target_group_arn = try(var.https_listeners[count.index].action_type, "forward") == "forward" ? aws_lb_target_group.main[try(var.https_listeners[count.index].target_group_index, count.index)].arn : null

    dynamic "fixed_response" {
      for_each = try([var.https_listeners[count.index].fixed_response], [])
      content {
        status_code = try(fixed_response.value.status_code, null)
      }
    }
  }
}

output "arn" { value = aws_lb.this[0].arn }
output "id" { value = aws_lb.this[0].id }
output "dns_name" { value = aws_lb.this[0].dns_name }
output "zone_id" { value = aws_lb.this[0].zone_id }
output "lb_arn" { value = aws_lb.this[0].arn }
output "lb_id" { value = aws_lb.this[0].id }
output "lb_dns_name" { value = aws_lb.this[0].dns_name }
output "lb_zone_id" { value = aws_lb.this[0].zone_id }
output "target_groups" { value = { for k, v in var.target_groups : k => { arn = aws_lb_target_group.this[k].arn, id = aws_lb_target_group.this[k].id } } }
output "target_group_arns" { value = aws_lb_target_group.main[*].arn }
output "listeners" { value = { for k, v in var.listeners : k => { arn = aws_lb_listener.this[k].arn } } }
output "http_tcp_listener_arns" { value = aws_lb_listener.frontend_http_tcp[*].arn }
output "https_listener_arns" { value = aws_lb_listener.frontend_https[*].arn }

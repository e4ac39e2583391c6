module "alb" {
  source  = "terraform-aws-modules/alb/aws"
  version = "~> 9.0"

  name         = "app"
  idle_timeout = 120

  listeners = {
    https = {
      port     = 443
      protocol = "HTTPS"
      forward = {
        target_group_key = "app"
      }
    }
  }

  target_groups = {
    app = {
      protocol             = "HTTP"
      port                 = 8080
      deregistration_delay = 5
      health_check = {
        path    = "/ready"
        matcher = "200-499"
      }
    }
  }
}

module "service" {
  source = "terraform-aws-modules/ecs/aws//modules/service"

  desired_count = 3
  container_definitions = {
    app = {
      image        = "nginx:1.28"
      portMappings = [{ containerPort = 8080 }]
    }
  }
  load_balancer = {
    service = {
      target_group_arn = module.alb.target_groups["app"].arn
      container_name   = "app"
      container_port   = 8080
    }
  }
}

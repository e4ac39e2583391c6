resource "aws_lb" "app" {
  name = "app"
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.app.arn
  port              = 443
  protocol          = "HTTPS"
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_cloudfront_distribution" "app" {
  aliases = ["app.example.com"]
  origin {
    domain_name = aws_lb.app.dns_name
    origin_id   = "app"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
      origin_read_timeout    = 60
    }
  }
  default_cache_behavior {
    target_origin_id         = "app"
    cache_policy_id          = data.aws_cloudfront_cache_policy.off.id
    origin_request_policy_id = data.aws_cloudfront_origin_request_policy.viewer.id
  }
}

data "aws_cloudfront_cache_policy" "off" {
  name = "Managed-CachingDisabled"
}

data "aws_cloudfront_origin_request_policy" "viewer" {
  name = "Managed-AllViewer"
}

resource "cloudflare_record" "app" {
  name    = "www"
  content = aws_lb.app.dns_name
  type    = "CNAME"
  proxied = true
}

resource "cloudflare_load_balancer" "app" {
  name             = "lb.example.com"
  default_pool_ids = [cloudflare_load_balancer_pool.app.id]
  fallback_pool_id = cloudflare_load_balancer_pool.app.id
}

resource "cloudflare_load_balancer_pool" "app" {
  name = "app"
  origins = [
    { name = "a", address = "192.0.2.1" },
    { name = "b", address = "192.0.2.2", enabled = false },
  ]
}

# Stands for terraform-google-modules/lb-http/google and GoogleCloudPlatform/lb-http/google: backend services with
# their health checks, and one HTTP and HTTPS front end.

variable "backends" { default = {} }
variable "load_balancing_scheme" { default = "EXTERNAL" }
variable "url_map" { default = null }
variable "create_url_map" { default = true }
variable "ssl" { default = false }
variable "http_forward" { default = true }
variable "https_redirect" { default = false }
variable "http_keep_alive_timeout_sec" { default = null }

resource "google_compute_backend_service" "default" {
  for_each = var.backends

  load_balancing_scheme           = var.load_balancing_scheme
  port_name                       = try(each.value.port_name, null)
  protocol                        = try(each.value.protocol, null)
  timeout_sec                     = try(each.value.timeout_sec, null)
  connection_draining_timeout_sec = try(each.value.connection_draining_timeout_sec, null)
  session_affinity                = try(each.value.session_affinity, null)
  health_checks                   = try(each.value.health_check, null) == null ? null : [google_compute_health_check.default[each.key].self_link]

  dynamic "backend" {
    for_each = try(each.value.groups, [])
    content {
      group = backend.value.group
    }
  }

  dynamic "log_config" {
    for_each = try([each.value.log_config], [])
    content {
      enable = try(log_config.value.enable, true)
    }
  }
}

resource "google_compute_health_check" "default" {
  for_each = { for k, v in var.backends : k => v if try(v.health_check, null) != null }

  check_interval_sec  = try(each.value.health_check.check_interval_sec, 5)
  timeout_sec         = try(each.value.health_check.timeout_sec, 5)
  healthy_threshold   = try(each.value.health_check.healthy_threshold, 2)
  unhealthy_threshold = try(each.value.health_check.unhealthy_threshold, 2)

  http_health_check {
    host         = try(each.value.health_check.host, null)
    request_path = try(each.value.health_check.request_path, null)
    port         = try(each.value.health_check.port, null)
  }
}

resource "google_compute_url_map" "default" {
  count = var.create_url_map ? 1 : 0

  default_service = google_compute_backend_service.default[keys(var.backends)[0]].self_link
}

resource "google_compute_target_https_proxy" "default" {
  count = var.ssl ? 1 : 0

  url_map                     = google_compute_url_map.default[0].self_link
  http_keep_alive_timeout_sec = var.http_keep_alive_timeout_sec
}

resource "google_compute_target_http_proxy" "default" {
  count = var.http_forward && !var.https_redirect ? 1 : 0

  url_map                     = google_compute_url_map.default[0].self_link
  http_keep_alive_timeout_sec = var.http_keep_alive_timeout_sec
}

resource "google_compute_global_forwarding_rule" "https" {
  count = var.ssl ? 1 : 0

  target                = google_compute_target_https_proxy.default[0].self_link
  port_range            = "443"
  load_balancing_scheme = var.load_balancing_scheme
}

resource "google_compute_global_forwarding_rule" "http" {
  count = var.http_forward && !var.https_redirect ? 1 : 0

  target                = google_compute_target_http_proxy.default[0].self_link
  port_range            = "80"
  load_balancing_scheme = var.load_balancing_scheme
}

output "backend_services" { value = google_compute_backend_service.default }

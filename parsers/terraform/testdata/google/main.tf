variable "timeout" {
  default = 10
}

resource "google_compute_backend_service" "app" {
  port_name             = "http"
  protocol              = "HTTP"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  timeout_sec           = var.timeout
  health_checks         = [google_compute_health_check.app.id]

  backend {
    group = google_compute_instance_group.app.self_link
  }
}

resource "google_compute_instance_group" "app" {
  named_port {
    name = "http"
    port = 3000
  }
}

resource "google_compute_health_check" "app" {
  http_health_check {
    port = 3000
  }
}

resource "google_compute_backend_service" "run" {
  backend {
    group = google_compute_region_network_endpoint_group.run.id
  }
}

resource "google_compute_region_network_endpoint_group" "run" {
  region = "europe-west1"
}

resource "google_compute_url_map" "main" {
  default_service = google_compute_backend_service.app.id
}

resource "google_compute_target_https_proxy" "main" {
  url_map = google_compute_url_map.main.id
}

resource "google_compute_global_forwarding_rule" "main" {
  target     = google_compute_target_https_proxy.main.id
  port_range = "443"
}

terraform {
  required_providers {
    azurerm = "~> 4.0"
  }
}

resource "azurerm_application_gateway" "main" {
  sku {
    name = "Standard_v2"
    tier = "Standard_v2"
  }
  frontend_port {
    name = "https"
    port = 443
  }
  backend_address_pool {
    name  = "pool"
    fqdns = ["app.example.net"]
  }
  backend_http_settings {
    name                                = "settings"
    cookie_based_affinity               = "Disabled"
    port                                = 443
    protocol                            = "Https"
    pick_host_name_from_backend_address = true
    probe_name                          = "health"
    connection_draining {
      enabled           = true
      drain_timeout_sec = 60
    }
  }
  probe {
    name                = "health"
    protocol            = "Https"
    path                = "/health"
    host                = "127.0.0.1"
    interval            = 30
    timeout             = 10
    unhealthy_threshold = 3
  }
  http_listener {
    name                           = "listener"
    frontend_ip_configuration_name = "public"
    frontend_port_name             = "https"
    protocol                       = "Https"
  }
  request_routing_rule {
    name                       = "rule"
    rule_type                  = "Basic"
    http_listener_name         = "listener"
    backend_address_pool_name  = "pool"
    backend_http_settings_name = "settings"
  }
}

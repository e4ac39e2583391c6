# What runs behind the proxy, and is configured elsewhere.
app "api" {
  address       = "10.0.0.5:3000"
  server        = "node"
  keepalive     = "5s"
  request_limit = "30s"
}

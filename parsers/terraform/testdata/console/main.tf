variable "from_tfvars" { type = number }
variable "from_json" { type = number }
variable "from_auto" { type = string }
variable "object" {
  type = object({
    port = number
    path = optional(string, "/")
    tags = optional(map(string), {})
  })
}
variable "list" {
  type    = list(string)
  default = ["b", "a", "b"]
}
variable "any" {
  default = {
    one = { port = "80" }
    two = { port = 81 }
  }
}
variable "untyped" { default = 5 }
variable "flag" {
  type    = bool
  default = false
}

locals {
  chain  = local.middle + 1
  middle = var.from_tfvars * 2
  ports  = { for k, v in var.any : k => tonumber(v.port) if k != "zero" }
  json   = jsonencode([{ name = "a", port = local.chain, on = true, none = null }])
  merged = merge({ a = 1, b = 2 }, { b = 3 })
  text   = <<-EOT
    %{for p in values(local.ports)}port ${p}
    %{endfor}end
  EOT
  tpl    = templatefile("${path.module}/t.tftpl", { name = "x", ports = [1, 2] })
  file   = trimspace(file("${path.module}/plain.txt"))
}

from_tfvars = 20
from_json   = 1
from_auto   = "tfvars"
object      = { port = "8080" }

package settings

// Start is a file to start with: what it says is commented out.
const Start = `# Settings of gwlint. gwlint config show tells what counts, and who says so.

# profile = "audit"              # shows notes, too
# fail_on = "warning:medium"     # exit 1 from here on: SEVERITY[:CONFIDENCE], or never
# exclude = ["**/test-fixtures/**"]
# extends = ["deploy/base.hcl"]  # counts where this file is silent
# targets = { nginx = "1.28", haproxy = "3.2" }

# How a rule is reported: severity = "error", "warning" or "note".
# rule "missing-host" {
#   severity     = "error"
#   enabled      = true
#   suppressible = false         # comments may not ignore it
# }

# The same, for some files.
# override "legacy/**" {
#   reason = "being retired"
#   rule "missing-host" {
#     enabled = false
#   }
# }

# A server whose configuration is elsewhere.
# app "api" {
#   address       = "10.0.0.5:3000"  # or "unix:/run/app.sock"
#   server        = "node"
#   keepalive     = "5s"             # closes an idle connection after
#   request_limit = "30s"            # cuts a request after
# }

# Who answers a server, where neither names nor addresses tell: by its address, or by its pool's name.
# link "aws_lb_target_group.api" {
#   to = "api"                       # an app, a file, a place or a gateway; with :port, where it listens on several
# }

# What some files run in: versions, and servers that only they reach.
# environment "prod" {
#   match   = ["nginx/prod/**"]
#   targets = { nginx = "1.26" }
#   app "php" {
#     address = "unix:/run/php/www.sock"
#   }
# }
`

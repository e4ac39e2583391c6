package symptoms

import (
	"regexp"
	"slices"
	"strings"
)

const (
	albGuide   = "Troubleshoot your Application Load Balancers (AWS); not reproduced"
	cloudflare = "Cloudflare's pages on the errors 520 to 526, and Connection limits; not reproduced"
	googleDocs = "Troubleshoot external Application Load Balancers (Google Cloud); not reproduced"
)

// balancers are load balancers of clouds, as their makers document them. Those
// of AWS are told by the two statuses of the access log: that of the load
// balancer, and that of the target, "-" where it gave none.
var balancers = []Symptom{
	{
		Product: "aws-alb", Says: "502 -",
		Means: "the target refused, reset or closed the connection, its TLS failed, or what it sent is no valid answer or has more than 32 KB of headers; a target that closes idle " +
			"connections sooner than the load balancer is the usual cause",
		Client: "502", Phase: "connecting, or waiting for the head of the answer", Setting: "idle_timeout of aws_lb, against the keep-alive of the target",
		Rules:  []string{"keepalive-race", "container-port-undefined", "drain-too-short", "check-accepts-errors", "pool-unchecked", "wrong-port", "dead-timeout", "plain-port-behind-https", "check-asks-root"},
		Look:   []string{"target_processing_time in the line: -1 is no connection or no answer", "whether the target keeps idle connections for longer than idle_timeout (60 s): Node.js 5 s, gunicorn 2 s"},
		Source: albGuide,
	},
	{
		Product: "aws-alb", Says: "503 -",
		Means:  "the target group has no registered target; with unhealthy ones it asks them all the same",
		Client: "503", Phase: "choosing a target", Setting: "aws_lb_target_group_attachment, load_balancer of aws_ecs_service",
		Rules: []string{"empty-pool", "deploy-stops-all", "no-grace-period"},
		Look:  []string{"the targets of the group at that time"}, Source: albGuide,
	},
	{
		Product: "aws-alb", Says: "504 -",
		Means:  "the target could not be connected to within 10 s, or was silent for longer than idle_timeout",
		Client: "504", Phase: "connecting, or waiting for the answer", Setting: "idle_timeout of aws_lb, security groups, network ACLs",
		Rules: []string{"blocked-by-firewall", "timeout-inversion", "read-timeout-below-app", "timeout-too-short", "drain-too-short", "unreplaced-server"},
		Look:  []string{"target_processing_time: -1 is no connection (security group, ACL), idle_timeout is a silent target"}, Source: albGuide,
	},
	{
		Product: "aws-alb", Says: "502 502", Means: "the target answered 502 itself: it is a gateway, too", Client: "502", Phase: "behind the load balancer",
		Look: []string{"the log of the target: gwlint explain reads that, too"}, Source: albGuide,
	},
	{
		Product: "aws-alb", Says: "503 503", Means: "the target answered 503 itself", Client: "503", Phase: "behind the load balancer",
		Look: []string{"the log of the target: gwlint explain reads that, too"}, Source: albGuide,
	},
	{
		Product: "aws-alb", Says: "504 504", Means: "the target answered 504 itself: it is a gateway, too", Client: "504", Phase: "behind the load balancer",
		Look: []string{"the log of the target: gwlint explain reads that, too"}, Source: albGuide,
	},
	{
		Product: "aws-alb", Says: "460",
		Means:  "the client left before idle_timeout was over: a person, or a gateway in front with a shorter timeout",
		Client: "nobody is there", Phase: "waiting for the answer", Setting: "the timeout of the layer in front", Rules: []string{"timeout-inversion"},
		Look: []string{"whether the times of these lines are all the same"}, Source: albGuide,
	},
	{
		Product: "aws-alb", Says: "463", Means: "X-Forwarded-For holds more than 30 addresses", Client: "463", Phase: "reading the request",
		Look: []string{"a gateway that forwards to itself"}, Source: albGuide,
	},
	{
		Product: "aws-alb", Says: "464", Means: "the protocol version of the request does not go with that of the target group: HTTP/1.1 to GRPC or HTTP2, gRPC to HTTP1", Client: "464",
		Phase: "choosing a target", Setting: "protocol_version of aws_lb_target_group", Look: []string{"the protocol of the client"}, Source: albGuide,
	},
	{
		Product: "aws-alb", Says: "561", Means: "the identity provider answered with an error when a user was to be authenticated", Client: "561", Phase: "authentication",
		Setting: "authenticate_oidc, authenticate_cognito", Look: []string{"the log of the identity provider"}, Source: albGuide,
	},
	{
		Product: "cloudflare", Says: "520", Means: "the origin closed, or sent an answer that is empty or none; an origin that closes idle connections within 900 s is one way there",
		Client: "520", Phase: "waiting for the answer", Setting: "keep-alive of the origin", Rules: []string{"keepalive-race"},
		Look: []string{"the log of the origin at that second; the size of its headers"}, Source: cloudflare,
	},
	{
		Product: "cloudflare", Says: "521", Means: "the origin refused the connection: on port 80 in mode Flexible, on 443 in Full", Client: "521", Phase: "connecting", Setting: "mode of SSL/TLS, the origin's port",
		Rules: []string{"pool-unchecked"}, Look: []string{"whether the origin listens there, and lets Cloudflare's addresses in"}, Source: cloudflare,
	},
	{
		Product: "cloudflare", Says: "522", Means: "the origin did not take the connection within 19 s, or did not acknowledge within 90 s", Client: "522", Phase: "connecting", Setting: "the origin's firewall",
		Look: []string{"whether the origin drops packets of Cloudflare's addresses"}, Source: cloudflare,
	},
	{
		Product: "cloudflare", Says: "524", Means: "the origin was connected and silent for 120 s", Client: "524", Phase: "waiting for the answer", Setting: "Proxy Read Timeout (Enterprise)",
		Rules: []string{"timeout-inversion"}, Look: []string{"how long the origin may take"}, Source: cloudflare,
	},
	{
		Product: "cloudflare", Says: "525", Means: "the TLS handshake with the origin failed", Client: "525", Phase: "TLS handshake", Setting: "the origin's certificate, names and ciphers",
		Look: []string{"openssl s_client -connect ORIGIN:443 -servername NAME"}, Source: cloudflare,
	},
	{
		Product: "cloudflare", Says: "526", Means: "the certificate of the origin cannot be verified, and the mode is Full (strict)", Client: "526", Phase: "TLS handshake", Setting: "mode of SSL/TLS, the origin's certificate",
		Rules: []string{"untrusted-certificate"}, Look: []string{"expiry, name and chain of the certificate"}, Source: cloudflare,
	},
	{
		Product: "gcp-alb", Says: "failed_to_pick_backend", Means: "no backend is healthy: mostly a firewall that does not let the health checks in", Client: "502 (classic), 503 (global, regional)", Phase: "choosing a backend",
		Setting: "google_compute_firewall for 35.191.0.0/16 and 130.211.0.0/22, google_compute_health_check", Rules: []string{"check-blocked", "named-port-missing", "check-asks-root"},
		Look: []string{"the health of the backends; a short time after a change it is normal"}, Source: googleDocs,
	},
	{
		Product: "gcp-alb", Says: "backend_timeout", Means: "the backend took longer than timeout_sec (30)", Client: "502 (classic), 504 (global, regional)", Phase: "waiting for the answer",
		Setting: "timeout_sec of google_compute_backend_service", Rules: []string{"timeout-inversion", "timeout-too-short"},
		Look: []string{"how long the backend may take"}, Source: googleDocs,
	},
	{
		Product: "aws-cloudfront", Says: "CloudFront wasn't able to connect to the origin",
		Means:  "the origin refused, did not resolve, or its TLS failed: the certificate must cover the origin's domain, or the Host where that is forwarded",
		Client: "502", Phase: "connecting", Setting: "origin_protocol_policy, origin_ssl_protocols, domain_name", Rules: []string{"certificate-name-mismatch", "untrusted-certificate", "tls-version-mismatch"},
		Look: []string{"openssl s_client -connect ORIGIN:443 -servername ORIGIN"}, Source: "CloudFront guide, HTTP 502; not reproduced",
	},
	{
		Product: "aws-cloudfront", Says: "NonS3OriginDnsError", Means: "the name of the origin does not resolve", Client: "502", Phase: "looking the name up", Setting: "domain_name of the origin",
		Look: []string{"dig the name"}, Source: "CloudFront guide, HTTP 502; not reproduced",
	},
	{
		Product: "aws-ecs", Says: "InvalidParameterException: The container {container} did not have a container port {port} defined",
		Means: "the service names a port that its task definition does not have", Client: "nothing: terraform apply fails", Phase: "apply", Setting: "container_port, portMappings",
		Rules: []string{"container-port-undefined"}, Look: []string{"portMappings of the container"}, Source: "the API of ECS; not reproduced",
	},
	{
		Product: "aws-ecs", Says: "InvalidParameterException: The container {container} does not exist in the task definition",
		Means: "the service names a container that its task definition does not have", Client: "nothing: terraform apply fails", Phase: "apply", Setting: "container_name",
		Rules: []string{"container-undefined"}, Look: []string{"name in container_definitions"}, Source: "the API of ECS; not reproduced",
	},
	{
		Product: "aws-ecs", Says: "has target type {type}, which is incompatible with the {mode} network mode specified in the task definition",
		Means: "tasks with an interface of their own are registered by address, the others by instance", Client: "nothing: terraform apply fails", Phase: "apply", Setting: "target_type, network_mode",
		Rules: []string{"target-group-refused"}, Look: []string{"target_type = \"ip\" for awsvpc and Fargate"}, Source: "hashicorp/terraform-provider-aws, issue 12252; not reproduced",
	},
	{
		Product: "aws-alb", Says: "Health check interval must be greater than the timeout",
		Means: "a check may last until the next one; the timeout is 5 s where none is written", Client: "nothing: terraform apply fails", Phase: "apply", Setting: "health_check interval, timeout",
		Rules: []string{"check-outlasts-interval"}, Look: []string{"a timeout below the interval"}, Source: "terraform-linters/tflint-ruleset-aws, issue 404; not reproduced",
	},
	{
		Product: "aws-api-gateway", Says: "Execution failed due to configuration error",
		Means: "API Gateway could not call what is behind it: the function may not be called by it, or not by this method", Client: "500, {\"message\":\"Internal server error\"}", Phase: "calling the function",
		Setting: "aws_lambda_permission, integration_http_method", Rules: []string{"function-not-called"}, Look: []string{"the lines around it: Invalid permissions on Lambda function"}, Source: "AWS re:Post, knowledge center; not reproduced",
	},
	{
		Product: "aws-api-gateway", Says: "Invalid permissions on Lambda function",
		Means: "no aws_lambda_permission lets API Gateway call the function", Client: "500, {\"message\":\"Internal server error\"}", Phase: "calling the function",
		Setting: "aws_lambda_permission", Rules: []string{"function-not-called"}, Look: []string{"principal apigateway.amazonaws.com, and a source_arn that fits"}, Source: "AWS re:Post, knowledge center; not reproduced",
	},
	{
		Product: "cloudflared", Says: "The last ingress rule must match all URLs",
		Means: "the last rule of the tunnel has a hostname or a path", Client: "nothing: the tunnel does not start", Phase: "start", Setting: "ingress_rule",
		Rules: []string{"tunnel-without-rest"}, Look: []string{"a last rule with service = \"http_status:404\" alone"}, Source: "the source of cloudflared; not reproduced",
	},
	{
		Product: "gcp-alb", Says: "A backend service cannot have a healthcheck with Serverless network endpoint group backends",
		Means: "health_checks on a backend service of serverless backends", Client: "nothing: terraform apply fails", Phase: "apply", Setting: "health_checks",
		Rules: []string{"serverless-setting-refused"}, Look: []string{"a backend service of its own for them, without checks"}, Source: "hashicorp/terraform-provider-google, issue 7311; not reproduced",
	},
	{
		Product: "gcp-alb", Says: "Timeout sec is not supported for a backend service with Serverless network endpoint groups",
		Means: "timeout_sec on a backend service of serverless backends", Client: "nothing: terraform apply fails", Phase: "apply", Setting: "timeout_sec",
		Rules: []string{"serverless-setting-refused"}, Look: []string{"the timeout of the service itself"}, Source: "terraform-google-modules/terraform-google-lb-http, pull request 358; not reproduced",
	},
	{
		Product: "aws-alb", Says: "PriorityInUse: Priority '{number}' is currently in use",
		Means: "two rules of a listener have one priority", Client: "nothing: terraform apply fails", Phase: "apply", Setting: "priority",
		Rules: []string{"duplicate-priority"}, Look: []string{"a rule that was copied; one that was made by hand"}, Source: "the API of ELB; not reproduced",
	},
	{
		Product: "aws-ecs", Says: "(service {service}) (port {port}) is unhealthy in (target-group {group}) due to (reason Health checks failed",
		Means: "a task is stopped because the load balancer's check fails", Client: "503 when no task is left", Phase: "health check", Setting: "health_check_grace_period_seconds, health_check of aws_lb_target_group",
		Rules: []string{"fixed-check-port", "no-grace-period", "check-asks-root"}, Look: []string{"how long the program needs until it answers"}, Source: "the events of ECS; not reproduced",
	},
}

// albLine is a line of the access log of an Application Load Balancer.
var albLine = regexp.MustCompile(`^(?:http|https|h2|grpcs|ws|wss) \d{4}-\d\d-\d\dT\S+ (app/\S+) \S+ (\S+) (\S+) (\S+) (\S+) (\d{3}|-) (\d{3}|-) `)

var (
	albPair   = regexp.MustCompile(`^(\d{3}) (-|\d{3})$`)
	albFields = regexp.MustCompile(`^elb_status_code[=:]"?(\d{3})"?[ ,]+target_status_code[=:]"?(-|\d{3})"?$`)
)

// readBalancer reads a line of an access log of AWS, two statuses, or a status
// that only one load balancer gives.
func readBalancer(line string) (Reading, bool) {
	var fields []Field
	elb, target := "", ""
	if m := albLine.FindStringSubmatch(line); m != nil {
		elb, target = m[6], m[7]
		fields = []Field{{"load balancer", plain(m[1])}, {"target", plain(m[2])}, {"time to answer", albTime(m[4])}}
		if _, rest, ok := strings.Cut(line[len(m[0]):], "\""); ok {
			text, _, _ := strings.Cut(rest, "\"")
			if q := request(text); q != "" {
				fields = append(fields, Field{"request", q})
			}
		}
	} else if m := albPair.FindStringSubmatch(line); m != nil {
		elb, target = m[1], m[2]
	} else if m := albFields.FindStringSubmatch(line); m != nil {
		elb, target = m[1], m[2]
	} else {
		switch line {
		case "499":
			return readStatus(nginxAccess, line), true
		case "460", "463", "464", "561", "520", "521", "522", "524", "525", "526":
			return readStatus(balancers, line), true
		}
		return Reading{}, false
	}
	fields = append(fields, Field{"status", elb}, Field{"target status", target})
	for _, says := range []string{elb + " " + target, elb} {
		if r := readStatus(balancers, says); r.Symptom != nil && r.Product == "aws-alb" {
			r.Fields = fields
			return r, true
		}
	}
	return Reading{Writer: "aws-alb", Fine: len(elb) == 3 && elb[0] < '4'}, true
}

func albTime(s string) string {
	if s == "-1" {
		return "never came so far"
	}
	return plain(s) + " s"
}

func readStatus(table []Symptom, says string) (r Reading) {
	if i := slices.IndexFunc(table, func(s Symptom) bool { return s.Says == says }); i >= 0 {
		r.Symptom = &table[i]
	}
	return r
}

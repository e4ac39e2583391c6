package checks_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	godiff "github.com/google/go-cmp/cmp"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/symptoms"
)

const outcomesDocument = "../docs/outcomes.md"

// TestOutcomes sees that docs/outcomes.md is what the tables of the products
// make of it.
func TestOutcomes(t *testing.T) {
	want := outcomesText(t)
	if *update {
		if err := os.WriteFile(outcomesDocument, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(outcomesDocument)
	if err != nil {
		t.Fatal(err)
	}
	if diff := godiff.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not what the tables make of it (rewrite it with go test ./checks -run TestOutcomes -update):\n%s", outcomesDocument, diff)
	}
}

// A happening is a row of the matrix: an event of the model, or one that has
// no status of the gateway.
type happening struct {
	title string
	event model.Event
}

func happenings() []happening {
	return []happening{
		{"refuses the connection", model.Refused},
		{"cannot be reached: no answer to SYN", model.NoSYN},
		{"has a name that does not resolve", model.NoName},
		{"is silent: no answer in time", model.Silent},
		{"closes before an answer", model.Closed},
		{"closes a kept connection as it is reused", model.Stale},
		{cutBody, 0},
		{"sends a head that is too large", model.BigHead},
		{"sends what is no valid answer", model.BadHead},
		{"fails in the TLS handshake", model.BadTLS},
		{"has a certificate that is not accepted", model.BadCert},
		{"is the last one, and is out: no live server", model.NoServer},
		{"does not exist: the pool is empty", model.Empty},
		{"has no free slot, or the queue is over", model.Full},
		{"works on it while the gateway is reloaded, and is not waited for", model.Stopped},
		{leaves, 0},
	}
}

const (
	cutBody = "closes in the middle of the body"
	leaves  = "is waited for, and the client leaves"
)

// How a cell is known.
const (
	measured   = "m" // on real servers, in the lab of this repository or as the comments of the product's table say
	seen       = "s" // on a real server, by hand; no case repeats it
	documented = "d" // the maker's word
)

// A column is a product.
type column struct {
	title, product string
	how            string // of what the product's table says
	source         string
	also           map[string]string // cells that no table holds, by the title of the row; with how they are known
}

func proxies() []column {
	return []column{
		{"nginx", "nginx", measured, "seen on 1.22.1, 1.28.3 and 1.31.5; many cells again by the lab on the versions that docs/rules.md names", map[string]string{
			"has a name that does not resolve":  "at the start " + words("nginx", `host not found in upstream "{name}"`, "refuses to start", measured),
			cutBody:                             words("nginx", "upstream prematurely closed connection while reading upstream", "200, cut short", measured),
			leaves:                              words("nginx", "client prematurely closed connection, so upstream connection is closed too", "499", measured),
			"does not exist: the pool is empty": words("nginx", "no servers are inside upstream", "refuses to start", measured),
		}},
		{"HAProxy", "haproxy", measured, "seen on 2.6.12 and 3.2.0; with " + documented + ": the manual, 8.5", map[string]string{
			cutBody:                             words("haproxy", "SD", "cut short", documented),
			leaves:                              words("haproxy", "CH", "nobody is there", documented),
			"does not exist: the pool is empty": words("haproxy", "<NOSRV> SC", "503", measured),
		}},
		{"Apache httpd", "", seen, "seen on 2.4.71 with mod_proxy_http; gwlint does not read its configuration", map[string]string{
			"refuses the connection":                      cell("503", "AH00957, AH01114", seen),
			"cannot be reached: no answer to SYN":         cell("503", "AH00957", seen),
			"has a name that does not resolve":            cell("500", "DNS lookup failure for", seen),
			"is silent: no answer in time":                cell("502", "AH01102", seen) + "; 504 with mod_proxy_fcgi",
			"closes before an answer":                     cell("502", "AH01102", seen) + "; 503 with mod_proxy_fcgi `AH01067`",
			"closes a kept connection as it is reused":    cell("closed", "AH01102", seen),
			"sends a head that is too large":              cell("502", "AH10124, AH01106", seen),
			"sends what is no valid answer":               cell("502", "AH01106", seen) + "; 200 where the first line is none: taken for HTTP/0.9",
			"fails in the TLS handshake":                  cell("500", "AH01997", seen) + "; the log speaks of 502",
			"has a certificate that is not accepted":      cell("500", "", seen) + "; the log speaks of 502",
			"is the last one, and is out: no live server": cell("503", "AH01170", seen),
			"does not exist: the pool is empty":           cell("503", "AH01171", seen),
			"has no free slot, or the queue is over":      cell("503", "AH00941", seen),
		}},
	}
}

func balancers() []column {
	return []column{
		{"AWS ALB", "aws-alb", documented, "Troubleshoot your Application Load Balancers", map[string]string{
			cutBody: cell("504", "", documented) + " where the body is shorter than its Content-Length",
			leaves:  words("aws-alb", "460", "460", documented),
		}},
		{"AWS Classic ELB", "aws-elb", documented, "Troubleshoot a Classic Load Balancer: HTTP errors", nil},
		{"CloudFront", "aws-cloudfront", documented, "HTTP 502 and HTTP 504 status codes of the developer guide", nil},
		{"Google, classic", "gcp-classic-alb", documented, "Troubleshoot external Application Load Balancers: a classic one always answers 502 itself", nil},
		{"Google, global and regional", "", documented, "the same page", map[string]string{
			"is silent: no answer in time":                words("gcp-alb", "backend_timeout", "504", documented),
			"is the last one, and is out: no live server": words("gcp-alb", "failed_to_pick_backend", "503", documented),
		}},
		{"Azure Application Gateway v2", "azure-appgw", documented, "Troubleshooting bad gateway errors in Application Gateway; HTTP response codes. v1 gives 502 for a silent server", map[string]string{
			leaves: cell("499", "", documented),
		}},
		{"Azure Front Door", "", documented, "Troubleshoot Azure Front Door common issues", map[string]string{
			"is silent: no answer in time":           cell("503 or 504", "OriginTimeout, OriginInvalidResponse", documented),
			"has a certificate that is not accepted": cell("503", "", documented) + " where the origin is an address, or the certificate has another name",
		}},
		{"Cloudflare", "cloudflare", documented, "the pages of the errors 520 to 526; Connection limits", nil},
	}
}

// cell is a status with the words of the log.
func cell(status, says, how string) string {
	text := "**" + status + "** " + how
	if says != "" {
		text += " `" + strings.ReplaceAll(says, "|", "¦") + "`"
	}
	return text
}

// words is a cell whose words a symptom has, so that gwlint explain knows them.
func words(product, says, status, how string) string {
	for _, s := range symptoms.All() {
		if s.Product == product && s.Says == says {
			if strings.Trim(s.Plain(), "0123456789") == "" { // the status itself
				return cell(status, "", how)
			}
			return cell(status, s.Plain(), how)
		}
	}
	return "no symptom " + says
}

// gateways has one of each product.
const gateways = `
resource "aws_lb" "web" {
  subnets = ["a", "b"]
}
resource "aws_lb_target_group" "web" {
  port     = 80
  protocol = "HTTP"
}
resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.web.arn
  port              = 80
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}
resource "aws_elb" "web" {
  listener {
    instance_port     = 80
    instance_protocol = "http"
    lb_port           = 80
    lb_protocol       = "http"
  }
}
resource "aws_cloudfront_distribution" "web" {
  origin {
    domain_name = "origin.example.com"
    origin_id   = "web"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }
  default_cache_behavior {
    target_origin_id = "web"
  }
}
resource "google_compute_backend_service" "web" {
  protocol              = "HTTP"
  load_balancing_scheme = "EXTERNAL"
}
resource "azurerm_application_gateway" "web" {
  sku {
    name = "Standard_v2"
    tier = "Standard_v2"
  }
}
resource "cloudflare_load_balancer_pool" "web" {
  origins {
    name    = "us"
    address = "192.0.2.1"
  }
}
resource "cloudflare_load_balancer" "web" {
  default_pool_ids = [cloudflare_load_balancer_pool.web.id]
  fallback_pool_id = cloudflare_load_balancer_pool.web.id
  proxied          = true
}
`

// tables are the outcomes of each product, as its parser has them, for a
// version of HAProxy.
func tables(t *testing.T, haproxy string) map[string]map[model.Event]model.Outcome {
	t.Helper()
	l, err := lint.Load(context.Background(), fstest.MapFS{
		"nginx.conf":  {Data: []byte("events {}\nhttp { server { listen 80; location / { proxy_pass http://10.0.0.7:3000; } } }\n")},
		"haproxy.cfg": {Data: []byte("defaults\n mode http\nfrontend web\n bind :80\n default_backend app\nbackend app\n server a 10.0.0.7:3000\n")},
		"main.tf":     {Data: []byte(gateways)},
	}, lint.Options{Targets: map[string]string{"haproxy": haproxy}})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[model.Event]model.Outcome{}
	for _, g := range l.Workspace.Gateways {
		if g.Product.Outcomes != nil {
			all[g.Product.Name] = g.Product.Outcomes
		}
	}
	return all
}

// row is what each product of the columns does.
func row(t *testing.T, h happening, columns []column, old, now map[string]map[model.Event]model.Outcome) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "| %s |", h.title)
	for _, c := range columns {
		var parts []string
		if c.product != "" && h.event != 0 {
			if now[c.product] == nil {
				t.Errorf("%s: there is no table of outcomes", c.product)
			}
			before, after := outcomeCell(old[c.product], h.event, c.how), outcomeCell(now[c.product], h.event, c.how)
			if before != after {
				after = before + " (2.6)<br>" + after + " (3.2)"
			}
			if after != "" {
				parts = append(parts, after)
			}
		}
		if also := c.also[h.title]; also != "" {
			parts = append(parts, also)
		}
		text := cmp.Or(strings.Join(parts, "<br>"), "-")
		fmt.Fprintf(&b, " %s |", text)
	}
	return b.String() + "\n"
}

// outcomeCell is what a table says of an event; a certificate that is not accepted is a
// failure of TLS where it says nothing else.
func outcomeCell(table map[model.Event]model.Outcome, e model.Event, how string) string {
	o, ok := table[e]
	if !ok && e == model.BadCert {
		o, ok = table[model.BadTLS]
	}
	if !ok {
		return ""
	}
	return cell(o.String(), strings.TrimPrefix(o.Says(), o.String()), how)
}

func matrix(t *testing.T, columns []column) string {
	t.Helper()
	old, now := tables(t, "2.6"), tables(t, "3.2")
	for _, c := range columns {
		for title := range c.also {
			if !slices.ContainsFunc(happenings(), func(h happening) bool { return h.title == title }) {
				t.Errorf("%s has a cell for %q, which is no row", c.title, title)
			}
		}
	}
	var b strings.Builder
	b.WriteString("| the server ... |")
	for _, c := range columns {
		fmt.Fprintf(&b, " %s |", c.title)
	}
	b.WriteString("\n|" + strings.Repeat(" --- |", len(columns)+1) + "\n")
	for _, h := range happenings() {
		b.WriteString(row(t, h, columns, old, now))
	}
	return b.String()
}

// statusTable is what a status means, by product; each row is a status.
func statusTable() string {
	products := []struct{ name, title string }{{"nginx", "nginx"}, {"haproxy", "HAProxy"}, {"aws-alb", "AWS ALB"}, {"cloudflare", "Cloudflare"}}
	var b strings.Builder
	b.WriteString("| status |")
	for _, p := range products {
		fmt.Fprintf(&b, " %s |", p.title)
	}
	b.WriteString("\n|" + strings.Repeat(" --- |", len(products)+1) + "\n")
	for _, status := range []string{"400", "408", "413", "414", "460", "463", "464", "499", "500", "502", "503", "504", "520", "521", "522", "524", "525", "526", "561"} {
		fmt.Fprintf(&b, "| **%s** |", status)
		for _, p := range products {
			var says []string
			for _, s := range symptoms.All() {
				behind := strings.HasPrefix(s.Phase, "behind") || s.Phase == "health check" || s.Phase == "reading the configuration"
				ofLog := p.name == "nginx" && strings.Trim(s.Says[:1], "0123456789") == "" && s.Says != "499"
				if s.Product == p.name && (strings.HasPrefix(s.Client, status) || s.Says == status) && !behind && !ofLog && !strings.HasSuffix(s.Says, "$") {
					says = append(says, "`"+short(s.Plain(), p.name)+"`")
				}
				if s.Product == p.name && s.Says == "499" && status == "499" {
					says = append(says, "the client left (access log)")
				}
			}
			says = slices.DeleteFunc(slices.Compact(says), func(s string) bool { return s == "`499`" })
			for i, s := range says {
				if s == "`"+status+"`" {
					says[i] = meaning(p.name, status)
				}
			}
			fmt.Fprintf(&b, " %s |", cmp.Or(strings.Join(says, "<br>"), "-"))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func meaning(product, status string) string {
	for _, s := range symptoms.All() {
		if s.Product == product && s.Says == status {
			return s.Means
		}
	}
	return "-"
}

// short leaves out of nginx's words what they have in common.
func short(says, product string) string {
	if product != "nginx" {
		return says
	}
	for _, end := range []string{" while connecting to upstream", " while SSL handshaking to upstream", " from upstream"} {
		says = strings.TrimSuffix(says, end)
	}
	return strings.TrimSpace(says)
}

func outcomesText(t *testing.T) string {
	var b strings.Builder
	b.WriteString(`# Outcomes

<!-- Made by: go test ./checks -run TestOutcomes -update. The cells of nginx, HAProxy and most load balancers are the tables by which gwlint predicts. -->

What a client gets when something goes wrong between a gateway and a server, and what the log says. The same event has another status in
each product, so a status alone never tells the cause; with the line of the log it does: ` + "`gwlint explain 'LINE'`" + `.

Behind each status stands how it is known: **m** measured on real servers, **s** seen on a real server by hand, without a case that
repeats it, **d** documented by the maker and not reproduced. "-" is not told. *closed* is a connection closed without an answer: a gateway in front makes
a 502 of it. A status is what the client gets when no other server is tried or left.

## Proxies

`)
	b.WriteString(matrix(t, proxies()))
	b.WriteString("\n## Load balancers and CDNs\n\n")
	b.WriteString(matrix(t, balancers()))
	b.WriteString(`
An Application Load Balancer whose targets are all unhealthy asks them all the same, so that has no status of its own (d). In API Gateway a
private integration without a healthy target is 500, a slow one 504 (d).

## By status

What the log says when the product itself gives the status. A status that a server gave is passed on, and is not in the table.

`)
	b.WriteString(statusTable())
	b.WriteString(`
421 is none of these: a TLS server says it when a connection that was opened for one of its names is used for another. nginx does so only for sites that verify
the certificates of clients. A gateway in front that sends the name of its own upstream as Host gets 421, 404 or another site, and passes it on: not 502 (m).

` + beliefs + `
## Sources

`)
	for _, c := range append(proxies(), balancers()...) {
		fmt.Fprintf(&b, "- %s: %s\n", c.title, c.source)
	}
	return b.String()
}

const beliefs = `## What is often believed, and is not so

- **A short proxy_read_timeout gives 502.** In nginx every timeout of its own is 504. It is 502 when the program's own limit is over first:
  gunicorn --timeout, PHP-FPM request_terminate_timeout, uWSGI harakiri, WriteTimeout in Go (m). In Apache a timeout of mod_proxy_http is 502 (s).
- **Refused is 502.** In nginx; in HAProxy and Apache it is 503, with Cloudflare 521.
- **503 is overload.** In nginx only limit_req, limit_conn and "return 503" give it: max_conns gives 502, a worker without free connections closes without a status (m).
  In HAProxy it is every failure to connect, and the queue.
- **"Too big header" wants larger proxy_buffers.** It wants proxy_buffer_size; proxy_buffers, proxy_buffering off and large_client_header_buffers change
  nothing, and proxy_buffer_size 16k alone keeps nginx from starting (m).
- **A second server makes it safe.** In nginx it makes one slow or broken request able to take the whole pool out: with one server max_fails does not count, with two
  one failure each is ten seconds of "no live upstreams" (m).
- **Without failover half of the requests fail.** In nginx with proxy_next_upstream off one request per worker and fail_timeout fails, as the dead server is left out then (m); in
  HAProxy without a check it is half of them, each after three seconds (m).
- **max_fails=0 disables failover.** The next server is still tried; the dead one is only never left out (m).
- **Missing WebSocket headers give 502.** The program answers 400 or 426 (m).
- **Large requests give 502.** nginx answers 413, 414 or 400. 502 comes when the program closes early: uWSGI above its buffer-size of 4096 (s), or one that refuses
  a body without reading it (m).
- **An expired certificate behind the proxy gives 502.** nginx does not look at it unless proxy_ssl_verify is on (m).
- **An address in IPv6 that nobody answers gives 502.** nginx tries the one in IPv4 next, a POST as well: 200, unless proxy_next_upstream is off (m).
- **HTTP/1.0 to the server gives 502.** Most servers answer it; those that want HTTP/1.1 say 426, or 400 for a WebSocket (m).
- **An auth_request that nobody answers gives 502 or 504.** The client gets 500, whatever became of the subrequest (m).
- **proxy_request_buffering off is why a large upload gives 502.** A program that closes before it has read the body gives it with on just as with off (m).
- **Without X-Forwarded-Proto it is 502.** It is a redirect that never ends (m).
- **pm.max_children gives 502.** It gives 504, as requests wait in the queue; 502 only where the queue of a unix socket is full (m).
- **A keep-alive race is rare and harmless.** nginx retries GETs, so that it is the POSTs that get 502. HAProxy closes the client's connection and logs nothing, so that
  the 502 is one layer further out (m).
- **HAProxy writes down every failure.** Not that one, nor a request whose server is silent where timeout server is not set (m).
- **The log shows 200, so nobody noticed.** An answer that breaks off in the middle of its body is 200 in every log: the head had been sent (m).
- **499 is the client's fault.** When the times are all alike it is the timeout of the gateway in front, which then gives a 504 of its own (m).
`

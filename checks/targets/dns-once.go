package targets

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// The address is that of the day the proxy started.
var dnsOnce = &model.Check{
	ID:       "dns-once",
	Title:    "A name is looked up once, and its addresses change",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		blocks := upstreams(w)
		for _, l := range w.Links {
			target, n := l.Endpoint.Addr, l.Endpoint.Node
			if !target.Known() || !target.V.Named() || !model.Is(l.Conn.Lookup, model.Forever) {
				continue
			}
			if n.In("nginx") && refusal(n, blocks) != "" {
				continue // invalid-upstream-address
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s is looked up once, at start: when its address changes, requests go to the old one until a reload", target),
				Because: []model.Fact{target},
				Outcome: l.Hop.Outcome(model.Refused),
				When:    "every request, once the address has changed",
			}
			if who := moving(target.V.Host); who != "" {
				f.Message = fmt.Sprintf("%s is looked up once, at start, and the addresses of %s change: requests go to the old ones until a reload", target, who)
			} else {
				f.AtMost = model.Note
			}
			report(f)
		}
	},
}

// moving says whose addresses change in ordinary operation, by the name alone;
// "" for any other name.
func moving(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, known := range []struct{ suffix, who string }{
		{".elb.amazonaws.com", "an AWS load balancer"}, // network load balancers are .elb.<region>.amazonaws.com: theirs stay
		{".elb.amazonaws.com.cn", "an AWS load balancer"},
		{".rds.amazonaws.com", "an RDS database"},
		{".cache.amazonaws.com", "an ElastiCache node"},
		{".cloudfront.net", "CloudFront"},
		{".s3.amazonaws.com", "S3"},
		{".azurewebsites.net", "an Azure web app"},
		{".trafficmanager.net", "Azure Traffic Manager"},
		{".azurefd.net", "Azure Front Door"},
		{".herokuapp.com", "a Heroku app"},
		{".herokudns.com", "a Heroku app"},
		{".run.app", "Cloud Run"},
		{".onrender.com", "a Render service"},
		{".vercel.app", "Vercel"},
		{".netlify.app", "Netlify"},
		{".fly.dev", "a Fly app"},
		{".railway.internal", "a Railway service"},
		{".service.consul", "a Consul service"},
		{".svc.cluster.local", "a Kubernetes service that is made anew or headless"},
	} {
		if strings.HasSuffix(host, known.suffix) {
			return known.who
		}
	}
	if strings.Contains(host, ".execute-api.") && strings.HasSuffix(host, ".amazonaws.com") {
		return "API Gateway"
	}
	return ""
}

package terraform

import "github.com/gwlint/gwlint/model"

// Outcomes per product, as the providers document them; none is reproduced.
// What no page says stays out.

// albOutcomes: Troubleshoot your Application Load Balancers, HTTP 502, 503,
// 504. While all targets of a group are unhealthy it asks them all the same, so
// that has no outcome of its own.
func albOutcomes() map[model.Event]model.Outcome {
	return map[model.Event]model.Outcome{
		model.Refused: {Status: 502},
		model.NoSYN:   {Status: 504},
		model.BadTLS:  {Status: 502},
		model.Silent:  {Status: 504},
		model.Closed:  {Status: 502},
		model.Stale:   {Status: 502},
		model.BadHead: {Status: 502},
		model.BigHead: {Status: 502},
		model.Empty:   {Status: 503},
	}
}

// elbOutcomes: Troubleshoot a Classic Load Balancer: HTTP errors. An instance
// that closes early is a 504 there.
func elbOutcomes() map[model.Event]model.Outcome {
	return map[model.Event]model.Outcome{
		model.Silent:   {Status: 504},
		model.Closed:   {Status: 504},
		model.Stale:    {Status: 504},
		model.BadHead:  {Status: 502},
		model.Full:     {Status: 503},
		model.NoServer: {Status: 503},
		model.Empty:    {Status: 503},
	}
}

// cloudfrontOutcomes: HTTP 502 and HTTP 504 status codes of the CloudFront
// guide.
func cloudfrontOutcomes() map[model.Event]model.Outcome {
	return map[model.Event]model.Outcome{
		model.BadTLS: {Status: 502},
		model.NoName: {Status: 502, Native: "NonS3OriginDnsError"},
		model.NoSYN:  {Status: 504},
		model.Silent: {Status: 504},
	}
}

// cloudflareOutcomes: Connection limits, and the pages of the errors 520 to
// 526.
func cloudflareOutcomes() map[model.Event]model.Outcome {
	return map[model.Event]model.Outcome{
		model.Refused: {Status: 521},
		model.NoSYN:   {Status: 522},
		model.BadTLS:  {Status: 525},
		model.BadCert: {Status: 526},
		model.Silent:  {Status: 524},
		model.Closed:  {Status: 520},
		model.Stale:   {Status: 520},
		model.BadHead: {Status: 520},
	}
}

// classicGoogleOutcomes: a classic Application Load Balancer always answers
// 502 itself (Troubleshoot external Application Load Balancers). The global
// and regional ones answer 502, 503 or 504, as fits: not told here.
func classicGoogleOutcomes() map[model.Event]model.Outcome {
	all := map[model.Event]model.Outcome{}
	for _, e := range []model.Event{model.Refused, model.NoSYN, model.BadTLS, model.Silent, model.Closed, model.Stale, model.BadHead, model.NoServer} {
		all[e] = model.Outcome{Status: 502}
	}
	return all
}

// appGatewayOutcomes: Troubleshooting bad gateway errors in Application
// Gateway, and its HTTP response codes: a silent server is 504 on v2 and 502
// on v1.
func appGatewayOutcomes(v2 model.Value[bool]) map[model.Event]model.Outcome {
	all := map[model.Event]model.Outcome{
		model.BadTLS:   {Status: 502},
		model.NoServer: {Status: 502},
	}
	if model.Is(v2, true) {
		all[model.Silent] = model.Outcome{Status: 504}
	} else if model.Is(v2, false) {
		all[model.Silent] = model.Outcome{Status: 502}
	}
	return all
}

// frontDoorOutcomes: Troubleshoot Azure Front Door common issues: 503 where the
// origin is an address, or its certificate is made out to another name.
func frontDoorOutcomes() map[model.Event]model.Outcome {
	return map[model.Event]model.Outcome{model.BadTLS: {Status: 503}, model.BadCert: {Status: 503}}
}

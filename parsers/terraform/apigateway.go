package terraform

import (
	"slices"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// apiGateway lowers the integrations of API Gateway that call functions: each
// is a gateway of its own, as the timeout is that of the integration.
func (b *builder) apiGateway() {
	asked := map[*resource]bool{}
	for _, r := range b.graph.of("aws_api_gateway_integration") {
		b.integration(r, "uri", "type", asked)
	}
	for _, r := range b.graph.of("aws_apigatewayv2_integration") {
		b.integration(r, "integration_uri", "integration_type", asked)
	}
}

// apiOutcomes: Set up Lambda proxy integrations; How do I resolve API HTTP 504
// timeout errors with API Gateway.
func apiOutcomes() map[model.Event]model.Outcome {
	return map[model.Event]model.Outcome{
		model.Silent:  {Status: 504},
		model.BadHead: {Status: 502},
	}
}

func (b *builder) integration(r *resource, uri, kind string, asked map[*resource]bool) {
	s := r.section()
	functions, whole := s.references(uri, "aws_lambda_function")
	if len(functions) != 1 || !whole || !strings.HasPrefix(s.text(kind).V, "AWS") || !s.text(kind).Known() {
		return
	}
	function := functions[0]
	b.judgeMethod(s, function)
	b.judgeInvoke(s, uri, function)
	if event := s.get("request_parameters"); !isNull(event) || s.text(kind).V == "AWS" {
		return // it may be called without waiting for what it returns
	}
	g := b.gateway(r, product(r, "aws-api-gateway", apiOutcomes()))
	l, bind := listener(g, s.node)
	bind.Addr = documented(s.node, "", model.Addr{Port: 443}, "API Gateway listens on 443")
	bind.Protocol = documented(s.node, "", "http", "API Gateway")
	p := pool(g, function.local(), s.node)
	h := hop(route(l, s.node, "?"), s.node, p)
	h.Conn.Read = b.integrationTimeout(s, uri)
	once(h, s.node, "API Gateway")
	h.Conn.Idle = model.NotTold[time.Duration](s.node, "", "each call of a function is one of its own")
	e := &model.Endpoint{Pool: p, Node: s.node, Place: b.placeOf(function), Count: documented(s.node, "", 1, "one function")}
	e.Addr = documented(s.node, "", model.Addr{Port: 443}, "the API of Lambda")
	p.Endpoints = []*model.Endpoint{e}
	if !asked[function] && len(b.targets[function]) == 0 {
		asked[function] = true
		b.function(function)
	}
}

// integrationTimeout is how long an integration waits: of REST APIs and
// WebSockets 29 s, of HTTP APIs 30 s, where nothing is written.
func (b *builder) integrationTimeout(s *section, uri string) model.Value[time.Duration] {
	const key = "timeout_milliseconds"
	if s.has(key) || s.node.Doubt() != "" {
		return s.duration(key)
	}
	if uri == "uri" {
		return documented(s.node, key, 29*time.Second, "AWS default")
	}
	apis := b.referenced(s, "api_id", "aws_apigatewayv2_api")
	if len(apis) != 1 {
		return model.NotTold[time.Duration](s.node, key, "the kind of the API cannot be told")
	}
	switch kind := apis[0].section().text("protocol_type"); {
	case model.Is(kind, "HTTP"):
		return documented(s.node, key, 30*time.Second, "AWS default")
	case model.Is(kind, "WEBSOCKET"):
		return documented(s.node, key, 29*time.Second, "AWS default")
	}
	return model.NotTold[time.Duration](s.node, key, "the kind of the API cannot be told")
}

// function is a Lambda function as what answers the calls of it.
func (b *builder) function(r *resource) {
	s := r.section()
	g := b.gateway(r, product(r, "aws-lambda", nil))
	l, bind := listener(g, s.node)
	bind.Addr = documented(s.node, "", model.Addr{Port: 443}, "the API of Lambda")
	l.Limit = s.duration("timeout")
	if !s.has("timeout") {
		l.Limit = documented(s.node, "timeout", 3*time.Second, "AWS default")
	}
}

// judgeMethod finds an integration that calls a function by another method
// than POST.
func (b *builder) judgeMethod(s *section, function *resource) {
	method := s.text("integration_http_method")
	if s.res.kind != "aws_api_gateway_integration" || !model.Not(method, "POST") || !method.Written() {
		return
	}
	f := model.Finding{Rule: "function-not-called",
		Message: method.String() + " is no way to call " + function.local() + ": the API of Lambda takes POST alone, whatever the method of the request",
		Because: []model.Fact{method}, Outcome: model.Outcome{Status: 500, Native: "Execution failed due to configuration error"}, When: "every request of this method"}
	if edit := method.To("POST"); edit != nil {
		f.Fix = &model.Fix{Message: "call it by POST", Edits: []model.Edit{*edit}}
	}
	b.findings = append(b.findings, f)
}

// judgeInvoke finds a function that API Gateway may not call: nothing in the
// files allows anybody to, and no role is taken for it.
func (b *builder) judgeInvoke(s *section, uri string, function *resource) {
	if s.has("credentials") || s.has("credentials_arn") || s.node.Doubt() != "" || function.maybe != "" || b.graph.gone["aws_lambda_permission"] != "" {
		return
	}
	for _, p := range b.graph.of("aws_lambda_permission") {
		to, whole := p.section().references("function_name", "aws_lambda_function", "aws_lambda_alias")
		if len(to) == 0 || !whole || slices.Contains(to, function) || to[0].kind == "aws_lambda_alias" {
			return
		}
	}
	at, _ := s.whence(uri)
	f := model.Finding{Rule: "function-not-called", AtMost: model.Warning,
		Message: "no aws_lambda_permission lets API Gateway call " + function.local(),
		Because: []model.Fact{model.Mark{Span: at, Text: "called here"}, function.section().node},
		Outcome: model.Outcome{Status: 500, Native: "Execution failed due to configuration error"}, When: "every request, unless the function is opened elsewhere"}
	b.findings = append(b.findings, f)
}

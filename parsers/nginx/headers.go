package nginx

import (
	"strings"

	"github.com/gwlint/gwlint/model"
)

// headers are those that the gateway sets on a request: all proxy_set_header
// of the nearest block that has any, and what nginx sets itself
// (ngx_http_proxy_module.c, ngx_http_proxy_headers).
func (l *loader) headers(owner *model.Node, f family) model.Value[[]model.Header] {
	name := f.prefix + "set_header"
	if f.protocol != "http" && f.protocol != "grpc" {
		return model.NotTold[[]model.Header](owner, name, "the protocol has no headers of its own")
	}
	stmt, missing := l.find(owner, name)
	if missing != "" {
		return model.NotTold[[]model.Header](owner, name, missing)
	}
	own := []model.Header{{Name: "Host", Value: "$proxy_host"}}
	if f.protocol == "http" {
		switch {
		case l.product.Before("1.29.7"):
			own = append(own, model.Header{Name: "Connection", Value: "close"})
		case !l.product.From("1.29.7"):
			own = append(own, model.Header{Name: "Connection", Value: "$version_dependent"})
		}
	}
	if stmt == nil {
		return model.Fallback(owner, name, own, l.atMost(model.Default), l.unseen("nginx default"))
	}
	var set []model.Header
	for _, s := range stmt.Parent.All(name) {
		if len(s.Args) == 2 {
			set = append(set, model.Header{Name: s.Arg(0), Value: s.Arg(1)})
		}
	}
	if stmt.Parent.Partial != "" {
		return model.NotTold[[]model.Header](owner, name, stmt.Parent.Partial)
	}
	for _, o := range own {
		if find(set, o.Name) == nil {
			set = append(set, o)
		}
	}
	return from(owner, stmt, name, stmt.Head(), set)
}

// find is the header of that name, or nil.
func find(set []model.Header, name string) *model.Header {
	for i := range set {
		if strings.EqualFold(set[i].Name, name) {
			return &set[i]
		}
	}
	return nil
}

// host is which Host the endpoint sees: the client's, the name of the target
// as the pass has it, or a fixed name.
func (l *loader) host(owner *model.Node, f family, headers model.Value[[]model.Header]) model.Value[string] {
	key := f.prefix + "set_header Host"
	if f.protocol != "http" && f.protocol != "grpc" {
		return model.Fallback(owner, "HTTP_HOST", "client", model.Default, "a parameter of the request")
	}
	stmt := l.hostStatement(owner, f)
	if !headers.Known() {
		if stmt == nil || stmt.Parent.Partial == "" {
			return model.NotTold[string](owner, key, headers.Why())
		}
	}
	if stmt == nil {
		if headers.Written() {
			return model.Set(owner, key, headers.At(), "endpoint", model.Inherited, "not among the headers set here, so nginx sends $proxy_host")
		}
		return model.Fallback(owner, key, "endpoint", headers.Origin(), strings.Replace(headers.Why(), "nginx default", "nginx default: $proxy_host", 1))
	}
	sent := ""
	switch v := strings.ToLower(stmt.Arg(1)); {
	case strings.HasPrefix(v, "$host"), strings.HasPrefix(v, "$http_host"), strings.HasPrefix(v, "${host}"), strings.HasPrefix(v, "$http_x_forwarded_host"):
		sent = "client"
	case strings.HasPrefix(v, "$proxy_host"):
		sent = "endpoint"
	case v == "$server_name":
		if s := owner.Within("server"); s != nil {
			if names := s.Find("server_name"); names != nil && !strings.ContainsAny(names.Arg(0), "*~$_") {
				sent = names.Arg(0)
			}
		}
	default:
		if all := l.expand(owner, stmt.Arg(1)); len(all) == 1 && !strings.Contains(all[0].s, "$") {
			sent = all[0].s
		}
	}
	if sent == "" {
		return model.NotTold[string](owner, key, "it cannot be told: "+stmt.Arg(1))
	}
	return from(owner, stmt, key, stmt.Head(), sent)
}

// hostStatement is the statement that sets Host for owner, or nil.
func (l *loader) hostStatement(owner *model.Node, f family) *model.Node {
	stmt, _ := l.find(owner, f.prefix+"set_header")
	if stmt == nil {
		return nil
	}
	for _, s := range stmt.Parent.All(f.prefix + "set_header") {
		if strings.EqualFold(s.Arg(0), "Host") {
			return s
		}
	}
	return nil
}

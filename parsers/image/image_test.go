package image

import (
	"testing"

	"github.com/gwlint/gwlint/model"
)

func TestParse(t *testing.T) {
	for s, want := range map[string]Reference{
		"nginx":             {"nginx", ""},
		"nginx:1.27-alpine": {"nginx", "1.27-alpine"},
		"docker.io/library/nginx:1.27@sha256:abc":   {"nginx", "1.27"},
		"localhost:5000/team/app":                   {"localhost:5000/team/app", ""},
		"registry.example.com:5000/team/app:v1":     {"registry.example.com:5000/team/app", "v1"},
		"bitnami/nginx:1":                           {"bitnami/nginx", "1"},
		"public.ecr.aws/docker/library/python:3.12": {"python", "3.12"},
	} {
		if got := Parse(s); got != want {
			t.Errorf("%s is %v, not %v", s, got, want)
		}
	}
	if v := Parse("nginx:1.27-alpine").Versions(model.Span{}); !v.From("1.27.0") || !v.Before("1.28") {
		t.Errorf("the versions are %v", v)
	}
	for _, floating := range []string{"nginx", "nginx:latest", "nginx:alpine", "nginx:stable"} {
		if v := Parse(floating).Versions(model.Span{}); v.Origin != model.Unknown {
			t.Errorf("%s has versions %v", floating, v)
		}
	}
}

func TestRead(t *testing.T) {
	src := model.NewSource("Dockerfile", []byte(`# syntax=docker/dockerfile:1
ARG TAG=1.27
FROM node:20 AS build
RUN npm ci
EXPOSE 1234
FROM nginx:${TAG}-alpine AS base
ENV PORT=8080 MODE="a b"
ENV OLD style value
FROM base
COPY --from=build /app/dist /usr/share/nginx/html
COPY deploy/nginx.conf /etc/nginx/nginx.conf
COPY ["conf.d/app.conf", "/etc/nginx/conf.d/"]
EXPOSE $PORT 443/tcp
RUN <<EOF
EXPOSE 9
EOF
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", \
     "daemon off;"]
`), Dialect{})
	m := Read(src, "")
	if m.Base != (Reference{"nginx", "1.27-alpine"}) || m.Partial != "" {
		t.Errorf("it is built on %v (%s)", m.Base, m.Partial)
	}
	if len(m.Ports) != 2 || m.Ports[0] != 8080 || m.Ports[1] != 443 {
		t.Errorf("it exposes %v", m.Ports)
	}
	if m.Env["MODE"].Text != "a b" || m.Signal.Text != "SIGQUIT" || m.Plain {
		t.Errorf("%v, %v, plain %v", m.Env, m.Signal, m.Plain)
	}
	if len(m.Copies) != 2 || m.Copies[0].To != "/etc/nginx/nginx.conf" || m.Copies[1].From != "conf.d/app.conf" || m.Copies[1].To != "/etc/nginx/conf.d/app.conf" {
		t.Errorf("it copies %v", m.Copies)
	}
	if len(m.Cmd) != 3 || m.Cmd[2].Text != "daemon off;" || m.Cmd[2].Span.String() != "Dockerfile:19:6" || m.Shell {
		t.Errorf("it runs %v", m.Cmd)
	}
	if m := Read(src, "build"); m.Base.Name != "node" || len(m.Ports) != 1 {
		t.Errorf("the stage build is %v with %v", m.Base, m.Ports)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("FROM nginx:1.27\nCMD [\"a\", \"b\"]\nCOPY a b /c/\nENV A=b C=\"d e\"\nRUN <<X\nX\n")
	f.Add("from a as b\nfrom b\ncmd x \\\n # c\n y\n")
	f.Fuzz(func(t *testing.T, s string) {
		m := Read(model.NewSource("Dockerfile", []byte(s), Dialect{}), "")
		for n := range m.Node.Walk() {
			if n.Span.Start > n.Span.End || n.Span.End > len(s) {
				t.Errorf("%q: a span from %d to %d", s, n.Span.Start, n.Span.End)
			}
		}
	})
}

// TestStopping is how a container of an image is stopped, and whom it runs as.
func TestStopping(t *testing.T) {
	for text, want := range map[string][2]string{
		"FROM nginx:1.28":                          {"SIGQUIT", "root"},
		"FROM nginx":                               {"SIGQUIT", "root"},
		"FROM nginx:1.18-alpine":                   {"SIGTERM", "root"},
		"FROM bitnami/nginx:1.25.5":                {"SIGTERM", "unknown"},
		"FROM bitnami/nginx:1.28":                  {"unknown", "unknown"},
		"FROM php:8.2-fpm-alpine":                  {"SIGQUIT", "root"},
		"FROM php:8.2-cli":                         {"SIGTERM", "root"},
		"FROM php:8.2-apache":                      {"unknown", "root"},
		"FROM python:3.12\nUSER app:web":           {"SIGTERM", "app:web"},
		"FROM python:3.12\nUSER $WHO":              {"SIGTERM", "unknown"},
		"FROM python:3.12\nSTOPSIGNAL SIGINT":      {"SIGINT", "root"},
		"FROM registry.example.com/base:1":         {"unknown", "unknown"},
		"FROM $BASE\nSTOPSIGNAL SIGQUIT\nUSER app": {"SIGQUIT", "app"},
	} {
		m := Read(model.NewSource("Dockerfile", []byte(text+"\n"), Dialect{}), "")
		p := &model.Place{Env: map[string]model.Value[string]{}, Versions: map[string]model.Versions{}}
		Describe(p, m.Node, m)
		if got := [2]string{p.Signal.Plain(), p.User.Plain()}; got != want {
			t.Errorf("%q: %v, not %v", text, got, want)
		}
	}
}

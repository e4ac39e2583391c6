package model

import "testing"

func TestPlaceFiles(t *testing.T) {
	p := &Place{Mounts: []Mount{
		{From: "conf/site.conf", To: "/etc/nginx/conf.d/site.conf"},
		{From: "volume:run", To: "/run/app"},
		{From: "certs/*.pem", To: "/etc/certs"},
		{From: ".", To: "/srv", Copy: true},
		{From: "nginx", To: "/etc/nginx", Copy: true},
	}}
	for abs, want := range map[string]string{
		"/etc/nginx/conf.d/site.conf": "conf/site.conf", "/etc/nginx/nginx.conf": "nginx/nginx.conf", "/srv/a/b": "a/b", "/srv": ".",
		"/etc/certs/a.pem": "certs/a.pem", "/etc/certs/a.key": "", "/etc/nginxx": "", "/srv/../etc/nginx": "nginx",
	} {
		if got, ok := p.Original(abs); got != want || ok != (want != "") {
			t.Errorf("%s is %q (%v), not %q", abs, got, ok, want)
		}
	}
	for name, want := range map[string]string{
		"conf/site.conf": "/etc/nginx/conf.d/site.conf", "nginx/nginx.conf": "/srv/nginx/nginx.conf", "certs/a.pem": "/etc/certs/a.pem",
		"nginx/conf.d/site.conf": "/srv/nginx/conf.d/site.conf", // the other lies over it
	} {
		if got := p.Seen(name); len(got) == 0 || got[0] != want {
			t.Errorf("%s is seen at %v, not %s", name, got, want)
		}
	}
	if got := p.Seen("nginx/conf.d/site.conf"); len(got) != 1 {
		t.Errorf("what lies under a mount is seen: %v", got)
	}
}

func TestPlaceFileIdentity(t *testing.T) {
	shared := []Mount{{From: "volume:run", To: "/run/app"}, {From: ".", To: "/srv", Copy: true}}
	a, b := &Place{Mounts: shared}, &Place{Mounts: []Mount{{From: "volume:run", To: "/sockets"}, {From: ".", To: "/srv", Copy: true}}}
	program := &Place{On: a}
	type file struct {
		owner *Place
		name  string
	}
	of := func(p *Place, abs string) (f file) { f.owner, f.name = p.File(abs); return f }
	if of(a, "/run/app/x.sock") != of(b, "/sockets/x.sock") {
		t.Error("a volume is one, wherever it is mounted")
	}
	if of(a, "/var/run/app/x.sock") != of(a, "/run/app/x.sock") {
		t.Error("/var/run is /run")
	}
	if of(a, "/srv/x.sock") == of(b, "/srv/x.sock") {
		t.Error("copies are not shared")
	}
	if of(a, "/tmp/x.sock") == of(b, "/tmp/x.sock") {
		t.Error("two machines share nothing by themselves")
	}
	if of(program, "/tmp/x.sock") != of(a, "/tmp/x.sock") {
		t.Error("a program has the files of its machine")
	}
}

// TestPlaceCircle: two services can each say that they are within the other.
func TestPlaceCircle(t *testing.T) {
	a, b := &Place{Name: "a"}, &Place{Name: "b"}
	a.Within, b.Within = b, a
	a.Network()
	g := &Gateway{Place: a}
	w := &Workspace{Gateways: []*Gateway{g}}
	w.Connect(func(*Hop, *Endpoint) Answer { return Answer{} })
	if len(w.In(a)) != 1 || len(w.In(b)) != 1 {
		t.Error("not once in each")
	}
}

package haproxy

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/image"
)

// judgeImage finds files and folders that the packages of distributions have
// and the official image does not: a configuration that was written for a
// package does not start in it.
func (l *lowering) judgeImage() {
	if !l.bare() {
		return
	}
	for _, p := range l.tree.sections {
		if p.Partial != "" || p.Doubt() != "" {
			continue
		}
		for _, s := range p.statements {
			if s.Doubt() != "" || len(s.doubts) > 0 {
				continue
			}
			switch {
			case p.kind() == "global" && s.Name.Text == "stats" && s.Arg(0) == "socket" && len(s.Args) > 1:
				l.judgeSocket(s)
			case p.kind() == "global" && s.Name.Text == "chroot" && len(s.Args) > 0 && l.unprivileged():
				l.report(model.Finding{Rule: "missing-in-image",
					Message: fmt.Sprintf("%s takes the rights of root, and the image %s runs as haproxy since 2.4", s.Node, l.place.Image.V),
					Because: []model.Fact{s.Node, l.place.Image, l.out.Product},
					Outcome: model.RefusesToStart("Cannot chroot(" + s.Arg(0) + ")")})
			case s.keyword == "errorfile" && len(s.Args) > 1 && l.absent(s.Arg(1)):
				l.imageLacks(s, s.Args[1], "error opening file '"+s.Arg(1)+"'")
			case s.Name.Text == "bind":
				if i := slices.IndexFunc(s.Args, func(a model.Word) bool { return a.Text == "crt" }); i > 0 && i+1 < len(s.Args) && l.absent(s.Arg(i+1)) {
					l.imageLacks(s, s.Args[i+1], "unable to stat SSL certificate from file '"+s.Arg(i+1)+"'")
				}
			}
		}
	}
}

// bare reports whether HAProxy runs in its official image, and all that lies
// over it is known.
func (l *lowering) bare() bool {
	p := l.place
	if p == nil || !model.Is(p.Whole, true) || !p.Image.Known() || image.Parse(p.Image.V).Name != "haproxy" || l.tree.partial != "" {
		return false
	}
	for _, key := range []string{"tmpfs", "configs", "secrets", "volumes_from", "extends"} {
		if p.Node == nil || p.Node.Find(key) != nil {
			return false
		}
	}
	return p.Node.Partial == ""
}

// absent reports whether a path is certainly not in the image: it has nothing
// in /etc/haproxy, where packages keep their configuration, and no /run/haproxy.
func (l *lowering) absent(name string) bool {
	name = real(name)
	if strings.ContainsAny(name, "$%{<@") || !below(name, "/etc/haproxy") && !below(name, "/run/haproxy") {
		return false
	}
	return !slices.ContainsFunc(l.place.Mounts, func(m model.Mount) bool {
		return below(name, real(m.To)) || below(real(m.To), name)
	})
}

// real is a path with /var/run as what it is a link to.
func real(name string) string {
	name = path.Clean(name)
	if below(name, "/var/run") {
		return strings.TrimPrefix(name, "/var")
	}
	return name
}

func below(name, dir string) bool {
	return name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/")
}

func (l *lowering) imageLacks(s *statement, at model.Word, says string) {
	what, missing := s.keyword+" "+at.Text, at.Text
	if s.Name.Text == "stats" {
		what, missing = "stats socket "+at.Text, path.Dir(strings.TrimPrefix(at.Text, "unix@"))
	}
	l.report(model.Finding{Rule: "missing-in-image",
		Message: fmt.Sprintf("%s: the image %s has no %s, and nothing puts it there", what, l.place.Image.V, missing),
		Because: []model.Fact{model.Mark{Span: at.Span, Text: "named here"}, l.place.Image},
		Outcome: model.RefusesToStart(says)})
}

// unprivileged reports whether the image runs as a user without rights: from
// 2.4 on, unless another one is named.
func (l *lowering) unprivileged() bool {
	user := l.place.User
	return l.versions.From("2.4") && (!user.Known() || user.V == "haproxy" || user.V == "99")
}

// judgeSocket finds a stats socket in a folder that is not there, or in one
// where the user of the image may make none: from 2.4 on that is haproxy.
func (l *lowering) judgeSocket(s *statement) {
	name := strings.TrimPrefix(s.Arg(1), "unix@")
	if !strings.HasPrefix(name, "/") {
		return
	}
	dir := path.Dir(name)
	if l.absent(dir) {
		l.imageLacks(s, s.Args[1], "cannot bind UNIX socket (No such file or directory)")
		return
	}
	if dir != "/run" && dir != "/var/run" || !l.unprivileged() ||
		slices.ContainsFunc(l.place.Mounts, func(m model.Mount) bool { return below(real(m.To), "/run") }) {
		return
	}
	l.report(model.Finding{Rule: "missing-in-image",
		Message: fmt.Sprintf("stats socket %s is in a folder of root, and the image %s runs as haproxy since 2.4", name, l.place.Image.V),
		Because: []model.Fact{model.Mark{Span: s.Args[1].Span, Text: "made here"}, l.place.Image, l.out.Product},
		Outcome: model.RefusesToStart("cannot bind UNIX socket (Permission denied)")})
}

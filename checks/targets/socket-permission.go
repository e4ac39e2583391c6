package targets

import (
	"fmt"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// Who connects to a socket must be allowed to write to it.
var socketPermission = &model.Check{
	ID:       "socket-permission",
	Title:    "The gateway's user may not connect to the socket",
	Severity: model.Error,
	Outcomes: []model.Outcome{{Status: 502, Native: "connect() failed (13: Permission denied)"}, {Status: 503}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, l := range w.Links {
			g, b := l.Hop.Gateway(), l.To
			user, owner, mode := g.User, b.Owner, b.Mode
			if !user.Known() || !owner.Known() || !mode.Known() {
				continue
			}
			may := asks(user.V, owner.V, mode.V, together(g.Place, b.Gateway.Place))
			if may == allowed || may == untold {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s %s of %s is %s, with mode %04o: %s, which runs as %s, may not connect", b.Addr.Key(), b.Addr.Text(), b.Gateway.Name, owner.V, mode.V, g.Name, user.V),
				Because: []model.Fact{owner, mode, user, l},
				Outcome: l.Hop.Outcome(model.Refused),
				When:    "every request",
			}
			if o := &f.Outcome; o.Status == 502 && g.Product.Name == "nginx" {
				o.Native = "connect() to unix:" + b.Addr.V.Path + " failed (13: Permission denied) while connecting to upstream"
			}
			if may == unlessMember {
				f.Message += " unless it is a member of the group"
				f.AtMost = model.Warning
			}
			name, _, _ := strings.Cut(user.V, ":")
			if edit := owner.To(name); edit != nil && owner.Key() == "listen.owner" {
				f.Fix = &model.Fix{Message: "give the socket to " + g.Name, Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

// together reports whether two places have the same users: those of one machine,
// or of the one that both are taken to run on.
func together(p, q *model.Place) bool {
	p, q = p.Machine(), q.Machine()
	return p == q || p.Node == nil && q.Node == nil
}

// A permission is what is known of somebody's right to connect to a socket.
type permission int

const (
	untold       permission = iota
	allowed                 // by its owner, its group or everybody
	denied                  // whoever is in which group
	unlessMember            // of the socket's group
)

// number reports whether a user or group is given by its number, which tells
// nothing about a name.
func number(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// asks tells whether a user, "name" or "name:group", may write to a file of an
// owner, the same, with that mode. A user alone is taken to have the group of
// its name. Names are those of one machine: across two only root is the same.
func asks(user, owner string, mode int, same bool) permission {
	u, ug, _ := strings.Cut(user, ":")
	o, og, grouped := strings.Cut(owner, ":")
	root := func(s string) bool { return s == "root" || s == "0" }
	const others, group, own = 0o002, 0o020, 0o200
	switch {
	case root(u), mode&others != 0:
		return allowed
	case !same && (!root(o) || !root(og)), !root(o) && number(u) != number(o), grouped && !root(og) && number(u) != number(og):
		return untold
	case u == o:
		if mode&own != 0 {
			return allowed
		}
		return denied
	case mode&group == 0:
		return denied
	case !grouped:
		return untold
	case og == ug || og == u:
		return allowed
	case root(og):
		return denied
	}
	return unlessMember
}

package model

import (
	"path"
	"strings"
)

// Network is the place whose loopback and ports p has: its own, or that of the
// one it is within.
func (p *Place) Network() *Place {
	return outermost(p, func(q *Place) *Place { return q.Within })
}

// Machine is the place whose files p has: its own, or that of the one it runs
// on.
func (p *Place) Machine() *Place {
	return outermost(p, func(q *Place) *Place { return q.On })
}

// Source is the file that declares the place, nil when it is only supposed.
func (p *Place) Source() *Source {
	if p.Node == nil {
		return nil
	}
	return p.Node.Span.Source
}

func outermost(p *Place, around func(*Place) *Place) *Place {
	for range 40 { // two services can name each other
		next := around(p)
		if next == nil {
			break
		}
		p = next
	}
	return p
}

// Original is the path in the workspace of what the place sees at an absolute
// path. It may not be there. Not ok when nothing is mounted there.
func (p *Place) Original(abs string) (name string, ok bool) {
	name, m := p.mount(abs)
	return name, m != nil
}

// File tells files of places apart: what is mounted from one source has the
// same name and no owner; anything else belongs to its machine.
func (p *Place) File(abs string) (owner *Place, name string) {
	abs = path.Clean(abs)
	also := abs
	if strings.HasPrefix(abs, "/var/run/") { // a link to /run on every Linux
		abs = strings.TrimPrefix(abs, "/var")
	} else if strings.HasPrefix(abs, "/run/") {
		also = "/var" + abs
	}
	for _, at := range []string{abs, also} {
		if from, m := p.mount(at); m != nil && !m.Copy {
			return nil, from
		}
	}
	return p.Machine(), abs
}

// Shared is the origin of what is mounted over an absolute path: every place
// that mounts the same sees the same files there. "" where nothing is, or a
// copy of the place's own.
func (p *Place) Shared(abs string) string {
	if owner, _ := p.File(abs); owner != nil {
		return ""
	}
	_, m := p.mount(abs)
	if m == nil { // /run is /var/run
		_, m = p.mount("/var" + path.Clean(abs))
	}
	if m == nil {
		_, m = p.mount(strings.TrimPrefix(path.Clean(abs), "/var"))
	}
	if m == nil {
		return ""
	}
	return m.From
}

// mount is what covers a path most closely, and the path's origin; nil when
// nothing does.
func (p *Place) mount(abs string) (from string, by *Mount) {
	abs = path.Clean(abs)
	for i := range p.Mounts {
		m := &p.Mounts[i]
		rest, in := m.below(abs)
		if !in || by != nil && len(m.To) <= len(by.To) {
			continue
		}
		from, by = m.From, m
		if m.pattern() {
			from = path.Dir(from)
		}
		from = path.Join(from, rest)
	}
	return from, by
}

// Seen are the absolute paths at which the place sees a file of the workspace,
// where nothing lies over it.
func (p *Place) Seen(name string) (at []string) {
	for _, m := range p.Mounts {
		to, ok := m.shows(name)
		if !ok {
			continue
		}
		if from, _ := p.Original(to); from == name {
			at = append(at, to)
		}
	}
	return at
}

// shows is where a mount makes a file visible.
func (m Mount) shows(name string) (to string, ok bool) {
	if m.pattern() {
		match, err := path.Match(m.From, name)
		return path.Join(m.To, path.Base(name)), match && err == nil
	}
	if m.From == "." {
		return path.Join(m.To, name), true
	}
	rest, ok := strings.CutPrefix(name, m.From)
	return path.Join(m.To, rest), ok && (rest == "" || rest[0] == '/')
}

// below is what is left of a path in the place that the mount covers. A
// pattern covers what it matches.
func (m Mount) below(abs string) (rest string, ok bool) {
	if m.pattern() {
		base := path.Base(abs)
		match, err := path.Match(path.Base(m.From), base)
		return base, match && err == nil && path.Dir(abs) == m.To
	}
	rest, ok = strings.CutPrefix(abs, strings.TrimSuffix(m.To, "/"))
	return strings.TrimPrefix(rest, "/"), ok && (rest == "" || rest[0] == '/')
}

func (m Mount) pattern() bool { return strings.ContainsAny(m.From, "*?[") }

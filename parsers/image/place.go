package image

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/text"
)

// Describe tells of a place what its image tells: versions, ports, commands,
// how it is stopped, and whether it holds anything that is not seen.
func Describe(p *model.Place, n *model.Node, m *Image) {
	if m.Partial != "" || m.Base.Name == "" {
		p.Image = model.NotTold[string](n, "image", m.Partial)
	} else {
		name := m.Base.Name
		if m.Base.Tag != "" {
			name += ":" + m.Base.Tag
		}
		p.Image = model.Set(n, "image", m.BaseAt, name, model.Explicit, "")
		if product := m.Base.Product(); product != "" {
			if v := m.Base.Versions(m.BaseAt); v.Origin != model.Unknown {
				p.Versions[product] = v
			}
		}
	}
	for k, v := range m.Env {
		p.Env[k] = model.Set(n, k, v.Span, v.Text, model.Explicit, "")
	}
	for _, port := range m.Ports {
		p.Exposed = append(p.Exposed, model.Set(n, "EXPOSE", m.exposed(port), port, model.Explicit, ""))
	}
	p.Dir = m.Workdir
	Command(p, n, slices.Concat(m.Entrypoint, m.Cmd), none)
	p.Shell = m.Shell
	p.Signal = m.signal(n)
	p.User = m.user(n)
	p.Checked = m.checked(n)
	switch {
	case m.Partial != "":
		p.Whole = model.NotTold[bool](n, "image", m.Partial)
	case m.Base.Product() == "" || !m.Plain || m.Cmd != nil && !m.Starts(m.Cmd):
		p.Whole = model.NotTold[bool](n, "image", "something else may run in it")
	case slices.ContainsFunc(p.Mounts, func(t model.Mount) bool { return overProgram(t.To) }):
		p.Whole = model.NotTold[bool](n, "image", "something lies over the program")
	default:
		p.Whole = model.Set(n, "image", m.BaseAt, true, model.Explicit, "a stock image")
	}
}

// checked is whether docker looks how a container of the image is: official
// images leave that to who uses them.
func (m *Image) checked(n *model.Node) model.Value[bool] {
	const key = "HEALTHCHECK"
	n = m.stage(n)
	switch {
	case m.Check != nil:
		return model.Set(n, key, m.Check.Head(), m.Check.Arg(0) != "NONE", model.Explicit, "")
	case m.Partial == "" && m.Base.Official():
		return model.Fallback(n, key, false, model.Default, "official images have none")
	}
	return model.NotTold[bool](n, key, "what it is built on may have one")
}

// signal is what stops a container of the image: its own, or docker's.
func (m *Image) signal(n *model.Node) model.Value[string] {
	const key = "STOPSIGNAL"
	n = m.stage(n)
	if m.Signal.Text != "" {
		return model.Set(n, key, m.Signal.Span, m.Signal.Text, model.Explicit, "")
	}
	if m.Partial == "" {
		if s := m.Base.Signal(); s != "" {
			return model.Fallback(n, key, s, model.Default, "set by the image")
		}
		if m.Base.Bare() {
			return model.Fallback(n, key, "SIGTERM", model.Default, "docker default")
		}
	}
	return model.NotTold[string](n, key, "the image may set one")
}

// stage is where the Dockerfile that n is says what the image is made of: its
// last FROM.
func (m *Image) stage(n *model.Node) *model.Node {
	if n == m.Node && n != nil {
		if all := n.All("FROM"); len(all) > 0 {
			return all[len(all)-1]
		}
	}
	return n
}

// user is whom the command of the image runs as.
func (m *Image) user(n *model.Node) model.Value[string] {
	const key = "USER"
	switch {
	case m.User.Text != "" && !strings.Contains(m.User.Text, "$"):
		return model.Set(n, key, m.User.Span, m.User.Text, model.Explicit, "")
	case m.User.Text == "" && m.Partial == "" && (m.Base.Bare() || m.Base.Name == "nginx" || m.Base.Name == "php"):
		return model.Fallback(n, key, "root", model.Default, "the image's user")
	}
	return model.NotTold[string](n, key, "the image may set one")
}

// Command says what the place starts. value is what variables are known to be;
// those with a default keep it in the words, so that it stays a default.
func Command(p *model.Place, n *model.Node, words []model.Word, value func(string) (string, bool)) {
	p.Words = nil
	if len(words) == 0 {
		p.Command = model.NotTold[[]string](n, "command", "the image's own")
		return
	}
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = text.Expand(w.Text, value)
		p.Words = append(p.Words, model.Word{Text: text.Fill(w.Text, value), Span: w.Span})
	}
	at := words[0].Span
	if last := words[len(words)-1].Span; last.Source == at.Source && last.End > at.End {
		at.End = last.End
	}
	p.Command = model.Set(n, "command", at, texts, model.Explicit, "")
}

func none(string) (string, bool) { return "", false }

// Starts reports whether a command is the one that the base image has itself,
// but for its options.
func (m *Image) Starts(cmd []model.Word) bool {
	return len(cmd) > 0 && path.Base(cmd[0].Text) == m.Base.Product()
}

// exposed is where a port is exposed.
func (m *Image) exposed(port int) model.Span {
	if m.Node == nil {
		return model.Span{}
	}
	for _, n := range m.Node.All("EXPOSE") {
		for _, a := range n.Args {
			if strings.HasPrefix(a.Text, strconv.Itoa(port)) {
				return a.Span
			}
		}
	}
	return model.Span{}
}

// overProgram reports whether a mount hides the program or what starts it.
func overProgram(to string) bool {
	if to == "/" || to == "/usr" || to == "/usr/local" || to == "/docker-entrypoint.sh" {
		return true
	}
	for _, dir := range []string{"/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin", "/docker-entrypoint.d", "/entrypoint", "/bin", "/sbin"} {
		if to == dir || strings.HasPrefix(to, dir+"/") {
			return true
		}
	}
	return false
}

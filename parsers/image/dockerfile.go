package image

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/text"
)

// Read reads a Dockerfile; target names the stage that is built, "" the last.
func Read(src *model.Source, target string) *Image {
	root := instructions(src)
	stages := split(root)
	m := &Image{Node: root, Env: map[string]model.Word{}, Plain: true, Workdir: "/", stages: map[int]*Image{}}
	if len(stages) == 0 {
		m.Partial = "the Dockerfile has no FROM"
		return m
	}
	last := len(stages) - 1
	for i, s := range stages {
		if target != "" && strings.EqualFold(s.name, target) {
			last = i
		}
	}
	m.build(stages, last, 0)
	return m
}

// A stage of a build: from a FROM to the next.
type stage struct {
	name string
	from *model.Node
	base model.Word // what it is built on, variables resolved
	body []*model.Node
}

func split(root *model.Node) (stages []stage) {
	args := map[string]string{}
	for _, n := range root.Kids {
		switch n.Name.Text {
		case "FROM":
			s := stage{from: n}
			for i, a := range n.Args {
				switch {
				case strings.HasPrefix(a.Text, "--"):
				case s.base.Text == "":
					s.base = model.Word{Text: expand(a.Text, args), Span: a.Span}
				case strings.EqualFold(a.Text, "as"):
					s.name = n.Arg(i + 1)
				}
			}
			stages = append(stages, s)
		case "ARG":
			if len(stages) == 0 {
				for _, a := range n.Args {
					if k, v, ok := strings.Cut(a.Text, "="); ok {
						args[k] = v
					}
				}
			}
		default:
			if k := len(stages) - 1; k >= 0 {
				stages[k].body = append(stages[k].body, n)
			}
		}
	}
	return stages
}

// build follows the chain of stages that one is built on, bottom first.
func (m *Image) build(stages []stage, i, depth int) {
	s := stages[i]
	below := -1
	for k := range i {
		if s.base.Text != "" && strings.EqualFold(stages[k].name, s.base.Text) {
			below = k
		}
	}
	switch {
	case below >= 0 && depth < 20:
		m.build(stages, below, depth+1)
	case strings.Contains(s.base.Text, "$"):
		m.Partial = "the base image is a variable: " + s.base.Text
		m.BaseAt = s.base.Span
	default:
		m.Base, m.BaseAt = Parse(s.base.Text), s.base.Span
	}
	for _, n := range s.body {
		m.run(n, stages[:i], depth)
	}
}

// run applies one instruction.
func (m *Image) run(n *model.Node, before []stage, depth int) {
	switch n.Name.Text {
	case "EXPOSE":
		for _, a := range n.Args {
			if p, ok := port(expandWords(a.Text, m.Env)); ok {
				m.Ports = append(m.Ports, p)
			}
		}
	case "ENV":
		if len(n.Args) >= 2 && !strings.Contains(n.Args[0].Text, "=") {
			m.Env[n.Args[0].Text] = n.Args[1]
			return
		}
		for _, a := range n.Args {
			if k, v, ok := strings.Cut(a.Text, "="); ok {
				m.Env[k] = text.Tail(a, len(v))
			}
		}
	case "WORKDIR":
		m.Workdir = m.absolute(expandWords(n.Arg(0), m.Env))
	case "USER":
		if len(n.Args) > 0 {
			m.User = n.Args[0]
		}
	case "HEALTHCHECK":
		m.Check = n
	case "STOPSIGNAL":
		if len(n.Args) > 0 {
			m.Signal = n.Args[0]
		}
	case "COPY", "ADD":
		m.copy(n, before, depth)
	case "CMD":
		var shell bool
		if m.Cmd, shell = command(n); m.Entrypoint == nil {
			m.Shell = shell
		}
	case "ENTRYPOINT":
		m.Entrypoint, m.Shell = command(n)
		m.Cmd, m.Plain = nil, false
	case "RUN":
		m.Plain = m.Plain && tidies(n)
	}
}

// tidies reports whether a RUN changes nothing about what the image starts: it
// installs, makes and removes other files.
func tidies(n *model.Node) bool {
	all := text.Commands(model.Word{Text: joined(n.Args), Span: model.Span{}})
	return !slices.ContainsFunc(all, func(c text.Command) bool {
		for _, w := range c.Words {
			if strings.Contains(w.Text, "docker-entrypoint") || strings.HasSuffix(w.Text, "nginx.conf") || strings.HasPrefix(w.Text, "/usr/") && !strings.HasPrefix(w.Text, "/usr/share/") {
				return true
			}
		}
		switch path.Base(c.Words[0].Text) {
		case "rm", "mkdir", "chown", "chmod", "touch", "apk", "apt-get", "apt", "addgroup", "adduser", "groupadd", "useradd", "usermod", "ls", "echo", "true", "set":
			return false
		}
		return true
	})
}

func joined(words []model.Word) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.Text + " ")
	}
	return b.String()
}

// maxCopies is more than any Dockerfile has: stages that copy each other's
// files twice grow without end.
const maxCopies = 1000

// copy notes what comes from the build context, by way of other stages too.
func (m *Image) copy(n *model.Node, stages []stage, depth int) {
	var paths []model.Word
	var through *Image
	for _, a := range n.Args {
		from, staged := strings.CutPrefix(a.Text, "--from=")
		switch {
		case staged:
			i := slices.IndexFunc(stages, func(s stage) bool { return s.name != "" && strings.EqualFold(s.name, from) })
			if k, err := strconv.Atoi(from); err == nil && k >= 0 && k < len(stages) {
				i = k
			}
			if i < 0 || depth > 20 {
				return
			}
			if through = m.stages[i]; through == nil {
				through = &Image{Env: map[string]model.Word{}, Workdir: "/", stages: m.stages}
				through.build(stages, i, depth+1)
				m.stages[i] = through
			}
		case !strings.HasPrefix(a.Text, "--"):
			paths = append(paths, a)
		}
	}
	if len(paths) > 0 {
		at := paths[0].Span
		at.End = paths[len(paths)-1].Span.End
		if list, ok := jsonList(at); ok {
			paths = list
		}
	}
	if len(paths) < 2 {
		return
	}
	to := expandWords(paths[len(paths)-1].Text, m.Env)
	for _, p := range paths[:len(paths)-1] {
		dest := m.absolute(to)
		if len(m.Copies) > maxCopies {
			return
		}
		if through != nil {
			m.Copies = append(m.Copies, through.carried(through.absolute(expandWords(p.Text, m.Env)), path.Clean(dest))...)
			continue
		}
		if (strings.HasSuffix(to, "/") || to == "." || len(paths) > 2) && path.Ext(p.Text) != "" {
			dest = path.Join(dest, path.Base(p.Text))
		}
		m.Copies = append(m.Copies, Copy{From: path.Clean(strings.TrimPrefix(p.Text, "/")), To: path.Clean(dest), At: p.Span})
	}
}

// carried are the copies of an image that another takes along with a path.
func (m *Image) carried(from, to string) (all []Copy) {
	from = path.Clean(from)
	for _, c := range m.Copies {
		if rest, ok := strings.CutPrefix(c.To, strings.TrimSuffix(from, "/")); ok && (rest == "" || rest[0] == '/') {
			all = append(all, Copy{From: c.From, To: path.Join(to, rest), At: c.At})
		} else if rest, ok := strings.CutPrefix(from, strings.TrimSuffix(c.To, "/")+"/"); ok && !strings.ContainsAny(c.From, "*?[") {
			all = append(all, Copy{From: path.Join(c.From, rest), To: to, At: c.At})
		}
	}
	return all
}

// command reads the exec form, a JSON list, or the shell form; shell is whether
// a shell runs the words.
func command(n *model.Node) (words []model.Word, shell bool) {
	if len(n.Args) == 0 {
		return nil, false
	}
	all := n.Args[0].Span
	all.End = n.Args[len(n.Args)-1].Span.End
	if list, ok := jsonList(all); ok {
		return list, false
	}
	words, rest := text.Words(all)
	if rest < all.End { // more than one: the shell is needed
		return []model.Word{{Text: "/bin/sh", Span: all}, {Text: "-c", Span: all}, {Text: all.Text(), Span: all}}, false
	}
	return words, true
}

// jsonList reads the exec form, which may go over several lines.
func jsonList(at model.Span) (words []model.Word, ok bool) {
	body := bytes.Clone(at.Source.Text[at.Start:at.End])
	for i, c := range body { // blanks in place of line ends keep the offsets
		if c == '\\' && i+1 < len(body) && (body[i+1] == '\n' || body[i+1] == '\r') {
			body[i] = ' '
		}
	}
	var list []string
	if json.Unmarshal(body, &list) != nil {
		return nil, false
	}
	from := 0
	for _, w := range list {
		span := at
		if q, err := json.Marshal(w); err == nil {
			if i := bytes.Index(body[from:], q); i >= 0 {
				from += i + len(q)
				span = at.Source.Span(at.Start+from-len(q), at.Start+from)
			}
		}
		words = append(words, model.Word{Text: w, Span: span})
	}
	return words, true
}

// expand replaces $X, ${X} and ${X:-default} by what is known; the rest stays.
func expand(s string, vars map[string]string) string {
	return text.Expand(s, func(name string) (string, bool) { v, ok := vars[name]; return v, ok })
}

func expandWords(s string, vars map[string]model.Word) string {
	return text.Expand(s, func(name string) (string, bool) { v, ok := vars[name]; return v.Text, ok })
}

// instructions reads the lines of a Dockerfile into nodes: an instruction in
// upper case, and its words. Of heredocs the body is skipped.
func instructions(src *model.Source) *model.Node {
	root := &model.Node{Span: src.Span(0, len(src.Text))}
	var comments []model.Word
	for line := 1; line <= src.Lines(); line++ {
		at := src.LineSpan(line)
		body := strings.TrimSpace(at.Text())
		switch {
		case body == "":
			comments = nil
			continue
		case body[0] == '#':
			i := strings.IndexByte(at.Text(), '#')
			comments = append(comments, model.Word{Text: body, Span: src.Span(at.Start+i, at.Start+i+len(body))})
			continue
		}
		end := line
		for end < src.Lines() && continues(src, end) {
			end++
		}
		whole := src.Span(at.Start, src.LineSpan(end).End)
		n := instruction(src, whole, root)
		n.Comments, comments = comments, nil
		root.Kids = append(root.Kids, n)
		line = end
		for _, tag := range heredocs(whole.Text()) {
			for line++; line <= src.Lines() && strings.TrimSpace(string(src.Line(line))) != tag; line++ {
			}
		}
	}
	root.Seal()
	return root
}

// continues reports whether a line goes on behind its end, or is a comment
// within an instruction that does.
func continues(src *model.Source, line int) bool {
	body := strings.TrimRight(string(src.Line(line)), " \t")
	if strings.HasSuffix(body, `\`) {
		return true
	}
	trimmed := strings.TrimSpace(body)
	return strings.HasPrefix(trimmed, "#") && line > 1 && continues(src, line-1)
}

func instruction(src *model.Source, whole model.Span, root *model.Node) *model.Node {
	start := whole.Start
	for start < whole.End && (src.Text[start] == ' ' || src.Text[start] == '\t') {
		start++
	}
	end := start
	for end < whole.End && !bytes.ContainsRune([]byte(" \t\r\n\\"), rune(src.Text[end])) {
		end++
	}
	n := &model.Node{Parent: root, Span: src.Span(start, whole.End),
		Name: model.Word{Text: strings.ToUpper(string(src.Text[start:end])), Span: src.Span(start, end)}}
	n.Args = split1(src.Span(end, whole.End))
	return n
}

// split1 are the words of an instruction as they are written, up to white
// space; a JSON list stays apart at its commas, which command reads whole.
func split1(at model.Span) (words []model.Word) {
	s := at.Source.Text
	for i := at.Start; i < at.End; {
		switch {
		case s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r' || s[i] == '\\' && i+1 < at.End && (s[i+1] == '\n' || s[i+1] == '\r' || s[i+1] == ' '):
			i++
			continue
		case s[i] == '#' && blankBefore(s, i):
			for i < at.End && s[i] != '\n' {
				i++
			}
			continue
		}
		start := i
		for i < at.End && s[i] != ' ' && s[i] != '\t' && s[i] != '\n' && s[i] != '\r' {
			if q := s[i]; q == '"' || q == '\'' {
				for i++; i < at.End && s[i] != q && s[i] != '\n'; i++ {
					if s[i] == '\\' {
						i++
					}
				}
			}
			i++
		}
		i = min(i, at.End)
		w := string(s[start:i])
		if k := len(w); k >= 2 && (w[0] == '"' || w[0] == '\'') && w[k-1] == w[0] {
			w = w[1 : k-1]
		}
		if k, v, ok := strings.Cut(w, "="); ok && len(v) >= 2 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0] {
			w = k + "=" + v[1:len(v)-1]
		}
		words = append(words, model.Word{Text: w, Span: at.Source.Span(start, i)})
	}
	return words
}

// blankBefore reports whether nothing but blanks stands before i on its line.
func blankBefore(s []byte, i int) bool {
	start := bytes.LastIndexByte(s[:i], '\n') + 1
	return len(bytes.TrimSpace(s[start:i])) == 0
}

// heredocs are the end marks of the heredocs that an instruction opens.
func heredocs(s string) (tags []string) {
	for _, w := range strings.Fields(s) {
		if tag, ok := strings.CutPrefix(w, "<<"); ok {
			tag = strings.Trim(strings.TrimPrefix(tag, "-"), `"'`)
			if tag != "" {
				tags = append(tags, tag)
			}
		}
	}
	return tags
}

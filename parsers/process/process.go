// Package process knows what a place starts. It takes command lines apart,
// through shells, scripts and the tools that start others, down to the servers
// themselves; and it tells where something listens when only ports are declared.
package process

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/text"
)

// A Program is one program that a place starts.
type Program struct {
	Name  string // without folder and version: "gunicorn", "php-fpm", "node"
	Place *model.Place
	Node  *model.Node           // the command as a statement: name and arguments
	Args  []model.Word          // behind the program, and behind "run" or "start" of its own
	Env   map[string]model.Word // set in front of it
	User  model.Word            // whom a wrapper runs it as; empty: as its place

	front shell // what stays between it and the signals of its place
}

// A shell stands in front of a program, and does not pass signals on.
type shell struct {
	at     model.Span // what starts the program; zero: no shell is left
	why    string
	unsure string // why it cannot be told
}

// Programs are what a place starts, wrappers and shells left out, as far as its
// command and the scripts it names tell.
func Programs(t *files.Tree, p *model.Place) []Program {
	r := reader{tree: t, place: p}
	if p.Shell && len(p.Words) > 0 {
		r.front = r.inline(p.Words[0], true)
	}
	r.start(p.Words, "", map[string]model.Word{}, 0)
	return r.found
}

// Find is the first program of that name that a place starts.
func Find(t *files.Tree, p *model.Place, names ...string) (g Program, ok bool) {
	for _, g := range Programs(t, p) {
		if slices.Contains(names, g.Name) {
			return g, true
		}
	}
	return Program{}, false
}

type reader struct {
	tree  *files.Tree
	place *model.Place
	found []Program
	user  model.Word // of the wrappers so far
	front shell      // of the shells so far
	group bool       // signals go to all that is started
}

const maxDepth = 8 // scripts that start scripts

// versioned is a program whose name carries its version: php-fpm8.2, python3.
var versioned = regexp.MustCompile(`^(php-fpm|python|pip|ruby|node|uwsgi|php)[-0-9.]*$`)

// nameOf is a program without its folder and version.
func nameOf(word string) string {
	base := path.Base(word)
	if m := versioned.FindStringSubmatch(base); m != nil {
		return m[1]
	}
	return base
}

// A wrapper starts the program that stands behind its own options.
var wrappers = map[string]struct {
	valued []string // options that take a word
	words  int      // words of its own behind the options
}{
	"exec": {[]string{"-a"}, 0}, "env": {[]string{"-u", "-C"}, 0}, "nohup": {}, "time": {}, "nice": {[]string{"-n"}, 0}, "ionice": {[]string{"-c", "-n"}, 0},
	"tini": {[]string{"-p", "-e"}, 0}, "dumb-init": {[]string{"-r"}, 0}, "catatonit": {}, "stdbuf": {[]string{"-o", "-e", "-i"}, 0},
	"gosu": {nil, 1}, "su-exec": {nil, 1}, "setpriv": {}, "chpst": {[]string{"-u", "-U", "-e"}, 0}, "s6-setuidgid": {nil, 1}, "sudo": {[]string{"-u", "-g"}, 0},
	"timeout": {[]string{"-k", "-s"}, 1}, "newrelic-admin": {nil, 1}, "ddtrace-run": {}, "opentelemetry-instrument": {}, "coverage": {nil, 1},
	"poetry": {nil, 1}, "pipenv": {nil, 1}, "uv": {[]string{"--project", "--directory", "--with"}, 1}, "pdm": {nil, 1}, "rye": {nil, 1}, "hatch": {nil, 1},
	"bundle": {nil, 1}, "npx": {[]string{"-p", "--package"}, 0}, "pnpx": {}, "bunx": {}, "cross-env": {}, "dotenv": {[]string{"-e"}, 0}, "doppler": {nil, 1},
	"dockerize": {[]string{"-wait", "-timeout", "-template", "-stdout", "-stderr", "-wait-retry-interval"}, 0}, "xvfb-run": {}, "watchmedo": {nil, 1},
	"docker-php-entrypoint": {}, "docker-entrypoint.sh": {}, "docker-entrypoint": {}, "nodemon": {[]string{"-w", "--watch", "-e", "--ext", "--exec", "-x"}, 0},
}

// changers are wrappers whose first word is the user they run the program as.
var changers = []string{"gosu", "su-exec", "s6-setuidgid"}

var shells = []string{"sh", "bash", "ash", "dash", "zsh", "ksh"}

// start follows a command to the programs it starts. script is what a shell
// script behind it is given as "$@".
func (r *reader) start(words []model.Word, from string, env map[string]model.Word, depth int) {
	words = r.assigned(words, env)
	if len(words) == 0 || depth > maxDepth {
		return
	}
	name, args := nameOf(words[0].Text), words[1:]
	wrap, wraps := wrappers[name]
	switch {
	case slices.Contains(shells, name):
		r.shell(name, args, env, depth)
	case name == "nodemon" && !slices.ContainsFunc(args, func(w model.Word) bool { return w.Text == "--exec" || w.Text == "-x" }):
		r.add("node", words[0], args, env)
	case wraps:
		user, group := r.user, r.group
		r.group = group || name == "dumb-init"
		if args = behind(args, wrap.valued); len(args) > 0 && slices.Contains(changers, name) {
			r.user = args[0]
		}
		r.start(args[min(wrap.words, len(args)):], from, env, depth+1)
		r.user, r.group = user, group
	case name == "python":
		r.python(words[0], args, env, depth)
	case name == "npm" || name == "yarn" || name == "pnpm" || name == "bun":
		r.packaged(name, words[0], args, env, depth)
	case waits.MatchString(name):
		for i, a := range args {
			if a.Text == "--" {
				r.start(args[i+1:], from, env, depth+1)
				return
			}
		}
	case strings.HasSuffix(words[0].Text, ".sh") || strings.Contains(name, "entrypoint") || r.isScript(words[0]):
		r.script(words[0], args, env, depth)
	default:
		r.add(name, words[0], args, env)
	}
}

// waits are scripts that wait for another service and start what follows "--".
var waits = regexp.MustCompile(`^wait[-_]?for([-_]?it)?(\.sh)?$`)

// assigned takes NAME=value off the front of a command.
func (r *reader) assigned(words []model.Word, env map[string]model.Word) []model.Word {
	for len(words) > 0 {
		k, v, ok := strings.Cut(words[0].Text, "=")
		if !ok || strings.ContainsAny(k, "/-. ${") || k == "" {
			break
		}
		env[k] = text.Tail(words[0], len(v))
		words = words[1:]
	}
	return words
}

// behind is what stands behind the options of a wrapper.
func behind(args []model.Word, valued []string) []model.Word {
	for len(args) > 0 && strings.HasPrefix(args[0].Text, "-") {
		skip := 1
		if args[0].Text == "--" {
			return args[1:]
		}
		if slices.Contains(valued, args[0].Text) {
			skip = 2
		}
		args = args[min(skip, len(args)):]
	}
	return args
}

// shell follows "sh -c text" and "sh script".
func (r *reader) shell(name string, args []model.Word, env map[string]model.Word, depth int) {
	command := false
	for len(args) > 0 && strings.HasPrefix(args[0].Text, "-") {
		command = command || !strings.HasPrefix(args[0].Text, "--") && strings.Contains(args[0].Text, "c")
		args = args[1:]
	}
	switch {
	case len(args) == 0:
	case command:
		r.commands(args[0], nil, env, depth, func(c text.Command, last bool) shell {
			switch {
			case name == "bash" && last:
				return shell{}
			case name == "sh":
				return r.inline(c.Words[0], last)
			}
			return shell{at: head(c), why: "started by " + name + ", which stays in front"}
		})
	default:
		r.script(args[0], args[1:], env, depth)
	}
}

// inline is what "sh -c" leaves in front of a command: dash stays, and so does
// any shell unless the command is the last one; the shells of Alpine and Red
// Hat become the last one (measured: dash 0.5.12, bash 5.2, busybox 1.35).
func (r *reader) inline(w model.Word, last bool) shell {
	m := r.place.Machine()
	name, tag, _ := strings.Cut(m.Image.V, ":")
	switch {
	case !m.Image.Known():
		return shell{unsure: "the shell of the image is not known"}
	case !last:
	case strings.Contains(tag, "alpine") || slices.Contains([]string{"alpine", "busybox", "fedora", "centos", "rockylinux", "almalinux", "amazonlinux"}, name):
		return shell{}
	case !slices.Contains([]string{"debian", "ubuntu", "python", "node", "ruby", "php", "golang", "nginx"}, name):
		return shell{unsure: "the shell of the image is not known"}
	}
	return shell{at: w.Span, why: "started by /bin/sh, which stays in front"}
}

func head(c text.Command) model.Span { return c.Words[0].Span }

// commands follows each command of a shell's text. front is what stays in front
// of one that is not the argument of exec.
func (r *reader) commands(w model.Word, given []model.Word, env map[string]model.Word, depth int, front func(c text.Command, last bool) shell) {
	env = clone(env)
	all := text.Commands(w)
	traps := slices.ContainsFunc(all, func(c text.Command) bool { return c.Words[0].Text == "trap" || c.Then == "&" })
	before := r.front
	defer func() { r.front = before }()
	for i, c := range all {
		words := c.Words
		switch r.front = before; {
		case words[0].Text == "exec" || r.group:
		case traps:
			r.front = shell{unsure: "the script may pass signals on"}
		case before == shell{}:
			r.front = front(c, i == len(all)-1)
		}
		if len(words) > 1 && words[0].Text == "export" {
			r.assigned(words[1:], env)
			continue
		}
		for i, a := range words { // exec "$@"
			if a.Text == "$@" || a.Text == "${@}" {
				words = slices.Concat(words[:i], given, words[i+1:])
				break
			}
		}
		r.start(words, "", clone(env), depth+1)
	}
}

func clone(env map[string]model.Word) map[string]model.Word {
	out := make(map[string]model.Word, len(env))
	for k, v := range env {
		out[k] = v
	}
	return out
}

// script reads a shell script that is among the files, else what it is given.
func (r *reader) script(w model.Word, given []model.Word, env map[string]model.Word, depth int) {
	name, ok := r.file(w.Text)
	if !ok {
		before := r.front
		r.front = shell{unsure: "the script is not seen: " + w.Text}
		r.start(given, "", env, depth+1) // the custom: exec "$@"
		r.front = before
		return
	}
	src, err := r.tree.Source(name, Shell)
	if err != nil || depth > maxDepth {
		return
	}
	r.commands(model.Word{Text: string(src.Text), Span: src.Span(0, len(src.Text))}, given, env, depth+1, func(c text.Command, _ bool) shell {
		return shell{at: head(c), why: "started without exec, so that " + path.Base(name) + " stays in front"}
	})
}

// isScript reports whether a word names a shell script among the files.
func (r *reader) isScript(w model.Word) bool {
	name, ok := r.file(w.Text)
	if !ok || path.Ext(name) != "" {
		return false
	}
	head := string(r.tree.Head(name))
	first, _, _ := strings.Cut(head, "\n")
	return strings.HasPrefix(first, "#!") && strings.HasSuffix(strings.TrimSpace(first), "sh")
}

// file is where a path of the place's command is among the files.
func (r *reader) file(p string) (name string, ok bool) { return File(r.tree, r.place, p) }

// File is the file of the tree that a command of the place means by a path.
func File(t *files.Tree, place *model.Place, p string) (name string, ok bool) {
	if p == "" || strings.Contains(p, "$") {
		return "", false
	}
	if !path.IsAbs(p) {
		if p = path.Join(folder(place), p); !path.IsAbs(p) {
			return "", false
		}
	}
	for q := place; q != nil; q = q.On {
		if name, ok := q.Original(p); ok && t.IsFile(name) {
			return name, true
		}
	}
	return "", false
}

// folder is where the command of a place starts, "" when it is not told.
func folder(place *model.Place) string {
	for q := place; q != nil; q = q.On {
		if q.Dir != "" {
			return q.Dir
		}
	}
	return ""
}

// Sees reports whether the folder that a place's command starts in is among the
// files.
func Sees(t *files.Tree, place *model.Place) bool {
	dir := folder(place)
	name, ok := place.Machine().Original(dir)
	return ok && dir != "" && t.Exists(name)
}

// python follows "python -m module" and "python manage.py runserver".
func (r *reader) python(first model.Word, args []model.Word, env map[string]model.Word, depth int) {
	for len(args) > 0 && strings.HasPrefix(args[0].Text, "-") {
		switch {
		case args[0].Text == "-m" && len(args) > 1:
			r.start(args[1:], "", env, depth+1)
			return
		case args[0].Text == "-c":
			return
		case args[0].Text == "-W" || args[0].Text == "-X":
			args = args[1:]
		}
		args = args[min(1, len(args)):]
	}
	if len(args) > 1 && args[1].Text == "runserver" {
		r.add("runserver", args[1], args[2:], env)
	} else {
		r.add("python", first, args, env)
	}
}

// packaged follows "npm run x" to what package.json has under that name.
func (r *reader) packaged(tool string, first model.Word, args []model.Word, env map[string]model.Word, depth int) {
	rest := behind(args, []string{"--prefix", "--cwd", "-C", "--filter", "--workspace", "-w"})
	if len(rest) == 0 {
		return
	}
	script, given := rest[0], rest[1:]
	switch {
	case (script.Text == "run" || script.Text == "run-script") && len(rest) > 1:
		script, given = rest[1], rest[2:]
	case script.Text == "exec" || script.Text == "x" || script.Text == "dlx":
		r.start(behind(given, nil), "", env, depth+1)
		return
	case tool == "npm" && !slices.Contains([]string{"start", "test", "stop", "restart"}, script.Text):
		return
	}
	name, ok := r.file("package.json")
	if !ok || depth > maxDepth {
		return
	}
	found, ok := Script(r.tree, name, script.Text)
	switch {
	case !ok:
		return
	case found.Text == "" && script.Text == "start":
		r.start([]model.Word{{Text: "node", Span: script.Span}, {Text: "server.js", Span: script.Span}}, "", env, depth+1)
		return
	}
	if len(given) > 0 && given[0].Text == "--" {
		given = given[1:]
	}
	before := r.front
	defer func() { r.front = before }()
	r.front = shell{unsure: tool + " may pass signals on"}
	for _, c := range text.Commands(found) {
		r.start(slices.Concat(c.Words, given), "", clone(env), depth+1)
	}
}

// add notes a program.
func (r *reader) add(name string, first model.Word, args []model.Word, env map[string]model.Word) {
	n := &model.Node{Name: model.Word{Text: name, Span: first.Span}, Args: args, Parent: r.place.Node}
	n.Span = first.Span
	if k := len(args); k > 0 && args[k-1].Span.Source == first.Span.Source && args[k-1].Span.End > n.Span.End {
		n.Span.End = args[k-1].Span.End
	}
	if n.Span.IsZero() && r.place.Node != nil {
		n.Span = r.place.Node.Head()
	}
	r.found = append(r.found, Program{Name: name, Place: r.place, Node: n, Args: args, Env: env, User: r.user, front: r.front})
}

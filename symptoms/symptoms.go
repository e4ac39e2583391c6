// Package symptoms knows what servers write when a request fails or when they
// do not start, what has happened then, and which rules find the cause in the
// configuration. It reads a pasted line of a log; a line that it does not know
// it calls unknown.
package symptoms

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Symptom is one thing that a server writes. Its texts are parts of
// sentences: no capital, no full stop.
type Symptom struct {
	// Product is who writes it: nginx, haproxy, php-fpm, gunicorn, uwsgi,
	// unicorn, aws-alb, gcp-alb, cloudflare, aws-ecs.
	Product string
	// Level is the level that the line must have, as "emerg", when its words
	// mean something else at another one; "" is any.
	Level string
	// Says are its words. "…" stands for what differs from line to line;
	// "{name}" does too, and is told under that name; at the beginning it is one
	// word. Words without a gap before them begin the message. It may go on
	// behind them, unless they end in "$".
	// Of an access log it is the status, and what stands beside it.
	Says string
	// Means is what has happened.
	Means string
	// Client is what the client gets, its status first.
	Client string
	// Phase is what was being done.
	Phase string
	// Setting is what decides about it; "*" stands for the module: proxy, fastcgi,
	// uwsgi, scgi or grpc. "" where no setting does.
	Setting string
	// Rules are the ids of those that find it, the likeliest first.
	Rules []string
	// Look is where to look next; "{upstream}" stands for the address of the
	// server.
	Look []string
	// Source says how it is known: where it was seen, or who documents it.
	Source string
}

// All are the symptoms that are known, those of a product together.
func All() []*Symptom {
	var all []*Symptom
	for _, table := range [][]Symptom{nginx, nginxAccess, haproxy, haproxyStates, apps, balancers} {
		for i := range table {
			all = append(all, &table[i])
		}
	}
	return all
}

// A Field is something that a line tells, with its secrets masked.
type Field struct{ Name, Value string }

// A Reading is what a line says.
type Reading struct {
	*Symptom        // nil: not known
	Fine     bool   // it tells of nothing that failed, or of no more than the lines before it
	Writer   string // the product whose form the line has; "" for none
	Client   string // the symptom's, where the line does not tell better
	// Means, Setting and Look are the symptom's, for the module and the server
	// that the line names.
	Means, Setting string
	Look           []string
	Fields         []Field
}

// longest is how much of a line is read, in bytes. What names the symptom stands
// at the beginning in every format.
const longest = 16 << 10

// Read reads a line of a log, or a part of one that tells: a message, a
// termination state, a status. It takes time linear in the line.
func Read(line string) Reading {
	line = strings.TrimSpace(line[:min(len(line), longest)])
	line = unwrap(line)
	for _, reader := range []func(string) (Reading, bool){readNginx, readHAProxyCLF, readNginxAccess, readHAProxy, readBalancer, readApp, readMessage} {
		if r, ok := reader(line); ok {
			return r.complete()
		}
	}
	return Reading{}
}

// complete fills in what the symptom says and the line does not.
func (r Reading) complete() Reading {
	if r.Symptom == nil {
		return r
	}
	r.Writer = r.Product
	if r.Client == "" {
		r.Client = r.Symptom.Client
	}
	module := ""
	upstream := "the server"
	for _, f := range r.Fields {
		if f.Name == "upstream" {
			upstream = address(f.Value)
			module = scheme(f.Value)
		}
	}
	if r.Setting == "" {
		r.Setting = forModule(r.Symptom.Setting, module)
	}
	r.Means, r.Look = r.inModule(module, upstream)
	return r
}

// inModule is what the symptom means and where to look next, in the words of
// the module that speaks the scheme, when the server is upstream.
func (s *Symptom) inModule(scheme, upstream string) (means string, look []string) {
	prefix, _, _ := strings.Cut(forModule("*_", scheme), " ")
	in := strings.NewReplacer("*_", prefix, "{upstream}", upstream)
	for _, l := range s.Look {
		look = append(look, in.Replace(l))
	}
	return in.Replace(s.Means), look
}

// forModule names the settings of the module that speaks the scheme.
func forModule(setting, scheme string) string {
	if !strings.Contains(setting, "*") {
		return setting
	}
	switch scheme {
	case "fastcgi", "uwsgi", "scgi", "grpc":
		return strings.ReplaceAll(setting, "*", scheme)
	case "suwsgi", "grpcs":
		return strings.ReplaceAll(setting, "*", strings.Trim(scheme, "s"))
	case "http", "https":
		return strings.ReplaceAll(setting, "*", "proxy")
	}
	return strings.ReplaceAll(setting, "*", "proxy") + " (fastcgi_, uwsgi_, scgi_, grpc_ in their locations)"
}

// says is a pattern taken apart: fixed words with gaps between them.
type says struct {
	words []string // in this order; the first one is "" when a gap comes first
	gaps  []string // behind words[i]: its name, or ""
	word  bool     // the gap that comes first is one word
	whole bool     // nothing follows
}

func parse(pattern string) says {
	var s says
	s.word = strings.HasPrefix(pattern, "{")
	pattern, s.whole = strings.CutSuffix(pattern, "$")
	for {
		at := strings.IndexAny(pattern, "…{")
		if at < 0 {
			s.words = append(s.words, pattern)
			return s
		}
		s.words = append(s.words, pattern[:at])
		if pattern[at] == '{' {
			end := strings.IndexByte(pattern[at:], '}') + at
			s.gaps = append(s.gaps, pattern[at+1:end])
			pattern = pattern[end+1:]
		} else {
			s.gaps = append(s.gaps, "")
			pattern = pattern[at+len("…"):]
		}
	}
}

// match reports whether message has the words in their order, and what stands
// in the gaps that have names. Each gap is as short as can be.
func (s says) match(message string) (fields []Field, ok bool) {
	rest, ok := strings.CutPrefix(message, s.words[0])
	if !ok {
		return nil, false
	}
	for i, gap := range s.gaps {
		word := s.words[i+1]
		at := strings.Index(rest, word)
		if word == "" {
			at = len(rest)
		}
		if at < 0 || i == 0 && s.word && strings.ContainsAny(rest[:at], " \"") {
			return nil, false
		}
		if value := plain(rest[:at]); gap != "" && value != "" {
			fields = append(fields, Field{gap, value})
		}
		rest = rest[at+len(word):]
	}
	return fields, !s.whole || rest == ""
}

// find is the first symptom of a table that a message of the level has.
func find(table []Symptom, level, message string) (Reading, bool) {
	for i := range table {
		s := &table[i]
		if s.Level != "" && s.Level != level {
			continue
		}
		if first := s.Says[0]; first != '{' && first < utf8.RuneSelf && (message == "" || message[0] != first) {
			continue // most of them: without taking the pattern apart
		}
		if fields, ok := parse(s.Says).match(message); ok {
			return Reading{Symptom: s, Fields: fields}, true
		}
	}
	return Reading{}, false
}

// readMessage finds the words of any server: a message without what its log
// puts before it.
func readMessage(line string) (Reading, bool) {
	if line == "" || line[0] >= '0' && line[0] <= '9' && !strings.Contains(line, "worker_connections") {
		return Reading{}, false // a status is no message
	}
	for _, table := range [][]Symptom{nginx, apps, balancers} {
		if r, ok := find(table, "", line); ok {
			return r, true
		}
	}
	return Reading{}, false
}

// Plain is Says for people: without the marks of what is told.
func (s *Symptom) Plain() string {
	words := parse(s.Says)
	return strings.Join(words.words, "…")
}

// Nearest are the symptoms whose words are most like those of a line that is
// not known, the best first: at most n, and none without likeness.
func Nearest(line string, n int) []*Symptom {
	line = line[:min(len(line), longest)]
	line, _, _ = strings.Cut(line, ", client: ") // behind it nginx says whose request it was
	said := lettersOf(line)
	count := map[string]int{} // in how many symptoms a word is
	all := All()
	for _, s := range all {
		for w := range lettersOf(s.Says) {
			count[w]++
		}
	}
	score := map[*Symptom]float64{}
	var near []*Symptom
	for _, s := range all {
		own, in, shared := 0., 0., 0
		for w := range lettersOf(s.Says) {
			weight := 1 / math.Sqrt(float64(count[w]))
			own += weight
			if said[w] {
				in, shared = in+weight, shared+1
			}
		}
		if shared > 1 && in/own >= 0.4 {
			score[s] = in / own
			near = append(near, s)
		}
	}
	slices.SortStableFunc(near, func(a, b *Symptom) int {
		switch {
		case score[a] > score[b]:
			return -1
		case score[a] < score[b]:
			return 1
		}
		return 0
	})
	return near[:min(n, len(near))]
}

// lettersOf are the words of a text, one and many alike.
func lettersOf(text string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if len(w) >= 3 {
			all[strings.TrimSuffix(w, "s")] = true
		}
	}
	return all
}

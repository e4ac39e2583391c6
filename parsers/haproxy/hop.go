package haproxy

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
)

// retry is when and how often a pool is tried again, the same for all hops
// that lead to it.
func (l *lowering) retry(b *pool) model.Retry {
	if b.retry != nil {
		return *b.retry
	}
	p := b.section
	r := model.Retry{
		Tries: l.number(p, "retries", 4, "HAProxy default of 3, and the first try", func(n int) int { return n + 1 }),
		Total: absent(l, p.Node, "", model.Forever, neverEnds),
		Same:  l.stays(p),
	}
	r.On = l.retryOn(b)
	r.Posts = l.replays(b, r.On)
	b.retry = &r
	return r
}

// stays is whether every try goes to the same server: without redispatch.
func (l *lowering) stays(p *section) model.Value[bool] {
	const key = "option redispatch"
	f := p.find(key)
	switch {
	case f.unsure != "":
		return model.NotTold[bool](p.Node, key, f.unsure)
	case f.statement == nil:
		return absent(l, p.Node, "no "+key, true, builtIn)
	}
	off := f.off() || f.Arg(1) == "0"
	return written(p, key, f, model.Word{Span: f.Head()}, doubt{}, off)
}

// connFailure is what is retried without retry-on: the request was not sent.
const connFailure = model.Refused | model.NoSYN | model.BadTLS

// retryOn reads the events of retry-on (manual 4.2). In mode tcp only failed
// connections are retried.
func (l *lowering) retryOn(b *pool) model.Value[model.Event] {
	const key = "retry-on"
	p := b.section
	f := p.find(key)
	switch {
	case f.unsure != "":
		return model.NotTold[model.Event](p.Node, key, f.unsure)
	case f.statement == nil || b.mode != "http" && b.mode != "":
		return absent(l, p.Node, key, model.Event(connFailure), builtIn)
	}
	var on model.Event
	d := doubt{}
	for i, a := range f.Args {
		if x := f.doubt(i); !x.none() {
			d = x
		}
		switch a.Text {
		case "conn-failure":
			on |= connFailure
		case "empty-response":
			on |= model.Closed | model.Stale
		case "junk-response":
			on |= model.BadHead | model.BigHead
		case "response-timeout":
			on |= model.Silent
		case "all-retryable-errors":
			on |= connFailure | model.Closed | model.Stale | model.BadHead | model.BigHead | model.Silent | model.Status5xx
		case "500", "501", "502", "503", "504":
			on |= model.Status5xx
		}
	}
	at := model.Word{}
	if n := len(f.Args); n > 0 {
		at.Span = f.Args[0].Span
		at.Span.End = f.Args[n-1].Span.End
	}
	return written(p, key, f, at, d, on)
}

// replays is whether requests that are not idempotent are sent again, too:
// HAProxy makes no difference between methods, unless disable-l7-retry does.
func (l *lowering) replays(b *pool, on model.Value[model.Event]) model.Value[bool] {
	const key = "retry-on"
	p := b.section
	if !on.Known() {
		return model.NotTold[bool](p.Node, key, on.Why())
	}
	if on.V&^connFailure == 0 {
		return absent(l, p.Node, key, false, "only requests that were not sent are sent again")
	}
	for _, s := range p.by["http-request"] {
		if s.Arg(0) != "disable-l7-retry" {
			continue
		}
		at := model.Word{Span: s.Head()}
		switch c := match(s); c {
		case "", "if METH_POST", "unless METH_GET", "if !METH_GET", "unless METH_GET or METH_HEAD", "unless METH_GET || METH_HEAD":
			return certain(p.Node, "http-request disable-l7-retry", s, at.Span, doubt{}, false, model.Explicit, "")
		default:
			return model.NotTold[bool](p.Node, "http-request disable-l7-retry", "depends on "+c)
		}
	}
	if on.At().IsZero() {
		return absent(l, p.Node, key, true, builtIn)
	}
	return model.Set(p.Node, key, on.At(), true, on.Origin(), on.Why())
}

// queue is how long a request waits for a free slot of a server: timeout
// queue, else timeout connect (manual 4.2).
func (l *lowering) queue(b *pool) model.Value[time.Duration] {
	if b.queue == nil {
		v := l.fallingBack(b.section, "queue", "connect")
		b.queue = &v
	}
	return *b.queue
}

// A rewriting is what the rules of one proxy make of a request's head.
type rewriting struct {
	set    []model.Header
	last   *statement // that changes a header; nil: none does
	unsure string
	host   *statement // the last that decides the Host
	when   string     // on what that depends
	path   *statement // the last that changes the path; nil: none does
}

// maxHeaders bounds the headers of one proxy that are told.
const maxHeaders = 100

// rewriting of a section, worked out once.
func (l *lowering) rewriting(s *section) *rewriting {
	if w, ok := l.rewritings[s]; ok {
		return w
	}
	w := &rewriting{unsure: s.Partial}
	l.rewritings[s] = w
	if f := s.find("option forwardfor"); f.unsure != "" {
		w.unsure = f.unsure
	} else if f.statement != nil && !f.off() {
		name := "X-Forwarded-For"
		for i, a := range f.Args {
			if a.Text == "header" && i+1 < len(f.Args) {
				name = f.Args[i+1].Text
			}
		}
		w.set, w.last = append(w.set, model.Header{Name: name, Value: "%[src]"}), f.statement
	}
	if f := s.find("http-send-name-header"); f.statement != nil && !f.off() && strings.EqualFold(f.Arg(0), "host") {
		w.host = f.statement
	}
	for _, from := range []*section{s.defaults, s} {
		if from == nil || from == s.defaults && from.name() == "" {
			continue // only named defaults hand their rules down
		}
		for _, rule := range from.by["http-request"] {
			w.add(rule)
		}
	}
	if len(w.set) > maxHeaders {
		w.unsure, w.set = "there are too many", nil
	}
	return w
}

// add takes in one http-request rule.
func (w *rewriting) add(rule *statement) {
	action, name := rule.Arg(0), rule.Arg(1)
	switch action {
	case "set-header", "add-header", "del-header", "replace-header", "replace-value":
	case "set-path", "replace-path", "set-pathq", "replace-pathq", "set-uri", "replace-uri", "normalize-uri":
		w.path = rule
		return
	default:
		return
	}
	if len(rule.Args) < 2 {
		return
	}
	when := match(rule)
	if why := rule.open(); why != "" {
		when = why
	}
	if rule.Maybe != "" {
		when = rule.Maybe
	}
	if strings.EqualFold(name, "host") {
		w.host, w.when = rule, when
	}
	switch {
	case when != "":
		w.unsure = "depends on: " + when
	case action == "del-header":
		w.set, w.last = append(w.set, model.Header{Name: name}), rule
	case action == "set-header" || action == "add-header":
		w.set, w.last = append(w.set, model.Header{Name: name, Value: rule.Arg(2)}), rule
	default:
		w.unsure = name + " is rewritten"
	}
}

// headers are what the rules of a frontend and of a backend behind it make of
// a request's head.
func (l *lowering) headers(p, b *section) (host model.Value[string], all model.Value[[]model.Header]) {
	const key = "http-request"
	w := *l.rewriting(b)
	if p != b {
		front := l.rewriting(p)
		w.set = append(slices.Clone(front.set), w.set...)
		w.unsure = cmp.Or(w.unsure, front.unsure)
		w.last = cmp.Or(w.last, front.last)
		if w.host == nil {
			w.host, w.when = front.host, front.when
		}
	}
	switch {
	case w.unsure != "":
		all = model.NotTold[[]model.Header](b.Node, key, w.unsure)
	case w.last == nil:
		all = absent(l, b.Node, key, w.set, "none is set")
	default:
		all = certain(b.Node, key, w.last, w.last.Head(), doubt{}, w.set, model.Explicit, "")
	}
	if w.host == nil {
		return absent(l, b.Node, key+" set-header Host", "client", "passed on as the client sent it"), all
	}
	return l.hostRule(b, w.host, w.when), all
}

// path is what the rules of a frontend and of a backend behind it make of a
// request's path.
func (l *lowering) path(p, b *section) model.Value[string] {
	const key = "http-request set-path"
	for _, s := range []*section{b, p} {
		if rule := l.rewriting(s).path; rule != nil {
			return model.NotTold[string](b.Node, key, "it is rewritten: "+rule.String())
		}
	}
	return absent(l, b.Node, key, "", "passed on as the client sent it")
}

// hostRule is the Host after a rule that changes it.
func (l *lowering) hostRule(b *section, rule *statement, condition string) model.Value[string] {
	const key = "http-request set-header Host"
	switch {
	case rule.keyword == "http-send-name-header":
		return model.NotTold[string](b.Node, "http-send-name-header", "the name of each server")
	case condition != "":
		return model.NotTold[string](b.Node, key, "depends on: "+condition)
	case rule.Arg(0) != "set-header" || len(rule.Args) < 3:
		return model.NotTold[string](b.Node, key, rule.String())
	case strings.Contains(rule.Arg(2), "%["):
		return model.NotTold[string](b.Node, key, "an expression: "+rule.Arg(2))
	}
	return certain(b.Node, key, rule, rule.Args[2].Span, rule.doubt(2), rule.Arg(2), model.Explicit, "")
}

// logged is whether the log of a frontend tells which server answered what:
// there is a target, and a format that names the server and how the session
// ended.
func (l *lowering) logged(p *section) model.Value[bool] {
	const key = "log"
	target := found{}
	for _, s := range []*section{p, p.defaults} {
		if s == nil {
			continue
		}
		if s.Partial != "" {
			return model.NotTold[bool](p.Node, key, s.Partial)
		}
		list := s.by[key]
		if n := len(list); n > 0 {
			target = found{statement: list[n-1], from: s}
			break
		}
	}
	if p.lost != "" {
		return model.NotTold[bool](p.Node, key, p.lost)
	}
	switch {
	case target.statement == nil || target.off():
		return absent(l, p.Node, key, false, "no log is set")
	case target.Arg(0) == "global" && (l.global == nil || len(l.global.by["log"]) == 0):
		if l.global != nil && l.tree.partial == "" && l.tree.root.Fragment == "" {
			return written(p, key, target, model.Word{Span: target.Head()}, doubt{}, false)
		}
		if l.tree.partial != "" || l.tree.root.Fragment != "" {
			return model.NotTold[bool](p.Node, key, "the global section is not seen")
		}
		return written(p, key, target, model.Word{Span: target.Head()}, doubt{}, false)
	}
	best := found{}
	for _, k := range []string{"option httplog", "option httpslog", "option tcplog", "log-format"} {
		f := p.find(k)
		if f.unsure != "" {
			return model.NotTold[bool](p.Node, k, f.unsure)
		}
		if f.statement != nil && !f.off() && (best.statement == nil || f.from == p && best.from != p ||
			f.from == best.from && f.Span.Start > best.Span.Start) {
			best = f
		}
	}
	if best.statement == nil {
		return absent(l, p.Node, "option httplog", false, "the default log names neither the server nor the status")
	}
	at := model.Word{Span: best.Head()}
	if best.keyword != "log-format" {
		return written(p, best.keyword, best, at, doubt{}, true)
	}
	w, d := best.literal(0)
	if strings.HasPrefix(w.Text, "${HAPROXY_") { // the built-in formats, from 2.8 on
		return written(p, best.keyword, best, w, doubt{}, true)
	}
	server := strings.Contains(w.Text, "%s") || strings.Contains(w.Text, "%[srv_name") || strings.Contains(w.Text, "%si")
	ended := strings.Contains(w.Text, "%ts") || strings.Contains(w.Text, "%tsc") || strings.Contains(w.Text, "%ST") ||
		strings.Contains(w.Text, "}ts") || strings.Contains(w.Text, "}ST") || strings.Contains(w.Text, "txn.status") || strings.Contains(w.Text, "%[status")
	return written(p, best.keyword, best, w, d, server && ended)
}

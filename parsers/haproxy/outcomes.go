package haproxy

import "github.com/gwlint/gwlint/model"

// outcomes of an http proxy, each seen on HAProxy 2.6.12 and 3.2.0 alike; the
// letters are the termination state of the log line (manual 8.5).
func outcomes(v model.Versions) map[model.Event]model.Outcome {
	all := map[model.Event]model.Outcome{
		model.Refused:  {Status: 503, Native: "SC"},
		model.NoSYN:    {Status: 503, Native: "sC"},
		model.BadTLS:   {Status: 503, Native: "SC"},
		model.Silent:   {Status: 504, Native: "sH"},
		model.Closed:   {Status: 502, Native: "SH"},
		model.Stale:    model.NoAnswer, // http-reuse safe: by design without an answer and without a line in the log
		model.BadHead:  {Status: 502, Native: "PH"},
		model.BigHead:  {Status: 502, Native: "PH"},
		model.Full:     {Status: 503, Native: "sQ"},
		model.NoName:   model.RefusesToStart("could not resolve address"),
		model.NoServer: {Status: 503, Native: "SC"},
	}
	switch { // seen on 2.6.12 and 3.2.0 only, with hard-stop-after
	case v.Before("2.7"):
		all[model.Stopped] = model.Outcome{Status: 502, Native: "KH"}
	case v.From("3.2"):
		all[model.Stopped] = model.NoAnswer
	}
	return all
}

// shared are the outcomes of a proxy that gives connections of the pool to the
// first request of a client too (http-reuse always, aggressive): lost on one
// that the server has closed, it is answered on 2.6 and closed without a word
// on 3.2; what the versions between do is not told.
func (l *lowering) shared(b *pool) map[model.Event]model.Outcome {
	w, d := b.section.find("http-reuse").word(0)
	if !d.none() || w.Text != "always" && w.Text != "aggressive" {
		return nil
	}
	switch {
	case l.versions.Before("2.7"):
		return map[model.Event]model.Outcome{model.Stale: {Status: 502, Native: "SH"}}
	case l.versions.From("3.2"):
		return nil
	}
	return map[model.Event]model.Outcome{model.Stale: {}}
}

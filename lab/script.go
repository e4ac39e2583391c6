package lab

import (
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// Script is what a backend does with one request. The zero Script answers 200
// with a short body.
//
// A request chooses its own script with its query (?cmd=slow&v=300ms), so it
// does not matter how a proxy rewrites the path; without cmd the backend's
// default applies.
type Script struct {
	Cmd string // one of Commands
	V   string // the command's main operand: a duration, a number, a name, bytes
	N   int    // a second, numeric operand; 0 is the command's own default
}

// Commands are the names a Script may have, each with what it does.
var Commands = map[string]string{
	"ok":       "200 with a short body",
	"status":   "answers the status v",
	"slow":     "200 after v",
	"trickle":  "200 at once, then n bytes (5), one every v",
	"stall":    "200 and half the body, then silence for v, then the connection closes",
	"truncate": "200 and half the body, then the connection closes",
	"fin":      "closes without an answer after v",
	"rst":      "resets the connection without an answer after v",
	"early":    "answers 413 (or the status v) without reading the body, and closes",
	"unread":   "never reads the body, never answers; closes after v (10s)",
	"head":     "200 with a header block of exactly v bytes, from the status line to the empty line",
	"raw":      "sends the bytes v and closes",
	"upgrade":  "101, then echoes until the client closes; 400 to HTTP/1.0, and unless the Upgrade is v, if v is told",
	"redirect": "302 to v, or to http://HOST/moved with the Host it was sent",
	"echo":     "200 with the request line and the headers as they came",
	"host":     "200 if the one Host is v, else the status n (404); 1 closes without an answer",
	"strict":   "400 unless there is exactly one Host, as Go and nginx do; else 200",
}

// over returns the script that a request with the given query asks for, which
// is s where the query names none.
func (s Script) over(query url.Values) (Script, error) {
	if !query.Has("cmd") {
		return s, nil
	}
	n := 0
	if t := query.Get("n"); t != "" {
		var err error
		if n, err = strconv.Atoi(t); err != nil {
			return s, fmt.Errorf("n=%q is not a number", t)
		}
	}
	asked := Script{Cmd: query.Get("cmd"), V: query.Get("v"), N: n}
	return asked, asked.check()
}

// check tells whether the backend can act the script out.
func (s Script) check() error {
	if s.Cmd == "" {
		return nil
	}
	if _, ok := Commands[s.Cmd]; !ok {
		return fmt.Errorf("no command %q", s.Cmd)
	}
	switch s.Cmd {
	case "slow", "trickle", "stall":
		if _, err := time.ParseDuration(s.V); err != nil {
			return fmt.Errorf("%s: v=%q is not a duration", s.Cmd, s.V)
		}
	case "fin", "rst", "unread":
		if _, err := time.ParseDuration(s.V); s.V != "" && err != nil {
			return fmt.Errorf("%s: v=%q is not a duration", s.Cmd, s.V)
		}
	case "status", "head":
		if _, err := strconv.Atoi(s.V); err != nil {
			return fmt.Errorf("%s: v=%q is not a number", s.Cmd, s.V)
		}
	case "early":
		if _, err := strconv.Atoi(s.V); s.V != "" && err != nil {
			return fmt.Errorf("early: v=%q is not a status", s.V)
		}
	case "raw", "host":
		if s.V == "" {
			return fmt.Errorf("%s needs v", s.Cmd)
		}
	}
	return nil
}

func (s Script) duration(otherwise time.Duration) time.Duration {
	if d, err := time.ParseDuration(s.V); err == nil {
		return d
	}
	return otherwise
}

func (s Script) number(otherwise int) int {
	if n, err := strconv.Atoi(s.V); err == nil {
		return n
	}
	return otherwise
}

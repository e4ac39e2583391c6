package lab

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Result is how one request ended.
type Result struct {
	Request string // method and target
	Status  string // a status, or one of ends
	Took    time.Duration
	Body    string // its first 8 KiB
}

// ends are the ways a request ends without a whole answer.
var ends = map[string]bool{
	"closed":    true, // the connection ended before the answer began, or there was none
	"truncated": true, // it ended within the answer
	"timeout":   true, // the client gave up
	"malformed": true, // what came is no HTTP
}

func (r Result) String() string {
	return fmt.Sprintf("%-40s %s  %.3fs", r.Request, r.Status, r.Took.Seconds())
}

// drive sends the requests to the address and returns how they ended, in the
// order in which they were sent; lanes in parallel each take the next one.
func (s *Send) drive(address string) []Result {
	results := make([]Result, s.Count)
	next := make(chan int)
	var lanes sync.WaitGroup
	for range s.Parallel {
		lanes.Go(func() {
			for i := range next {
				if i >= s.Parallel {
					time.Sleep(s.gap(i))
				}
				results[i] = s.once(address)
			}
		})
	}
	for i := range s.Count {
		next <- i
	}
	close(next)
	lanes.Wait()
	return results
}

func (s *Send) gap(i int) time.Duration {
	if s.Count < 2 {
		return s.Gap
	}
	return s.Gap + (s.LastGap-s.Gap)*time.Duration(i)/time.Duration(s.Count-1)
}

// once sends one request on a connection of its own. It writes the request by
// hand: net/http would tidy the target and retry.
func (s *Send) once(address string) (r Result) {
	r = Result{Request: s.Method + " " + s.Target}
	began := time.Now()
	defer func() { r.Took = time.Since(began) }()
	end := func(err error, otherwise string) string {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return "timeout"
		}
		return otherwise
	}
	c, err := net.DialTimeout("tcp", address, s.Timeout)
	if err != nil {
		r.Status = end(err, "closed")
		return r
	}
	defer c.Close()
	c.SetDeadline(began.Add(s.Timeout))

	var w strings.Builder
	fmt.Fprintf(&w, "%s %s HTTP/1.1\r\n", s.Method, s.Target)
	if s.Host != "-" {
		fmt.Fprintf(&w, "Host: %s\r\n", s.Host)
	}
	closes := true
	for _, h := range s.Headers {
		w.WriteString(h + "\r\n")
		if name, _, _ := strings.Cut(h, ":"); strings.EqualFold(name, "connection") {
			closes = false
		}
	}
	if closes {
		w.WriteString("Connection: close\r\n")
	}
	if s.Body > 0 || s.Method == http.MethodPost || s.Method == http.MethodPut || s.Method == http.MethodPatch {
		fmt.Fprintf(&w, "Content-Length: %d\r\n", s.Body)
	}
	w.WriteString("\r\n")
	w.WriteString(strings.Repeat("b", s.Body))
	// A server may answer before it has read all, so writing goes on beside reading.
	go io.WriteString(c, w.String())

	in := bufio.NewReader(c)
	if _, err := in.Peek(1); err != nil {
		r.Status = end(err, "closed")
		return r
	}
	answer, err := http.ReadResponse(in, &http.Request{Method: s.Method})
	if err != nil {
		r.Status = end(err, "malformed")
		return r
	}
	defer answer.Body.Close()
	r.Status = strconv.Itoa(answer.StatusCode)
	if answer.StatusCode == http.StatusSwitchingProtocols {
		return r
	}
	body, err := io.ReadAll(answer.Body)
	r.Body = string(body[:min(len(body), 8<<10)])
	if err != nil {
		r.Status = end(err, "truncated")
	}
	return r
}

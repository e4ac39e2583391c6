package nginx

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// outcomes is what the client of nginx gets when a try fails for good, as
// measured on 1.22.1, 1.28.3 and 1.31.5; the words are those of error.log. In
// nginx a timeout is always 504, never 502. The status of an answer 5xx is the
// endpoint's own.
func outcomes() map[model.Event]model.Outcome {
	return map[model.Event]model.Outcome{
		model.Refused:  {Status: 502, Native: "connect() failed (111: Connection refused) while connecting to upstream"},
		model.NoSYN:    {Status: 504, Native: "upstream timed out (110: Connection timed out) while connecting to upstream"},
		model.BadTLS:   {Status: 502, Native: "SSL_do_handshake() failed"},
		model.Silent:   {Status: 504, Native: "upstream timed out (110: Connection timed out) while reading response header from upstream"},
		model.Closed:   {Status: 502, Native: "upstream prematurely closed connection while reading response header from upstream"},
		model.Stale:    {Status: 502, Native: "upstream prematurely closed connection while reading response header from upstream"},
		model.BadHead:  {Status: 502, Native: "upstream sent invalid header while reading response header from upstream"},
		model.BigHead:  {Status: 502, Native: "upstream sent too big header while reading response header from upstream"},
		model.Full:     {Status: 502, Native: "no live upstreams while connecting to upstream"},
		model.NoName:   {Status: 502, Native: "could not be resolved"},
		model.Stopped:  model.NoAnswer,
		model.NoServer: {Status: 502, Native: "no live upstreams while connecting to upstream"},
	}
}

// A subrequest is a URI that requests to a server block ask for permission by
// auth_request.
type subrequest struct {
	server *model.Node
	uri    string
}

// denials are what the client gets when the subrequest of auth_request fails:
// 500, whatever went wrong (measured; any status but 2xx, 401
// and 403 in ngx_http_auth_request_module.c).
func denials() map[model.Event]model.Outcome {
	all := map[model.Event]model.Outcome{}
	for e, o := range outcomes() {
		all[e] = model.Outcome{Status: 500, Native: fmt.Sprintf("auth request unexpected status: %d while sending to client", o.Status)}
	}
	return all
}

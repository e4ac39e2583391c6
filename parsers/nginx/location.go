package nginx

import (
	"strconv"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// routes lowers what a server block does with requests: its locations at any
// depth, and the if blocks in them. The location / comes last, since it takes
// what the others leave.
func (l *loader) routes(s *model.Listener) {
	if r := l.reply(s, s.Node, ""); r != nil { // runs before any location is looked for
		s.Routes = []*model.Route{r}
		return
	}
	l.block(s, s.Node, "")
	var rest, last []*model.Route
	for _, r := range s.Routes {
		if r.Match == "" {
			last = append(last, r)
		} else {
			rest = append(rest, r)
		}
	}
	s.Routes = append(rest, last...)
}

// block lowers the routes that stand directly in a block, then those below it.
func (l *loader) block(s *model.Listener, n *model.Node, match string) {
	if l.contextOf(n) != "server" || n == l.root && l.context == "location" {
		if r := l.reply(s, n, match); r != nil {
			s.Routes = append(s.Routes, r)
			return
		}
		for _, family := range families {
			if pass := n.Find(family.pass); pass != nil {
				r := &model.Route{Listener: s, Node: n, Match: match}
				r.Hops = l.hops(r, family, pass)
				s.Routes = append(s.Routes, r)
			}
		}
	}
	for _, k := range n.Kids {
		if k.Body.IsZero() {
			continue
		}
		switch k.Name.Text {
		case "location":
			l.block(s, k, matchOf(k))
		case "if", "limit_except":
			l.block(s, k, strings.TrimSpace(match+" "+oneLine(k)))
		}
	}
}

// matchOf is what a location takes, in nginx's words; "" for the one that
// takes the rest.
func matchOf(n *model.Node) string {
	words := make([]string, len(n.Args))
	for i, a := range n.Args {
		words[i] = a.Text
	}
	match := strings.Join(words, " ")
	if match == "/" || match == "^~ /" {
		return ""
	}
	return match
}

func oneLine(n *model.Node) string { return strings.Join(strings.Fields(n.Head().Text()), " ") }

// reply is the answer of a return statement, which comes before any pass in
// its block; nil when there is none.
func (l *loader) reply(s *model.Listener, n *model.Node, match string) *model.Route {
	ret := n.Find("return")
	if ret == nil {
		return nil
	}
	reply, code := model.Reply{}, ret.Arg(0)
	switch status, err := strconv.Atoi(code); {
	case err != nil:
		reply = model.Reply{Status: 302, Location: code}
	case status == 444: // closes without an answer
	default:
		reply = model.Reply{Status: status}
		if status >= 300 && status < 400 {
			reply.Location = ret.Arg(1)
		}
	}
	return &model.Route{Listener: s, Node: n, Match: match,
		Reply: model.Set(n, "return", arguments(ret), reply, model.Explicit, "", via(ret)...)}
}

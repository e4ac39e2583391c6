package buffers

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// HAProxy keeps a part of its buffer free for headers that rules add to an
// answer. A body as large as the rest leaves no other room.
var rewriteRoom = &model.Check{
	ID:       "rewrite-room",
	Title:    "The headers that are added to answers do not fit into what is kept free for them",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 500}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for _, g := range w.Gateways {
			if g.Product.Name != "haproxy" {
				continue
			}
			room, set := reserve(g.Node)
			added := map[*model.Node][]*model.Node{}
			for _, l := range g.Listeners {
				for h := range l.Hops() {
					if !model.Is(h.Conn.Protocol, "http") {
						continue
					}
					bytes, longest := 0, (*model.Node)(nil)
					proxies := []*model.Node{l.Node, h.Pool.Node}
					if l.Node == h.Pool.Node {
						proxies = proxies[:1]
					}
					for _, n := range proxies {
						if _, ok := added[n]; !ok {
							added[n] = adds(n)
						}
						for _, rule := range added[n] {
							bytes += size(rule)
							if longest == nil || size(rule) > size(longest) {
								longest = rule
							}
						}
					}
					if longest == nil || room < 0 || bytes <= room {
						continue
					}
					f := model.Finding{
						Message: fmt.Sprintf("%s %s %s: at least %d bytes of headers are added to an answer, and tune.maxrewrite keeps %d free for them", longest.Name.Text, longest.Arg(0), longest.Arg(1), bytes, room),
						Because: []model.Fact{longest},
						Outcome: model.Outcome{Status: 500, Native: "PH"},
						When:    "an answer whose body fills the rest of tune.bufsize",
					}
					if set != nil {
						f.Because = append(f.Because, set)
					}
					report(f)
				}
			}
		}
	},
}

// reserve is tune.maxrewrite in bytes, and where it is written; -1 where that
// cannot be told.
func reserve(root *model.Node) (room int, set *model.Node) {
	room = 1024
	for _, global := range root.All("global") {
		if global.Partial != "" {
			return -1, nil
		}
		for _, s := range global.All("tune.maxrewrite") {
			n, err := strconv.Atoi(s.Arg(0))
			if err != nil {
				return -1, s
			}
			room, set = n, s
		}
	}
	if root.Partial != "" {
		return -1, nil
	}
	return room, set
}

// adds are the rules of a proxy that certainly add a header to every answer.
func adds(proxy *model.Node) (all []*model.Node) {
	for _, rule := range proxy.All("http-response") {
		action := rule.Arg(0)
		if action != "set-header" && action != "add-header" || len(rule.Args) != 3 || rule.Doubt() != "" {
			continue // with a condition there are more words
		}
		all = append(all, rule)
	}
	return all
}

// size is what a header takes in the buffer at least: its name and the parts
// of its value that are no expression.
func size(rule *model.Node) int {
	n := len(rule.Arg(1))
	for part := range strings.SplitSeq(rule.Arg(2), "%[") {
		if _, after, ok := strings.Cut(part, "]"); ok {
			part = after
		}
		n += len(part)
	}
	return n
}

package node

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
	"github.com/gwlint/gwlint/parsers/text"
)

// FuzzLoad gives any text as the file that a server reads.
func FuzzLoad(f *testing.F) {
	f.Add("server.keepAliveTimeout = 65 * 1000\napp.listen(process.env.PORT || 3000)")
	f.Add("keepAliveTimeout: 999999999 * 999999999 * 9999999\nconst port = 99999")
	f.Add("module.exports = { apps: [{ script: 'server.js', env: { PORT: 3000 }, kill_timeout: 99999999999 }] }")
	f.Fuzz(func(t *testing.T, data string) {
		fsys := fstest.MapFS{"server.js": {Data: []byte(data)}, "ecosystem.config.js": {Data: []byte(data)}}
		tree, err := files.New(context.Background(), fsys, []string{"."}, files.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var all [][]*model.Place
		for _, command := range []string{"node server.js", "pm2-runtime start ecosystem.config.js"} {
			src := model.NewSource("command", []byte(command), nil)
			words, _ := text.Words(src.Span(0, len(src.Text)))
			all = append(all, []*model.Place{{Name: "app", Words: words, Dir: "/app", Mounts: []model.Mount{{From: ".", To: "/app"}}}})
		}
		for _, places := range append(all, nil) {
			for _, root := range (Parser{}).Roots(tree, []string{"server.js"}, places) {
				if root.Place == nil {
					root.Place = &model.Place{}
				}
				out := Parser{}.Load(tree, root)
				for _, g := range out.Gateways {
					for _, l := range g.Listeners {
						for _, b := range l.Binds {
							if at := b.Addr.At(); !at.IsZero() && (at.Start > at.End || at.End > len(at.Source.Text)) {
								t.Fatalf("%v is outside of its file", at)
							}
							_, _, _ = b.Addr.String(), l.Idle.String(), l.Limit.String()
						}
					}
				}
			}
		}
	})
}

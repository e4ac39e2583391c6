package appserver

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
	f.Add("bind = [\"0.0.0.0:80\", \"unix:/a\"]\ngraceful_timeout = 3\n")
	f.Add("bind = \nkeep_alive_timeout = -1\n")
	f.Add("from flask import Flask\napp = Flask(__name__)\nif x:\n  app.run('0.0.0.0', port=int(os.getenv('PORT', 80)))\n")
	f.Add("import uvicorn\nuvicorn.run(app, host=[1, '\\''], **x # )\n)")
	f.Fuzz(func(t *testing.T, data string) {
		fsys := fstest.MapFS{"hypercorn.toml": {Data: []byte(data)}, "main.py": {Data: []byte(data)}}
		tree, err := files.New(context.Background(), fsys, []string{"."}, files.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var all [][]*model.Place
		for _, command := range []string{"hypercorn -c hypercorn.toml a", "python main.py"} {
			src := model.NewSource("command", []byte(command), nil)
			words, _ := text.Words(src.Span(0, len(src.Text)))
			all = append(all, []*model.Place{{Name: "app", Words: words, Dir: "/app", Mounts: []model.Mount{{From: ".", To: "/app"}}}})
		}
		for _, places := range append(all, nil) {
			for _, root := range (Parser{}).Roots(tree, []string{"hypercorn.toml"}, places) {
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

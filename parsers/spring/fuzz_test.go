package spring

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
	f.Add("server:\n  port: ${P:8080}\n  shutdown: graceful\n---\nserver:\n  port: 1\n")
	f.Add("server.port=80\n")
	f.Fuzz(func(t *testing.T, data string) {
		fsys := fstest.MapFS{"src/main/resources/application.yml": {Data: []byte(data)}}
		tree, err := files.New(context.Background(), fsys, []string{"."}, files.Options{})
		if err != nil {
			t.Fatal(err)
		}
		src := model.NewSource("command", []byte("java -jar a.jar --server.port=1"), nil)
		words, _ := text.Words(src.Span(0, len(src.Text)))
		place := &model.Place{Name: "app", Words: words, Dir: "/app", Mounts: []model.Mount{{From: ".", To: "/app"}}}
		for _, places := range [][]*model.Place{{place}, nil} {
			for _, root := range (Parser{}).Roots(tree, []string{"src/main/resources/application.yml"}, places) {
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

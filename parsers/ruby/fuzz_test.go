package ruby

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
	f.Add("threads Integer(ENV.fetch(\"A\") { 5 }), 5\nbind \"tcp://0.0.0.0:#{ENV.fetch(\"P\") { 1 }}\"\nport ENV[\"PORT\"] || 3000\n")
	f.Add("on_boot do |x|\nworkers 2 if a\nend\nx = x\nport x\nlisten \"/a\", umask: 0007\n")
	f.Fuzz(func(t *testing.T, data string) {
		fsys := fstest.MapFS{"config/puma.rb": {Data: []byte(data)}}
		tree, err := files.New(context.Background(), fsys, []string{"."}, files.Options{})
		if err != nil {
			t.Fatal(err)
		}
		src := model.NewSource("command", []byte("puma"), nil)
		words, _ := text.Words(src.Span(0, len(src.Text)))
		place := &model.Place{Name: "app", Words: words, Dir: "/app", Mounts: []model.Mount{{From: ".", To: "/app"}}}
		for _, places := range [][]*model.Place{{place}, nil} {
			for _, root := range (Parser{}).Roots(tree, []string{"config/puma.rb"}, places) {
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

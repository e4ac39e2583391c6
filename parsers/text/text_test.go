package text

import (
	"strings"
	"testing"

	"github.com/gwlint/gwlint/model"
)

func source(s string) *model.Source { return model.NewSource("x", []byte(s), nil) }

func TestYAML(t *testing.T) {
	src := source(`# é
base: &base
  image: "nginx:1.27"
  ports: ['8080:80', 443]
services:
  web:
    <<: *base
    ünet: yes
    ports:
      - "80:80" # trailing
  list: [a, {b: c}]
`)
	root, err := YAML(src)
	if err != nil {
		t.Fatal(err)
	}
	web := root.Find("services").Find("web")
	for name, want := range map[string]string{"image": "nginx:1.27", "ünet": "yes"} {
		n := web.Find(name)
		if n == nil || n.Arg(0) != want {
			t.Errorf("%s is %v", name, n)
		}
	}
	if at := web.Find("ünet").Args[0].Span; at.String() != "x:8:11" || at.Text() != "yes" {
		t.Errorf("yes is at %s: %q", at, at.Text())
	}
	if at := web.Find("image").Args[0].Span; at.String() != "x:3:10" || at.Text() != `"nginx:1.27"` {
		t.Errorf("the image is at %s: %q", at, at.Text())
	}
	ports := web.Find("ports")
	if len(ports.Kids) != 1 || ports.Kids[0].Arg(0) != "80:80" {
		t.Errorf("the service's own ports do not count: %v", ports.Kids)
	}
	if list := root.Find("services").Find("list"); len(list.Kids) != 2 || list.Kids[1].Find("b").Arg(0) != "c" {
		t.Errorf("the list holds %v", list.Kids)
	}
	for n := range root.Walk() {
		for _, w := range n.Args {
			if w.Span.Start < n.Span.Start || w.Span.End > n.Span.End && n.Name.Text != "ports" {
				t.Errorf("%s: %q lies outside of it", n.Span, w.Text)
			}
		}
	}
}

func TestYAMLErrors(t *testing.T) {
	_, err := YAML(source("a: 1\nb: [1,\nc: }\n"))
	if err == nil || ErrorLine(err) < 2 {
		t.Errorf("%v", err)
	}
	// Every level doubles what the one before it stands for.
	bomb := "a0: &a0 [x, x]\n"
	for i := range 40 {
		a, b := string(rune('a'+i/10))+string(rune('0'+i%10)), string(rune('a'+(i+1)/10))+string(rune('0'+(i+1)%10))
		bomb += b + ": &" + b + " [*" + a + ", *" + a + "]\n"
	}
	if _, err := YAML(source(bomb)); err == nil {
		t.Error("a bomb of aliases is read")
	}
}

func TestWords(t *testing.T) {
	for s, want := range map[string]string{
		`gunicorn -b 0.0.0.0:80 app:app`: "gunicorn|-b|0.0.0.0:80|app:app",
		`a "b c" 'd $e' f\ g`:            "a|b c|d $e|f g",
		`exec a --x="y z"; b`:            "exec|a|--x=y z",
		"a \\\n  b # c":                  "a|b",
		`a && b`:                         "a",
		`"unclosed`:                      "unclosed",
		`'it'"'"'s'`:                     "it's",
		`"a\"b\n"`:                       `a"b\n`,
		``:                               "",
	} {
		src := source(s)
		words, _ := Words(src.Span(0, len(s)))
		var got []string
		for _, w := range words {
			got = append(got, w.Text)
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q: %q, not %q", s, strings.Join(got, "|"), want)
		}
	}
}

func TestExpand(t *testing.T) {
	value := func(name string) (string, bool) {
		v, ok := map[string]string{"A": "1", "EMPTY": ""}[name]
		return v, ok
	}
	for s, want := range map[string]string{
		"$A ${A}": "1 1", "${B:-2}": "2", "${B-2}": "2", "${A:-2}": "1", "${EMPTY:-2}": "2", "${EMPTY-2}": "",
		"$B": "$B", "${B}": "${B}", "${B:?no}": "${B:?no}", "$$A": "$A", "a$": "a$", "${A": "${A", "$1": "$1", "x${A}y$Az": "x1y$Az",
	} {
		if got := Expand(s, value); got != want {
			t.Errorf("%q becomes %q, not %q", s, got, want)
		}
	}
	if !Defaulted("${A:-2}") || Defaulted("$A ${A}") {
		t.Error("a default is not told from none")
	}
}

func FuzzText(f *testing.F) {
	f.Add("a: &a {b: [c, 'd']}\nx: *a\n")
	f.Add("a \"b c\" $x ${y:-z} \\\n d")
	f.Fuzz(func(t *testing.T, s string) {
		src := source(s)
		if root, err := YAML(src); err == nil {
			for n := range root.Walk() {
				for _, at := range []model.Span{n.Span, n.Name.Span} {
					if at.Source != nil && (at.Start > at.End || at.End > len(s)) {
						t.Errorf("%q: a span from %d to %d", s, at.Start, at.End)
					}
				}
			}
		}
		words, rest := Words(src.Span(0, len(s)))
		if rest > len(s) || len(words) > len(s) {
			t.Errorf("%q: %d words, rest at %d", s, len(words), rest)
		}
		Expand(s, func(string) (string, bool) { return "", false })
	})
}

package proven

import (
	"bytes"
	"testing"
)

func TestRecordIsCanonical(t *testing.T) {
	if got := Format(All()); !bytes.Equal(got, record) {
		t.Errorf("proven.tsv is not as the lab writes it:\n%s", record)
	}
}

func TestFormatSortsVersionsAsNumbers(t *testing.T) {
	in := []Proof{
		{"b", "x", "nginx", "1.22.1"},
		{"a", "x", "nginx", "1.22.1"},
		{"a", "x", "nginx", "1.9.0"},
		{"a", "x", "haproxy", "2.6.12"},
		{"a", "x", "nginx", "1.22.1"},
	}
	want := header +
		"a\tx\thaproxy\t2.6.12\n" +
		"a\tx\tnginx\t1.9.0\n" +
		"a\tx\tnginx\t1.22.1\n" +
		"b\tx\tnginx\t1.22.1\n"
	if got := string(Format(in)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	back, err := Parse([]byte(want))
	if err != nil || string(Format(back)) != want {
		t.Errorf("parsed back: %v, %v", back, err)
	}
}

func TestParseRefusesDamage(t *testing.T) {
	for _, text := range []string{"a\tb\tc\n", "a\t\tc\td\n", "a b c d\n"} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%q passes", text)
		}
	}
}

func TestVersions(t *testing.T) {
	got := Versions([]Proof{
		{"a", "x", "php-fpm", "8.2.36"},
		{"a", "x", "haproxy", "2.6.12"},
		{"a", "x", "nginx", "1.28.0"},
		{"a", "y", "nginx", "1.22.1"},
		{"a", "x", "nginx", "1.22.1"},
	})
	if want := "nginx 1.22.1, 1.28.0; haproxy 2.6.12; php-fpm 8.2.36"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Versions(nil); got != "" {
		t.Errorf("without proofs: %q", got)
	}
}

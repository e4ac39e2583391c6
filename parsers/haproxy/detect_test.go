package haproxy

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		path, head string
		want       bool
	}{
		{"haproxy.cfg", "", true},
		{"lb/haproxy-prod.cfg", "# " + strings.Repeat("licence ", 600), true},
		{"haproxy.cfg.j2", "{% for x in y %}\n", true},
		{"conf.d/20-web.cfg", "frontend web\n  bind :80\n", true},
		{"lb.cfg", "global\n  daemon\ndefaults\n  mode http\n", true},
		{"-", "defaults\n  mode http\nfrontend a\n  bind :80\n", true},
		{"setup.cfg", "[metadata]\nname = x\n", false},
		{"nagios.cfg", "define host {\n  use linux\n}\n", false},
		{"grub.cfg", "set default=0\nmenuentry x {\n}\n", false},
		{"zoo.cfg", "tickTime=2000\n", false},
		{"rsyslog.d/haproxy.conf", "$ModLoad imudp\nlocal0.* /var/log/haproxy.log\n", false},
		{"haproxy.yml", "global\n  daemon\n", false},
		{"Dockerfile.haproxy", "FROM haproxy:2.8\n", false},
		{"empty.cfg", "", false},
	} {
		if got := (Parser{}).Detect(c.path, func() []byte { return []byte(c.head) }); got != c.want {
			t.Errorf("%s: %v", c.path, got)
		}
	}
}

// Every file of the corpus that is called like one is claimed, and nothing of
// the corpora of other languages is.
func TestDetectOnTheCorpus(t *testing.T) {
	root := shared(t, "")
	claimed, missed, others := 0, 0, 0
	for _, dir := range []string{"corpus", "cases"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(name string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			rel, _ := filepath.Rel(root, name)
			got := (Parser{}).Detect(filepath.ToSlash(rel), func() []byte {
				text, err := os.ReadFile(name)
				if err != nil {
					t.Error(err)
				}
				return text[:min(len(text), headSize)]
			})
			base := strings.ToLower(e.Name())
			switch {
			case strings.HasPrefix(rel, "corpus/haproxy/") && strings.HasSuffix(base, ".cfg"):
				if claimed++; !got {
					missed++
					t.Logf("not claimed: %s", rel)
				}
			case got && !strings.HasPrefix(base, "haproxy"):
				others++
				t.Errorf("claimed: %s", rel)
			case !got && strings.HasPrefix(base, "haproxy") && strings.HasSuffix(base, ".cfg"):
				t.Errorf("not claimed: %s", rel)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if claimed < 700 || missed > claimed/50 {
		t.Errorf("%d of %d not claimed", missed, claimed)
	}
}

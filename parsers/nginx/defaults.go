package nginx

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/gwlint/gwlint/model"
)

//go:embed defaults.tsv
var defaultsTable string

// A defaultRow is the default of a setting in a range of versions.
type defaultRow struct {
	value        string
	since, until string // "" is no end
}

// A settingKey names a setting: the same name stands at several levels.
type settingKey struct{ level, name string }

// defaults are the rows of each setting, oldest first.
var defaults = sync.OnceValue(func() map[settingKey][]defaultRow {
	rows := map[settingKey][]defaultRow{}
	for line := range strings.Lines(defaultsTable) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || f[0] == "level" || len(f) < 5 {
			continue
		}
		key := settingKey{f[0], f[1]}
		rows[key] = append(rows[key], defaultRow{f[2], f[3], f[4]})
	}
	return rows
})

// A fallback is the default of a setting for the versions a program may have.
type fallback struct {
	value  string
	origin model.Origin // Unknown: it differs between the versions
	why    string
}

// byDefault is what nginx does when the setting is written nowhere. It is
// Assumed when it depends on a version that is assumed.
func (l *loader) byDefault(level, name string) fallback {
	key := settingKey{level, name}
	d, ok := l.defaults[key]
	if !ok {
		d = defaultFor(l.product, key)
		l.defaults[key] = d
	}
	return d
}

func defaultFor(p model.Product, key settingKey) fallback {
	rows := defaults()[key]
	if len(rows) == 1 {
		return fallback{rows[0].value, model.Default, "nginx default"}
	}
	for _, r := range rows {
		begun := r.since == "" || p.From(r.since)
		ended := r.until != "" && p.From(next(r.until))
		certain := r.until == "" || p.Before(next(r.until))
		if !begun || ended || !certain {
			continue
		}
		why := "nginx default"
		if r.since != "" {
			why += " since " + r.since
		} else {
			why += " before " + next(r.until)
		}
		if p.Versions.Origin == model.Assumed {
			return fallback{r.value, model.Assumed, why + "; nginx " + p.Versions.String() + " is " + p.Versions.Why}
		}
		return fallback{r.value, model.Default, why}
	}
	return fallback{why: "the default of " + key.name + " depends on the version of nginx"}
}

// next is the version after v.
func next(v string) string {
	n, _ := model.ParseVersion(v)
	n[2]++
	return n.String()
}

package terraform

import (
	_ "embed"
	"path"
	"strings"
	"sync"

	"github.com/gwlint/gwlint/model"
)

//go:embed defaults.tsv
var defaultsTable string

// A defaultRow is a default in a range of provider versions.
type defaultRow struct {
	value        string
	since, until string // "" is no end
	page         string // of the service's documentation, where the schema has none
}

type defaultKey struct{ kind, setting, when string }

var defaults = sync.OnceValue(func() map[defaultKey][]defaultRow {
	rows := map[defaultKey][]defaultRow{}
	for line := range strings.Lines(defaultsTable) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(f) < 7 || f[0] == "resource" {
			continue
		}
		k := defaultKey{f[0], f[1], f[2]}
		rows[k] = append(rows[k], defaultRow{strings.Trim(f[3], `"`), f[4], f[5], f[6]})
	}
	return rows
})

// A known default, and where it comes from in words; or why there is none.
type known struct{ value, why string }

// byDefault is the default of a setting: of the version of the provider, where
// the versions differ.
func (sec *section) byDefault(name string) (known, bool) {
	if sec.res == nil {
		return known{why: "no default is known"}, false
	}
	k := defaultKey{sec.res.kind, join(sec.path, name), ""}
	if canonical, ok := aliases[k.kind]; ok {
		k.kind = canonical
	}
	if sec.absent {
		k.when = "absent"
	}
	rows := defaults()[k]
	vendor := vendorOf(k.kind)
	switch {
	case len(rows) == 0:
		return known{why: "no default is known"}, false
	case same(rows):
		return known{rows[0].value, rows[0].words(vendor)}, true
	}
	v := sec.scope.providerVersion(k.kind)
	for _, r := range rows {
		if (r.since == "" || v.From(r.since)) && (r.until == "" || atMost(v, r.until)) {
			return known{r.value, r.words(vendor) + " in " + providerOf(k.kind) + " " + v.String()}, true
		}
	}
	return known{why: "the default differs between versions of " + providerOf(k.kind)}, false
}

// atMost reports whether all versions of the range are at most until.
func atMost(v model.Versions, until string) bool {
	u, _ := model.ParseVersion(until)
	return v.Origin != model.Unknown && v.Max.Compare(model.Version{u[0], u[1], 1 << 20}) <= 0
}

func same(rows []defaultRow) bool {
	for _, r := range rows[1:] {
		if r.value != rows[0].value {
			return false
		}
	}
	return true
}

func (r defaultRow) words(vendor string) string {
	if r.page != "" {
		return vendor + " default: " + r.page
	}
	return vendor + " default"
}

// aliases are resources that a provider registers under two names.
var aliases = map[string]string{
	"aws_alb": "aws_lb", "aws_alb_listener": "aws_lb_listener", "aws_alb_listener_rule": "aws_lb_listener_rule",
	"aws_alb_target_group": "aws_lb_target_group", "aws_alb_target_group_attachment": "aws_lb_target_group_attachment",
}

func providerOf(kind string) string {
	switch first, _, _ := strings.Cut(kind, "_"); first {
	case "aws", "google", "azurerm":
		return "hashicorp/" + first
	case "oci":
		return "oracle/oci"
	case "hcloud":
		return "hetznercloud/hcloud"
	default:
		return first + "/" + first
	}
}

func vendorOf(kind string) string {
	switch first, _, _ := strings.Cut(kind, "_"); first {
	case "aws":
		return "AWS"
	case "google":
		return "Google"
	case "azurerm":
		return "Azure"
	case "cloudflare":
		return "Cloudflare"
	case "digitalocean":
		return "DigitalOcean"
	case "oci":
		return "OCI"
	case "hcloud":
		return "Hetzner"
	default:
		return first
	}
}

// A constraint is what required_providers says of versions, and where.
type constraint struct {
	text string
	at   model.Span
}

// A lock is the version in .terraform.lock.hcl.
type lock struct {
	version string
	at      model.Span
}

// lockFile reads the versions that terraform init chose, by provider.
func (l *loader) lockFile(dir string) map[string]lock {
	name := path.Join(dir, ".terraform.lock.hcl")
	if !l.tree.Exists(name) {
		return nil
	}
	f := parse(l.tree, name)
	l.files[f.src.Path] = f
	locks := map[string]lock{}
	for _, b := range f.body.blocks {
		a := b.body.attr("version")
		if b.kind.Text != "provider" || a == nil {
			continue
		}
		v, diags := a.expr.Value(nil)
		if version, ok := asText(v); ok && !diags.HasErrors() {
			source := b.label(0)
			if i := strings.IndexByte(source, '/'); i >= 0 && strings.Count(source, "/") == 2 {
				source = source[i+1:]
			}
			locks[strings.ToLower(source)] = lock{version, f.span(a.expr.Range())}
		}
	}
	return locks
}

// providerVersion is the version of the provider of a resource: locked, or
// what the constraints of the root and of the module allow.
func (i *instance) providerVersion(kind string) model.Versions {
	source := providerOf(kind)
	if k, ok := i.locked[source]; ok {
		return model.VersionsOf(k.version, model.Explicit, "locked", k.at)
	}
	v := model.Versions{}
	for at := i; at != nil; at = at.up() {
		if c, ok := at.mod.required[source]; ok {
			v = narrow(v, allowed(c))
		}
	}
	return v
}

func (i *instance) up() *instance {
	if i.parent == nil {
		return nil
	}
	return i.parent.instance
}

const anyVersion = 1 << 20

// allowed is the range of versions that a constraint allows.
func allowed(c constraint) model.Versions {
	v := model.Versions{Max: model.Version{anyVersion, anyVersion, anyVersion}}
	for _, part := range strings.Split(c.text, ",") {
		part = strings.TrimSpace(part)
		number := strings.TrimLeft(part, "<>=!~ ")
		w, parts := model.ParseVersion(number)
		if parts == 0 {
			continue
		}
		r := model.Versions{Max: v.Max, Origin: model.Explicit, Why: "required_providers", At: c.at}
		switch op := strings.TrimSpace(strings.TrimSuffix(part, number)); op {
		case ">=", ">":
			r.Min = w
		case "<=":
			r.Max = w
		case "<":
			r.Max = before(w)
		case "~>":
			r.Min, r.Max = w, model.Version{anyVersion, anyVersion, anyVersion}
			for i := range max(1, parts-1) {
				r.Max[i] = w[i]
			}
		case "!=":
			continue
		default:
			r = model.VersionsOf(number, model.Explicit, "required_providers", c.at)
		}
		v = narrow(v, r)
	}
	return v
}

// before is the greatest version below v.
func before(v model.Version) model.Version {
	for i := len(v) - 1; i >= 0; i-- {
		if v[i] > 0 {
			v[i]--
			for k := i + 1; k < len(v); k++ {
				v[k] = anyVersion
			}
			return v
		}
	}
	return v
}

// narrow is what two ranges have in common.
func narrow(a, b model.Versions) model.Versions {
	if a.Origin == model.Unknown {
		return b
	}
	if b.Origin == model.Unknown {
		return a
	}
	if b.Min.Compare(a.Min) > 0 {
		a.Min, a.At = b.Min, b.At
	}
	if b.Max.Compare(a.Max) < 0 {
		a.Max = b.Max
	}
	return a
}

// Package terraform reads Terraform and OpenTofu: directories of .tf and
// .tofu files in both syntaxes, and plans as "terraform show -json" writes
// them. Expressions are evaluated as far as the files tell; what they do not
// tell is unknown and says what would help. Load balancers, and what stands
// behind them, are lowered into the common model.
//
// Data flows one way: text, body (either syntax), module, instance (one call
// of a module), section (one block of a resource, its settings evaluated on
// demand), graph (all resources of a root), model.
package terraform

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// A Parser reads Terraform.
type Parser struct{}

// Name of the dialect.
func (Parser) Name() string { return "terraform" }

// Render writes a value as an argument takes it: numbers of seconds, except
// where the argument's name carries another unit. A key of two words names an
// argument of the block that owns the value; one with a dot names an argument
// of a block that is not written, where more than the argument would change.
func (Parser) Render(key string, value any) (literal, statement string) {
	if dot := strings.LastIndexByte(key, '.'); dot >= 0 {
		return "", ""
	}
	name := key[strings.LastIndexByte(key, ' ')+1:]
	if strings.ContainsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' }) {
		return "", "" // "keep-alive": no argument, but what the service does, whoever uses it
	}
	switch v := value.(type) {
	case time.Duration:
		unit := unitOf(name)
		if v < 0 || v%unit != 0 || v == model.Forever {
			return "", ""
		}
		literal = strconv.FormatInt(int64(v/unit), 10)
	case int, int64, bool:
		literal = fmt.Sprint(v)
	case string:
		literal = quote(v)
	default:
		return "", ""
	}
	return literal, name + " = " + literal
}

// unitOf is the unit that an argument counts in, by its name.
func unitOf(name string) time.Duration {
	switch {
	case strings.HasSuffix(name, "_milliseconds"), strings.HasSuffix(name, "_in_millis"), strings.HasSuffix(name, "_ms"):
		return time.Millisecond
	case strings.HasSuffix(name, "_in_minutes"):
		return time.Minute
	}
	return time.Second
}

func quote(s string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(s))
}

// Detect knows the files by their names, and plans by their first keys.
func (Parser) Detect(name string, head func() []byte) bool {
	base := path.Base(name)
	switch {
	case ignored(base):
		return false
	case isConfiguration(base), isVariables(base):
		return true
	}
	return strings.HasSuffix(base, ".json") && isPlan(head())
}

// isConfiguration reports whether Terraform or OpenTofu reads a file of that
// name as configuration.
func isConfiguration(base string) bool {
	for _, ext := range [...]string{".tf", ".tofu", ".tf.json", ".tofu.json"} {
		if strings.HasSuffix(base, ext) && len(base) > len(ext) {
			return true
		}
	}
	return false
}

// isVariables reports whether a file of that name holds values of variables.
func isVariables(base string) bool {
	return strings.HasSuffix(base, ".tfvars") || strings.HasSuffix(base, ".tfvars.json")
}

// ignored are names that Terraform leaves out: of editors, and hidden ones.
func ignored(base string) bool {
	return strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~") || strings.HasPrefix(base, "#") && strings.HasSuffix(base, "#")
}

var planKeys = regexp.MustCompile(`^\s*\{\s*"(format_version|terraform_version|planned_values|resource_changes)"\s*:`)

// isPlan knows a plan by its beginning. A state file starts with a number as
// "version", and the output of "terraform show -json" of a state has values
// instead of planned ones, which is no plan.
func isPlan(head []byte) bool {
	text, _ := transcode(head)
	return planKeys.Match(text) && !strings.Contains(string(text[:min(len(text), 400)]), `"provider_schemas"`)
}

// Load reads one root: a directory with all modules it calls, or a plan.
func (d Parser) Load(t *files.Tree, root files.Root) files.Loaded {
	l := newLoader(t, root.Place)
	if len(root.Paths) == 0 {
		return files.Loaded{}
	}
	if first := root.Paths[0]; strings.HasSuffix(first, ".json") && !isConfiguration(path.Base(first)) && !isVariables(path.Base(first)) {
		l.plan(first, root.Paths[1:])
	} else {
		l.directory(path.Dir(first))
	}
	return l.lower()
}

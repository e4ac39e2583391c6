package terraform

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/gwlint/gwlint/model"
)

// expressions over testdata/console that both must evaluate alike.
var expressions = []string{
	`var.from_tfvars`, `var.from_json`, `var.from_auto`, `var.object`, `var.object.path`, `var.list`, `var.untyped`, `var.any`,
	`local.chain`, `local.ports`, `local.json`, `local.merged`, `local.text`, `local.tpl`, `local.file`, `path.module`, `path.root`,
	`abs(-3)`, `ceil(1.2)`, `floor(1.8)`, `max(1, 5, 3)`, `min(4, 2)`, `parseint("ff", 16)`, `pow(2, 10)`, `signum(-9)`, `log(16, 2)`, `7 / 2`, `7 % 4`,
	`chomp("a\n")`, `indent(2, "a\nb")`, `join("-", ["a", "b"])`, `lower("ABC")`, `upper("abc")`, `title("one two")`, `strrev("abc")`,
	`regex("([a-z]+)-([0-9]+)", "ab-12")`, `regexall("[0-9]", "a1b2")`, `replace("a-b-c", "-", "+")`, `replace("a1b2", "/[0-9]/", "x")`,
	`split(",", "a,b,c")`, `substr("hello", 1, 3)`, `trim("xxaxx", "x")`, `trimprefix("helloworld", "hello")`, `trimsuffix("a.tf", ".tf")`, `trimspace("  a ")`,
	`format("%s-%03d", "a", 7)`, `formatlist("%s!", ["a", "b"])`, `startswith("abc", "ab")`, `endswith("abc", "bc")`, `strcontains("abc", "b")`,
	`chunklist(["a", "b", "c"], 2)`, `coalesce("", "x")`, `coalesce(null, 5)`, `coalescelist([], ["a"])`, `compact(["a", "", "b"])`, `concat(["a"], ["b"])`,
	`contains(["a"], "a")`, `distinct(var.list)`, `element(["a", "b"], 3)`, `flatten([["a"], ["b", ["c"]]])`, `index(["a", "b"], "b")`,
	`keys({ b = 1, a = 2 })`, `values({ b = 1, a = 2 })`, `length("añb")`, `length([1, 2])`, `length({ a = 1 })`, `lookup({ a = 1 }, "b", 2)`, `lookup({ a = 1 }, "a", 2)`,
	`merge({ a = 1 }, { b = "x" })`, `one([])`, `one(["a"])`, `range(3)`, `range(1, 8, 3)`, `reverse([1, 2])`, `setintersection(["a", "b"], ["b"])`,
	`setproduct(["a", "b"], ["c"])`, `setsubtract(["a", "b"], ["b"])`, `setunion(["a"], ["b"])`, `slice(["a", "b", "c"], 1, 2)`, `sort(var.list)`, `sum([1, 2, 3])`,
	`alltrue([true, false])`, `anytrue([true, false])`, `alltrue([])`, `transpose({ a = ["x"], b = ["x"] })`, `zipmap(["a"], [1])`, `matchkeys(["a", "b"], ["x", "y"], ["y"])`,
	`tostring(5)`, `tonumber("5")`, `tobool("true")`, `toset(["b", "a", "b"])`, `tolist(["a"])`, `tomap({ a = "b" })`, `try(var.any.none, "d")`, `try(var.any.one.port, 0)`, `can(var.any.none)`,
	`jsondecode("{\"a\": [1, true]}")`, `yamldecode("a: [1, x]")`, `base64encode("abc")`, `base64decode("YWJj")`, `md5("a")`, `sha256("a")`, `urlencode("a b&c")`, `csvdecode("a,b\n1,2")`,
	`cidrhost("10.0.0.0/16", 5)`, `cidrsubnet("10.0.0.0/16", 8, 3)`, `cidrsubnets("10.0.0.0/16", 8, 8, 4)`, `cidrnetmask("10.0.0.0/12")`,
	`basename("a/b.txt")`, `dirname("a/b.txt")`, `fileexists("plain.txt")`, `fileexists("nothing.txt")`,
	`var.flag ? "a" : "b"`, `!var.flag && true`, `[for s in var.list : upper(s) if s != "a"]`, `{ for s in var.list : s => s... }`, `var.list[0]`, `var.list[*]`,
	`[for k, v in var.any : "${k}=${v.port}"]`, `"%{if var.flag}x%{else}y%{endif}"`, `1 == 1.0`, `"1" == 1`, `nonsensitive("a")`,
}

// TestConsole compares the evaluation with that of terraform itself.
func TestConsole(t *testing.T) {
	program, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("terraform is not installed")
	}
	const dir = "testdata/console"
	temp := t.TempDir()
	if err := os.CopyFS(temp, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	// One process for all, which answers one expression.
	input := "jsonencode([" + strings.Join(encoded(expressions), ", ") + "])\n"
	cmd := exec.Command(program, "console")
	cmd.Dir, cmd.Stdin = temp, strings.NewReader(input)
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "HOME="+temp, "TF_CLI_CONFIG_FILE=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("terraform console: %v\n%s", err, out)
	}
	var printed string
	var lines []string
	if err := json.Unmarshal(out, &printed); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	if err := json.Unmarshal([]byte(printed), &lines); err != nil || len(lines) != len(expressions) {
		t.Fatalf("%v: %d answers to %d expressions", err, len(lines), len(expressions))
	}
	tree, _ := treeOf(t, dir)
	l := newLoader(tree, &model.Place{})
	l.root = "."
	root := l.instance(l.load("."), "")
	root.given, root.other = l.given(".")
	for i, text := range expressions {
		e, diags := hclsyntax.ParseExpression([]byte(text), "expression", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(text, diags)
		}
		v := plain(root.scope().eval(e))
		if !v.IsWhollyKnown() {
			t.Errorf("%s: unknown, terraform has %s", text, lines[i])
			continue
		}
		got, err := ctyjson.Marshal(v, v.Type())
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if want := lines[i]; want != string(got) {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
}

func encoded(all []string) (out []string) {
	for _, e := range all {
		out = append(out, "jsonencode("+e+")")
	}
	return out
}

package terraform

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gwlint/gwlint/model"
	"github.com/gwlint/gwlint/parsers/files"
)

// read reads files given by name and text.
func read(t testing.TB, texts map[string]string) (all files.Loaded) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range texts {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tree, err := files.New(context.Background(), fsys, []string{"."}, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range tree.Names() {
		if (Parser{}).Detect(n, func() []byte { return tree.Head(n) }) {
			names = append(names, n)
		}
	}
	for _, root := range (Parser{}).Roots(tree, names, nil) {
		root.Place = &model.Place{}
		out := (Parser{}).Load(tree, root)
		all.Gateways = append(all.Gateways, out.Gateways...)
		all.Places = append(all.Places, out.Places...)
		all.Findings = append(all.Findings, out.Findings...)
	}
	return all
}

func nested(n int, left, mid, right string) string {
	return strings.Repeat(left, n) + mid + strings.Repeat(right, n)
}

// TestHostile reads what would exhaust stack, memory or patience.
func TestHostile(t *testing.T) {
	lb := func(value string) string { return "resource \"aws_lb\" \"x\" {\n idle_timeout = " + value + "\n}\n" }
	doubling := "locals {\n a0 = \"xxxxxxxx\"\n"
	for i := range 60 {
		doubling += fmt.Sprintf(" a%d = \"${local.a%d}${local.a%d}\"\n", i+1, i, i)
	}
	chain := "locals {\n a0 = 1\n"
	for i := range 20000 {
		chain += fmt.Sprintf(" a%d = local.a%d\n", i+1, i)
	}
	for name, texts := range map[string]map[string]string{
		"brackets":        {"main.tf": lb(nested(1000000, "[", "1", "]"))},
		"parentheses":     {"main.tf": lb(nested(1000000, "(", "1", ")"))},
		"bangs":           {"main.tf": lb(strings.Repeat("!", 1000000) + "true")},
		"sums":            {"main.tf": lb(strings.Repeat("1+", 1000000) + "1")},
		"choices":         {"main.tf": lb(strings.Repeat("true?1:", 500000) + "1")},
		"indexes":         {"main.tf": lb("var.x" + strings.Repeat("[0]", 500000))},
		"blocks":          {"main.tf": nested(500000, "a {\n", "", "}\n")},
		"templates":       {"main.tf": lb(nested(300000, "\"${", "1", "}\""))},
		"json":            {"main.tf.json": nested(1000000, "[", "1", "]")},
		"json template":   {"main.tf.json": `{"resource":{"aws_lb":{"x":{"idle_timeout":"${` + nested(500000, "(", "1", ")") + `}"}}}}`},
		"circle":          {"main.tf": "locals {\n a = local.b\n b = local.a\n}\n" + lb("local.a")},
		"deep circle":     {"main.tf": "locals {\n a = local.a.b\n}\n" + lb("local.a.b.c")},
		"module circle":   {"main.tf": "module \"m\" {\n source = \"./m\"\n}\n", "m/main.tf": "module \"m\" {\n source = \"../m\"\n}\nmodule \"n\" {\n source = \"../\"\n}\n"},
		"doubling":        {"main.tf": doubling + "}\n" + lb("length(local.a60)")},
		"chain":           {"main.tf": chain + "}\n" + lb("local.a20000")},
		"loops":           {"main.tf": lb("length([for a in range(1000): [for b in range(1000): [for c in range(1000): [for d in range(1000): 1]]]])")},
		"product":         {"main.tf": lb("length(setproduct(range(1000), range(1000), range(1000), range(1000)))")},
		"width":           {"main.tf": lb("length(format(\"%999999999s\", \"x\"))")},
		"number":          {"main.tf": lb("\"${1e999999999}\"")},
		"power":           {"main.tf": lb("\"${pow(10, 1000000)}\"")},
		"indent":          {"main.tf": lb("length(indent(999999999, \"a\\nb\"))")},
		"count":           {"main.tf": "resource \"aws_lb\" \"x\" {\n count = 999999999\n}\n"},
		"copies":          {"main.tf": "module \"a\" {\n source = \"./a\"\n count = 400\n}\n", "a/main.tf": "module \"b\" {\n source = \"../b\"\n count = 400\n}\n", "b/main.tf": lb("count.index")},
		"not text":        {"main.tf": "\x00\xff\xfe{{{\"", "x.tfvars": "\x00", "y.tf.json": "{\"resource\": [1, null, \"x\"]}"},
		"wrong shapes":    {"main.tf.json": `{"resource":{"aws_lb":{"x":{"access_logs":[1,{"bucket":[]}],"idle_timeout":{}}},"aws_lb_listener":[{"y":[{"default_action":5}]}]},"module":{"m":{"source":5}}}`},
		"damaged plan":    {"plan.json": `{"format_version":"1.2","planned_values":{"root_module":{"resources":[{"address":5`},
		"odd plan":        {"plan.json": `{"format_version":"1.2","planned_values":{"root_module":{"resources":[{"address":"aws_lb.x","type":"aws_lb","values":{"idle_timeout":[{}]}}]}},"resource_changes":[{"address":"aws_lb.x","type":"aws_lb","change":{"after_unknown":{"idle_timeout":[[true]]}}}],"configuration":{"root_module":{"resources":[{"address":"aws_lb.x","expressions":[]}]}}}`},
		"manifest":        {"main.tf": "module \"m\" {\n source = \"x/y/z\"\n}\n", ".terraform/modules/modules.json": `{"Modules":[{"Key":"m","Dir":"../../../../etc"}]}`},
		"files elsewhere": {"main.tf": lb("length(file(\"../../../../../etc/passwd\"))")},
	} {
		t.Run(name, func(t *testing.T) {
			out := read(t, texts)
			for _, g := range out.Gateways {
				if g.Node == nil || g.Place == nil {
					t.Errorf("%s has no node or no place", g.Name)
				}
			}
		})
	}
}

// TestSecrets plants some where they may be, and looks for them in all that
// can be shown.
func TestSecrets(t *testing.T) {
	const secret = "hunter2hunter2"
	out := read(t, map[string]string{
		"main.tf": `
variable "db" {
  sensitive = true
  default   = "` + secret + `"
}
variable "api_token" {
  default = "` + secret + `"
}
variable "from_file" {
  sensitive = true
}
locals {
  copied = var.db
  text   = "x${var.from_file}"
}
resource "aws_lb" "x" {
  idle_timeout       = var.from_file
  load_balancer_type = local.copied
}
resource "aws_ecs_task_definition" "x" {
  container_definitions = jsonencode([{
    name    = "app"
    image   = "app:${var.db}"
    command = ["run", "--password", "` + secret + `"]
    environment = [
      { name = "A", value = var.db },
      { name = "DB_PASSWORD", value = "` + secret + `" },
      { name = "B", value = local.text },
    ]
  }])
}
resource "aws_lb_target_group" "x" {
  port = 80
  health_check {
    path = "/${var.api_token}"
  }
}
resource "aws_route53_record" "x" {
  name = "${local.copied}.example.com"
  alias {
    name = aws_lb.x.dns_name
  }
}
`,
		"terraform.tfvars": `from_file = "` + secret + `"`,
		"plan/plan.json": `{"format_version":"1.2","variables":{"db":{"value":"` + secret + `"}},"planned_values":{"root_module":{"resources":[
{"address":"aws_lb_target_group.p","type":"aws_lb_target_group","name":"p","values":{"port":80,"health_check":[{"path":"/` + secret + `"}]},"sensitive_values":{"health_check":[{"path":true}]}}]}}}`,
	})
	d := new(dump)
	text := d.loaded(out)
	for _, p := range out.Places {
		for name, v := range p.Env {
			text += name + v.String() + v.Plain() + v.Text()
		}
		text += p.Command.String() + fmt.Sprint(p.Versions, p.Names)
	}
	for _, g := range out.Gateways {
		for n := range g.Node.Walk() {
			text += n.String() + "\n"
			for _, a := range n.Args {
				text += a.Text + "\n"
			}
		}
	}
	for _, f := range out.Findings {
		text += f.Message
	}
	if i := strings.Index(text, secret); i >= 0 {
		t.Errorf("it shows: %s", text[max(0, i-200):i+len(secret)+20])
	}
	if len(out.Gateways) < 3 {
		t.Errorf("only %d gateways were read", len(out.Gateways))
	}
}

func FuzzLoad(f *testing.F) {
	for _, s := range []string{
		"resource \"aws_lb\" \"x\" {\n idle_timeout = var.x\n dynamic \"access_logs\" {\n for_each = [1]\n content {\n enabled = true\n }\n }\n}\nvariable \"x\" {\n default = 5\n}\n",
		"locals {\n a = { for k in toset([\"a\"]) : k => k }\n}\nresource \"aws_lb_target_group\" \"x\" {\n for_each = local.a\n port = 80\n}\n",
		"module \"m\" {\n source = \"terraform-aws-modules/alb/aws\"\n target_groups = { a = { port = 1 } }\n}\n",
	} {
		f.Add("main.tf", s)
	}
	f.Add("main.tf.json", `{"resource":{"aws_lb_listener":{"x":{"port":"${1+1}","default_action":[{"type":"forward"}]}}}}`)
	f.Add("plan.json", `{"format_version":"1.2","planned_values":{"root_module":{"resources":[{"address":"aws_lb.x","type":"aws_lb","name":"x","values":{"idle_timeout":60}}]}}}`)
	f.Fuzz(func(t *testing.T, name, text string) {
		switch name {
		case "main.tf", "main.tf.json", "plan.json":
		default:
			name = "main.tf"
		}
		read(t, map[string]string{name: text})
	})
}

func BenchmarkCorpus(b *testing.B) {
	number := 0
	for b.Loop() {
		tree, names := corpus(b, "terraform")
		number = len(names)
		for _, root := range (Parser{}).Roots(tree, names, nil) {
			root.Place = &model.Place{}
			(Parser{}).Load(tree, root)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/float64(number)*1000, "s/1000files")
}

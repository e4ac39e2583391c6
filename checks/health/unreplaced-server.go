package health

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A server that fails its checks stays as it is, and another is never started.
var unreplacedServer = &model.Check{
	ID:       "unreplaced-server",
	Title:    "A server that fails the load balancer's check is never replaced",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			for _, e := range h.Pool.Endpoints {
				replaces := e.Health.Replaces
				if !model.Is(replaces, false) || !model.Is(e.Health.Active, true) {
					continue
				}
				f := model.Finding{
					Message: fmt.Sprintf("%s: an instance whose application fails the check of %s is never replaced, and one after the other drops out", says(replaces), h.Pool.Name),
					Because: []model.Fact{replaces, e.Health.Active, e.Node},
					When:    "once the application has failed on every instance",
				}
				if edit := byCheck(replaces, e.Node); edit != nil {
					f.Fix = &model.Fix{Message: "replace what fails the check", Edits: []model.Edit{*edit}}
				}
				report(f)
				break
			}
		}
	},
}

// byCheck has a group of instances judge them by the check, too.
func byCheck(replaces model.Value[bool], group *model.Node) *model.Edit {
	const elb = `"ELB"`
	switch {
	case replaces.Key() != "health_check_type":
		return nil
	case !replaces.Written():
		return model.Insert(group, replaces.Key()+" = "+elb)
	case group.Span.Holds(replaces.At()):
		return &model.Edit{Span: replaces.At(), Text: elb}
	}
	return nil
}

// says is a switch by another name than on and off.
func says(v model.Value[bool]) string {
	if v.Written() {
		return v.Key() + " " + v.At().Text()
	}
	return v.Key() + " is not set (" + v.Why() + ")"
}

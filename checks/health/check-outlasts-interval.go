package health

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A check that may take longer than the time until the next one is refused by
// load balancers of clouds when it is made.
var checkOutlastsInterval = &model.Check{
	ID:       "check-outlasts-interval",
	Title:    "A check may take longer than the time until the next one",
	Severity: model.Error,
	Outcomes: []model.Outcome{model.RefusesToStart("")},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			says, equal, ok := refusesLong(h.Pool.Gateway.Product.Name)
			if !ok {
				continue
			}
			for _, e := range h.Pool.Endpoints {
				wait, every := e.Health.Conn.Read, e.Health.Every
				if !wait.Written() && !every.Written() || !model.Less(every, wait) && !(equal && model.AtLeast(wait, every)) {
					continue
				}
				because := []model.Fact{wait, every}
				if !wait.Written() {
					because = []model.Fact{every, wait}
				}
				report(model.Finding{
					Message: fmt.Sprintf("%s of %s is not shorter than %s", wait, h.Pool.Name, every),
					Because: because,
					Outcome: model.RefusesToStart(says),
					When:    "terraform apply",
				})
				break
			}
		}
	},
}

// refusesLong is what a provider says of a check that takes longer than its
// interval, and whether it minds one that takes just as long.
func refusesLong(product string) (says string, equal, ok bool) {
	switch product {
	case "aws-alb":
		return "Health check interval must be greater than the timeout", true, true
	case "aws-elb":
		return "must be less than", true, true
	case "aws-nlb":
		return "Health check interval must be greater than the timeout", false, true
	case "gcp-alb", "gcp-classic-alb", "gcp-lb", "gcp-nlb":
		return "", false, true
	}
	return "", false, false
}

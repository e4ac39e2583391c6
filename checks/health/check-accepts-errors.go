package health

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gwlint/gwlint/model"
)

// An error is a good answer.
var checkAcceptsErrors = &model.Check{
	ID:       "check-accepts-errors",
	Title:    "The check counts an error for a good answer",
	Severity: model.Warning,
	Outcomes: []model.Outcome{{Status: 502}, {Status: 504}},
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			for _, e := range h.Pool.Endpoints {
				expect := e.Health.Expect
				if !model.Is(e.Health.Active, true) || !expect.Known() {
					continue
				}
				f := model.Finding{
					Because: []model.Fact{expect, e.Health.Active},
					When:    "while a server answers such errors to everything",
				}
				switch worst := highest(expect.V); {
				case worst >= 500:
					f.Message = fmt.Sprintf("%s counts a server of %s that answers 5xx as healthy: it keeps its requests", expect, h.Pool.Name)
				case worst >= 400:
					f.Message = fmt.Sprintf("%s counts a server of %s that answers 4xx as healthy: one that lost its application keeps its requests", expect, h.Pool.Name)
					f.AtMost = model.Note
				default:
					continue
				}
				report(f)
				break
			}
		}
	},
}

// highest is the highest status in a list of codes and ranges, "200,301-399";
// 0 where it is none.
func highest(codes string) (most int) {
	for part := range strings.SplitSeq(codes, ",") {
		_, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = part
		}
		n, err := strconv.Atoi(strings.TrimSpace(last))
		if err != nil || n < 100 || n > 599 {
			return 0
		}
		most = max(most, n)
	}
	return most
}

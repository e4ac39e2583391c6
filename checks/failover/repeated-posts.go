package failover

import (
	"fmt"

	"github.com/gwlint/gwlint/model"
)

// A request that the server may have carried out is sent once more.
var repeatedPosts = &model.Check{
	ID:       "repeated-posts",
	Title:    "A POST that a server may have carried out is sent again",
	Severity: model.Warning,
	Run: func(w *model.Workspace, report func(model.Finding)) {
		for h := range w.Hops() {
			on := h.Retry.On
			if h.Gateway().Product.Name != "haproxy" || !model.Is(h.Retry.Posts, true) || !on.Written() || !model.Over(h.Retry.Tries, 1) || beyondConnecting(on) == 0 {
				continue
			}
			f := model.Finding{
				Message: fmt.Sprintf("%s sends POST again, too, though the server may have carried it out", on),
				Because: []model.Fact{on, h.Retry.Posts, h.Retry.Tries},
				When:    "a POST whose answer is lost, late or an error",
				AtMost:  model.Note, // of a closed connection, mostly nothing was done
			}
			if model.Has(on, model.Silent) {
				f.Message = fmt.Sprintf("%s sends a POST again that was only late, up to %d times, while the server still works on it", on, h.Retry.Tries.V-1)
				f.AtMost = 0
			}
			if edit := model.Insert(h.Pool.Node, "http-request disable-l7-retry if METH_POST"); edit != nil {
				f.Fix = &model.Fix{Message: "send no POST again", Edits: []model.Edit{*edit}}
			}
			report(f)
		}
	},
}

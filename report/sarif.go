package report

import (
	"bufio"

	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/sarif"
)

func writeSARIF(w *bufio.Writer, r *lint.Result, opt Options) error {
	log, err := sarif.Build(r, sarif.Options{
		Version: opt.Version, Category: opt.Category, Full: opt.Full, Pages: opt.Pages, RuleURL: opt.RuleURL,
	})
	if err != nil {
		return err
	}
	return sarif.Write(w, log)
}

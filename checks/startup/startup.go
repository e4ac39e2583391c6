// Package startup holds what parsers and the engine find themselves: files
// that cannot be read, servers that refuse to start, comments that ignore
// nothing. They have pages like any rule, and no Run.
package startup

import "github.com/gwlint/gwlint/model"

// Checks are the rules of the topic.
func Checks() []*model.Check {
	return []*model.Check{
		syntax,
		missingInclude,
		outsideRoot,
		unreadable,
		settingsError,
		internalError,
		unusedIgnore,
		ignoreWithoutReason,
	}
}

var refuses = []model.Outcome{model.RefusesToStart("")}

var (
	syntax              = &model.Check{ID: "syntax", Title: "The configuration cannot be parsed", Severity: model.Error, Outcomes: refuses}
	missingInclude      = &model.Check{ID: "missing-include", Title: "An included file is not there", Severity: model.Warning, Outcomes: refuses}
	outsideRoot         = &model.Check{ID: "outside-root", Title: "A link or an include leads out of what is linted", Severity: model.Note}
	unreadable          = &model.Check{ID: "unreadable", Title: "A file cannot be read", Severity: model.Warning, Outcomes: refuses}
	settingsError       = &model.Check{ID: "settings-error", Title: "The settings file does not say what it means to", Severity: model.Error}
	internalError       = &model.Check{ID: "internal-error", Title: "A parser or a rule failed", Severity: model.Error}
	unusedIgnore        = &model.Check{ID: "unused-ignore", Title: "A comment ignores nothing", Severity: model.Warning}
	ignoreWithoutReason = &model.Check{ID: "ignore-without-reason", Title: "A comment does not say why it ignores a rule", Severity: model.Warning}
)

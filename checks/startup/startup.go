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
		expiredIgnore,
		missingFinalNewline,
		emptyWordEndsLine,
		removedKeyword,
		undefinedBackend,
		undefinedSection,
		undefinedACL,
		undefinedTable,
		undefinedServer,
		trackUnchecked,
		checkRulesRefused,
		missingInImage,
		bindWithoutCertificate,
		duplicateProxyName,
		duplicateServerName,
		verifyWithoutCA,
		resolversWithoutNameserver,
		defaultServerBelow,
		neverResolved,
		misplacedDirective,
		duplicateDirective,
		undefinedZone,
		longServerName,
		addressInUse,
		unknownDirective,
		unknownUser,
		unfilledTemplate,
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
	expiredIgnore       = &model.Check{ID: "expired-ignore", Title: "A comment ignores a rule until a day that is past", Severity: model.Warning}

	missingFinalNewline        = &model.Check{ID: "missing-final-newline", Title: "The last line of the file is not ended", Severity: model.Error, Outcomes: refuses}
	emptyWordEndsLine          = &model.Check{ID: "empty-word-ends-line", Title: "An empty word hides the rest of its line", Severity: model.Warning}
	removedKeyword             = &model.Check{ID: "removed-keyword", Title: "A keyword is gone in this version", Severity: model.Error, Outcomes: refuses}
	undefinedBackend           = &model.Check{ID: "undefined-backend", Title: "A backend that is named does not exist", Severity: model.Error, Outcomes: refuses}
	undefinedSection           = &model.Check{ID: "undefined-section", Title: "A section that is named does not exist", Severity: model.Error, Outcomes: refuses}
	undefinedACL               = &model.Check{ID: "undefined-acl", Title: "A condition asks for an ACL that does not exist", Severity: model.Error, Outcomes: refuses}
	undefinedTable             = &model.Check{ID: "undefined-table", Title: "A stick table that is named does not exist", Severity: model.Error, Outcomes: refuses}
	undefinedServer            = &model.Check{ID: "undefined-server", Title: "A server that is named does not exist", Severity: model.Error, Outcomes: refuses}
	trackUnchecked             = &model.Check{ID: "track-unchecked", Title: "A server follows the checks of one that has none", Severity: model.Error, Outcomes: refuses}
	checkRulesRefused          = &model.Check{ID: "check-rules-refused", Title: "The rules of a health check stand in the wrong order", Severity: model.Error, Outcomes: refuses}
	missingInImage             = &model.Check{ID: "missing-in-image", Title: "What a package of the server has and its image has not", Severity: model.Error, Outcomes: refuses}
	bindWithoutCertificate     = &model.Check{ID: "bind-without-certificate", Title: "A listener for TLS has no certificate", Severity: model.Error, Outcomes: refuses}
	duplicateProxyName         = &model.Check{ID: "duplicate-proxy-name", Title: "Two proxies have one name", Severity: model.Error, Outcomes: refuses}
	duplicateServerName        = &model.Check{ID: "duplicate-server-name", Title: "Two servers of a backend have one name", Severity: model.Error, Outcomes: refuses}
	verifyWithoutCA            = &model.Check{ID: "verify-without-ca", Title: "A server's certificate is verified against nothing", Severity: model.Error, Outcomes: refuses}
	defaultServerBelow         = &model.Check{ID: "default-server-below", Title: "default-server stands below the servers it was meant for", Severity: model.Warning}
	neverResolved              = &model.Check{ID: "never-resolved", Title: "The name of a server is never looked up", Severity: model.Error, Outcomes: []model.Outcome{{Status: 503}, model.NoAnswer, model.RefusesToStart("")}}
	misplacedDirective         = &model.Check{ID: "misplaced-directive", Title: "A directive stands where nginx does not take it", Severity: model.Error, Outcomes: refuses}
	duplicateDirective         = &model.Check{ID: "duplicate-directive", Title: "What nginx takes once stands twice", Severity: model.Error, Outcomes: refuses}
	undefinedZone              = &model.Check{ID: "undefined-zone", Title: "A zone, a cache or a log format is used that nothing defines", Severity: model.Error, Outcomes: refuses}
	longServerName             = &model.Check{ID: "long-server-name", Title: "The name of a server is too long for the table of names", Severity: model.Error, Outcomes: refuses}
	addressInUse               = &model.Check{ID: "address-in-use", Title: "http and stream listen on the same address", Severity: model.Error, Outcomes: refuses}
	unknownDirective           = &model.Check{ID: "unknown-directive", Title: "A directive that this nginx does not have", Severity: model.Error, Outcomes: refuses}
	unknownUser                = &model.Check{ID: "unknown-user", Title: "The image has no such user", Severity: model.Error, Outcomes: refuses}
	unfilledTemplate           = &model.Check{ID: "unfilled-template", Title: "A place in a template that nothing fills in", Severity: model.Error, Outcomes: refuses}
	resolversWithoutNameserver = &model.Check{ID: "resolvers-without-nameserver", Title: "A resolvers section asks nobody", Severity: model.Warning}
)

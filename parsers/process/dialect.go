package process

// A Dialect is that of files which are no configuration and tell something all
// the same: scripts, package.json, source code.
type Dialect string

// Dialects by what they are read for.
const (
	Shell   Dialect = "shell"
	Package Dialect = "package.json"
	Code    Dialect = "code"
)

// Name of the dialect.
func (d Dialect) Name() string { return string(d) }

// Render writes nothing: programs are not edited.
func (Dialect) Render(string, any) (literal, statement string) { return "", "" }

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gwlint/gwlint/lint"
)

// emptyTree is git's name of a tree without files.
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// changedSince are the lines of a root that differ from a revision, and the
// files that git does not know.
func changedSince(ctx context.Context, r root, rev string) (lint.Changed, error) {
	if r.stdin != nil {
		return nil, fmt.Errorf("--changed-since compares files, not standard input")
	}
	dir, err := filepath.Abs(r.dir)
	if err != nil {
		return nil, err
	}
	// The revision is made a hash first: it cannot be taken for a flag then.
	hash, err := git(ctx, dir, "rev-parse", "--verify", "--end-of-options", rev+"^{commit}")
	if all, none := git(ctx, dir, "rev-list", "--all", "--max-count=1"); err != nil && rev == "HEAD" && none == nil && len(all) == 0 {
		hash, err = []byte(emptyTree), nil // before the first commit
	}
	if err != nil {
		return nil, fmt.Errorf("--changed-since %s: %w", rev, err)
	}
	diff, err := git(ctx, dir, "diff", "--relative", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames",
		"--src-prefix=a/", "--dst-prefix=b/", strings.TrimSpace(string(hash)), "--", ".")
	if err != nil {
		return nil, fmt.Errorf("--changed-since %s: %w", rev, err)
	}
	fresh, err := git(ctx, dir, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
	if err != nil {
		return nil, fmt.Errorf("--changed-since %s: %w", rev, err)
	}
	changed := changedLines(string(diff))
	for _, name := range strings.Split(string(fresh), "\x00") {
		if name != "" {
			changed[name] = nil
		}
	}
	return changed, nil
}

// git runs git without what a repository may have it run.
func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "core.fsmonitor=false", "-c", "core.quotePath=false"}, args...)...)
	cmd.Dir = dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		said, _, _ := strings.Cut(strings.TrimSpace(errs.String()), "\n")
		return nil, errors.New(strings.TrimPrefix(said, "fatal: "))
	}
	return out, err
}

// changedLines reads a diff without context. Where lines were only taken out,
// their neighbours have changed.
func changedLines(diff string) lint.Changed {
	out := lint.Changed{}
	name := ""
	left := 0 // lines of the hunk that are still to come: they may look like anything
	for line := range strings.Lines(diff) {
		line = strings.TrimSuffix(line, "\n")
		if left > 0 && (strings.HasPrefix(line, "+") || strings.HasPrefix(line, "-")) {
			left--
			continue
		}
		if after, ok := strings.CutPrefix(line, "+++ "); ok {
			if plain, err := strconv.Unquote(after); err == nil {
				after = plain
			}
			after = strings.TrimSuffix(after, "\t")
			if name = ""; strings.HasPrefix(after, "b/") {
				name = after[2:]
			}
			continue
		}
		if !strings.HasPrefix(line, "@@ -") {
			continue
		}
		words := strings.Fields(line)
		if len(words) < 3 {
			continue
		}
		_, gone := hunk(words[1])
		first, come := hunk(words[2])
		left = gone + come
		if name == "" {
			continue
		}
		lines := lint.Lines{First: first, Last: first + come - 1}
		if come == 0 {
			lines.Last = first + 1
		}
		out[name] = append(out[name], lines)
	}
	return out
}

// hunk reads "+12,3" and "-12", which is one line.
func hunk(s string) (first, count int) {
	at, n, several := strings.Cut(s[1:], ",")
	first, _ = strconv.Atoi(at)
	if count = 1; several {
		count, _ = strconv.Atoi(n)
	}
	return first, count
}

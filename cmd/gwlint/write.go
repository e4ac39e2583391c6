package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gwlint/gwlint/checks"
	"github.com/gwlint/gwlint/lint"
	"github.com/gwlint/gwlint/report"
)

// A sink is a format and where it goes.
type sink struct {
	format report.Format
	file   string // "-" is standard output
}

func sinks(format string, outputs []string) ([]sink, error) {
	var out []sink
	stdout := false
	for _, o := range append(outputs, format+"=-") {
		name, file, ok := strings.Cut(o, "=")
		if !ok || file == "" {
			return nil, fmt.Errorf("--output takes FORMAT=FILE, such as sarif=gwlint.sarif, not %q", o)
		}
		f, known := report.ByName(name)
		if !known {
			return nil, fmt.Errorf("there is no format %q%s", name, didYouMean(name, strings.Split(formatNames(), " ")))
		}
		if file == "-" {
			if stdout {
				continue // an output was sent there, in place of the format
			}
			stdout = true
		}
		out = append(out, sink{f, file})
	}
	return out, nil
}

func formatNames() string {
	var names []string
	for _, f := range report.Formats {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}

// write writes a report; full is the SARIF profile.
func (s sink) write(c console, r *lint.Result, color string, full bool) error {
	if s.file != "-" || !isTerminal(c.out) {
		same := *r
		same.Summary.Elapsed = 0 // the same input gives the same bytes; --timings tells
		r = &same
	}
	opt := report.Options{Context: 1, Version: build().version, Pages: checks.Explain, RuleURL: checks.URL, Full: full}
	if s.file == "-" {
		tty := isTerminal(c.out)
		opt.Colour = report.Colour(color, os.Getenv, tty)
		opt.Links = opt.Colour && tty
		opt.Width = width()
		return s.format.Write(c.out, r, opt)
	}
	var b bytes.Buffer
	if err := s.format.Write(&b, r, opt); err != nil {
		return err
	}
	return writeWhole(s.file, b.Bytes())
}

// writeWhole writes a file so that nobody ever sees half of it.
func writeWhole(name string, text []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name())
			err = fmt.Errorf("writing %s: %w", name, err)
		}
	}()
	if _, err = tmp.Write(text); err != nil {
		tmp.Close()
		return err
	}
	if err = tmp.Chmod(0o644); err != nil {
		tmp.Close()
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func width() int {
	n, _ := strconv.Atoi(os.Getenv("COLUMNS"))
	return n
}

package sarif

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// lineHashes are GitHub's primaryLocationLineHash of every line of text: of
// each line the hash of the 100 UTF-16 units from its start on, white space
// left out, and how often that hash was met so far. It is what keeps an alert
// the same while lines move around it.
//
// The function is that of github/codeql-action, src/fingerprints.ts.
func lineHashes(text []byte) []string {
	const (
		block = 100
		mod   = 37
		none  = -1
	)
	leaving := uint64(1) // mod to the power of block
	for range block {
		leaving *= mod
	}
	var (
		window [block]uint64
		lines  [block]int // the line that starts at a slot
		hash   uint64
		slot   int
		found  []string
		met    = map[uint64]int{}
		start  = true
		cr     bool
	)
	for i := range lines {
		lines[i] = none
	}
	flush := func() {
		if lines[slot] == none {
			return
		}
		met[hash]++
		found = append(found, strconv.FormatUint(hash, 16)+":"+strconv.Itoa(met[hash]))
		lines[slot] = none
	}
	roll := func(unit uint64) {
		hash = mod*hash + unit - leaving*window[slot]
		window[slot] = unit
		slot = (slot + 1) % block
	}
	line := 0
	feed := func(unit uint64) {
		if unit == ' ' || unit == '\t' || cr && unit == '\n' {
			cr = false
			return
		}
		cr = unit == '\r'
		if cr {
			unit = '\n'
		}
		flush()
		if start {
			start = false
			lines[slot] = line
			line++
		}
		start = unit == '\n'
		roll(unit)
	}
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		if r1, r2 := utf16.EncodeRune(r); r1 != utf8.RuneError {
			feed(uint64(r1))
			feed(uint64(r2))
		} else {
			feed(uint64(r))
		}
	}
	feed(0xFFFF)
	for range block {
		flush()
		roll(0)
	}
	return found
}

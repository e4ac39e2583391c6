package symptoms

import (
	"bufio"
	"errors"
	"io"
	"slices"
)

// A Digest is what many lines say together.
type Digest struct {
	Groups  []Group // those with most lines first
	Fine    int     // lines that tell of nothing that failed
	Unknown []int   // numbers of the first lines that are not known, from 1
	Strange int     // how many of those there are
	Near    []*Symptom
}

// A Group is the lines of one symptom.
type Group struct {
	Reading // the first line's
	Lines   int
	Tallies []Tally // what the lines tell, in the order of the first of each
}

// A Tally is the values of one field, the most frequent first.
type Tally struct {
	Name   string
	Values []Count
	More   bool // there are others, which are not counted
}

// A Count is how many lines tell a value.
type Count struct {
	Value string
	Lines int
}

// distinct is how many values of a field are counted: enough for the servers of
// a pool, and no more memory than that for what clients send.
const distinct = 200

// DigestOf reads lines to the end. Of a line that is longer than any log's only
// the beginning is read. An error is the reader's.
func DigestOf(r io.Reader) (*Digest, error) {
	d := &Digest{}
	type kind struct {
		s               *Symptom
		client, setting string
	}
	at := map[kind]int{}
	counted := map[kind]map[Field]*Count{}
	in := bufio.NewReaderSize(r, longest)
	for n := 1; ; n++ {
		line, rest, err := in.ReadLine()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		text := string(line)
		for rest && err == nil {
			_, rest, err = in.ReadLine()
		}
		reading := Read(text)
		switch {
		case reading.Fine || text == "":
			if text != "" {
				d.Fine++
			}
			continue
		case reading.Symptom == nil:
			if d.Strange == 0 {
				d.Near = Nearest(text, 3)
			}
			if d.Strange++; len(d.Unknown) < 5 {
				d.Unknown = append(d.Unknown, n)
			}
			continue
		}
		k := kind{reading.Symptom, reading.Client, reading.Setting}
		i, known := at[k]
		if !known {
			i = len(d.Groups)
			at[k], counted[k] = i, map[Field]*Count{}
			d.Groups = append(d.Groups, Group{Reading: reading})
		}
		d.Groups[i].Lines++
		d.Groups[i].tally(reading.Fields, counted[k])
	}
	for i := range d.Groups {
		g := &d.Groups[i]
		if g.Lines > 1 {
			_, g.Look = g.inModule(scheme(g.upstream()), "the server")
		}
		for _, t := range g.Tallies {
			for v := range t.Values {
				t.Values[v].Lines = counted[kind{g.Symptom, g.Client, g.Setting}][Field{t.Name, t.Values[v].Value}].Lines
			}
			slices.SortStableFunc(t.Values, func(a, b Count) int { return b.Lines - a.Lines })
		}
	}
	slices.SortStableFunc(d.Groups, func(a, b Group) int { return b.Lines - a.Lines })
	return d, nil
}

// upstream is the server that the first line names, or "".
func (g *Group) upstream() string {
	for _, f := range g.Fields {
		if f.Name == "upstream" {
			return f.Value
		}
	}
	return ""
}

// tally counts the fields of one more line.
func (g *Group) tally(fields []Field, counted map[Field]*Count) {
	for _, f := range fields {
		if c := counted[f]; c != nil {
			c.Lines++
			continue
		}
		i := slices.IndexFunc(g.Tallies, func(t Tally) bool { return t.Name == f.Name })
		if i < 0 {
			i = len(g.Tallies)
			g.Tallies = append(g.Tallies, Tally{Name: f.Name})
		}
		t := &g.Tallies[i]
		if len(t.Values) == distinct {
			t.More = true
			continue
		}
		counted[f] = &Count{f.Value, 1}
		t.Values = append(t.Values, Count{Value: f.Value})
	}
}

// Package proven holds the record of what the lab has proven on real servers:
// which case of which rule passed on which version of which product. The record
// is written by the lab's test alone.
package proven

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:embed proven.tsv
var record []byte

// Proof is one line of the record: on this version the bad configuration of
// the case failed as claimed, and the fixed one did not.
type Proof struct {
	Rule    string
	Case    string // the name of the file in testdata/lab/<rule>, without .txtar
	Product string // nginx, haproxy, php-fpm
	Version string
}

// All returns the record, sorted.
func All() []Proof {
	proofs, err := Parse(record)
	if err != nil {
		panic(err) // the record is part of the program, and a test reads it
	}
	return proofs
}

// Of returns the proofs of one rule, sorted; none where it is not proven.
func Of(rule string) []Proof {
	var of []Proof
	for _, p := range All() {
		if p.Rule == rule {
			of = append(of, p)
		}
	}
	return of
}

// Versions lists where the proofs hold, for people: "nginx 1.22.1, 1.28.0;
// haproxy 2.6.12". It is "" without proofs.
func Versions(proofs []Proof) string {
	on := map[string][]string{}
	var products []string
	for _, p := range proofs {
		if on[p.Product] == nil {
			products = append(products, p.Product)
		}
		on[p.Product] = append(on[p.Product], p.Version)
	}
	// The proxies come first: most rules are about them.
	slices.SortFunc(products, func(a, b string) int { return strings.Compare(rank(a)+a, rank(b)+b) })
	for i, product := range products {
		versions := on[product]
		slices.SortFunc(versions, compareVersions)
		products[i] = product + " " + strings.Join(slices.Compact(versions), ", ")
	}
	return strings.Join(products, "; ")
}

func rank(product string) string {
	n := slices.Index([]string{"nginx", "haproxy", "php-fpm"}, product)
	if n < 0 {
		n = 9
	}
	return strconv.Itoa(n)
}

// Parse reads a record. Lines that start with # are comments.
func Parse(text []byte) ([]Proof, error) {
	var proofs []Proof
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		words := strings.Split(line, "\t")
		if len(words) != 4 || slices.Contains(words, "") {
			return nil, fmt.Errorf("line %d of the record has not four columns: %q", n, line)
		}
		proofs = append(proofs, Proof{words[0], words[1], words[2], words[3]})
	}
	sort(proofs)
	return slices.Compact(proofs), nil
}

const header = `# What the lab has proven on real servers. Written by: go test ./lab -update
# rule	case	product	version
`

// Format writes a record, sorted and without repetitions.
func Format(proofs []Proof) []byte {
	proofs = slices.Clone(proofs)
	sort(proofs)
	var w bytes.Buffer
	w.WriteString(header)
	for _, p := range slices.Compact(proofs) {
		fmt.Fprintf(&w, "%s\t%s\t%s\t%s\n", p.Rule, p.Case, p.Product, p.Version)
	}
	return w.Bytes()
}

func sort(proofs []Proof) {
	slices.SortFunc(proofs, func(a, b Proof) int {
		for _, n := range []int{
			strings.Compare(a.Rule, b.Rule),
			strings.Compare(a.Case, b.Case),
			strings.Compare(a.Product, b.Product),
			compareVersions(a.Version, b.Version),
		} {
			if n != 0 {
				return n
			}
		}
		return 0
	})
}

// compareVersions orders 1.9.0 before 1.22.1.
func compareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, _ := strconv.Atoi(as[i])
		y, _ := strconv.Atoi(bs[i])
		if x != y {
			return x - y
		}
	}
	return len(as) - len(bs)
}

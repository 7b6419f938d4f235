package geo

import (
	"cmp"
	"slices"
	"strings"
)

// longest is the length of the longest query that is looked at, in bytes.
const longest = 100

// query is what a person typed, in words.
type query struct {
	kinds  []Kind
	words  []string // of the name, the postal code, the department
	number string   // the number of a department among them, or ""
	name   string   // the words without numbers
}

func newQuery(typed string, kinds []Kind) query {
	q := query{kinds: kinds}
	if len(typed) > longest {
		return q
	}
	for w := range strings.FieldsSeq(Fold(typed)) {
		if w == "cedex" {
			continue
		}
		q.words = append(q.words, w)
		if _, ok := areas().byCode[string(Department)+":"+strings.ToUpper(w)]; ok {
			q.number = strings.ToUpper(w)
		}
	}
	q.name = strings.Join(slices.DeleteFunc(slices.Clone(q.words), func(w string) bool {
		return w[0] <= '9' || strings.ToUpper(w) == q.number
	}), " ")
	return q
}

func (q query) wants(k Kind) bool { return len(q.kinds) == 0 || slices.Contains(q.kinds, k) }

// department is the number of the department that was typed or that a postal
// code starts with. Those of Corsica (20) do not tell between its two.
func (q query) department() string {
	i := slices.IndexFunc(q.words, isPostal)
	if q.number != "" || i < 0 || strings.HasPrefix(q.words[i], "20") {
		return q.number
	}
	return departmentOf(q.words[i])
}

func isPostal(word string) bool {
	return len(word) == len("35000") && strings.Trim(word, "0123456789") == ""
}

// rank is how well a place answers a query, the best first.
type rank int

const (
	whole  rank = iota // the name is what was typed
	begins             // the name begins with the whole words typed
	starts             // the name starts with the letters typed
	holds              // the words are in it
)

// hit is a place that answers a query.
type hit struct {
	rank       rank
	former     bool // by the name of a commune that is no more
	population int
	area       string // code of a region or department, or
	row        int    // row that matched
}

func (h hit) place() Place {
	if h.area != "" {
		return areas().byCode[h.area]
	}
	c := communes()
	p := c.place(c.commune(h.row))
	if h.former {
		p.FoundAs = c.name(h.row)
	}
	return p
}

// compare puts the better hit first, then the more populous, then for areas the
// region, then what comes first in the data.
func (h hit) compare(o hit) int {
	if c := cmp.Compare(h.weight(), o.weight()); c != 0 {
		return c
	}
	if c := cmp.Compare(o.population, h.population); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(o.area, h.area), cmp.Compare(h.row, o.row))
}

// weight puts the name of a commune that is no more behind those that begin
// with the words, before those that start with the letters.
func (h hit) weight() int {
	if h.former {
		return 2*int(h.rank) + 3
	}
	return 2 * int(h.rank)
}

// rank compares the name in a line with the one that was typed.
func (q query) rank(line, department string) rank {
	name, _, _ := strings.Cut(line[1:], "\t")
	switch {
	case name == q.name || q.isWithDepartment(name, department):
		return whole
	case q.name == "" || !strings.HasPrefix(name, q.name):
		return holds
	case name[len(q.name)] == ' ':
		return begins
	}
	return starts
}

// isWithDepartment says whether a name was typed with that of its department or
// region behind it: "Saint-Denis (La Réunion)".
func (q query) isWithDepartment(name, department string) bool {
	rest, ok := strings.CutPrefix(q.name, name)
	if !ok || rest == "" || name == "" {
		return false
	}
	p := areas().byCode[string(Department)+":"+department]
	return rest == " "+areas().folded[p.Code] || rest == " "+areas().folded[p.Region]
}

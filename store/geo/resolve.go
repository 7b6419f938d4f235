package geo

import (
	"slices"
	"strings"
)

// choices is how many places a person is asked to choose from.
const choices = 12

// Resolve says which place of the given kinds (all when none is given) a person
// means: by its code, its label, its name, its postal code, or any words that
// Search takes. When several may be meant it returns the zero Place and those
// to choose from, the likeliest first; when there is none, nothing.
//
// A form needs no JavaScript with it: one line of text and, when the answer is a
// choice, the form again with a radio button for each, whose value is the code
// and whose words are the label.
func Resolve(typed string, kinds ...Kind) (Place, []Place) {
	typed = strings.TrimSpace(typed)
	q := newQuery(typed, kinds)
	if p, ok := Lookup(typed); ok && q.wants(p.Kind) {
		return p, nil
	}
	hits := q.run()
	if len(hits) == 0 {
		return q.byBareCode(typed), nil
	}
	if q.isMeant(hits) {
		return hits[0].place(), nil
	}
	var out []Place
	for _, h := range hits[:min(choices, len(hits))] {
		out = append(out, h.place())
	}
	return Place{}, out
}

// isMeant says whether the first hit is surely the one: the only one, or the
// only one of that name; unless nothing but the name was typed and a larger
// commune's name begins with it, which people often leave unfinished.
func (q query) isMeant(hits []hit) bool {
	if len(hits) == 1 {
		return true
	}
	first := hits[0]
	if first.rank != whole {
		return false
	}
	for _, h := range hits[1:] {
		if h.rank == whole && h.former == first.former {
			return false
		}
		if h.rank <= begins && h.population > first.population && !q.isQualified() {
			return false
		}
	}
	return true
}

// isQualified says whether a postal code or a department's number was typed.
func (q query) isQualified() bool {
	return q.number != "" || slices.ContainsFunc(q.words, isPostal)
}

// byBareCode takes what is no postal code for the code of a commune.
func (q query) byBareCode(typed string) Place {
	p, ok := Lookup(string(Commune) + ":" + strings.ToUpper(typed))
	if !ok || !q.wants(Commune) {
		return Place{}
	}
	return p
}

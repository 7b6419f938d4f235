package store

import (
	"slices"
	"strings"

	"github.com/essaim/essaim/store/geo"
)

const (
	alikeWithin = 2    // kilometres
	alikeShare  = 0.65 // of the pairs of letters of two names
	maxAlike    = 5
)

// Alike is a record that may tell of the same as another one.
type Alike struct {
	Item     Item
	Distance float64 // kilometres
}

// Alike are records of this node of the same kind for everybody, whose names are
// nearly that of a record and whose places are no more than 2 km from its own, the
// nearest first. What SameName knows is left out.
func (t *Txn) Alike(it Item) (list []Alike) {
	r, same := it.Envelope(), t.SameName(it.Envelope())
	for _, near := range t.nearby(it, Viewer{}, maxAlike+maxNamed, func(p *Pin, away float64) bool {
		text := p.Text()
		return away <= alikeWithin && text.Kind == r.Kind && text.Lab == r.Lab && alike(text.Title, r.Title)
	}) {
		id := near.Item.Envelope().ID
		if !slices.ContainsFunc(same, func(x Item) bool { return x.Envelope().ID == id }) && len(list) < maxAlike {
			list = append(list, Alike(near))
		}
	}
	return list
}

// alike says whether two names are nearly the same, however they are spelt: by the pairs
// of letters that they share (Dice's coefficient), or because one holds the other.
func alike(a, b string) bool {
	a, b = geo.Fold(a), geo.Fold(b)
	if a == "" || b == "" {
		return false
	}
	words := func(s string) string { return " " + s + " " }
	if strings.Contains(words(a), words(b)) || strings.Contains(words(b), words(a)) {
		return true
	}
	pairs := map[string]int{}
	for i := range len(a) - 1 {
		pairs[a[i:i+2]]++
	}
	shared := 0
	for i := range len(b) - 1 {
		if pairs[b[i:i+2]] > 0 {
			pairs[b[i:i+2]]--
			shared++
		}
	}
	return 2*float64(shared) >= alikeShare*float64(len(a)+len(b)-2) && shared > 0
}

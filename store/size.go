package store

import "github.com/essaim/essaim/store/geo"

// Sizes are the sizes of places, by their inhabitants: what worked in a village says
// little to a metropolis.
var Sizes = Vocabulary{Name: "size", Slugs: []string{"village", "bourg", "ville", "grande-ville", "metropole"}}

// smallest are the inhabitants from which on a place has each of Sizes.
var smallest = []int{1, 2000, 10_000, 50_000, 200_000}

// Size is how large the commune of a place is: one of Sizes, or empty where it is not
// known.
func (p *Place) Size() (slug string) {
	c, ok := geo.Lookup(p.Code)
	if !ok || c.Kind != geo.Commune {
		return ""
	}
	for i, inhabitants := range smallest {
		if c.Population >= inhabitants {
			slug = Sizes.Slugs[i]
		}
	}
	return slug
}

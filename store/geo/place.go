package geo

import (
	"slices"
	"strings"
)

// Kind is the level of a place. It is also what its code starts with.
type Kind string

// The kinds. The overseas collectivities stand as regions and as departments,
// as the Code officiel géographique has them.
const (
	Region     Kind = "region"
	Department Kind = "dep"
	Commune    Kind = "com"
)

// Precision says what a position stands for. People are shown it; its words
// are messages "precision.<value>".
type Precision string

// The precisions, the finest first.
const (
	Settlement Precision = "bourg"      // the town or village itself
	Middle     Precision = "commune"    // the middle of the commune's territory
	Environs   Precision = "environs"   // to about ten kilometres
	Area       Precision = "territoire" // the middle of a department or region
)

// Place is a region, a department or a commune. The zero Place is none.
type Place struct {
	Code       string // "region:53", "dep:35", "com:35238"
	Kind       Kind
	Name       string // in French: "L'Haÿ-les-Roses"
	Department string // its code; of a region empty, of a department its own
	Region     string // its code; of a region its own
	Point
	Precision   Precision
	Population  int      // inhabitants; 0 also where nobody counted
	PostalCodes []string // of a commune; a few have none
	FoundAs     string   // the name that a search found a commune by, when that is no commune's today: "Lomme", of Lille
}

// Lookup returns the place of a code. The code of a commune that is now part
// of another, and of an arrondissement of Paris, Lyon or Marseille, gives the
// commune of today.
func Lookup(code string) (Place, bool) {
	kind, bare, _ := strings.Cut(code, ":")
	if Kind(kind) != Commune {
		p, ok := areas().byCode[code]
		return p, ok
	}
	c := communes()
	if i, ok := c.find(bare); ok {
		return c.place(i), true
	}
	return Place{}, false
}

// Label is the name by which a place is told apart from others of its kind:
// "Saint-Denis (974)", "Ille-et-Vilaine (35)", "Bretagne". Given this kind,
// Resolve finds the place again by it.
func (p Place) Label() string {
	_, number, ok := strings.Cut(p.Department, ":")
	if !ok {
		return p.Name
	}
	return p.Name + " (" + number + ")"
}

// Regions are the 18 regions and then the 8 overseas collectivities, each in
// the order of their names.
func Regions() []Place { return slices.Clone(areas().regions) }

// Departments are those of a region, in the order of their codes; all of them
// for "".
func Departments(region string) []Place {
	var out []Place
	for _, p := range areas().departments {
		if region == "" || p.Region == region {
			out = append(out, p)
		}
	}
	return out
}

// Within says whether one code names a part of what another names, or the
// same: "com:35238" lies within "dep:35", "region:53" and itself. Unknown codes
// lie nowhere.
func Within(part, whole string) bool {
	p, ok := Lookup(part)
	if !ok {
		return false
	}
	w, ok := Lookup(whole)
	return ok && (p.Code == w.Code || p.Department == w.Code || p.Region == w.Code)
}

package store

import "strings"

// Precision says how exact the position of a place is.
type Precision string //nolint:recvcheck // parse alone changes it

// The precisions, from the most exact; from AtBourg on they are those of package
// geo. The zero value: there is no position.
const (
	Exact       Precision = "exact"      // somebody put it on the map
	AtBourg     Precision = "bourg"      // the town or village itself
	AtCommune   Precision = "commune"    // the middle of a commune
	AtEnvirons  Precision = "environs"   // to about ten kilometres
	AtTerritory Precision = "territoire" // the middle of a department or region
)

// Rough says whether a position of this precision is only about where something is.
func (p Precision) Rough() bool { return p == AtTerritory || p == AtEnvirons }

// Place is somewhere, as exactly as it is known. The zero Place is nowhere.
type Place struct {
	Code       string    `json:"code,omitempty"` // of the Code officiel géographique, with its level: com:35238
	Name       string    `json:"name,omitempty"` // a hall, a street, or the commune itself
	Street     string    `json:"street,omitempty"`
	PostalCode string    `json:"postalCode,omitempty"`
	Commune    string    `json:"commune,omitempty"` // its name
	Lon        float64   `json:"lon,omitempty"`     // degrees, WGS 84
	Lat        float64   `json:"lat,omitempty"`
	Precision  Precision `json:"precision,omitempty"`
}

// IsZero says whether nothing is known of the place.
func (p *Place) IsZero() bool { return *p == Place{} }

// Located says whether it has a position.
func (p *Place) Located() bool { return p.Precision != "" }

// Label is the place on one line: "Salle des fêtes, 3 rue du Puits, 35000 Rennes".
func (p *Place) Label() string {
	town := strings.TrimSpace(p.PostalCode + " " + p.Commune)
	var parts []string
	for _, s := range []string{p.Name, p.Street, town} {
		if s != "" && (len(parts) == 0 || parts[len(parts)-1] != s) {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

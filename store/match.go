package store

import (
	"cmp"
	"slices"

	"github.com/essaim/essaim/store/geo"
)

const (
	// matchesAmong is how many of the newest of a kind are looked through.
	matchesAmong = 1000
	// matchNear is how far apart two places may be to count as near, in kilometres.
	matchNear = 50
)

// Match is a resource that may meet a need, or a need that a resource may meet, of
// the same means, and why. At least one of the reasons is there.
type Match struct {
	Item   Item
	Themes []string // that both are about
	Region string   // code of a region in which both are; empty: none
	Near   bool     // their places are near each other
}

// score ranks matches: what is near can be fetched.
func (m *Match) score() int {
	n := len(m.Themes)
	if m.Region != "" {
		n += 2
	}
	if m.Near {
		n += 3
	}
	return n
}

// Matches are the resources that may meet a need, or the needs that a resource may
// meet, the best first, then the newest, at most limit. Both must still stand. Other
// records have none.
func (t *Txn) Matches(it Item, v Viewer, limit int) []Match {
	other := map[string]string{"need": "resource", "resource": "need"}[it.Envelope().Kind]
	if other == "" || !t.standing(it) {
		return nil
	}
	means := it.(interface{ mutual() *Mutual }).mutual().Means
	q := Query{Viewer: v, Facets: map[string]string{"means": means}, Limit: matchesAmong}
	var found []Match
	for _, candidate := range t.ListKind(other, q).Items {
		m := MatchOf(it.Envelope(), candidate)
		if m.score() > 0 && t.standing(candidate) {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b Match) int { return cmp.Compare(b.score(), a.score()) })
	return found[:min(limit, len(found))]
}

// standing says whether a need is still to be met, or a resource still to be had.
func (t *Txn) standing(it Item) bool {
	switch x := it.(type) {
	case *Need:
		return x.Means != "" && (x.State == "" || x.State == "ouvert") && !x.over(t)
	case *Resource:
		return x.Means != "" && (x.State == "" || x.State == "disponible" || x.State == "endormie") && !x.over(t)
	}
	return false
}

func (m *Mutual) over(t *Txn) bool {
	return m.Expires != "" && m.Expires < t.now.Format("2006-01-02")
}

// MatchOf is why another record may fit one of the other kind, whether both still
// stand or not.
func MatchOf(r *Record, other Item) Match {
	o := other.Envelope()
	m := Match{Item: other, Themes: commons(r.Themes, o.Themes), Region: common(regionsOf(r), regionsOf(o))}
	if r.Place.Located() && o.Place.Located() {
		m.Near = geo.Distance(geo.Point{Lon: r.Place.Lon, Lat: r.Place.Lat}, geo.Point{Lon: o.Place.Lon, Lat: o.Place.Lat}) <= matchNear
	}
	return m
}

// regionsOf are the regions in which a record works or lies.
func regionsOf(r *Record) []string {
	var regions []string
	for _, code := range append(slices.Clone(r.Territory), r.Place.Code) {
		if p, ok := geo.Lookup(code); ok && p.Region != "" {
			regions = append(regions, p.Region)
		}
	}
	return regions
}

package store

import (
	"cmp"
	"math"
	"slices"

	"github.com/essaim/essaim/store/geo"
)

const (
	nearbyAmong  = 20_000 // of the newest records on the map are looked through
	nearbyWithin = 50     // kilometres
)

// Nearby is a record that lies near another one.
type Nearby struct {
	Item     Item
	Distance float64 // kilometres
}

// Nearby are up to limit records that v may meet in lists, whose places lie no more
// than 50 km from a record's, the nearest first, then the newest. What lies only
// roughly somewhere is near nothing. Only the newest of all are looked through.
func (t *Txn) Nearby(it Item, v Viewer, limit int) []Nearby {
	return t.nearby(it, v, limit, func(*Pin, float64) bool { return true })
}

// nearby is Nearby for those that fit, by what their pin says and how far away it is.
func (t *Txn) nearby(it Item, v Viewer, limit int, fits func(*Pin, float64) bool) []Nearby {
	r := it.Envelope()
	place, ok := KindOf(r.Kind).Where(it)
	if !ok || place.Precision.Rough() {
		return nil
	}
	from := geo.Point{Lon: place.Lon, Lat: place.Lat}
	high := nearbyWithin / geo.KilometresPerDegree
	wide := high / max(0.05, math.Cos(place.Lat*math.Pi/180))
	type found struct {
		id   ID
		away float64
	}
	var all []found
	looked := 0
	for k, b := range t.scan([]byte(tPin), true) {
		if looked++; looked > nearbyAmong {
			break
		}
		p := pinOf(k, b)
		if p.ID == r.ID || math.Abs(p.At.Lat-from.Lat) > high || math.Abs(p.At.Lon-from.Lon) > wide {
			continue
		}
		away := geo.Distance(from, p.At)
		if away <= nearbyWithin && !p.Text().Precision.Rough() && t.mayList(v, p.listing, p.ID) && fits(&p, away) {
			all = append(all, found{p.ID, away})
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(math.Round(a.away), math.Round(b.away)) })
	var list []Nearby
	for _, f := range all[:min(limit, len(all))] {
		if other, err := t.Record(f.id); err == nil {
			list = append(list, Nearby{other, f.away})
		}
	}
	return list
}

package page

import (
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/atlas"
	"github.com/essaim/essaim/web/frame"
)

// The picture of where a record is: a square, and how many degrees it shows around
// the places, at least.
const (
	whereSide  = 320
	whereLeast = 0.9
)

// where is the picture of the places of a record, for its template; the places in
// words say the same.
type where struct {
	ground
	Alt    string
	Dots   []dot
	Places []string
	See    assets.Link // the map around it
}

// where is nil for what lies nowhere, or nowhere that is drawn.
func (a *ask) where(k *store.Kind, it store.Item) *where {
	w := &where{}
	var at []geo.Point
	for _, p := range placesOf(k, it) {
		point := geo.Point{Lon: p.Lon, Lat: p.Lat}
		label := p.Label()
		if p.Precision.Rough() {
			label += " (" + a.t("where.rough") + ")"
		}
		if drawn(point) {
			at, w.Places = append(at, point), append(w.Places, label)
		}
	}
	if len(at) == 0 {
		return nil
	}
	box := atlas.Around(at...).Grown(0.2, whereLeast)
	sheet := atlas.Window(box, whereSide, whereSide)
	land := atlas.Regions
	if box.East-box.West < detailed {
		land = atlas.Departments
	}
	w.ground = a.ground(sheet, land)
	for _, p := range at {
		if place, ok := sheet.Place(p); ok {
			w.Dots = append(w.Dots, dot{X: round(place.X), Y: round(place.Y), R: "9"})
		}
	}
	w.Alt = a.t("where.alt", "places", strings.Join(w.Places, " ; "))
	w.See = a.link("where.see", address(frame.MapPath, map[string][]string{frame.Area: {box.String()}}))
	return w
}

// placesOf are the places of a record that everybody may read who reads the record,
// or else the middle of its territory.
func placesOf(k *store.Kind, it store.Item) (list []store.Place) {
	for i := range k.Fields {
		if p, ok := k.Fields[i].At(it).(*store.Place); ok && p.Located() && !k.Fields[i].Inner {
			list = append(list, *p)
		}
	}
	if p, ok := k.Where(it); ok && len(list) == 0 {
		list = []store.Place{p}
	}
	return list
}

func drawn(p geo.Point) bool {
	for _, part := range atlas.Parts() {
		if part.Box.Has(p) {
			return true
		}
	}
	return false
}

package vocab

import "github.com/essaim/essaim/store"

// maxPlace bounds a part of a place of another server, in characters.
const maxPlace = 300

// placeObject writes a place as ActivityStreams and Mobilizon have it: a Place
// with its position and a postal address (schema.org). Nowhere is null.
func placeObject(p *store.Place) map[string]any {
	if p.IsZero() {
		return nil
	}
	o := map[string]any{"type": "Place", "name": firstOf(p.Name, p.Commune, p.Code)}
	if p.Located() {
		o["latitude"], o["longitude"] = p.Lat, p.Lon
		o["essaim:precision"] = p.Precision
	}
	address := map[string]any{"type": "PostalAddress"}
	for name, value := range map[string]string{
		"streetAddress": p.Street, "postalCode": p.PostalCode, "addressLocality": p.Commune, "essaim:code": p.Code,
	} {
		if value != "" {
			address[name] = value
		}
	}
	if len(address) > 1 {
		address["addressCountry"] = "FR"
		o["address"] = address
	}
	return o
}

// Place reads a location: a Place with or without its type, with a postal
// address as object or text; one online is none. It answers false when nothing is
// said. A position outside of the globe is none.
func (d Doc) Place() (store.Place, bool) {
	for _, l := range d.Docs("location") {
		if l.Type() == "VirtualLocation" {
			continue
		}
		p := l.place()
		return p, !p.IsZero()
	}
	name := line(d.Str("location"), maxPlace)
	return store.Place{Name: name}, name != ""
}

func (d Doc) place() store.Place {
	a := d.Doc("address")
	p := store.Place{
		Name:       line(d.Str("name"), maxPlace),
		Street:     line(firstOf(a.Str("streetAddress"), d.Str("address")), maxPlace),
		PostalCode: line(a.Str("postalCode"), 20),
		Commune:    line(a.Str("addressLocality"), maxPlace),
		Code:       line(a.Str("essaim:code"), 20),
	}
	lat, okLat := d.Float("latitude")
	lon, okLon := d.Float("longitude")
	if okLat && okLon && -90 <= lat && lat <= 90 && -180 <= lon && lon <= 180 {
		p.Lat, p.Lon, p.Precision = lat, lon, precisionOf(d.Str("essaim:precision"))
	}
	if p.Name == p.Commune || p.Name == p.Code {
		p.Name = "" // said for those who show nothing else
	}
	return p
}

// precisionOf takes a position of which nothing is said for an exact one.
func precisionOf(s string) store.Precision {
	switch p := store.Precision(s); p {
	case store.AtBourg, store.AtCommune, store.AtEnvirons, store.AtTerritory:
		return p
	}
	return store.Exact
}

package vocab

// Place is where something is or happens. Every part may be missing.
type Place struct {
	Name, Street, PostalCode, Locality, Region, Country string
	Lat, Lon                                            float64 // degrees; both 0 when not said
}

// Place reads a location: a Place with or without its type, with a postal
// address as object or text. It answers false when nothing is said.
func (d Doc) Place() (Place, bool) {
	for _, l := range d.Docs("location") {
		if l.Type() == "VirtualLocation" {
			continue
		}
		p := l.place()
		return p, p != Place{}
	}
	name := d.Str("location")
	return Place{Name: name}, name != ""
}

func (d Doc) place() Place {
	a := d.Doc("address")
	p := Place{
		Name:       d.Str("name"),
		Street:     firstOf(a.Str("streetAddress"), d.Str("address")),
		PostalCode: a.Str("postalCode"),
		Locality:   a.Str("addressLocality"),
		Region:     a.Str("addressRegion"),
		Country:    a.Str("addressCountry"),
	}
	lat, okLat := d.Float("latitude")
	lon, okLon := d.Float("longitude")
	if okLat && okLon && -90 <= lat && lat <= 90 && -180 <= lon && lon <= 180 {
		p.Lat, p.Lon = lat, lon
	}
	return p
}

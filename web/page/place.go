package page

import (
	"net/url"
	"slices"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/web/assets"
)

// The controls that belong to a place.
const (
	placeName    = ".name"
	placeStreet  = ".street"
	placeCommune = ".commune"
	placeCode    = ".code" // which commune was meant, among several of a name
)

// placeFields ask where something is: a name, a street and a commune. When
// several communes answer to what was typed, they are asked about.
func (a *ask) placeFields(d *draft, c assets.Field, own string, p *store.Place) []assets.Field {
	sub := func(end, value, autocomplete string) assets.Field {
		return assets.Field{
			Name: c.Name + end, Label: a.label(own+end, "place"+end), Hint: a.hint(own+end, "place"+end),
			Value: value, MaxLength: 200, Autocomplete: autocomplete, Spellcheck: true,
		}
	}
	commune := sub(placeCommune, p.Commune, "address-level2")
	commune.Required = c.Required
	list := []assets.Field{sub(placeName, p.Name, ""), sub(placeStreet, p.Street, "address-line1"), commune}
	if found := d.communes[c.Name]; len(found) > 0 {
		which := sub(placeCode, "", "")
		which.Type, which.Required = "radios", true
		for _, f := range found {
			which.Choices = append(which.Choices, assets.Choice{Value: f.Code, Text: a.communeText(f)})
		}
		list = append(list, which)
	}
	return list
}

func (a *ask) communeText(p geo.Place) string {
	if p.FoundAs == "" {
		return p.Label()
	}
	return p.Label() + " " + a.t("geo.found-as", "name", p.FoundAs)
}

// fillPlace takes a place as it was typed, and looks its commune up.
func (d *draft) fillPlace(p *store.Place, answers url.Values, name string) store.FieldErrors {
	old := *p
	*p = store.Place{
		Name: answer(answers.Get(name + placeName)), Street: answer(answers.Get(name + placeStreet)),
		Commune: answer(answers.Get(name + placeCommune)),
	}
	if p.Commune == "" {
		return nil
	}
	if p.Commune == old.Commune && old.Code != "" {
		p.Code, p.PostalCode, p.Lon, p.Lat, p.Precision = old.Code, old.PostalCode, old.Lon, old.Lat, old.Precision
		return nil
	}
	typed := p.Commune
	one, several := geo.Resolve(typed, geo.Commune)
	if code := answers.Get(name + placeCode); code != "" && slices.ContainsFunc(several, func(f geo.Place) bool { return f.Code == code }) {
		one, _ = geo.Lookup(code)
	}
	switch {
	case one.Code != "":
		settle(p, one, typed)
		return nil
	case len(several) > 0:
		d.communes[name] = several
		return store.FieldErrors{{Field: name + placeCode, Reason: "error.commune-which", Args: map[string]any{"value": typed}}}
	}
	return store.FieldErrors{{Field: name + placeCommune, Reason: "error.commune-unknown", Args: map[string]any{"value": typed}}}
}

// settle puts a place into a commune. A postal code that was typed is kept.
func settle(p *store.Place, in geo.Place, typed string) {
	p.Code, p.Commune, p.Precision = in.Code, in.Name, store.Precision(in.Precision)
	p.Lon, p.Lat = in.Point.Lon, in.Point.Lat
	if slices.Contains(in.PostalCodes, typed) {
		p.PostalCode = typed
	} else if len(in.PostalCodes) > 0 {
		p.PostalCode = in.PostalCodes[0]
	}
}

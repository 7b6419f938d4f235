package page

import (
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// placeFields ask where something is: a name, a street and a commune, whose code
// and position are looked up.
func (a *ask) placeFields(d *draft, c assets.Field, own string, p *store.Place) []assets.Field {
	sub := func(name, value, autocomplete string) assets.Field {
		return assets.Field{
			Name: c.Name + "." + name, Label: a.label(own+"-"+name, "place-"+name), Hint: a.hint(own+"-"+name, "place-"+name),
			Value: value, MaxLength: 200, Autocomplete: autocomplete, Spellcheck: true,
		}
	}
	commune := sub("commune", p.Commune, "address-level2")
	commune.Required = c.Required
	return []assets.Field{sub("name", p.Name, ""), sub("street", p.Street, "street-address"), commune}
}

package admin

import (
	"net/http"
	"slices"

	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/web/assets"
)

// communeCode is which commune was meant, among several that what was typed may mean.
const communeCode = "commune-code"

// communeField asks for the commune of the lab; it need not have one.
func (p *Pages) communeField(r *http.Request) assets.Field {
	return assets.Field{Name: "commune", Label: p.t(r, "lab-form.commune"), Hint: p.t(r, "lab-form.commune-hint"), MaxLength: maxName, Autocomplete: "address-level2"}
}

// askCommune is the label of the commune that was typed, or empty. Where several may
// be meant, the form gets one more question.
func (p *Pages) askCommune(r *http.Request, f *form, c *checks) string {
	text := typed(r, "commune")
	if text == "" {
		return ""
	}
	one, several := geo.Resolve(text, geo.Commune)
	chosen := func(g geo.Place) bool { return g.Code == typed(r, communeCode) }
	if i := slices.IndexFunc(several, chosen); i >= 0 {
		one = several[i]
	}
	switch {
	case one.Code != "" && !geo.Within(one.Code, typed(r, "territory")):
		c.add("commune", "error.commune-region", map[string]any{"value": one.Label()})
	case one.Code != "":
		return one.Label()
	case len(several) == 0:
		c.add("commune", "error.commune-unknown", map[string]any{"value": text})
	default:
		c.add(communeCode, "error.commune-which", map[string]any{"value": text})
		f.ask("commune", p.whichCommune(r, several))
	}
	return ""
}

func (p *Pages) whichCommune(r *http.Request, among []geo.Place) assets.Field {
	which := assets.Field{Name: communeCode, Label: p.t(r, "lab-form.commune-which"), Type: "radios", Required: true}
	for _, g := range among {
		which.Choices = append(which.Choices, assets.Choice{Value: g.Code, Text: g.Label()})
	}
	return which
}

// ask puts one more question behind that of a name.
func (f *form) ask(after string, field assets.Field) {
	for i := range f.Sections {
		fields := &f.Sections[i].Fields
		if at := slices.IndexFunc(*fields, func(f assets.Field) bool { return f.Name == after }); at >= 0 {
			*fields = slices.Insert(*fields, at+1, field)
		}
	}
}

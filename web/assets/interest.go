package assets

import (
	"strings"

	"github.com/essaim/essaim/store"
)

// Interest is what somebody declares of the interest that he speaks in; empty: nothing.
func (c *Catalog) Interest(lang Lang, i store.Interest) string {
	var words []string
	if store.OrgCategories.Has(i.Category) {
		words = append(words, c.T(lang, "org."+i.Category))
	}
	if store.CommercialIntents.Has(i.CommercialIntent) {
		words = append(words, c.T(lang, "commercial."+i.CommercialIntent))
	}
	return strings.Join(words, " · ")
}

// SpokenFor is what stands beside a record where there are no badges (see
// store.Record.SpokenFor); empty: nothing.
func (c *Catalog) SpokenFor(lang Lang, r *store.Record, publisher *store.Actor) string {
	var words []string
	for _, i := range r.SpokenFor(publisher) {
		if text := c.Interest(lang, i); text != "" {
			words = append(words, text)
		}
	}
	return strings.Join(words, " / ")
}

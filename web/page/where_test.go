package page

import (
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// The page of a record shows where it is, in a picture and in words, and what is close
// by; what lies nowhere, or where nothing is drawn, has no picture.
func TestRecordShowsWhereItIs(t *testing.T) {
	s := newSite(t)
	s.scatter(t)
	at := func(p store.Place, territory ...string) string {
		r := s.publish(t, s.node.Admin, &store.Initiative{InitiativeKind: "entraide", Record: store.Record{
			Kind: "initiative", Title: "Ici", Pitch: "Une accroche.", Audience: store.Public, Lang: "fr", Territory: territory, Place: p,
		}})
		return federation.PagePath(r)
	}
	visitor := s.Visitor(t)
	exact := visitor.Get(at(store.Place{Name: "La Fabrique", Commune: "Concarneau", Lon: -3.92, Lat: 47.87, Precision: store.AtBourg}))
	if !exact.Has(`: La Fabrique, Concarneau"`, `cx="160.0"`, "/carte?cadre=-4.82%2C46.97%2C-3.02%2C48.77", "GeoNames", "À proximité", "Entraide à Quimper", "km</span>") {
		t.Errorf("got %s", exact.Body)
	}
	if exact.Has("à peu près") {
		t.Error("an exact place is said to be rough")
	}
	rough := visitor.Get(at(store.Place{}, "region:53"))
	if !rough.Has("Bretagne (à peu près)") || rough.Has("À proximité") {
		t.Errorf("a territory: got %s", rough.Body)
	}
	for _, path := range []string{at(store.Place{}), at(store.Place{Commune: "Québec", Lon: -71.2, Lat: 46.8, Precision: store.Exact})} {
		if page := visitor.Get(path); page.Has(`id="where"`) {
			t.Errorf("%s has a picture", path)
		}
	}
}

package store_test

import (
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/kindtest"
)

func TestNumbersOfAnOrganisation(t *testing.T) {
	o := kindtest.Fill(store.KindOf("organisation")).(*store.Organisation)
	for _, x := range []struct {
		siren, siret string
		want         []string
	}{
		{"", "", nil},
		{"130025265", "", nil},
		{"", "13002526500013", nil},
		{"130025265", "13002526500013", nil},
		{"356000000", "35600000049837", nil}, // La Poste: the digits add up to a multiple of five
		{"130025265", "35600000049837", []string{"siret: siret-other"}},
		{"13002526", "13002526500013", []string{"siren: siren"}},
		{"130025266", "13002526500013", []string{"siren: siren-key"}},
		{"130025265", "13002526500014", []string{"siret: siret-key"}},
		{"13002526A", "1300252650001", []string{"siren: siren", "siret: siret"}},
	} {
		o.SIREN, o.SIRET = x.siren, x.siret
		wantMistakes(t, o, x.want...)
	}
}

func TestNumbersAreTypedInGroups(t *testing.T) {
	o := new(store.Organisation)
	if e := store.KindOf("organisation").Field("siren").ParseText(o, " 130 025 265 "); e != nil || o.SIREN != "130025265" {
		t.Errorf("got %q, %v", o.SIREN, e)
	}
}

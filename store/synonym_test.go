package store_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestSynonymsBelongToOneTheme(t *testing.T) {
	s, _ := open(t)
	put := func(said store.Synonyms) error {
		return s.Update(t.Context(), func(tx *store.Txn) error { return tx.PutSynonyms(said) })
	}
	before := s.LocalVersion()
	err := put(store.Synonyms{"mobilite": {" vélo ", "Velo", "mobilité", "covoiturage\n rural", ""}, "logement": {"  "}, "none": {"rien"}})
	if err != nil {
		t.Fatal(err)
	}
	want := store.Synonyms{"mobilite": {"vélo", "covoiturage rural"}}
	err = s.View(t.Context(), func(tx *store.Txn) error {
		if got := tx.Synonyms(); !maps.EqualFunc(got, want, slices.Equal) || s.LocalVersion() == before {
			t.Errorf("got %v, want %v, and pages to be told", got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	many := strings.Fields(strings.Repeat("a", store.MaxSynonyms+1))
	for i := range store.MaxSynonyms + 1 {
		many = append(many, strings.Repeat("b", i+1))
	}
	for field, wrong := range map[string]store.Synonyms{
		"mobilite":         {"logement": {"vélo"}, "mobilite": {"Logement"}},
		"ruralite":         {"mobilite": {"Campagne"}, "ruralite": {"campagne"}},
		"education":        {"education": {strings.Repeat("é", store.MaxSynonym+1)}},
		"resilience-crise": {"resilience-crise": many},
	} {
		if e, ok := errors.AsType[*store.FieldError](put(wrong)); !ok || e.Field != field {
			t.Errorf("%v: got %v, want something about %s", wrong, e, field)
		}
	}
}
